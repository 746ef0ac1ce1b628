"""What a racer can do. Particulars are what JSON can carry: keys, numbers, words."""

from datetime import datetime

from events.door import door
from events.models import (
    AddOn,
    Choice,
    DoorLink,
    Event,
    PromoCode,
    TicketType,
    Transfer,
    WaitlistEntry,
)
from events.tickets import transfers
from events.waitlist import entries as waitlist
from events.waitlist import offers
from nsca.lib.secrets.codes import link_token
from orders.checkout import confirmations, settling
from orders.checkout.placing import Buyer
from orders.models import Payment
from orders.payments.pretend import PretendGateway
from tests.events.selling import hold, supper_guests


def buy(*, event, wanted, email, code, suppers, add_ons, key, at) -> str:
    """Place an order as the page does; its number. `wanted`: pairs of a kind and how many;
    `add_ons`: one of each.
    """
    order = hold(
        Event.objects.get(pk=event),
        *[(TicketType.objects.get(pk=kind), count) for kind, count in wanted],
        at=datetime.fromisoformat(at),
        buyer=Buyer("Ada Ellery", email),
        code=code and PromoCode.objects.get(pk=code),
        guests=supper_guests(*Choice.objects.filter(pk__in=suppers)),
        add_ons=[(add_on, 1) for add_on in AddOn.objects.filter(pk__in=add_ons)],
        submission_key=key or link_token(),
    )
    return order.number


def settle(*, payment, at) -> str:
    """The gateway says that something happened to a session; the state of its order after that."""
    session = Payment.objects.get(pk=payment).session_id
    return settling.settle(session, at=datetime.fromisoformat(at)).state


def pay(*, payment, at) -> str:
    """The buyer pays at the pretend gateway and comes back; the state of the order after that."""
    PretendGateway().pay(Payment.objects.get(pk=payment), at=datetime.fromisoformat(at))
    return settle(payment=payment, at=at)


def sweep(*, at) -> int:
    """What the ticker does with holds that ended; how many expired."""
    return settling.sweep(datetime.fromisoformat(at))


def confirm(*, at) -> int:
    """What the ticker does with e-mails that are owed; of how many orders they were written."""
    return confirmations.write_due(datetime.fromisoformat(at))


def offer(*, event, at) -> int:
    """What the ticker does with seats that are free; to how many parties they were offered."""
    at = datetime.fromisoformat(at)
    return offers.offer_free_seats(Event.objects.get(pk=event), at=at)


def leave(*, entry, at) -> None:
    """A party does not want to wait any more."""
    waitlist.leave(WaitlistEntry.objects.get(pk=entry), at=datetime.fromisoformat(at))


def accept(*, transfer, at) -> int:
    """A ticket is taken over; how often it has changed hands."""
    offered = Transfer.objects.select_related("ticket__event", "ticket__line__order")
    at = datetime.fromisoformat(at)
    return transfers.accept(offered.get(pk=transfer), name="Ben Okoro", at=at).transfer_count


def read(*, link, code, at) -> str:
    """A code is read at the door; what the door says."""
    device = door.Device("ruths-telephone", 0)
    at = datetime.fromisoformat(at)
    return door.read(DoorLink.objects.get(pk=link), code, device=device, at=at).situation
