"""Offers free seats to the waitlist: an offer is a held order with a deadline.

capacity.share_out is the policy; capacity_check.py applies it to keep these seats from public
buyers. An offer, its hold, and its e-mail are written in one transaction, so a crash neither loses
nor doubles anything. An unanswered offer ends the second its hold does; the ticker only records
that and offers the seats to the next party.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from events.models import Event, TicketType, WaitlistEntry
from events.sales.availability import Member, availability, for_the_list, noun_of, sale_window
from events.sales.capacity import Room, room_of, share_out
from events.sales.quotes import ticket_items
from events.sales.refusals import SeatRefusal, TooManyForOne
from events.waitlist import entries as waitlist
from membership.terms.dues import has_member
from nsca.lib.mail import mail
from nsca.lib.timing import day_of
from orders.checkout import settling
from orders.checkout.placing import Buyer, place
from orders.lines.kinds import Refusal
from orders.lines.locks import Busy
from orders.models import LedgerEntry, Order
from orders.payments.stripe import GatewayUnavailable

log = logging.getLogger(__name__)


class NobodyWaits(Refusal):
    """The party left, or got another offer, while this one was being made."""

    def __init__(self):
        super().__init__("This party is no longer waiting.")


class NothingToOffer(Refusal):
    def __init__(self):
        super().__init__("There are not enough free seats for this party right now.")


def make_due(at: datetime) -> int:
    """Close answered offers and offer free seats, for the ticker. Returns how many acts."""
    count = close_answered(at)
    events = Event.objects.filter(
        state=Event.State.PUBLISHED,
        publish_at__lte=at,
        ends_at__gt=at,
        waitlist_began_at__isnull=False,
        pk__in=WaitlistEntry.objects.filter(left_at=None, offer=None).values("event"),
    )
    for event in events:
        try:
            count += offer_free_seats(event, at=at)
        except Busy:
            log.warning("offers: event %s is waiting for a lock", event.pk)
        except Exception:
            log.exception("offers: event %s", event.pk)
    return count


def offer_free_seats(event: Event, *, at: datetime) -> int:
    """Offer an event's free seats to the parties they fit, in order. Returns how many parties.

    Raises Busy.
    """
    kinds = on_offer(event, at=at)
    free = room_of(event, at=at).free_seats(kinds) if kinds else 0
    if free is None:  # no limit any more: offer to everyone
        free = waitlist.seats_wanted(event)
    count = 0
    for entry, seats in share_out(waitlist.waiting(event), free):
        try:
            offer(entry, seats, at=at)
            count += 1
        except NobodyWaits:
            continue
        except (SeatRefusal, NothingToOffer):
            break  # the room has changed: the next round counts again
        except Busy:
            raise
        except Refusal as refusal:
            _turn_down(entry, refusal, at=at)
            return count + offer_free_seats(event, at=at)  # its share goes to others
    return count


def on_offer(event: Event, *, at: datetime) -> list[TicketType]:
    """The ticket types the waitlist can be offered at an instant, cheapest first."""
    if event.state != Event.State.PUBLISHED:
        return []
    return for_the_list(event.ticket_types.order_by("price_cents", "position", "pk"), event, at=at)


def offer(entry: WaitlistEntry, seats: int, *, at: datetime) -> Order:
    """Hold seats for a party and e-mail it, for the event's offer hours but never past the end of
    the sale.

    Raises NobodyWaits, NothingToOffer, a SeatRefusal if someone was quicker, TooManyForOne, and
    Busy.
    """
    event = entry.event
    kinds = on_offer(event, at=at)
    kinds.sort(key=lambda kind: kind.pk != entry.ticket_type_id)  # its preferred type first
    wanted = _filled(room_of(event, at=at), kinds, seats)
    if sum(count for _, count in wanted) < seats:
        raise NothingToOffer
    deadline = at + timedelta(hours=event.offer_hours)
    deadline = min(deadline, *(sale_window(kind, event)[1] for kind, _ in wanted))
    member_seats = _member_seats(entry, at=at)
    try:
        order = place(
            items=ticket_items(
                event,
                wanted,
                member_seats=member_seats,
                is_member=bool(member_seats),
                waitlist_entry_id=entry.pk,
            ),
            buyer=Buyer(entry.name, entry.email),
            # One offer per entry: a second ticker, or a retry after a crash, finds the first.
            submission_key=f"offer-{entry.token}",
            at=at,
            terms_text=_terms(event),
            is_sample=entry.is_sample,
            hold=deadline - at,
            then=lambda order: _write_down(entry, order, seats),
        )
    except TooManyForOne as refusal:
        if not max(1, entry.fewest) <= refusal.left < seats:
            raise
        return offer(entry, refusal.left, at=at)
    entry.refresh_from_db(fields=["offer"])
    return order


def offer_now(entry: WaitlistEntry, *, at: datetime) -> Order:
    """Staff offer free seats to a party out of turn. Raises what `offer` raises."""
    kinds = on_offer(entry.event, at=at)
    free = room_of(entry.event, at=at).free_seats(kinds) if kinds else 0
    seats = entry.party if free is None else min(entry.party, free)
    if seats < max(1, entry.fewest):
        raise NothingToOffer
    return offer(entry, seats, at=at)


def decline(entry: WaitlistEntry, *, at: datetime) -> None:
    """“No, thanks”: the seats are free right away, for the next. A payment that was faster counts.

    Call it outside any transaction. Raises Busy.
    """
    with suppress(GatewayUnavailable):  # the hold has ended anyway; the ticker does the rest
        settling.give_up(entry.offer, at=at)
    still = WaitlistEntry.objects.filter(pk=entry.pk, left_at=None)
    still.exclude(offer__state=Order.State.PAID).update(left_at=at)


def close_answered(at: datetime) -> int:
    """Take parties whose offer was paid or expired off the list; e-mail those who missed it."""
    answered = WaitlistEntry.objects.filter(
        left_at=None, offer__state__in=(Order.State.PAID, Order.State.EXPIRED)
    )
    keys = list(answered.values_list("pk", flat=True))
    for pk in keys:
        with transaction.atomic():
            entry = (
                WaitlistEntry.objects.select_for_update(of=("self",))
                .select_related("offer", "event")
                .filter(pk=pk, left_at=None)
                .first()
            )
            if entry is not None:
                _close(entry, at=at)
    return len(keys)


def _close(entry: WaitlistEntry, *, at: datetime) -> None:
    order = entry.offer
    entry.left_at = order.paid_at or at
    said_no = order.ledger.filter(entry=LedgerEntry.Entry.EXPIRED, actor="buyer").exists()
    if order.state == Order.State.EXPIRED and not said_no:
        entry.passed_on_at = at
        if not entry.event.is_canceled and not entry.event.is_past(at):
            _tell_passed(entry, at=at)
    entry.save(update_fields=["left_at", "passed_on_at"])


def _turn_down(entry: WaitlistEntry, refusal: Refusal, *, at: datetime) -> None:
    """Take a party off the list that can never get an offer, so that it blocks no seats."""
    with transaction.atomic():
        if waitlist.waiting(entry.event).filter(pk=entry.pk).update(left_at=at):
            _tell_passed(entry, at=at, refusal=str(refusal))


def _filled(room: Room, kinds: Sequence[TicketType], seats: int) -> list[tuple[TicketType, int]]:
    """Seats from the first type that has any, the rest from the next."""
    wanted = []
    for kind in kinds:
        left = room.left_of(kind)
        count = seats if left is None else min(seats, left)
        if count:
            wanted.append((kind, count))
            room.taken[kind.pk] = room.taken.get(kind.pk, 0) + count
            seats -= count
    return wanted


def _member_seats(entry: WaitlistEntry, *, at: datetime) -> dict[int, int]:
    """How many seats of each type the party gets at the member price. The e-mail goes to the
    member's own address, so its reader is the member.
    """
    event = entry.event
    if not has_member(entry.email, day_of(event.starts_at)):
        return {}
    seats = availability(event, at=at, member=Member.on_the_day(event, email=entry.email)).seats
    return {seat.ticket_type.pk: seat.member_left for seat in seats}


def _terms(event: Event) -> str:
    """The refund terms as the ticket page shows them. There is no request here, so an empty one
    brings the association's own words into the context.
    """
    html = render_to_string("events/_refund_terms.html", {"event": event}, request=HttpRequest())
    return " ".join(strip_tags(html).split())


def _write_down(entry: WaitlistEntry, order: Order, seats: int) -> None:
    """Record the offer and its e-mail in the transaction that holds the seats."""
    if not waitlist.waiting(entry.event).filter(pk=entry.pk).update(offer=order):
        raise NobodyWaits
    mail.post(
        "waitlist_offer",
        to=entry.email,
        to_name=entry.name,
        context={
            "entry": entry,
            "event": entry.event,
            "noun": noun_of(entry.event),
            "order": order,
            "seats": seats,
            "order_url": settings.SITE_URL + order.get_absolute_url(),
        },
        urgent=True,
    )


def _tell_passed(entry: WaitlistEntry, *, at: datetime, refusal: str = "") -> None:
    mail.post(
        "waitlist_passed",
        to=entry.email,
        to_name=entry.name,
        context={
            "entry": entry,
            "event": entry.event,
            "noun": noun_of(entry.event),
            "refusal": refusal,
            "may_join": bool(on_offer(entry.event, at=at)) and not refusal,
        },
    )
