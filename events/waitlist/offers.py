"""Chairs that came free are offered to those who wait: an offer is a held order with a deadline.

The policy is room.share_out; that public buyers leave these chairs alone is seen to in
taking.py, by the same walk. An offer, the hold and the letter are written in one transaction, so a
crash loses and doubles nothing. An offer that was not answered is over the second its hold ends;
the ticker only says so, and offers the chairs to the next.
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
from orders.checkout import settling as settle
from orders.checkout.placing import Buyer, place
from orders.lines.kinds import Refusal
from orders.lines.locks import Busy
from orders.models import LedgerEntry, Order
from orders.payments.stripe import TillUnavailable

log = logging.getLogger(__name__)


class NobodyWaits(Refusal):
    """The party has left, or was offered chairs, while its offer was being made."""

    def __init__(self):
        super().__init__("This party does not wait any more.")


class NothingToOffer(Refusal):
    def __init__(self):
        super().__init__("There are no chairs for this party at this moment.")


def make_due(at: datetime) -> int:
    """What the ticker does: close what was answered, offer what is free. How much was done."""
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
            count += offer_free_chairs(event, at=at)
        except Busy:
            log.warning("offers: event %s waits for a lock", event.pk)
        except Exception:
            log.exception("offers: event %s", event.pk)
    return count


def offer_free_chairs(event: Event, *, at: datetime) -> int:
    """Offer what is free of one event to whom it suffices for, in order. How many were offered to.

    Raises Busy.
    """
    kinds = on_offer(event, at=at)
    free = room_of(event, at=at).free_chairs(kinds) if kinds else 0
    if free is None:  # no limit any more: to everybody
        free = waitlist.chairs_wanted(event)
    count = 0
    for entry, chairs in share_out(waitlist.waiting(event), free):
        try:
            offer(entry, chairs, at=at)
            count += 1
        except NobodyWaits:
            continue
        except (SeatRefusal, NothingToOffer):
            break  # the room has changed meanwhile: the next round counts anew
        except Busy:
            raise
        except Refusal as refusal:
            _turn_down(entry, refusal, at=at)
            return count + offer_free_chairs(event, at=at)  # its share goes to others
    return count


def on_offer(event: Event, *, at: datetime) -> list[TicketType]:
    """The kinds that the list may be offered at an instant, the cheapest first."""
    if event.state != Event.State.PUBLISHED:
        return []
    return for_the_list(event.ticket_types.order_by("price_cents", "position", "pk"), event, at=at)


def offer(entry: WaitlistEntry, chairs: int, *, at: datetime) -> Order:
    """Hold chairs for a party and write to it; until the event's hours to answer are over, and
    never past the last instant of the sale.

    Raises NobodyWaits, NothingToOffer, a SeatRefusal where somebody was quicker, TooManyForOne and
    Busy.
    """
    event = entry.event
    kinds = on_offer(event, at=at)
    kinds.sort(key=lambda kind: kind.pk != entry.ticket_type_id)  # the one it asked for first
    wanted = _filled(room_of(event, at=at), kinds, chairs)
    if sum(count for _, count in wanted) < chairs:
        raise NothingToOffer
    deadline = at + timedelta(hours=event.offer_hours)
    deadline = min(deadline, *(sale_window(kind, event)[1] for kind, _ in wanted))
    member_chairs = _member_chairs(entry, at=at)
    try:
        order = place(
            items=ticket_items(
                event,
                wanted,
                member_chairs=member_chairs,
                is_member=bool(member_chairs),
                waitlist_entry_id=entry.pk,
            ),
            buyer=Buyer(entry.name, entry.email),
            # One offer a wish: a second ticker, or a second try after a crash, finds the first.
            submission_key=f"offer-{entry.token}",
            at=at,
            terms_text=_terms(event),
            is_sample=entry.is_sample,
            hold=deadline - at,
            then=lambda order: _write_down(entry, order, chairs),
        )
    except TooManyForOne as refusal:
        if not max(1, entry.fewest) <= refusal.left < chairs:
            raise
        return offer(entry, refusal.left, at=at)
    entry.refresh_from_db(fields=["offer"])
    return order


def offer_now(entry: WaitlistEntry, *, at: datetime) -> Order:
    """Staff offer what is free to a party out of its turn. Raises what `offer` raises."""
    kinds = on_offer(entry.event, at=at)
    free = room_of(entry.event, at=at).free_chairs(kinds) if kinds else 0
    chairs = entry.party if free is None else min(entry.party, free)
    if chairs < max(1, entry.fewest):
        raise NothingToOffer
    return offer(entry, chairs, at=at)


def decline(entry: WaitlistEntry, *, at: datetime) -> None:
    """“No, thanks”: the chairs are free at once, for the next. A payment that was quicker stands.

    Call it outside any transaction. Raises Busy.
    """
    with suppress(TillUnavailable):  # the hold has ended all the same; the ticker does the rest
        settle.give_up(entry.offer, at=at)
    still = WaitlistEntry.objects.filter(pk=entry.pk, left_at=None)
    still.exclude(offer__state=Order.State.PAID).update(left_at=at)


def close_answered(at: datetime) -> int:
    """Parties whose offer was paid, or was not, are off the list; the latter are told so."""
    answered = WaitlistEntry.objects.filter(
        left_at=None, offer__state__in=(Order.State.PAID, Order.State.LAPSED)
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
    said_no = order.ledger.filter(entry=LedgerEntry.Entry.LAPSED, actor="buyer").exists()
    if order.state == Order.State.LAPSED and not said_no:
        entry.passed_on_at = at
        if not entry.event.is_cancelled and not entry.event.is_past(at):
            _tell_passed(entry, at=at)
    entry.save(update_fields=["left_at", "passed_on_at"])


def _turn_down(entry: WaitlistEntry, refusal: Refusal, *, at: datetime) -> None:
    """No offer can be made to this party, whatever is free: so it must not keep chairs waiting."""
    with transaction.atomic():
        if waitlist.waiting(entry.event).filter(pk=entry.pk).update(left_at=at):
            _tell_passed(entry, at=at, refusal=str(refusal))


def _filled(room: Room, kinds: Sequence[TicketType], chairs: int) -> list[tuple[TicketType, int]]:
    """Chairs from the first kind that has any, the rest from the next."""
    wanted = []
    for kind in kinds:
        left = room.left_of(kind)
        count = chairs if left is None else min(chairs, left)
        if count:
            wanted.append((kind, count))
            room.taken[kind.pk] = room.taken.get(kind.pk, 0) + count
            chairs -= count
    return wanted


def _member_chairs(entry: WaitlistEntry, *, at: datetime) -> dict[int, int]:
    """Chairs of each kind that the party may have at the member price: the letter goes to the
    member's own address, so whoever reads it is the member.
    """
    event = entry.event
    if not has_member(entry.email, day_of(event.starts_at)):
        return {}
    seats = availability(event, at=at, member=Member.on_the_day(event, email=entry.email)).seats
    return {seat.ticket_type.pk: seat.member_left for seat in seats}


def _terms(event: Event) -> str:
    """The refund terms as the ticket page shows them. Nobody asks for a page here: an empty
    request brings the association's own words into the context.
    """
    html = render_to_string("events/_refund_terms.html", {"event": event}, request=HttpRequest())
    return " ".join(strip_tags(html).split())


def _write_down(entry: WaitlistEntry, order: Order, chairs: int) -> None:
    """The offer and its letter, in the transaction that holds the chairs."""
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
            "chairs": chairs,
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
