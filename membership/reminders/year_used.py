"""What a household used of its membership in a term's year, for its renewal reminder.

Computed from the household's paid orders: events at the member price and what that saved, and
gifts. What went back does not count. The queries are the same few for one household or for many.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q

from membership.giving.contributions import with_all_it_takes
from membership.giving.totals import kept_of
from membership.models import Address, FavoriteCity, HouseholdMember, Person, Term
from nsca.lib.text.counting import counted, listed
from nsca.lib.text.money import dollars
from nsca.lib.timing import NORFOLK, day_of
from orders.lines.kinds import units_of
from orders.models import Line, Order


@dataclass
class YearUsed:
    """What one household used in the year that ends with a term."""

    event_ids: set[int] = field(default_factory=set)  # at the member price
    saved_cents: int = 0
    given_cents: int = 0
    city: str = ""  # a favorite of somebody in the household

    @property
    def sentence(self) -> str:
        """For the reminder; "" if nothing was used."""
        words = []
        if self.event_ids:
            words.append(f"paid the member price at {counted(len(self.event_ids), 'event')}")
        if self.saved_cents:
            words.append(f"saved {dollars(self.saved_cents)}")
        if self.given_cents:
            words.append(f"gave {dollars(self.given_cents)}")
        if not words:
            return ""
        city = f" Your favorite city: {self.city}." if self.city else ""
        return f"This year your household {listed(words)}.{city}"


def years_used(terms: Sequence[Term], on: date) -> dict[int, YearUsed]:
    """What the household of each term (by its key) used in the term's year, until a day."""
    found = {term.pk: YearUsed() for term in terms}
    dated = [term for term in terms if term.ends_on]
    if not dated:
        return found
    by_household = {term.household_id: term for term in dated}
    emails, users, cities = _known_by(by_household)
    for pk, city in cities.items():
        found[by_household[pk].pk].city = city
    first = min(_since(term) for term in dated)
    for order in _orders(emails, users, first):
        whose = emails.get(order.buyer_email, set()) | users.get(order.user_id, set())
        for pk in whose:
            _add(found[by_household[pk].pk], order, by_household[pk], on)
    return found


def _known_by(households: Iterable[int]):
    """Households by their people's addresses and sign-ins, and a favorite city of each."""
    emails, users, cities, of_person = defaultdict(set), defaultdict(set), {}, defaultdict(set)
    household_member = HouseholdMember.objects.filter(
        household__in=households, person__in=Person.objects.living()
    )
    for person, household, email, user, sign_in in household_member.values_list(
        "person", "household", "person__email", "person__user", "person__user__email"
    ):
        of_person[person].add(household)
        users[user].add(household)
        emails[email].add(household)
        emails[sign_in].add(household)
    for person, email in Address.objects.filter(person__in=of_person).values_list(
        "person", "email"
    ):
        emails[email] |= of_person[person]
    for person, city in (
        FavoriteCity.objects.filter(person__in=of_person)
        .order_by("pk")
        .values_list("person", "city__name")
    ):
        for household in of_person[person]:
            cities.setdefault(household, city)
    for known in (emails, users):
        known.pop(None, None)
    emails.pop("", None)
    return emails, users, cities


def _orders(emails, users, first: date) -> Iterable[Order]:
    """Their paid orders; tickets may have been bought up to a year before the event."""
    since = datetime.combine(first - timedelta(days=366), datetime.min.time(), NORFOLK)
    orders = Order.objects.filter(
        Q(buyer_email__in=list(emails)) | Q(user__in=list(users)),
        state=Order.State.PAID,
        paid_at__gte=since,
        lines__kind__in=(Line.Kind.TICKET, Line.Kind.GIFT),
    )
    return with_all_it_takes(orders.order_by("pk").distinct())


def _add(used: YearUsed, order: Order, term: Term, on: date) -> None:
    since, until = _since(term), min(on, term.ends_on)
    lines = list(order.lines.all())
    for line, kept in zip(lines, kept_of(order), strict=True):
        if line.kind == Line.Kind.GIFT and since <= day_of(order.paid_at) <= until:
            used.given_cents += kept
        if _is_at_member_price(line) and since <= _day_of_event(line) <= until:
            _add_event(used, line)


def _is_at_member_price(line: Line) -> bool:
    return line.kind == Line.Kind.TICKET and bool(line.details.get("is_member_price"))


def _day_of_event(line: Line) -> date:
    return day_of(datetime.fromisoformat(line.details["starts_at"]))


def _add_event(used: YearUsed, line: Line) -> None:
    left = sum(not unit.is_gone for unit in units_of(line))
    if left:
        price = line.unit_cents - line.details.get("extras_cents", 0)
        used.event_ids.add(line.details["event_id"])
        used.saved_cents += left * max(0, line.details.get("full_price_cents", price) - price)


def _since(term: Term) -> date:
    """The first day of the year that ends with a term, also where a pause or upgrade split it."""
    day = term.ends_on + timedelta(days=1)
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # February 29
        return day.replace(year=day.year - 1, day=28)
