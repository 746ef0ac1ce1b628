"""Pauses: a membership stops for a while, and its remaining days continue later.

No date is edited: valid terms end on the first day of the pause, and as many days are granted
again from the day after it.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from membership.models import Household, Pause, Term
from membership.people.main_contact import address_of, main_contact
from membership.terms.ending import end
from nsca.lib.mail import mail

DAY = timedelta(days=1)
LONGEST = timedelta(days=2 * 366)


class CannotPause(Exception):
    """There is nothing to pause, or the dates make no sense; the text is for staff."""


@transaction.atomic
def pause(
    household: Household, *, starts_on: date, until_on: date, reason: str, by, at: datetime
) -> Pause:
    """Pause a household's membership from `starts_on` until the day before `until_on`.

    Terms paid ahead move, too. `by` is the User who decided. Raises CannotPause.
    """
    if until_on <= starts_on:
        raise CannotPause("The pause ends before it starts. Check the dates.")
    if until_on - starts_on > LONGEST:
        raise CannotPause("A pause can last two years at most. End the membership instead.")
    Household.objects.select_for_update().get(pk=household.pk)
    moved = list(
        Term.objects.real()
        .whole()
        .filter(household=household, ends_on__gte=starts_on)
        .order_by("starts_on", "pk")
    )
    if not moved:
        raise CannotPause("There is no membership to pause on or after that day.")
    if moved[0].starts_on > starts_on and not _holds(household, starts_on):
        raise CannotPause("The membership hasn’t started by that day.")
    row = Pause.objects.create(
        household=household, starts_on=starts_on, until_on=until_on, reason=reason, by=by, at=at
    )
    _move(moved, starts_on, until_on, because=f"Paused: {reason}", by=by)
    _post("membership_paused", row, on=starts_on)
    return row


def _post(name: str, row: Pause, *, on: date) -> None:
    """Confirm it to the household's main contact, with the new last day."""
    contact = main_contact(row.household, on=on)
    if contact is None or not address_of(contact):
        return
    last = Term.objects.real().whole().filter(household=row.household).order_by("-ends_on").first()
    context = {
        "name": contact.name,
        "pause": row,
        "on": on,
        "ends_on": last and last.ends_on,
        "home_url": settings.SITE_URL + reverse("membership:home"),
    }
    mail.post(name, to=address_of(contact), to_name=contact.name, context=context)


def _holds(household: Household, on: date) -> bool:
    return household.terms.current(on).exists()


def _move(terms: list[Term], ends_from: date, starts_on: date, *, because: str, by) -> None:
    """End each term and grant its days again, one after another from `starts_on`."""
    for term in terms:
        first_lost = max(term.starts_on, ends_from)
        days_left = term.ends_on - first_lost  # less one
        end(term, on=first_lost, because=because[:200])
        Term.objects.create(
            household=term.household,
            tier=term.tier,
            starts_on=starts_on,
            ends_on=starts_on + days_left,
            reason=f"Remaining days. {because}"[:200],
            continues=term,
            granted_by=by,
            is_sample=term.is_sample,
        )
        starts_on += days_left + DAY
