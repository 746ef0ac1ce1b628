"""Whom a level covers. A household is never sold one that covers fewer people than belong to it:
the page names who would lose what, and what to do instead.
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
    """The level covers fewer people than belong to the household; the text is for the member.

    `names`: everybody who belongs to it, as the reader may see them.
    """

    def __init__(self, tier: Tier, names: Sequence[str]):
        self.tier = tier
        super().__init__(
            f"{tier.name} {tier.covers_words}, and there are {len(names)} of you: "
            f"{listed(names)}. Whoever it doesn't cover would lose {LOSES}. To choose "
            f"{tier.name}, first take them out of your household."
        )


def too_narrow(
    tier: Tier, people: Sequence[Person], *, now: Tier | None = None, are_named: bool = True
) -> TooNarrow | None:
    """Why a household of these living people may not have a level. `now`: the level they have,
    which takes nothing from anybody where it goes on. `are_named`: the reader proved who they are.
    """
    if len(people) <= tier.max_people or (now is not None and tier.pk == now.pk):
        return None
    return TooNarrow(tier, [person.name if are_named else _initials(person) for person in people])


def refuse_too_narrow(tier: Tier, household_id: int | None) -> None:
    """Before dues of a household that is certain are sold. Raises TooNarrow."""
    if household_id is None:
        return
    people = list(Person.objects.living().filter(households=household_id).order_by("pk"))
    if len(people) <= tier.max_people:
        return
    reason = too_narrow(tier, people, now=level_of(household_id))
    if reason:
        raise reason


def level_of(household_id: int) -> Tier | None:
    """The level that ends last, ahead or behind; None where they never had one."""
    terms = Term.objects.real().filter(household=household_id).select_related("tier")
    last = terms.order_by("-starts_on", "-pk").first()
    return last.tier if last else None


def ask_where_too_narrow(term: Term, line: Line, *, at: datetime) -> None:
    """Dues that came by an address, or a gift, may cover fewer than belong to the household that
    they were written to: staff ask which level was meant.
    """
    people = list(term.household.people.living().order_by("pk"))
    before = Term.objects.real().filter(household=term.household_id).exclude(pk=term.pk)
    last = before.select_related("tier").order_by("-starts_on", "-pk").first()
    if too_narrow(term.tier, people, now=last.tier if last else None):
        text = (
            f"Order {line.order.number}: {term.tier.name} {term.tier.covers_words}, and "
            f"{len(people)} belong to {term.household}: {listed([p.name for p in people])}. Ask "
            "them which level they meant, or who is to leave the household."
        )
        ask(f"dues-too-narrow:{line.pk}", text, at=at, order=line.order)


def wide_enough(tiers: Iterable[Tier], count: int) -> list[Tier]:
    """The levels that can be bought and cover so many people."""
    return [
        tier
        for tier in tiers
        if tier.max_people >= count and tier.dues_cents is not None and tier.is_offered
    ]


def way_out(tiers: Iterable[Tier], count: int) -> str:
    """What `count` people of one household can do: which level covers them, if one does."""
    tiers = list(tiers)
    wide = wide_enough(tiers, count)
    if wide:
        return f"{listed([f'{tier.name} {tier.covers_words}' for tier in wide], 'or')}."
    most = max(wide_enough(tiers, 1), key=lambda tier: tier.max_people, default=None)
    if most is None or most.max_people == 1:
        return "No level covers more than one person: each of you joins alone."
    return (
        f"No level covers {count}. {most.name} {most.covers_words}; the others join on their own."
    )


def counted_people(number: int) -> str:
    return "one person" if number == 1 else counted(number, "person,people")


def _initials(person: Person) -> str:
    return " ".join(f"{word[0].upper()}." for word in person.name.split() if word[0].isalpha())
