from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Events and tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from events.addons import AddOnKind
        from events.ticket_kind import TicketKind
        from orders import kinds

        kinds.register(TicketKind())
        kinds.register(AddOnKind())
