"""What membership stops for somebody who died: e-mails, the directory, recurring dues."""

from datetime import datetime

from membership.models import Consent, Listing, Person
from membership.people import consents
from membership.people.bereavement import Stopping, address_alone
from membership.privacy.personal_data import subject_of
from nsca.lib.timing import day_of
from orders.models import RecurringPayment
from orders.recurring import agreements

DIED = "They died."


def _stop_mailings(person: Person, *, at: datetime) -> list[str] | None:
    """Unsubscribe them from every list, except where others share the address."""
    given = [choice.topic for choice in consents.choices_of(person) if choice.is_given]
    if not given:
        return None
    if address_alone(person) or not person.email:
        consents.decide(person, dict.fromkeys(given, False), how=Consent.How.STAFF, at=at)
    else:
        _note(person, given, is_given=False, at=at)
    return given


def _undo_mailings(person: Person, kept: list[str], *, at: datetime) -> None:
    """Restore their consents; a list with confirmation asks the mailbox again."""
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
    """Remove them from the directory."""
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


def _stop_reminders(person: Person, *, at: datetime) -> dict[str, list[str]] | None:
    """Send e-mails about the household's recurring dues to somebody who is left."""
    own = set(subject_of(person).own)
    kept = {}
    for household in person.households.all():
        rest = _grown(household, person, at=at).exclude(email="").order_by("pk").first()
        for agreement in agreements.of_household(household.pk) if rest else ():
            if agreement.buyer_email in own:
                kept[str(agreement.pk)] = [agreement.buyer_name, agreement.buyer_email]
                _address(agreement.pk, rest.name, rest.email)
    return kept or None


def _undo_reminders(person: Person, kept: dict[str, list[str]], *, at: datetime) -> None:
    for pk, (name, email) in kept.items():
        _address(int(pk), name, email)


def _address(pk: int, name: str, email: str) -> None:
    RecurringPayment.objects.filter(pk=pk).update(buyer_name=name, buyer_email=email)


def _grown(household, person: Person, *, at: datetime):
    """The living adults left in a household."""
    living = household.people.living().exclude(pk=person.pk)
    return living.exclude(pk__in=Person.objects.minors(day_of(at)).values("pk"))


def end_agreements(person: Person, *, by, at: datetime) -> None:
    """After the commit, end recurring payments that were theirs alone, without an e-mail.

    `undo` does not restore them: the living must agree again.
    """
    own = subject_of(person).own
    mine = list(agreements.of_address(own))
    for household in person.households.all():
        is_left = _grown(household, person, at=at).exists()
        # If we cannot write to those left, we could not announce a charge.
        mine += [
            each
            for each in agreements.of_household(household.pk)
            if not is_left or each.buyer_email in own
        ]
    for agreement in mine:
        _end(agreement, by=by, at=at)


def _end(agreement: RecurringPayment, *, by, at: datetime) -> None:
    agreements.end(agreement, because="The payer has died.", at=at, by=str(by))


OURS = (
    Stopping("mailings", _stop_mailings, _undo_mailings),
    Stopping("directory", _stop_listing, _undo_listing),
    Stopping("reminders", _stop_reminders, _undo_reminders),
)
