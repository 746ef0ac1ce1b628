"""The main contact of a household: the first payer, until they or staff name another.

Only the main contact can remove others; everybody can leave. If the main contact died, left or was
never named, it is the first living adult.
"""

from datetime import date, datetime
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from membership.models import Household, HouseholdChange, Person, User
from nsca.lib.mail import mail
from nsca.lib.mail.addresses import is_same_address
from nsca.lib.timing import day_of
from orders.recurring import agreements

Kind = HouseholdChange.Kind


class NotTheirs(Exception):
    """The change is not theirs to make, or not possible; the text is for the member."""


def main_contact(household: Household, *, on: date) -> Person | None:
    """The main contact on a day; None if no adult is left."""
    grown = [each for each in household.people.living().order_by("pk") if not each.is_minor(on)]
    named = [each for each in grown if each.pk == household.main_contact_id]
    return next(iter(named or grown), None)


def name_payer(household: Household, *, email: str, user_id: int | None, at: datetime) -> None:
    """Make the payer of dues the main contact if the household has none yet."""
    if household.main_contact_id:
        return
    grown = household.people.living().exclude(pk__in=Person.objects.minors(day_of(at)))
    payer = grown.filter(user=user_id).order_by("pk").first() if user_id else None
    payer = payer or grown.with_address(email).order_by("pk").first()
    if payer:
        household.main_contact = payer
        household.save(update_fields=["main_contact"])


def hand_over(
    household: Household,
    to: Person,
    *,
    at: datetime,
    by: Person | None = None,
    staff: User | None = None,
) -> None:
    """Make an adult of the household its main contact and e-mail both.

    Raises NotTheirs if `by` is not the main contact.
    """
    with transaction.atomic():
        household = Household.objects.select_for_update().get(pk=household.pk)
        former = main_contact(household, on=day_of(at))
        if by is not None and (former is None or by.pk != former.pk):
            raise NotTheirs(_only(former))
        belongs = household.people.living().filter(pk=to.pk).exists()
        if not belongs or to.is_minor(day_of(at)):
            raise NotTheirs("The main contact must be an adult of the household.")
        household.main_contact = to
        household.save(update_fields=["main_contact"])
        if former is not None and former.pk == to.pk:
            return
        note(household, to, Kind.CONTACT, at=at, by=by, staff=staff)
        _post_contact(household, former, to)


def may_remove(household: Household, person: Person, *, by: Person, on: date) -> bool:
    """Everybody can leave; only the main contact can remove others."""
    contact = main_contact(household, on=on)
    return person.pk == by.pk or (contact is not None and contact.pk == by.pk)


def note(
    household: Household,
    person: Person,
    kind: str,
    *,
    at: datetime,
    by: Person | None = None,
    staff: User | None = None,
) -> HouseholdChange:
    return HouseholdChange.objects.create(
        household=household, person=person, kind=kind, by=by, staff=staff, at=at
    )


def gone(
    household: Household,
    person: Person,
    *,
    at: datetime,
    by: Person | None = None,
    staff: User | None = None,
) -> None:
    """Record that somebody left or was removed, and e-mail them and the main contact.

    Names the next main contact if needed. Call it inside the transaction. No e-mails are sent
    about somebody who died.
    """
    is_own = by is not None and person.pk == by.pk
    note(household, person, Kind.LEFT if is_own else Kind.REMOVED, by=by, staff=staff, at=at)
    contact = main_contact(household, on=day_of(at))
    is_new = household.main_contact_id == person.pk
    if is_new and contact is not None:
        household.main_contact = contact
        household.save(update_fields=["main_contact"])
        note(household, contact, Kind.CONTACT, at=at)
    if person.died_on:
        return
    facts = {
        "person": person,
        "household": household,
        "by": by,
        "is_own": is_own,
        "agreements": agreements_of(household),
        "home_url": urljoin(settings.SITE_URL, reverse("membership:home")),
        "household_url": urljoin(settings.SITE_URL, reverse("membership:household")),
    }
    if address := address_of(person):
        pays = [each for each in facts["agreements"] if is_paid_by(each, person)]
        context = {**facts, "agreements": pays}
        mail.post("household_left", to=address, to_name=person.name, context=context)
    if contact is not None and (address := address_of(contact)):
        context = {**facts, "contact": contact, "is_new": is_new}
        mail.post("household_smaller", to=address, to_name=contact.name, context=context)


def agreements_of(household: Household) -> list:
    """The recurring payment for a household's dues, if any; it stays when people leave."""
    return list(agreements.of_household(household.pk))


def is_paid_by(agreement, person: Person) -> bool:
    """Whether a recurring payment is charged to this person's card."""
    if agreement.user_id and agreement.user_id == person.user_id:
        return True
    return is_same_address(agreement.buyer_email, person.email)


def address_of(person: Person) -> str:
    """Where e-mails about their household go; "" if they have no address."""
    return person.email or (person.user.email if person.user else "")


def _only(contact: Person | None) -> str:
    who = contact.name if contact else "the main contact"
    return (
        f"Only {who}, the main contact of the household, can do that. You can leave it yourself."
    )


def refuse_unless_theirs(household: Household, person: Person, *, by: Person, on: date) -> None:
    """Raises NotTheirs if `by` may not remove the person."""
    if not may_remove(household, person, by=by, on=on):
        raise NotTheirs(_only(main_contact(household, on=on)))


def _post_contact(household: Household, former: Person | None, to: Person) -> None:
    facts = {
        "household": household,
        "contact": to,
        "household_url": urljoin(settings.SITE_URL, reverse("membership:household")),
    }
    for person in (to, former):
        if person is not None and (address := address_of(person)):
            context = {**facts, "person": person, "is_me": person.pk == to.pk}
            mail.post("main_contact", to=address, to_name=person.name, context=context)
