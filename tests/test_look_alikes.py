"""Addresses and codes that look, or fold, like somebody's: none of them is that somebody's.

The corpus runs on both engines. PostgreSQL's UPPER makes I of a dotless i, so a comparison in the
database that folds e-mails hands a stranger the director's sign-in.
"""

from datetime import date

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, transaction
from post_office.models import Email

from events.door import door
from events.reveal.door import Viewer, tickets_of
from events.sales import availability
from events.sales.quotes import find_code
from events.sales.refusals import CodeUnknown, TooManyForOne
from events.tickets import transfers
from membership.accounts import mail as sign_in_mails
from membership.accounts import sign_in
from membership.joining.renewals import make_renewal_link
from membership.models import Consent, GiftMembership, Term, User
from membership.people import suppressed
from membership.people.consents import left_by_link
from membership.portal.views import orders_of
from membership.terms import gift_memberships
from membership.terms.dues import Joining, has_member
from nsca.site.personal import NewsletterList
from nsca.site.readers import NewsletterReaders
from orders.checkout.placing import Buyer
from orders.models import Order
from pages.models import Subscriber
from pages.newsletter import subscribing
from tests.events.selling import hold, sell
from tests.factories import (
    NOON,
    make_event,
    make_member,
    make_order,
    make_person,
    make_ticket,
    make_ticket_type,
    make_user,
)
from tests.look_alikes import (
    BOSS,
    CODE,
    OTHER_CODES,
    OTHERS,
    SAME,
    SAME_CODES,
    all_are,
    each,
)
from tests.membership.terms.test_dues import join, make_tier

pytestmark = pytest.mark.django_db
ASK, CONFIRM, HOME = "/accounts/login/", "/accounts/login/code/confirm/", "/membership/"
TODAY = date(2027, 4, 1)


@pytest.fixture(autouse=True)
def clock(settings):
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def boss():
    return make_user(BOSS, is_staff=True)


# --- Signing in --------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", OTHERS.values(), ids=OTHERS.keys())
def test_a_look_alike_address_cannot_sign_in_as_the_director(client, boss, typed):
    client.post(ASK, {"email": typed})
    sign_in_mails.send_due(at=NOON)

    assert [email for email in mail.outbox if any(map(str.isdigit, email.subject))] == []
    assert sign_in.stored_address(typed, NOON) == ""
    assert list(EmailAddress.objects.values_list("email", "verified")) == [(BOSS, True)]
    assert list(User.objects.values_list("email", flat=True)) == [BOSS]


@pytest.mark.parametrize("typed", SAME.values(), ids=SAME.keys())
def test_another_keyboard_signs_in_and_the_code_goes_to_the_stored_address(client, boss, typed):
    client.post(ASK, {"email": typed})
    sign_in_mails.send_due(at=NOON)
    code = "".join(sign for sign in mail.outbox[0].subject if sign.isdigit())
    client.post(CONFIRM, {"code": code})

    assert [email.to for email in mail.outbox] == [[BOSS]]
    assert client.get(HOME).wsgi_request.user == boss
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [BOSS]


def test_an_address_with_an_invisible_character_is_refused_in_words_and_kept_as_typed(client):
    page = client.post(ASK, {"email": OTHERS["a zero-width space"]})

    assert page.status_code == 422
    assert "it may be one you can’t see. Delete the address and type it again." in page.text
    assert "boss\u200b.kisses@norfolksistercities.org" in page.text


@pytest.mark.parametrize("typed", SAME.values(), ids=SAME.keys())
def test_two_sign_ins_cannot_have_one_address(boss, typed):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email=typed)


# --- Members -----------------------------------------------------------------------------------


