"""Pauses: a membership rests for a while, and the days that were left run on afterwards.

Nothing is extended by editing a date: what still holds is ended on the first day of the pause, and
granted again, as many days, from the day on which it holds again.
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
    """Let a household's membership rest from `starts_on` until the day before `until_on`. Terms
    that are paid ahead move as well, in their order. `by` is the User who decided. Raises
    CannotPause.
    """
    if until_on <= starts_on:
        raise CannotPause("The day on which it holds again must be later than its first day.")
    if until_on - starts_on > LONGEST:
        raise CannotPause("A pause is two years at the most; end the membership instead.")
    Household.objects.select_for_update().get(pk=household.pk)
    moved = list(
        Term.objects.real()
        .whole()
        .filter(household=household, ends_on__gte=starts_on)
        .order_by("starts_on", "pk")
    )
    if not moved:
        raise CannotPause("No year of membership holds on that day, nor later.")
    if moved[0].starts_on > starts_on and not _holds(household, starts_on):
        raise CannotPause("The membership has not begun on that day.")
    row = Pause.objects.create(
        household=household, starts_on=starts_on, until_on=until_on, reason=reason, by=by, at=at
    )
    _move(moved, starts_on, until_on, because=f"Paused: {reason}", by=by)
    _post("membership_paused", row, on=starts_on)
    return row


@transaction.atomic
def resume(row: Pause, *, on: date, by, at: datetime) -> None:
    """Let a paused membership hold again from a day that is earlier than was said. Raises
    CannotPause where it holds already.
    """
    Household.objects.select_for_update().get(pk=row.household_id)
    row.refresh_from_db()
    if row.undone_at is not None or on >= row.until_on:
        raise CannotPause("This pause is over, or ends by then anyway.")
    on = max(on, row.starts_on)
    waiting = list(
        Term.objects.real()
        .whole()
        .filter(household=row.household, starts_on__gte=row.until_on)
        .order_by("starts_on", "pk")
    )
    _move(waiting, on, on, because="The pause ended early.", by=by)
    row.undone_by, row.undone_at = by, at
    row.save(update_fields=["undone_by", "undone_at"])
    _post("membership_resumed", row, on=on)


def _post(name: str, row: Pause, *, on: date) -> None:
    """Confirm it to the household's main contact, with the last day that is paid for now."""
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
    """End each and grant its days again, one after the other from `starts_on`."""
    for term in terms:
        first_lost = max(term.starts_on, ends_from)
        days_left = term.ends_on - first_lost  # less one
        end(term, on=first_lost, because=because[:200])
        Term.objects.create(
            household=term.household,
            tier=term.tier,
            starts_on=starts_on,
            ends_on=starts_on + days_left,
            reason=f"Days that were left. {because}"[:200],
            continues=term,
            granted_by=by,
            is_sample=term.is_sample,
        )
        starts_on += days_left + DAY
