"""Every letter of a member's whole life, on one page: tests/membership/golden/life.txt.

Who changes a word of a letter reads here how it sounds among the others. `GOLDEN=write` with this
test writes the page anew; read the difference before you commit it.
"""

import os
import re
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from django.utils.html import strip_tags
from post_office.models import Email

from cities.models import City
from membership.joining.auto_renewal import AutoRenewalMixin, agreed, renewal_words
from membership.models import CommitteeChair, Household, Person, Reminder
from membership.people import bereavement
from membership.reminders import reminders
from membership.terms.dues import Joining, dues_item
from nsca.lib.timing import NORFOLK, day_of
from orders.checkout import confirmations, offline
from orders.checkout.placing import Buyer, place, record_offline
from orders.models import Order, Payment, RecurringPayment
from orders.recurring import due as recurring_round
from tests.factories import NOON, make_city, make_user
from tests.fakes.stripe import SECRET, fake_stripe
from tests.membership.terms.test_dues import make_tier
from tests.orders.recurring_kit import clock, hear, pay, subscription

GOLDEN = Path(__file__).parent / "golden" / "life.txt"
ADA = Buyer("Ada Ellery", "ada@ellery.example")
STEP = 5  # days from one round of the ticker to the next
STRANGE = [
    (re.compile(r"/(renew|orders|auto-renewal|membership|recurring)/[\w-]{20,}/"), r"/\1/…/"),
    (re.compile(r"\bN-[A-Z0-9]{4}-[A-Z0-9]{4}\b"), "N-…"),
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def stripe(settings):
    settings.SITE_URL = "https://norfolksistercities.example"
    with fake_stripe(NOON.timestamp()) as (fake, address):
        settings.STRIPE_SECRET_KEY = "sk_test_fake"
        settings.STRIPE_WEBHOOK_SECRET = SECRET
        settings.STRIPE_API_BASE = address
        yield fake


@pytest.fixture
def tier():
    return make_tier("Individual", 4000)


class Life:
    """Ada's, with the clock of the site and of Stripe, and a page on which her letters are put."""

    def __init__(self, stripe, tier):
        self.stripe, self.tier, self.page, self.seen = stripe, tier, [], 0

    @property
    def at(self) -> datetime:
        return clock(self.stripe)

    def household(self):
        return Household.objects.get(people__email=ADA.email)

    def act(self, words: str) -> None:
        self.page.append(f"{'=' * 78}\n{day_of(self.at):%B %-d, %Y}: {words}\n{'=' * 78}\n")

    def until(self, year: int, month: int, day: int) -> None:
        """Live on to three in the afternoon of a day, a round of the ticker each STEP days."""
        target = datetime.combine(date(year, month, day), time(15), NORFOLK).astimezone(UTC)
        while self.at < target:
            rest = (target - self.at).total_seconds()
            self.stripe.pass_time(min(rest, STEP * 86_400))
            hear(self.stripe)
            confirmations.write_due(self.at)
            recurring_round.tick(self.at)
            reminders.tick(self.at)
            self.collect()

    def collect(self) -> None:
        confirmations.write_due(self.at)
        for email in Email.objects.filter(pk__gt=self.seen).order_by("pk"):
            self.seen = email.pk
            if ADA.email in str(email.to):
                body = email.message
                for pattern, plain in STRANGE:
                    body = pattern.sub(plain, body)
                head = f"{day_of(self.at):%B %-d, %Y} · {email.subject}"
                for pattern, plain in STRANGE:
                    head = pattern.sub(plain, head)
                self.page.append(f"--- {head}\n\n{body.strip()}\n")

    def pays_by_card(self, *, renews: bool, link=None) -> Order:
        on = day_of(self.at)
        household = link and link.household
        joining = Joining(
            name=ADA.name, email=ADA.email, household_id=household.pk if household else None,
            renewal_link_id=link.pk if link else None,
        )  # fmt: skip
        item = dues_item(self.tier, joining)
        words = renewal_words([self.tier], household, on=on)
        form = AutoRenewalMixin({"renews": "on"} if renews else {}, renewal_words=words)
        assert form.is_valid()
        then = agreed(form, item, tier=self.tier, household=household, at=self.at)
        order = place(
            items=[item], buyer=ADA, submission_key=f"a form, opened on {on}", at=self.at,
            pays_now=True, then=then,
        )  # fmt: skip
        order = pay(self.stripe, order, at=self.at)
        confirmations.write_due(self.at)
        recurring_round.tick(self.at)
        self.collect()
        return order

    def pays_by_check(self, tess) -> Order:
        joining = Joining(ADA.name, ADA.email, household_id=self.household().pk)
        order = record_offline(
            items=[dues_item(self.tier, joining)], buyer=ADA, channel=Order.Channel.CHECK,
            by=tess, at=self.at,
        )  # fmt: skip
        self.collect()
        return order


def newest_link():
    return Reminder.objects.exclude(link=None).order_by("-pk").first().link


def test_the_letters_of_a_life(stripe, tier):
    tess = make_user("tess@nsca.example", name="Tess")
    toulon: City = make_city("toulon")
    CommitteeChair.objects.create(
        user=make_user("chair@toulon.example", name="Marie Duval"), city=toulon,
        writes_to_expired=True,
    )  # fmt: skip
    life = Life(stripe, tier)

    life.act("Ada joins, and pays by card.")
    life.pays_by_card(renews=False)
    life.until(2028, 3, 26)
    life.act("She renews by the link in the third letter, and lets it renew by itself.")
    life.pays_by_card(renews=True, link=newest_link())
    life.until(2029, 6, 1)
    life.act("Her bank refuses the card.")
    stripe.fail_card(subscription(stripe, RecurringPayment.objects.get())["customer"])
    life.until(2030, 7, 20)
    life.act("She comes back after all, with a check.")
    check = life.pays_by_check(tess)
    life.until(2030, 8, 1)
    life.act("The bank sends the check back; the money comes in cash.")
    offline.bounce(check.payments.get(), by=tess, at=life.at, mails_buyer=True)
    life.collect()
    offline.make_good(check.payments.get(), method=Payment.Method.CASH, by=tess, at=life.at)
    life.collect()
    life.until(2031, 5, 1)
    life.act("Ada dies. Nobody writes to her any more.")
    bereavement.record(Person.objects.get(), died_on=day_of(life.at), by=tess, at=life.at)
    before = len(life.page)
    life.until(2032, 1, 1)
    assert len(life.page) == before

    page = strip_tags("\n".join(life.page))
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(page)
    assert page == GOLDEN.read_text()
