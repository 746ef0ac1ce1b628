"""What tests of giving are made of: a gift that is paid, by whom, and what goes back of it."""

from datetime import UTC, datetime

from membership.giving.gifts import gift_item
from membership.models import Fund
from nsca.lib.web.caching import content_changed
from orders.checkout.placing import Buyer, record_offline
from orders.models import Order
from orders.refunds import refunds
from pages.models import SiteSettings
from tests.factories import make_user

MARCH = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
JANUARY = datetime(2027, 1, 11, 15, 0, tzinfo=UTC)
EIN = "54-0000000"
ADA = Buyer("Ada Ellery", "ada@ellery.example")


def set_ein(ein=EIN):
    SiteSettings.objects.update_or_create(pk=1, defaults={"ein": ein})
    content_changed()


def set_card_fee(percent="2.9", cents=30):
    defaults = {"card_fee_percent": percent, "card_fee_cents": cents}
    SiteSettings.objects.update_or_create(pk=1, defaults=defaults)
    content_changed()


def make_treasurer():
    from membership.models import User

    return User.objects.filter(email="tess@nsca.example").first() or make_user("tess@nsca.example")


def make_fund(name="Student scholarships", **fields):
    fields.setdefault("slug", name.lower().replace(" ", "-"))
    return Fund.objects.create(name=name, **fields)


def give(cents=5_000, *, at=MARCH, buyer=ADA, channel=Order.Channel.CASH, items=None, **about):
    """A gift that is paid in cash at that instant; `about` are keywords of gift_item."""
    return record_offline(
        items=items or [gift_item(cents, **about)],
        buyer=buyer,
        channel=channel,
        by=make_treasurer(),
        at=at,
    )


def give_back(order, *, at=JANUARY, **what):
    return refunds.give_back(order=order, reason="They asked", at=at, by=make_treasurer(), **what)
