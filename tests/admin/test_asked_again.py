"""Before a venue is shown or changed: who did not sign in just now is asked again."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.core import mail
from django.urls import reverse
from post_office.models import Email

from events import reveal
from events.models import VenueAccess
from membership.accounts import mail as sign_in_mails
from membership.accounts import proofs
from tests.admin.conftest import CANARY
from tests.admin.events.test_venue import FORM, venue_page
from tests.admin.test_home import cards_of

SIGNED_IN = datetime(2027, 5, 2, 14, 0, tzinfo=UTC)
LOOK = {"look": "yes"}


@pytest.fixture
def at():
    return SIGNED_IN


@pytest.fixture
def clock(settings):
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(SIGNED_IN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(clock, sealed_soiree, sign_in):
    """A browser in which somebody of the events group signed in at SIGNED_IN."""
    VenueAccess.objects.all().delete()
    return sign_in("events")


def code_of_the_last_email() -> str:
    email = emails()[-1]
    assert email.to == ["events@nsca.example"]
    return re.search(r"^    (\d{4} \d{4})$", email.body, re.M)[1]


def emails() -> list:
    """Those that have left, once the ticker has come by."""
    sign_in_mails.send_due(at=datetime.now(UTC))
    return mail.outbox


@pytest.mark.parametrize(
    ("age", "is_shown"),
    [
        (timedelta(minutes=10, seconds=-1), True),
        (timedelta(minutes=10), False),
        (timedelta(minutes=10, seconds=1), False),
    ],
)
def test_a_sign_in_lets_one_look_for_ten_minutes(age, is_shown, clock, desk, sealed_soiree):
    clock.move_to(SIGNED_IN + age)

    response = desk.post(venue_page(sealed_soiree), LOOK)

    assert (CANARY in response.content.decode()) is is_shown
    assert [look.act for look in VenueAccess.objects.all()] == (["looked"] if is_shown else [])


def test_the_code_that_is_mailed_lets_one_look_and_once_given_is_not_asked_for_again(
    clock, desk, sealed_soiree
):
    clock.move_to(SIGNED_IN + timedelta(hours=2))
    asked = desk.post(venue_page(sealed_soiree), LOOK)
    assert "A code is on its way to events@nsca.example" in asked.content.decode()
    assert CANARY not in asked.content.decode()

    typed = code_of_the_last_email().replace(" ", "-")
    shown = desk.post(venue_page(sealed_soiree), LOOK | {"code": typed})
    again = desk.post(venue_page(sealed_soiree), LOOK)

    assert CANARY in shown.content.decode()
    assert CANARY in again.content.decode()
    assert [look.act for look in VenueAccess.objects.all()] == ["looked", "looked"]
    assert len(emails()) == 1 and not Email.objects.exists()


def test_a_wrong_code_shows_nothing_and_the_fifth_uses_the_email_up(clock, desk, sealed_soiree):
    clock.move_to(SIGNED_IN + timedelta(hours=2))
    desk.post(venue_page(sealed_soiree), LOOK)
    first = code_of_the_last_email()

    pages = [
        desk.post(venue_page(sealed_soiree), LOOK | {"code": f"9999999{n}"}) for n in range(5)
    ]
    late = desk.post(venue_page(sealed_soiree), LOOK | {"code": first})

    assert "That’s not the code" in pages[0].content.decode()
    assert not any(CANARY in page.content.decode() for page in [*pages, late])
    assert len(emails()) == 2
    assert code_of_the_last_email() != first
    assert not VenueAccess.objects.exists()


def test_a_code_is_good_for_ten_minutes(clock, desk, sealed_soiree):
    clock.move_to(SIGNED_IN + timedelta(hours=2))
    desk.post(venue_page(sealed_soiree), LOOK)
    code = code_of_the_last_email()
    clock.shift(timedelta(minutes=10))

    late = desk.post(venue_page(sealed_soiree), LOOK | {"code": code})

    assert CANARY not in late.content.decode()


def test_a_code_of_another_person_s_session_opens_nothing(clock, desk, sealed_soiree, staff):
    clock.move_to(SIGNED_IN + timedelta(hours=2))
    desk.post(venue_page(sealed_soiree), LOOK)
    code = code_of_the_last_email()
    state = desk.session["asked_again"]
    desk.force_login(staff("director"))
    session = desk.session
    session["asked_again"] = state
    session.save()

    page = desk.post(venue_page(sealed_soiree), LOOK | {"code": code})

    assert CANARY not in page.content.decode()


def test_an_authenticator_s_code_serves_as_well(clock, desk, sealed_soiree, staff):
    secret = "JBSWY3DPEHPK3PXP"  # noqa: S105 of this test alone
    TOTP.activate(staff("events"), secret)
    clock.move_to(SIGNED_IN + timedelta(hours=2))
    code = format_hotp_value(hotp_value(secret, next(iter(counters()))))

    shown = desk.post(venue_page(sealed_soiree), LOOK | {"code": code})

    assert CANARY in shown.content.decode()


def test_what_was_typed_into_the_venue_is_not_lost_and_is_kept_nowhere(
    clock, desk, sealed_soiree, staff
):
    clock.move_to(SIGNED_IN + timedelta(hours=2))
    read = desk.get(venue_page(sealed_soiree)).context["key"]
    data = FORM | {"name": "Bluestem Hall", "key": read}

    asked = desk.post(venue_page(sealed_soiree), data)
    assert asked.context["form"]["name"].value() == "Bluestem Hall"
    assert "Bluestem Hall" in asked.content.decode()
    assert "Bluestem" not in repr(dict(desk.session))
    assert not Email.objects.exists()
    assert not any("Bluestem" in email.body for email in emails())
    assert not VenueAccess.objects.exists()

    sealed = desk.post(venue_page(sealed_soiree), data | {"code": code_of_the_last_email()})
    assert sealed.status_code == 302
    venue = reveal.look(sealed_soiree, by=staff("director"), at=SIGNED_IN)
    assert venue.name == "Bluestem Hall"


def test_more_than_five_emails_a_quarter_of_an_hour_are_not_mailed(clock, desk, sealed_soiree):
    clock.move_to(SIGNED_IN + timedelta(hours=2))

    for _ in range(6):
        session = desk.session
        session.pop("asked_again", None)
        session.save()
        page = desk.post(venue_page(sealed_soiree), LOOK)

    assert len(emails()) == 5
    assert "Please try again in 15 minutes" in page.content.decode()


def test_a_session_in_which_nobody_proved_anything_is_asked(clock, desk, sealed_soiree):
    session = desk.session
    del session[proofs.KEY]
    session.save()

    assert CANARY not in desk.post(venue_page(sealed_soiree), LOOK).content.decode()


# --- Looks are shown to the director -----------------------------------------------------------


def test_the_director_s_first_page_names_each_look_until_she_has_read_it(
    clock, desk, sealed_soiree, staff, sign_in
):
    desk.post(venue_page(sealed_soiree), LOOK)
    assert [line.text for line in cards_of(staff("director"), SIGNED_IN)["looks"].lines] == [
        f"Events viewed the venue: {sealed_soiree}, Sunday, May 2, 2027 at 10:00 a.m. EDT"
    ]

    director = sign_in("director")
    listed = director.get(reverse("admin:events_venueaccess_changelist"))
    question = director.get(reverse("admin:events_venueaccess_read"))
    sign_in("events").post(venue_page(sealed_soiree), LOOK)  # meanwhile
    sign_in("director").post(
        reverse("admin:events_venueaccess_read"), {"key": question.context["key"]}
    )

    assert "Events" in listed.content.decode()
    assert "looked" in listed.content.decode()
    assert [look.seen_at is None for look in VenueAccess.objects.order_by("pk")] == [False, True]
    assert cards_of(staff("director"), SIGNED_IN)["looks"].count == 1


def test_who_looks_cannot_say_that_it_was_read(desk, sealed_soiree):
    desk.post(venue_page(sealed_soiree), LOOK)

    response = desk.post(reverse("admin:events_venueaccess_read"), {"key": "99"})

    assert response.status_code == 403
    assert VenueAccess.objects.get().seen_at is None


def test_nobody_can_change_or_delete_a_look(sign_in, sealed_soiree):
    director = sign_in("director")
    look = VenueAccess.objects.first()

    for act in ("change", "delete"):
        url = reverse(f"admin:events_venueaccess_{act}", args=[look.pk])
        assert director.post(url, {"post": "yes", "act": "held"}).status_code == 403
    assert VenueAccess.objects.get(pk=look.pk).act == "changed"


def test_a_number_that_no_row_can_have_is_none(sign_in, sealed_soiree):
    """Digits of other scripts, and more of them than a database holds."""
    director = sign_in("director")

    for odd in ("²", "9" * 19, "9" * 5000):
        read = director.post(reverse("admin:events_venueaccess_read"), {"key": odd})
        links = director.get(reverse("admin:events_doorlink_add"), {"event": odd})
        taking = director.get(reverse("admin:membership_household_take"), {"household": odd})
        assert [read.status_code, links.status_code, taking.status_code] == [302, 200, 200], odd
    assert VenueAccess.objects.get().seen_at is None
