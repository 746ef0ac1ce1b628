"""What membership itself stops for somebody who died, beside their sign-in and what chairs see."""

from datetime import datetime

from membership import consents
from membership.bereavement import Stopping, address_alone
from membership.models import Consent, Listing, Person
from nsca.lib.timing import day_of
from orders import standing
from orders.models import StandingOrder

DIED = "They died."


def _stop_letters(person: Person, *, at: datetime) -> list[str] | None:
    """Every list is left, as if they had asked; one that others read at the address goes on."""
    given = [choice.topic for choice in consents.choices_of(person) if choice.is_given]
    if not given:
        return None
    if address_alone(person) or not person.email:
        consents.decide(person, dict.fromkeys(given, False), how=Consent.How.STAFF, at=at)
    else:
        _note(person, given, is_given=False, at=at)
    return given


def _undo_letters(person: Person, kept: list[str], *, at: datetime) -> None:
    """What they had agreed to holds again. A list that asks each mailbox first asks this one."""
    consents.decide(person, dict.fromkeys(kept, True), how=Consent.How.STAFF, at=at)


def _note(person: Person, topics: list[str], *, is_given: bool, at: datetime) -> None:
    Consent.objects.bulk_create(
        Consent(
            person=person, topic=topic, is_given=is_given, at=at, words=DIED,
            how=Consent.How.STAFF,
        )
        for topic in topics
    )  # fmt: skip


def _stop_listing(person: Person, *, at: datetime) -> dict | None:
    """Other members do not find them any more."""
    listing = Listing.objects.filter(person=person).first()
    if listing is None:
        return None
    kept = {
        "shows_email": listing.shows_email,
        "shows_phone": listing.shows_phone,
        "listed_at": listing.listed_at.isoformat(),
    }
    listing.delete()
    return kept


def _undo_listing(person: Person, kept: dict, *, at: datetime) -> None:
    listed_at = datetime.fromisoformat(kept["listed_at"])
    Listing.objects.get_or_create(person=person, defaults={**kept, "listed_at": listed_at})


def end_agreements(person: Person, *, by, at: datetime) -> None:
    """After the commit: nothing is charged any more that was theirs alone. It is told nobody, and
    it does not come back with `undo`: an agreement is made anew by whoever lives.
    """
    mine = list(standing.of_address([person.email])) if address_alone(person) else []
    for household in person.households.all():
        grown = (
            household.people.living()
            .exclude(pk=person.pk)
            .exclude(pk__in=Person.objects.minors(day_of(at)))
        )
        if not grown.exists():
            mine += standing.of_household(household.pk)
    for agreement in mine:
        _end(agreement, by=by, at=at)


def _end(agreement: StandingOrder, *, by, at: datetime) -> None:
    standing.end(agreement, because="Death of the payer.", at=at, by=str(by))


OURS = (
    Stopping("letters", _stop_letters, _undo_letters),
    Stopping("directory", _stop_listing, _undo_listing),
)
