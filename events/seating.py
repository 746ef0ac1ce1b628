"""What a guest may change about their chair until the caterer's deadline: name, supper, needs."""

from datetime import datetime

from django.db import transaction

from events.boxoffice import occupying
from events.models import Choice, Ticket
from events.refusals import ChoiceGone


@transaction.atomic
def change_guest(
    ticket: Ticket, *, name: str, needs: str, choice_id: int | None, at: datetime
) -> None:
    """Write what the guest said. Raises ChoiceGone where the caterer's limit is reached."""
    choice = None
    if choice_id is not None:
        choice = Choice.objects.select_for_update(no_key=True).get(
            pk=choice_id, event_id=ticket.event_id
        )
        if choice.pk != ticket.choice_id and choice.capacity is not None:
            taken = Ticket.objects.filter(occupying(at), choice=choice).exclude(pk=ticket.pk)
            if taken.count() >= choice.capacity:
                raise ChoiceGone(choice.label, choice_id=choice.pk)
    ticket.guest_name, ticket.needs, ticket.choice = name, needs, choice
    ticket.save(update_fields=["guest_name", "needs", "choice"])
