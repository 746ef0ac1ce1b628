"""What has happened in the season so far, act by act, from sales.toml."""

from dataclasses import replace
from datetime import timedelta

from django.template.loader import render_to_string
from django.utils.html import strip_tags

from events.changes import money_back
from events.changes.canceling import cancel
from events.models import Event, TicketType
from events.sales.addons import add_on_items
from events.sales.quotes import Guest, find_code, ticket_items
from events.waitlist import joining
from membership.giving.gifts import gift_item
from membership.terms.dues import Joining, dues_item
from nsca.demo import programme, purchases
from nsca.demo.days import Days, table
from nsca.demo.people import staff_member, tier_of
from orders.checkout import settling
from orders.checkout.placing import HOLD, Buyer
from orders.lines.kinds import Item
from orders.models import LedgerEntry, Line, Order, Payment
from orders.payments.gateway import Disputed
from orders.reconciling import disputes
from orders.refunds import refunds
from pages.models import SiteSettings


def add(days: Days) -> None:
    """Do every act in order, except those already done."""
    specs = {spec["key"]: spec for spec in table("events.toml")["events"]}
    events = {key: programme.event_of(key) for key in specs}
    for act in table("sales.toml")["acts"]:
        event = events[act["event"]] if "event" in act else None
        _ACTS[act["do"]](_Act(act, event, specs.get(act.get("event")), days))


class _Act:
    """One entry of the file, with what it is about."""

    def __init__(self, spec: dict, event: Event | None, event_spec: dict | None, days: Days):
        self.spec, self.event, self.event_spec, self.days = spec, event, event_spec, days
        self.name = spec.get("order", "")
        self.at = days.instant(spec["at"])

    @property
    def order(self) -> Order:
        return purchases.order_of(self.name)

    @property
    def buyer(self) -> Buyer:
        return Buyer(self.spec["buyer"], self.spec["email"], self.spec.get("phone", ""))

    @property
    def purchase(self) -> dict:
        """What `purchases` needs to know about an order."""
        return {
            "items": self.items(),
            "buyer": self.buyer,
            "at": self.at,
            "terms_text": _terms(self.event) if self.event else "",
        }

    def items(self) -> list[Item]:
        items = self._seats() + self._add_ons() if self.event else []
        if "joins" in self.spec:
            joining = Joining(name=self.spec["buyer"], email=self.spec["email"])
            items.append(dues_item(tier_of(self.spec["joins"]), joining))
        if "gift_cents" in self.spec:
            items.append(gift_item(self.spec["gift_cents"]))
        return items

    def _seats(self) -> list[Item]:
        names = {kind["key"]: kind["name"] for kind in self.event_spec["kinds"]}
        kinds = {
            key: TicketType.objects.get(event=self.event, name=names[key])
            for key in self.spec["seats"]
        }
        code = None
        if "code" in self.spec:
            code = find_code(self.event, self.spec["code"], list(kinds.values()), at=self.at)
        member_seats = self.spec.get("member_seats", {})
        return ticket_items(
            self.event,
            [(kinds[key], count) for key, count in self.spec["seats"].items()],
            guests=self._guests(),
            code=code,
            member_seats={kinds[key].pk: count for key, count in member_seats.items()},
            postal_address=self.spec.get("post_to", ""),
            joins=tier_of(self.spec["joins"]).max_people if "joins" in self.spec else 0,
        )

    def _add_ons(self) -> list[Item]:
        names = {each["key"]: each["name"] for each in self.event_spec.get("add_ons", ())}
        return add_on_items(
            self.event,
            [
                (self.event.add_ons.get(name=names[key]), count)
                for key, count in self.spec.get("add_ons", {}).items()
            ],
        )

    def _guests(self) -> list[Guest]:
        labels = {supper["key"]: supper["label"] for supper in self.event_spec.get("suppers", ())}
        ids = {choice.label: choice.pk for choice in self.event.choices.all()} if labels else {}
        return [
            Guest(name=name, choice_id=ids[labels[supper[0]]] if supper else None)
            for name, *supper in self.spec.get("guests", ())
        ]


def _terms(event: Event) -> str:
    """The refund terms as the page shows them, saved with the order."""
    context = {"event": event, "site": SiteSettings.load()}
    return " ".join(strip_tags(render_to_string("events/_refund_terms.html", context)).split())


def _buy(act: _Act) -> None:
    purchases.buy(act.name, **act.purchase)


def _hold(act: _Act) -> None:
    minutes = act.spec.get("hold_minutes")
    length = timedelta(minutes=minutes) if minutes else HOLD
    purchases.hold(act.name, length=length, **act.purchase)


def _lapse(act: _Act) -> None:
    purchases.lapse(purchases.hold(act.name, **act.purchase))


def _press(act: _Act) -> None:
    order = purchases.hold(act.name, **act.purchase)
    purchases.press_pay(order, at=act.days.instant(act.spec["pressed"]))


def _arrive(act: _Act) -> None:
    purchases.arrive(act.order, at=act.at)


def _offline(act: _Act) -> None:
    items = act.items()
    if act.spec["channel"] == Order.Channel.COMPLIMENTARY:
        items = [
            replace(item, unit_cents=0, label=f"{item.label}, complimentary") for item in items
        ]
    purchases.by_staff(
        act.name,
        items=items,
        buyer=act.buyer,
        channel=act.spec["channel"],
        by=staff_member("treasurer"),
        at=act.at,
        note=act.spec["note"],
    )


def _receive(act: _Act) -> None:
    payment = act.order.payments.get(method=Payment.Method.INVOICE)
    settling.receive(payment, by=staff_member("treasurer"), at=act.at)


def _give_back(act: _Act) -> None:
    order = act.order
    if order.payments.filter(refunds__isnull=False).exists():
        return
    is_part = act.spec.get("only_tickets", False)
    refunds.give_back(
        order=order,
        line=order.lines.filter(kind=Line.Kind.TICKET).first() if is_part else None,
        reason=act.spec["reason"],
        by=staff_member("treasurer"),
        at=act.at,
    )


def _dispute(act: _Act) -> None:
    order = act.order
    if order.ledger.filter(entry=LedgerEntry.Entry.DISPUTED).exists():
        return
    payment = order.payments.get(state=Payment.State.PAID)
    told = Disputed(
        id=act.spec["reference"],
        intent_id=payment.intent_id,
        status="needs_response",
        cents=payment.amount_cents,
        opened_at=act.at,
        answer_by=act.at + timedelta(days=7),
    )
    disputes.follow(told, at=act.at)


def _wait(act: _Act) -> None:
    entry, _ = joining.join(
        event=act.event,
        name=act.spec["buyer"],
        email=act.spec["email"],
        party=act.spec["party"],
        at=act.at,
    )
    if not entry.is_sample:
        entry.is_sample = True
        entry.save(update_fields=["is_sample"])


def _cancel(act: _Act) -> None:
    if not act.event.is_canceled:
        director = staff_member("director")
        cancel(act.event, note=act.spec["note"], refund_all=True, by=director, at=act.at)
        money_back.give_back_due(act.at)
        refunds.send_due(act.at)


_ACTS = {
    "buy": _buy,
    "hold": _hold,
    "lapse": _lapse,
    "press": _press,
    "arrive": _arrive,
    "offline": _offline,
    "receive": _receive,
    "give_back": _give_back,
    "dispute": _dispute,
    "wait": _wait,
    "cancel": _cancel,
}
