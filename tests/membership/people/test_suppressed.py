"""A suppressed address gets no mailings until somebody clears it."""

from datetime import timedelta

import pytest
from anymail.signals import AnymailTrackingEvent, tracking
from django.contrib.auth.models import Group

from membership.models import EmailSuppression
from membership.people import suppressed
from nsca.desk.groups import ensure_groups
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db
ADA = "ada@ellery.example"
DAY = timedelta(days=1)


def reported(event_type, *, reason=None, recipient=ADA, at=NOON):
    """What an e-mail provider reports by way of anymail."""
    event = AnymailTrackingEvent(
        event_type=event_type, reject_reason=reason, recipient=recipient, timestamp=at, metadata={}
    )
    tracking.send(sender=object(), event=event, esp_name="Postmark")


@pytest.mark.parametrize(
    ("event_type", "reason", "kind"),
    [
        ("bounced", "bounced", "bounced"),
        ("bounced", "invalid", "bounced"),
        ("bounced", None, "bounced"),
        ("rejected", "invalid", "bounced"),
        ("complained", "spam", "complained"),
    ],
)
def test_mail_that_comes_back_for_good_and_a_complaint_mark_the_address(event_type, reason, kind):
    reported(event_type, reason=reason)

    assert suppressed.marked(["Ada@Ellery.example", "cy@norfolk.example"]) == {ADA: kind}
    assert suppressed.marked([" ADA@ellery.example "])
    assert EmailSuppression.objects.get().source == "Postmark"


@pytest.mark.parametrize(
    ("event_type", "reason"),
    [
        ("bounced", "blocked"),  # our own server is not liked there
        ("bounced", "timed_out"),  # theirs is asleep
        ("bounced", "spam"),
        ("deferred", None),
        ("failed", None),
        ("delivered", None),
        ("opened", None),
    ],
)
def test_nothing_else_that_a_provider_says_is_about_the_address(event_type, reason):
    reported(event_type, reason=reason)

    assert suppressed.marked([ADA]) == {}


def test_a_report_that_comes_twice_is_one_mark():
    reported("bounced")
    reported("bounced", at=NOON + DAY)

    assert EmailSuppression.objects.count() == 1


@pytest.mark.parametrize(
    ("later", "is_marked_again"), [(-DAY, False), (timedelta(0), False), (DAY, True)]
)
def test_what_staff_cleared_is_not_marked_again_by_an_older_report(later, is_marked_again):
    suppressed.note(ADA, suppressed.Kind.BOUNCED, at=NOON - DAY)
    suppressed.clear(EmailSuppression.objects.get(), by=make_user("m@staff.example"), at=NOON)
    assert suppressed.marked([ADA]) == {}

    reported("bounced", at=NOON + later)

    assert bool(suppressed.marked([ADA])) is is_marked_again


def test_a_complaint_counts_for_more_than_mail_that_came_back():
    reported("complained", reason="spam")
    reported("bounced")

    assert suppressed.marked([ADA]) == {ADA: "complained"}


def test_more_addresses_than_one_question_takes_are_asked_in_several(django_assert_num_queries):
    many = [f"guest{number}@norfolk.example" for number in range(suppressed.AT_ONCE + 1)]
    suppressed.note(many[-1], suppressed.Kind.BOUNCED, at=NOON)

    with django_assert_num_queries(2):
        assert suppressed.marked(many) == {many[-1]: "bounced"}


def test_staff_of_members_notes_one_by_hand_and_clears_it(client):
    ensure_groups()
    user = make_user("members@staff.example", is_staff=True)
    user.groups.add(Group.objects.get(name="members"))
    client.force_login(user)

    client.post(
        "/admin/membership/emailsuppression/add/",
        {"email": "Ada@ellery.example", "kind": "bounced", "source": "came back to the office"},
    )
    mark = EmailSuppression.objects.get()
    assert mark.email == ADA
    asked = client.get(f"/admin/membership/emailsuppression/{mark.pk}/clear/")
    assert "Clear address" in asked.content.decode()
    assert suppressed.marked([ADA]), "a GET clears nothing"

    client.post(f"/admin/membership/emailsuppression/{mark.pk}/clear/")

    assert suppressed.marked([ADA]) == {}
    assert EmailSuppression.objects.get().cleared_by == user
