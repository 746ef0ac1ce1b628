"""Addresses below /tickets/: one ticket, by its own unguessable link."""

from django.urls import path

from events import views_ticket

app_name = "tickets"
urlpatterns = [
    path("<str:token>/", views_ticket.detail, name="detail"),
    path("<str:token>/ticket.pdf", views_ticket.pdf, name="pdf"),
    path("<str:token>/event.ics", views_ticket.calendar, name="calendar"),
]
