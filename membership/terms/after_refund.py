"""What happens to a membership whose dues are refunded: staff choose, or it ends."""

from collections.abc import Sequence
from datetime import datetime

from membership.models import Term
from membership.terms.ending import following
from nsca.lib.timing import day_of
from orders.models import Line

ENDS, NEVER, STAYS = "ends", "never", "stays"
ANSWERS = (
    (ENDS, "The membership ends today."),
    (NEVER, "The membership never began. It was paid by mistake."),
    (STAYS, "The membership stays valid, as a gift from the association."),
)


def answers(line: Line) -> Sequence[tuple[str, str]]:
    """The choices, or none if the dues made no term or it has already ended."""
    return ANSWERS if Term.objects.whole().filter(line=line).exists() else ()


def carry_out(line: Line, answer: str, *, by, at: datetime) -> None:
    """Carry out the choice of `by` (a User) after the refund has ended the term."""
    term = Term.objects.filter(line=line).first()
    if term is None or answer not in (NEVER, STAYS):
        return
    ended_now = [each for each in following(term) if each.ended_on == day_of(at)]
    for each in ended_now:
        if answer == STAYS:
            _keep(each, by=by, at=at)
        else:
            each.ended_on = min(each.starts_on, each.ended_on)
            each.ended_because = "The dues were refunded: paid by mistake."
            each.save(update_fields=["ended_on", "ended_because"])


def _keep(term: Term, *, by, at: datetime) -> None:
    """Grant the remaining days again, with the name of who decided it."""
    Term.objects.create(
        household=term.household,
        tier=term.tier,
        starts_on=max(term.starts_on, day_of(at)),
        ends_on=term.ends_on,
        reason=f"Kept after the refund of order {term.line.order.number if term.line else ''}",
        granted_by=by,
        is_sample=term.is_sample,
    )
