"""Addresses below /events/ (the outside contract: keep them)."""

from django.urls import path

from events import feeds, views, views_tickets, views_waitlist

app_name = "events"
urlpatterns = [
    path("", views.event_list, name="list"),
    path("past/", views.event_past, name="past"),
    path("calendar.ics", feeds.calendar, name="calendar"),
    path("feed.xml", feeds.feed, name="feed"),
    path("<slug:slug>/", views.event_detail, name="detail"),
    path("<slug:slug>/event.ics", feeds.event_calendar, name="ics"),
    path("<slug:slug>/tickets/", views_tickets.tickets, name="tickets"),
    path("<slug:slug>/waitlist/", views_waitlist.join, name="waitlist"),
    path("<slug:slug>/waitlist/joined/", views_waitlist.joined, name="waitlist_joined"),
    path("waitlist/<str:token>/", views_waitlist.wish, name="wish"),
]
