from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Events and tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from anymail.signals import tracking

        from events import retention, story
        from events.addon_kind import AddOnKind
        from events.bereaved import TICKETS
        from events.night import bounces, mailings, preflight, radar
        from events.personal import EventsKeeper
        from events.ticket_kind import TicketKind
        from membership import bereavement, records
        from membership import mailings_known as to_many
        from membership.story import register as register_source
        from nsca.lib.desk.base import call_after_saving
        from orders import kinds
        from orders.retention import also_forget

        call_after_saving(radar.after_saving)
        preflight.also_ask(radar.troubles)
        kinds.register(TicketKind())
        # A mail provider's word on what became of a letter (where one is set up).
        tracking.connect(bounces.heard, dispatch_uid="events.night.bounces")
        kinds.register(AddOnKind())
        also_forget(retention.forget_guests_of)
        to_many.register_occasions(mailings.EventOccasions())
        to_many.register_gate(mailings.EventGate())
        records.register(EventsKeeper())
        bereavement.register(TICKETS)
        for source in story.all_of_ours():
            register_source(source)
