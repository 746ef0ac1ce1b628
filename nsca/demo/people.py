"""The demonstration's people: staff in each group, and members of every status."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from cities.models import City
from membership.models import Household, Person, Stamp, Term, Tier, User
from membership.terms.dues import Joining, add_person, dues_item
from nsca.demo import purchases
from nsca.demo.days import Days, table
from nsca.desk.groups import ensure_groups
from nsca.lib.timing import day_of
from orders.checkout.placing import Buyer

MEMBER = "member@demo.example"  # signs in to see a member's pages


@transaction.atomic
def add_staff(days: Days) -> None:
    """One sign-in for each group; codes arrive in the demonstration's mailbox."""
    ensure_groups()
    for spec in table("people.toml")["staff"]:
        user = _user(spec["email"], spec["name"])
        user.is_staff = True
        user.save(update_fields=["is_staff"])
        user.groups.add(Group.objects.get(name=spec["group"]))


def staff_member(group: str) -> User:
    """The demonstration's staff member in a group."""
    return User.objects.get(email=f"{group}@demo.example")


@transaction.atomic
def add_dues(days: Days) -> None:
    """Sample dues, only where the board has entered none."""
    for slug, cents in table("people.toml")["dues"].items():
        for tier in Tier.objects.filter(slug=slug, dues_cents__isnull=True):
            tier.dues_cents, tier.is_sample = cents, True
            tier._change_reason = "seed_demo"
            tier.save(update_fields=["dues_cents", "is_sample"])


def add_members(days: Days) -> None:
    """Active, in grace, expired, for life; by card, check, cash, and by decision."""
    _user(MEMBER, "Minnie Member")
    for spec in table("people.toml")["members"]:
        if "reason" in spec:
            _honour(spec, days)
        else:
            _pay_dues(spec, days)
        _stamp(spec, days)


def _stamp(spec: dict, days: Days) -> None:
    """The stamps staff put in a member's passport."""
    person = Person.objects.filter(name=spec["name"], is_sample=True).first()
    for stamp in spec.get("stamps", ()):
        at = days.instant(stamp["on"])
        city = City.objects.filter(slug=stamp["city"]).first()
        if person and city:
            Stamp.objects.get_or_create(
                person=person,
                city=city,
                kind=stamp["kind"],
                on=day_of(at),
                defaults={"words": stamp["words"], "recorded_at": at, "is_sample": True},
            )


def tier_of(slug: str) -> Tier:
    """The level of that slug; raises Tier.DoesNotExist if the content is not loaded."""
    return Tier.objects.prefetch_related("benefits").get(slug=slug)


def _user(email: str, name: str) -> User:
    """A sign-in whose address counts as verified: nobody else gets its e-mail."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=name)
    EmailAddress.objects.filter(user=user, email=email).update(verified=True)
    return user


def _city_ids(spec: dict) -> tuple[int, ...]:
    found = City.objects.filter(slug=spec.get("city", ""))
    return tuple(found.values_list("pk", flat=True))


def _pay_dues(spec: dict, days: Days) -> None:
    at = days.instant(spec["paid"])
    email, phone = spec.get("email", ""), spec.get("phone", "")
    joining = Joining(
        name=spec["name"],
        email=email,
        phone=phone,
        others=tuple(spec.get("others", ())),
        city_ids=_city_ids(spec),
    )
    items = [dues_item(tier_of(spec["tier"]), joining)]
    buyer = Buyer(spec["name"], email, phone)
    key = f"dues-{spec['name']}"
    if "channel" in spec:
        purchases.by_staff(
            key, items=items, buyer=buyer, channel=spec["channel"], note=spec["note"],
            by=staff_member("treasurer"), at=at,
        )  # fmt: skip
    else:
        purchases.buy(key, items=items, buyer=buyer, at=at)


def _honour(spec: dict, days: Days) -> None:
    """A member by decision of the board."""
    if Person.objects.filter(name=spec["name"], is_sample=True).exists():
        return
    at = days.instant(spec["since"])
    household = Household.objects.create(name=spec["name"], created_at=at, is_sample=True)
    add_person(
        household,
        name=spec["name"],
        email=spec["email"],
        city_ids=_city_ids(spec),
        at=at,
    )
    Term.objects.create(
        household=household,
        tier=tier_of(spec["tier"]),
        starts_on=day_of(at),
        reason=spec["reason"],
        is_sample=True,
    )
