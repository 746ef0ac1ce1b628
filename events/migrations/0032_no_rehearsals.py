"""Rehearsals go, with the false events and guests of those that are under way."""

from django.db import migrations

OF_A_TICKET = (
    "Call", "HintLetter", "MoveNotice", "OptIn", "RevealNotice", "SeatRequest", "Slot", "Transfer",
)  # fmt: skip
OF_AN_EVENT = (
    "AddOn", "CatererLink", "Choice", "DoorLink", "Move", "PromoCode", "Table", "Ticket",
    "TicketType", "WaitlistEntry",
)  # fmt: skip


def clear(apps, schema_editor):
    def model(name, app="events"):
        return apps.get_model(app, name)._base_manager

    false = list(model("Event").filter(is_rehearsal=True).values_list("pk", flat=True))
    if not false:
        return
    tickets = model("Ticket").filter(event__in=false)
    lines = list(tickets.values_list("line", flat=True))
    for name in OF_A_TICKET:
        model(name).filter(ticket__event__in=false).delete()
    tickets.delete()
    model("Line", "orders").filter(pk__in=lines).delete()
    model("Order", "orders").filter(is_rehearsal=True).delete()
    for name in OF_AN_EVENT:
        model(name).filter(event__in=false).delete()
    model("HistoricalTicketType").filter(event__in=false).delete()
    model("Rehearsal").filter(event__in=false).update(event=None)
    model("Event").filter(pk__in=false).delete()
    model("HistoricalEvent").filter(id__in=false).delete()


class Migration(migrations.Migration):
    dependencies = [("events", "0031_word_findings"), ("orders", "0018_unstated_values")]

    operations = [migrations.RunPython(clear, migrations.RunPython.noop, elidable=True)]
