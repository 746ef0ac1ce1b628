"""Sample funds, figures and gifts."""

from datetime import timedelta

from cities.models import City
from membership.giving.gifts import Honoring, gift_item
from membership.models import Fund, GiftFigure, GiftInKind
from nsca.demo.days import Days, table
from nsca.demo.people import staff_member
from orders.checkout.placing import Buyer, record_offline
from orders.models import Order


def add(days: Days) -> None:
    """Add each once; keep what staff have changed since."""
    spec = table("giving.toml")
    year = days.today.year - 1
    for number, each in enumerate(spec["funds"], start=1):
        city = City.objects.filter(slug=each.pop("city", "")).first()
        Fund.objects.get_or_create(
            slug=each.pop("slug"),
            defaults={**each, "city": city, "position": number, "is_sample": True},
        )
    for number, each in enumerate(spec["figures"], start=1):
        GiftFigure.objects.get_or_create(
            words=each.pop("words"),
            year=year,
            defaults={**each, "position": number, "is_sample": True},
        )
    for number, each in enumerate(spec["gifts"]):
        _gift(days, number, each)
    GiftInKind.objects.get_or_create(
        giver_name=spec["in_kind"]["giver_name"],
        defaults={
            "description": spec["in_kind"]["description"],
            "received_on": days.today - timedelta(days=20),
            "recorded_by": staff_member("treasurer"),
            "is_sample": True,
        },
    )


def _gift(days: Days, number: int, spec: dict) -> None:
    honoring = Honoring(**spec["honoring"]) if "honoring" in spec else None
    item = gift_item(
        spec["cents"],
        fund=Fund.objects.filter(slug=spec.get("fund", "")).first(),
        honoring=honoring,
    )
    record_offline(
        items=[item],
        buyer=Buyer(spec["name"], spec.get("email", "")),
        channel=Order.Channel.CHECK,
        by=staff_member("treasurer"),
        at=days.instant(spec["at"]),
        submission_key=f"demonstration's gift {number}",
        is_sample=True,
    )
