"""Addresses below /tickets/: one ticket, by its own unguessable link."""

from django.urls import path

from events import views_kit, views_offered_back, views_order_guests, views_tables, views_ticket
from events.views_transfer import accept, give, or_given_on

app_name = "tickets"
urlpatterns = [
    path("guests/<str:token>/", views_order_guests.guests, name="guests"),
    path("accept/<str:token>/", accept, name="accept"),
    path("<str:token>/", or_given_on(views_ticket.detail), name="detail"),
    path("<str:token>/give/", or_given_on(give), name="give"),
    path("<str:token>/return/", or_given_on(views_offered_back.offer), name="return"),
    path("<str:token>/kit/", or_given_on(views_kit.address), name="kit"),
    path("<str:token>/ticket.pdf", or_given_on(views_ticket.pdf), name="pdf"),
    path("<str:token>/table/", views_tables.sit_with, name="sit_with"),
    path("<str:token>/event.ics", or_given_on(views_ticket.calendar), name="calendar"),
]