@pytest.fixture
def member():
    """The director is a member, and has a household."""
    user = make_member(BOSS, starts_on=date(2026, 5, 2), ends_on=date(2027, 5, 1))
    return user.people.get()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "typed",
    [OTHERS["a dotless i in the domain"], OTHERS["a sharp s in the domain"]],
    ids=["dotless i", "sharp s"],
)
def test_dues_paid_by_a_look_alike_make_a_household_of_its_own(member, typed):
    join(make_tier("Patron"), Joining("Boss Kisses", typed))

    assert Term.objects.filter(household=member.household).count() == 1
    assert User.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("typed", SAME.values(), ids=SAME.keys())
def test_dues_paid_from_another_keyboard_are_the_members_own(member, typed):
    join(make_tier("Patron"), Joining("Boss Kisses", typed))

    assert Term.objects.filter(household=member.household).count() == 2
    assert User.objects.count() == 1


def test_only_the_own_address_has_a_membership(member):
    def is_one(typed):
        return has_member(typed, TODAY)

    assert each(OTHERS, is_one) == all_are(OTHERS, False)
    assert each(SAME, is_one) == all_are(SAME, True)


def test_a_renewal_is_paid_for_by_the_address_that_was_typed_and_no_look_alike(client, boss):
    home = make_person(name="Cy Okoro", email="").household
    make_tier()
    page = f"/renew/{make_renewal_link(home, at=NOON).token}/"
    typed = OTHERS["a dotless i in the domain"]

    answer = client.post(page, {"submission_key": "k" * 40, "tier": "individual", "email": typed})

    assert answer.status_code == 302
    assert Order.objects.get().buyer_email == "boss.kisses@xn--norfolkssterctes-hqcfb.org"
    assert orders_of(boss) == []


def test_a_gift_membership_is_proven_by_the_address_that_was_asked():
    gift = GiftMembership(asked_email=BOSS, asked_at=NOON)

    def is_asked(typed):
        return gift_memberships.is_asked(gift, typed, at=NOON)

    assert each(OTHERS, is_asked) == all_are(OTHERS, False)
    assert each(SAME, is_asked) == all_are(SAME, True)


# --- Tickets -----------------------------------------------------------------------------------


def test_a_ticket_given_to_a_look_alike_is_not_in_the_directors_hands(boss):
    event = make_event()

    def is_theirs(typed):
        ticket = make_ticket(event)
        offer = transfers.offer(ticket, to_email=typed, at=NOON)
        transfers.accept(offer, name="Boss", at=NOON)
        theirs = tickets_of(event, Viewer(user=boss))
        return theirs.filter(pk=ticket.pk).exists()

    assert each(OTHERS, is_theirs) == all_are(OTHERS, False)
    assert each(SAME, is_theirs) == all_are(SAME, True)


def test_a_ticket_is_offered_to_whom_it_is_not_already():
    ticket = make_ticket(make_event(), guest_email=BOSS)

    def has_it(typed):
        try:
            transfers.withdraw(transfers.offer(ticket, to_email=typed, at=NOON).ticket, at=NOON)
        except transfers.HasItAlready:
            return True
        return False

    assert each(OTHERS, has_it) == all_are(OTHERS, False)
    assert each(SAME, has_it) == all_are(SAME, True)


def test_the_most_a_person_may_have_is_counted_by_their_own_address():
    event = make_event(max_per_person=2)
    seat = make_ticket_type(event)
    sell(event, (seat, 2), buyer=Buyer("Boss", BOSS))

    def is_over(typed):
        try:
            hold(event, (seat, 1), buyer=Buyer("Boss", typed))
        except TooManyForOne:
            return True
        return False

    assert each(OTHERS, is_over) == all_are(OTHERS, False)
    assert each(SAME, is_over) == all_are(SAME, True)


def test_the_member_price_is_counted_by_the_members_own_address():
    event = make_event()
    make_ticket(
        event,
        order=make_order(state="paid", lines=(), buyer_email=BOSS, payments=False),
        at_member_price=True,
    )

    def had(typed):
        return event.tickets.filter(availability.Member(email=typed).seats()).count()

    assert each(OTHERS, had) == all_are(OTHERS, 0)
    assert each(SAME, had) == all_are(SAME, 1)


