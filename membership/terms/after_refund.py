"""What becomes of a membership when its dues go back: staff are asked, and one answer is what
happens where nobody is.
"""

from collections.abc import Sequence
from datetime import datetime

from membership.models import Term
from membership.terms.ending import following
from nsca.lib.timing import day_of
from orders.models import Line

ENDS, NEVER, STAYS = "ends", "never", "stays"
ANSWERS = (
    (ENDS, "The membership ends today."),
    (NEVER, "It is as if it had never been: somebody paid by mistake."),
    (STAYS, "It holds to its end all the same, as the association's gift."),
)


def answers(line: Line) -> Sequence[tuple[str, str]]:
    """Nothing is asked of dues that made no term, or whose term was ended before."""
    return ANSWERS if Term.objects.whole().filter(line=line).exists() else ()


def carry_out(line: Line, answer: str, *, by, at: datetime) -> None:
    """After the refund has ended the term: let the answer of `by` (a User) hold instead."""
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
    """Nothing is taken back: what is left of the days is granted anew, with a name to it."""
    Term.objects.create(
        household=term.household,
        tier=term.tier,
        starts_on=max(term.starts_on, day_of(at)),
        ends_on=term.ends_on,
        reason=f"Kept after the refund of order {term.line.order.number if term.line else ''}",
        granted_by=by,
        is_sample=term.is_sample,
    )
