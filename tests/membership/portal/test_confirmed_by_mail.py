"""Changes of a membership are confirmed by e-mail to everybody concerned."""

import smtplib
from datetime import date, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.test import Client
from post_office.models import STATUS, Email

from membership.accounts import mail as sign_in_mails
from membership.accounts import sign_in
from membership.giving.gifts import gift_item as gift_of
from membership.models import GiftMembership, Person, SignInCode, Tier
from membership.portal import household as people_of
from membership.portal.context import mine
from membership.privacy import erasure
from membership.terms.dues import Joining
from membership.terms.gift_memberships import gift_item, take_up
from membership.terms.joining import Other
from membership.terms.pausing import pause
from membership.terms.upgrades import upgrade_item
from orders.checkout import confirmations
from orders.checkout.placing import Buyer, place
from orders.models import Order
from orders.recurring import agreements
from orders.recurring import due as recurring_round
from tests.factories import make_member as make_signed_in
from tests.factories import make_person, make_user
from tests.membership.terms.test_dues import (
    NOON,
    TODAY,
    join,
    make_member,
    make_tier,
    settle_by_pretending,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BEN = "ben@ellery.example"
MEMORY = "django.core.mail.backends.locmem.EmailBackend"
ADA = Joining("Ada Ellery", "ada@ellery.example", others=(Other("Ben Ellery", BEN),))


@pytest.fixture(autouse=True)
def at_noon(settings):
    settings.OUTGOING_EMAIL_BACKEND = MEMORY
    with time_machine.travel(NOON, tick=False):
        yield


def mails(subject):
    """Who got the e-mails with this subject, and what they say."""
    found = Email.objects.filter(subject__contains=subject).order_by("pk")
    return [(each.to[0].split("<")[-1].strip(">"), each.message) for each in found]


def signs_in(email):
    """Ask for a code and enter it, as the page does."""
    key = sign_in.ask(email, network="127.0.0.1", at=NOON)
    sign_in_mails.send_due(at=NOON)
    return sign_in.prove(key, SignInCode.objects.get(pk=key).code(), network="1", at=NOON)


# --- A welcome of one's own --------------------------------------------------------------------

WELCOME = "Welcome to Norfolk Sister Cities: your card is ready"


def test_the_second_adult_is_welcomed_once_their_address_is_proven():
    join(make_tier("Family", 6500, max_people=6), ADA)
    before = mails(WELCOME)

    signs_in(BEN)
    signs_in(BEN)

    ((to, words),) = mails(WELCOME)
    assert before == [] and to == BEN
    assert "Dear Ben Ellery," in words and "Ada Ellery made you a member" in words
    assert "through April 30, 2028" in words
    assert str(Person.objects.get(name="Ben Ellery").member_number) in words


def test_who_paid_has_the_receipt_and_no_second_welcome():
    join(make_tier("Family", 6500, max_people=6), ADA)

    signs_in("ada@ellery.example")

    assert mails(WELCOME) == []


def test_who_proved_their_address_long_ago_is_welcomed_when_they_are_added(rf):
    ada = make_signed_in().people.get()
    Tier.objects.update(max_people=4)
    make_user(BEN)
    request = rf.get("/")
    request.user, request.now, request.session = ada.user, NOON, {}
    home = mine(request).home

    people_of.add(home, name="Ben", email=BEN, born_on=None, guardian=ada, at=NOON)

    assert [to for to, _ in mails(WELCOME)] == [BEN]


def test_where_nothing_is_paid_for_nobody_is_welcomed(rf):
    ada = make_signed_in(ends_on=TODAY - DAY, starts_on=TODAY - 99 * DAY).people.get()
    user = make_user(BEN, is_confirmed=False)
    make_person(ada.household, name="Ben", email=BEN, user=user)

    signs_in(BEN)

    assert EmailAddress.objects.get(email=BEN).verified
    assert mails(WELCOME) == []


# --- Gifts -------------------------------------------------------------------------------------


def test_the_giver_hears_when_the_gift_is_claimed():
    item = gift_item(
        make_tier(),
        Joining("Bo", "bo@example.org"),
        recipient_name="Li",
        recipient_email="li@example.org",
        message="",
        begins_on=TODAY,
    )
    order = place(
        items=[item], buyer=Buyer("Bo", "bo@example.org"), submission_key="g" * 40, at=NOON
    )
    settle_by_pretending(order, NOON)

    take_up(GiftMembership.objects.get(), Joining("Li Wei", "li@example.org"), at=NOON)

    ((to, words),) = mails("Li claimed your gift")
    assert to == "bo@example.org"
    assert "The Individual membership you gave to Li was claimed on May 1, 2027." in words


def test_the_page_and_the_mail_of_a_monthly_gift_say_every_month():
    item = gift_of(2500)
    then = agreements.asked(item, interval=agreements.MONTH, consent="yes", at=NOON)
    order = place(
        items=[item], buyer=Buyer("Bo", "bo@example.org"), submission_key="m" * 40, at=NOON,
        pays_now=True, then=then,
    )  # fmt: skip
    words = "This gift repeats: $25 every month. The next charge is on June 1, 2027."

    before = Client().get(order.get_absolute_url()).text
    settle_by_pretending(order, NOON)
    confirmations.write_due(NOON)
    recurring_round.tick(NOON)
    after = Client().get(order.get_absolute_url()).text

    assert words in before and words in after
    ((to, text),) = mails("Thank you for your gift")
    assert to == "bo@example.org" and words in text
    assert words in Email.objects.get(subject__contains="Thank you for your gift").html_message


def test_a_gift_given_once_says_nothing_of_months():
    order = place(
        items=[gift_of(2500)], buyer=Buyer("Bo", "bo@example.org"), submission_key="o" * 40,
        at=NOON,
    )  # fmt: skip

    assert "every month" not in Client().get(order.get_absolute_url()).text


# --- Level, pause, erasure ---------------------------------------------------------------------


def test_a_changed_level_is_confirmed_to_who_paid_and_to_the_main_contact():
    ada = make_member(
        "Ada Ellery", "ada@ellery.example", starts_on=TODAY, ends_on=date(2028, 4, 30)
    )
    wider = make_tier("Family", 6500, max_people=6)
    who = Joining("Ben", BEN, household_id=ada.household.pk)
    item = upgrade_item(ada.household, wider, who, on=TODAY)
    order = place(items=[item], buyer=Buyer("Ben", BEN), submission_key="u" * 40, at=NOON)
    settle_by_pretending(order, NOON)

    confirmations.write_due(NOON)

    found = mails("Your membership is now Family")
    assert sorted(to for to, _ in found) == ["ada@ellery.example", BEN]
    for _, words in found:
        assert (
            "changed from Individual to Family on May 1, 2027. It covers up to 6 people." in words
        )
        assert "It’s still paid through April 30, 2028." in words


def test_a_renewal_is_no_change_of_level():
    join(make_tier(), Joining("Ada", "ada@ellery.example"))
    confirmations.write_due(NOON)

    assert mails("Your membership is now") == []


def test_a_pause_is_confirmed():
    ada = make_member(
        "Ada Ellery", "ada@ellery.example", starts_on=TODAY, ends_on=date(2028, 4, 30)
    )
    tess = make_user("tess@nsca.example")

    pause(
        ada.household, starts_on=TODAY + DAY, until_on=date(2027, 9, 1), reason="At sea", by=tess,
        at=NOON,
    )  # fmt: skip

    ((to, paused),) = mails("Your membership is paused until September 1, 2027")
    assert to == "ada@ellery.example"
    last = max(term.ends_on for term in ada.household.terms.whole())
    assert "is paused from May 2, 2027" in paused and "At sea" not in paused
    assert f"through {last:%B} {last.day}, {last.year}" in paused


def test_erasure_is_confirmed_and_no_copy_is_kept(django_capture_on_commit_callbacks):
    ada = make_member("Ada Ellery", "ada@ellery.example")
    outbox.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        erasure.forget(ada, at=NOON)

    (sent,) = outbox.outbox
    assert (sent.to, sent.subject) == (["ada@ellery.example"], "Your record is erased")
    assert "Ada" not in sent.body
    assert not Email.objects.exists()


@pytest.mark.parametrize(
    ("status", "later", "is_kept"),
    [
        (STATUS.queued, timedelta(days=3) - timedelta(seconds=1), True),
        (STATUS.queued, timedelta(days=3), False),
        (STATUS.sent, timedelta(0), False),
    ],
)
def test_where_the_mail_server_is_away_the_copy_goes_once_it_was_sent(
    django_capture_on_commit_callbacks, monkeypatch, status, later, is_kept
):
    ada = make_member("Ada Ellery", "ada@ellery.example")

    def away(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", away)
    with django_capture_on_commit_callbacks(execute=True):
        erasure.forget(ada, at=NOON)
    Email.objects.update(status=status, created=NOON)

    erasure.tick(NOON + later)

    assert Email.objects.exists() is is_kept


def test_a_parent_reads_that_the_child_was_erased(django_capture_on_commit_callbacks):
    ada = make_signed_in().people.get()
    cy = make_person(ada.household, name="Cy Ellery", born_on=date(2018, 5, 1), guardian=ada)
    erasure.ask(cy, at=NOON, by=ada.user)
    Email.objects.update(status=STATUS.sent)
    outbox.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        erasure.tick(NOON + 7 * DAY)

    assert [sent.to for sent in outbox.outbox] == [["ada@ellery.example"]]
    assert Order.objects.count() == 0
