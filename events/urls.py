"""URLs below /events/ (a public contract: keep them)."""

from django.urls import path, re_path

from events.door import views_caterer
from events.public import feeds, views, views_envelope
from events.sales import views as views_tickets
from events.sales.views_live_sum import live_sum
from events.tables import views as views_tables
from events.waitlist import views as views_waitlist

app_name = "events"
urlpatterns = [
    path("", views.event_list, name="list"),
    path("past/", views.event_past, name="past"),
    re_path(r"^months/(?P<month>[0-9]{4}-[0-9]{2})/$", views.event_month, name="month"),
    path("calendar.ics", feeds.calendar, name="calendar"),
    path("feed.xml", feeds.feed, name="feed"),
    path("envelope-example.txt", views_envelope.example, name="envelope_example"),
    path("<slug:slug>/", views.event_detail, name="detail"),
    path("<slug:slug>/event.ics", feeds.event_calendar, name="ics"),
    path("<slug:slug>/envelope/", views_envelope.explained, name="envelope"),
    path("<slug:slug>/envelope.txt", views_envelope.text, name="envelope_text"),
    path("<slug:slug>/tickets/", views_tickets.tickets, name="tickets"),
    path("<slug:slug>/tickets/sum/", live_sum, name="live_sum"),
    path("<slug:slug>/tables/", views_tables.open_table, name="open_table"),
    path("<slug:slug>/tables/asked/", views_tables.asked, name="table_asked"),
    path("<slug:slug>/tables/<str:token>/", views_tables.table, name="table"),
    path("<slug:slug>/waitlist/", views_waitlist.join, name="waitlist"),
    path("<slug:slug>/waitlist/joined/", views_waitlist.joined, name="waitlist_joined"),
    path("caterer/<str:token>/", views_caterer.sheet, name="caterer"),
    path("caterer/<str:token>/suppers.csv", views_caterer.csv, name="caterer_csv"),
    path("waitlist/<str:token>/", views_waitlist.entry_page, name="waitlist_entry"),
]
