"""Addresses below /tickets/: one ticket, by its own unguessable link."""

from django.urls import path

from events.hints import views as views_hints
from events.public import views_envelope
from events.tables import views as views_tables
from events.tickets import views as views_ticket
from events.tickets import views_guests as views_order_guests
from events.tickets import views_kit, views_offered_back
from events.tickets.views_transfer import accept, give, or_given_on

app_name = "tickets"
urlpatterns = [
    path("guests/<str:token>/", views_order_guests.guests, name="guests"),
    path("accept/<str:token>/", accept, name="accept"),
    path("hints/<str:token>/", views_hints.hints_leave, name="hints_leave"),
    path("<str:token>/", or_given_on(views_ticket.detail), name="detail"),
    path("<str:token>/seen/", or_given_on(views_ticket.seen), name="seen"),
    path("<str:token>/e-mails/", or_given_on(views_hints.opt_in), name="opt_in"),
    path("<str:token>/receipt/", or_given_on(views_hints.receipt), name="receipt"),
    path("<str:token>/envelope.txt", or_given_on(views_envelope.ticket_text), name="envelope"),
    path("<str:token>/place.jpg", or_given_on(views_envelope.ticket_picture), name="picture"),
    path("<str:token>/give/", or_given_on(give), name="give"),
    path("<str:token>/return/", or_given_on(views_offered_back.offer), name="return"),
    path("<str:token>/kit/", or_given_on(views_kit.address), name="kit"),
    path("<str:token>/ticket.pdf", or_given_on(views_ticket.pdf), name="pdf"),
    path("<str:token>/table/", views_tables.sit_with, name="sit_with"),
    path("<str:token>/event.ics", or_given_on(views_ticket.calendar), name="calendar"),
]