def test_a_purchase_is_shown_to_its_buyer_and_to_no_look_alike(boss):
    def shown(typed):
        order = make_order(state="paid", buyer_email=typed)
        return order in orders_of(boss)

    assert each(OTHERS, shown) == all_are(OTHERS, False)
    assert each(SAME, shown) == all_are(SAME, True)


# --- Codes -------------------------------------------------------------------------------------


def test_a_look_alike_of_a_code_is_another_code():
    event = make_event()
    event.promo_codes.create(code=CODE, percent_off=10)

    def is_known(typed):
        try:
            return find_code(event, typed, [], at=NOON).code == CODE
        except CodeUnknown:
            return False

    assert each(OTHER_CODES, is_known) == all_are(OTHER_CODES, False)
    assert each(SAME_CODES, is_known) == all_are(SAME_CODES, True)


def test_a_ticket_code_read_in_full_width_is_the_same_and_a_look_alike_is_none():
    assert door.code_in("\uff43df4\uff0dghj6") == "CDF4-GHJ6"
    assert door.code_in("\u212ac\u212a4-ghj6") == "KCK4-GHJ6"
    assert [door.code_in(typed) for typed in ("cdf4-ghj\u00df", "\u0441df4-ghj6")] == ["", ""]


# --- E-mails -----------------------------------------------------------------------------------


def make_subscriber():
    return Subscriber.objects.create(email=BOSS, asked_at=NOON, confirmed_at=NOON)


def test_a_look_alike_does_not_subscribe_the_director_and_is_written_to_alone():
    for typed in OTHERS.values():
        subscribing.ask(email=typed, at=NOON)

    assert not Subscriber.objects.filter(email=BOSS).exists()
    assert Email.objects.filter(to__contains=BOSS).count() == 0


def test_asking_from_another_keyboard_writes_to_the_stored_address():
    make_subscriber()

    for typed in SAME.values():
        subscribing.ask(email=typed, at=NOON)

    assert Subscriber.objects.count() == 1
    assert {email.to[0] for email in Email.objects.all()} == {BOSS}


@pytest.mark.parametrize("way", ["the list of members", "the list of a mailing"])
def test_a_look_alike_cannot_take_the_director_off_the_list(way):
    make_subscriber()
    leave = {
        "the list of members": lambda email: NewsletterList().follow(
            email, is_given=False, at=NOON
        ),
        "the list of a mailing": lambda email: NewsletterReaders().leave(email, at=NOON),
    }[way]

    def is_on(typed):
        Subscriber.objects.update(left_at=None)
        leave(typed)
        return Subscriber.objects.get().is_subscribed

    assert each(OTHERS, is_on) == all_are(OTHERS, True)
    assert each(SAME, is_on) == all_are(SAME, False)


def test_a_look_alike_cannot_withdraw_the_members_consent(member):
    def is_given(typed):
        Consent.objects.create(
            person=member, topic=Consent.Topic.EVENTS, is_given=True, at=NOON, words="Yes",
            how=Consent.How.MEMBER,
        )  # fmt: skip
        left_by_link(Consent.Topic.EVENTS, typed, at=NOON)
        return Consent.objects.last_of(member)[Consent.Topic.EVENTS].is_given

    assert each(OTHERS, is_given) == all_are(OTHERS, True)
    assert each(SAME, is_given) == all_are(SAME, False)


def test_a_look_alike_that_bounced_does_not_silence_the_directors_mail():
    for typed in OTHERS.values():
        suppressed.note(typed, suppressed.Kind.BOUNCED, at=NOON)

    assert suppressed.marked([BOSS]) == {}

    suppressed.note(SAME["full width"], suppressed.Kind.BOUNCED, at=NOON)
    assert each(SAME, lambda typed: bool(suppressed.marked([typed]))) == all_are(SAME, True)
