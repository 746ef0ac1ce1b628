"""Dues that come by hand: a check in ten seconds, and one that comes back."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from post_office.models import Email

from membership.models import Term, Tier
from nsca.desk.groups import ensure_groups
from nsca.lib.timing import day_of
from orders.checkout import offline
from orders.models import Order, Payment
from tests.factories import NOON, make_person, make_user

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=9)


@pytest.fixture
def individual():
    return Tier.objects.create(name="Individual", slug="individual", dues_cents=4000)


@pytest.fixture
def ada(individual):
    person = make_person(name="Ada Ellery", email="ada@ellery.example", phone="757 555 0100")
    Term.objects.create(
        household=person.household, tier=individual, starts_on=day_of(NOON) - timedelta(days=400),
        ends_on=day_of(NOON) - timedelta(days=36), reason="board",
    )  # fmt: skip
    return person


@pytest.fixture
def tess():
    ensure_groups()
    user = make_user("tess@nsca.example", name="Tess Roe", is_staff=True)
    user.groups.add(Group.objects.get(name="treasurer"))
    return user


@pytest.fixture
def desk(client, tess):
    client.force_login(tess)
    return client


def take(ada):
    return f"/admin/membership/household/take/?person={ada.pk}&by=check"


def test_who_and_what_is_filled_in_and_the_number_is_asked_first(desk, ada, individual):
    form = desk.get(take(ada)).context["form"]

    assert next(iter(form.fields)) == "reference"
    assert form.fields["reference"].widget.attrs["autofocus"]
    assert {name: form.initial[name] for name in ("name", "email", "channel", "tier")} == {
        "name": "Ada Ellery",
        "email": "ada@ellery.example",
        "channel": "check",
        "tier": individual.pk,
    }
    assert "Individual, $40" in str(form["tier"])


def posted(desk, ada, individual, **more):
    data = {
        "reference": "1187", "channel": "check", "tier": individual.pk, "name": "Ada Ellery",
        "email": "ada@ellery.example", "key": "k" * 20,
    }  # fmt: skip
    return desk.post(take(ada), data | more)


def test_enter_writes_the_order_and_leads_back_to_the_person(desk, ada, individual, tess):
    answer = posted(desk, ada, individual)

    payment = Payment.objects.get()
    assert answer.url == f"/admin/membership/person/{ada.pk}/change/"
    assert (payment.reference, payment.amount_cents, payment.recorded_by) == ("1187", 4000, tess)
    assert ada.household.terms.filter(line__order=payment.order).count() == 1


def test_a_double_press_of_enter_is_one_order(desk, ada, individual):
    posted(desk, ada, individual), posted(desk, ada, individual)

    assert Order.objects.count() == 1


@pytest.fixture
def check(desk, ada, individual):
    posted(desk, ada, individual)
    return Payment.objects.get()


def test_a_year_that_nobody_pays_for_says_who_granted_it(client, ada, individual):
    ensure_groups()
    mel = make_user("mel@nsca.example", name="Mel Ross", is_staff=True)
    mel.groups.add(Group.objects.get(name="members"))
    client.force_login(mel)
    page = client.get(f"/admin/membership/person/{ada.pk}/change/").content.decode()
    grant = f"/admin/membership/term/add/?household={ada.household.pk}"
    assert grant in page

    client.post(grant, {
        "household": ada.household.pk, "tier": individual.pk, "starts_on": "2027-04-01",
        "reason": "Honorary, board of March 3",
    })  # fmt: skip

    term = Term.objects.order_by("pk").last()
    assert (term.granted_by, term.ends_on, term.reason) == (
        mel, None, "Honorary, board of March 3",
    )  # fmt: skip


class TestACheckThatCameBack:
    def test_the_year_rests_and_the_member_is_told_kindly(self, check, tess):
        offline.bounce(check, by=tess, at=LATER, mails_buyer=True)

        term = Term.objects.get(line__order=check.order)
        assert not term.is_current(day_of(LATER))
        email = Email.objects.order_by("pk").last()
        assert email.subject.startswith("Your check was returned")
        assert "1187" in email.message
        assert "It's on hold until we receive the payment" in email.message

    def test_or_it_holds_while_we_talk(self, check, tess):
        offline.bounce(check, by=tess, at=LATER, rests=False)

        assert Term.objects.get(line__order=check.order).is_current(day_of(LATER))

    def test_it_holds_as_before_once_the_money_is_here(self, check, tess):
        before = Term.objects.filter(line__order=check.order).values().get()
        offline.bounce(check, by=tess, at=LATER)

        offline.make_good(check, method=Payment.Method.CASH, by=tess, at=LATER)

        assert Term.objects.filter(line__order=check.order).values().get() == before

    def test_a_year_that_was_ended_for_another_reason_stays_ended(self, check, tess):
        term = Term.objects.get(line__order=check.order)
        term.ended_on, term.ended_because = day_of(NOON), "At their request"
        term.save()

        offline.bounce(check, by=tess, at=LATER)
        offline.make_good(check, method=Payment.Method.CASH, by=tess, at=LATER)

        term.refresh_from_db()
        assert term.ended_because == "At their request"

    def test_staff_say_what_becomes_of_it_and_whether_they_are_told(self, check, desk):
        page = f"/admin/orders/order/{check.order_id}/bounced/"
        assert "keep it valid while we talk" in desk.get(page).content.decode()

        desk.post(page, {"becomes": "stands"})

        assert Term.objects.get(line__order=check.order).ended_on is None
        assert not Email.objects.filter(subject__startswith="Your check").exists()
