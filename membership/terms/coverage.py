"""Whom a level covers. Nobody can buy a level that covers fewer people than their household.

The page says who would lose what, and what to do instead.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from membership.models import Person, Term, Tier
from nsca.lib.text.counting import counted, listed
from orders.books.ledger import ask
from orders.lines.kinds import Refusal
from orders.models import Line

LOSES = "their membership card and the member price"


class TooNarrow(Refusal):
    """The level covers too few people; the text is for the member.

    `names`: everybody in the household, as the reader may see them.
    """

    def __init__(self, tier: Tier, names: Sequence[str]):
        self.tier = tier
        super().__init__(
            f"{tier.name} {tier.covers_words}, and there are {len(names)} of you: "
            f"{listed(names)}. Anyone it doesn’t cover would lose {LOSES}. To choose "
            f"{tier.name}, first remove them from your household."
        )


def too_narrow(
    tier: Tier, people: Sequence[Person], *, now: Tier | None = None, are_named: bool = True
) -> TooNarrow | None:
    """Why a household of these living people cannot have a level, or None.

    `now` is their current level, which they may always keep. `are_named`: the reader has proven
    who they are and may see names.
    """
    if len(people) <= tier.max_people or (now is not None and tier.pk == now.pk):
        return None
    return TooNarrow(tier, [person.name if are_named else _initials(person) for person in people])


def refuse_too_narrow(tier: Tier, household_id: int | None) -> None:
    """Check before selling dues to a known household. Raises TooNarrow."""
    if household_id is None:
        return
    people = list(Person.objects.living().filter(households=household_id).order_by("pk"))
    if len(people) <= tier.max_people:
        return
    reason = too_narrow(tier, people, now=level_of(household_id))
    if reason:
        raise reason


def level_of(household_id: int) -> Tier | None:
    """The household's latest level, current or past; None if they never had one."""
    terms = Term.objects.real().filter(household=household_id).select_related("tier")
    last = terms.order_by("-starts_on", "-pk").first()
    return last.tier if last else None


def ask_where_too_narrow(term: Term, line: Line, *, at: datetime) -> None:
    """Create a task if dues or a gift cover fewer people than the household has."""
    people = list(term.household.people.living().order_by("pk"))
    before = Term.objects.real().filter(household=term.household_id).exclude(pk=term.pk)
    last = before.select_related("tier").order_by("-starts_on", "-pk").first()
    if too_narrow(term.tier, people, now=last.tier if last else None):
        text = (
            f"Order {line.order.number}: {term.tier.name} {term.tier.covers_words}, and "
            f"{term.household} has {len(people)} people: {listed([p.name for p in people])}. Ask "
            "them which level they meant, or who should leave the household."
        )
        ask(f"dues-too-narrow:{line.pk}", text, at=at, order=line.order)


def wide_enough(tiers: Iterable[Tier], count: int) -> list[Tier]:
    """The levels for sale that cover so many people."""
    return [
        tier
        for tier in tiers
        if tier.max_people >= count and tier.dues_cents is not None and tier.is_offered
    ]


def way_out(tiers: Iterable[Tier], count: int) -> str:
    """What `count` people of one household can do: which level covers them, if any."""
    tiers = list(tiers)
    wide = wide_enough(tiers, count)
    if wide:
        return f"{listed([f'{tier.name} {tier.covers_words}' for tier in wide], 'or')}."
    most = max(wide_enough(tiers, 1), key=lambda tier: tier.max_people, default=None)
    if most is None or most.max_people == 1:
        return "No level covers more than one person. Each of you can join separately."
    return f"No level covers {count}. {most.name} {most.covers_words}; others can join separately."


def counted_people(number: int) -> str:
    return "one person" if number == 1 else counted(number, "person,people")


def _initials(person: Person) -> str:
    return " ".join(f"{word[0].upper()}." for word in person.name.split() if word[0].isalpha())
