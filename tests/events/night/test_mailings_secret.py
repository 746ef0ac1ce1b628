"""An e-mail that goes to many does not give a sealed venue away, and is no oracle either."""

from datetime import date

import pytest
from django.apps import apps
from post_office.models import Email

from events import reveal
from events.models import VenueAccess
from membership.mailings import mailings
from membership.mailings.sending import tick
from membership.models import Mailing, Term, Tier
from tests.events.reveal_kit import DAY, LONG_BEFORE, OTHER_VENUE, VENUE
from tests.factories import make_person, make_user

TELLING = "<p>We meet at the Chart House Lawn.</p>"
HARMLESS = "<p>We meet in Norfolk, ten minutes from downtown.</p>"

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    ada = make_person(email="ada@ellery.example")
    tier = Tier.objects.create(slug="family", name="Family")
    Term.objects.create(
        household=ada.household, tier=tier, starts_on=date(2027, 1, 1), reason="for a test"
    )
    return ada


def mailing(by, body):
    return Mailing.objects.create(
        about="membership", subject="Soon", body=body, created_by=by, created_at=LONG_BEFORE
    )


def test_to_a_keeper_it_says_which_field_and_never_the_word_and_notes_the_look(
    soiree, member, keeper
):
    made = mailing(keeper, TELLING)
    VenueAccess.objects.all().delete()

    with pytest.raises(mailings.CannotSend) as refused:
        mailings.send_off(made, typed=None, by=keeper, at=LONG_BEFORE)

    said = str(refused.value)
    assert "in its field “body”" in said
    assert not any(word in said for word in ("Chart", "Ropewalk", "Lawn"))
    assert VenueAccess.objects.get().user == keeper
    assert Mailing.objects.get().state == "draft"


def test_a_harmless_one_of_a_keeper_leaves_at_once(soiree, member, keeper):
    assert (
        mailings.send_off(mailing(keeper, HARMLESS), typed=None, by=keeper, at=LONG_BEFORE).state
        == "sending"
    )


@pytest.mark.parametrize("body", [TELLING, HARMLESS])
@pytest.mark.parametrize("is_set", [True, False])
def test_to_others_the_answer_is_the_same_whatever_they_write_and_whether_there_is_a_venue(
    body, is_set, soiree, member
):
    if not is_set:
        apps.get_model("events.venue").objects.all().delete()
    writer = make_user("members@staff.example", is_staff=True)
    made = mailing(writer, body)
    VenueAccess.objects.all().delete()

    made = mailings.send_off(made, typed=None, by=writer, at=LONG_BEFORE)

    assert made.state == "reading"
    assert not VenueAccess.objects.exists()


def test_a_venue_that_is_put_in_meanwhile_stops_what_would_tell_it(soiree, member, keeper):
    made = mailing(keeper, "<p>We meet at the Pagoda Garden, 265 West Tazewell Street.</p>")
    mailings.send_off(made, typed=None, by=keeper, at=LONG_BEFORE)
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=LONG_BEFORE)

    tick(LONG_BEFORE)

    made.refresh_from_db()
    assert made.state == "stopped"
    assert Email.objects.count() == 0
    assert "Pagoda" not in made.stopped_because


def test_after_the_evening_the_venue_may_be_written_about(soiree, member, keeper):
    writer = make_user("members@staff.example", is_staff=True)
    after = soiree.ends_at + DAY

    made = mailings.send_off(mailing(writer, TELLING), typed=None, by=writer, at=after)

    assert made.state == "sending"
    assert VENUE.name == "Chart House Lawn"
