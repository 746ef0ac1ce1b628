"""What staff do beyond filling in forms: each act is asked, done once, and noted."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.urls import reverse
from post_office.models import STATUS, Email

from events.models import Event
from membership.models import User
from nsca.ops.audit.mails import every_buyer_has_one_confirmation
from orders.checkout import confirmations
from orders.models import Order, Refund, Task
from pages.models import Message, OpenQuestion, Post, SiteSettings
from tests.admin.conftest import make_event, press
from tests.admin.events.test_venue import form_data

TICK, MONTH = timedelta(microseconds=1), timedelta(days=30)


def act(name, *args):
    return reverse(f"admin:{name}", args=args)


# --- Cancel ------------------------------------------------------------------------------------


def test_canceling_says_so_and_writes_one_email_to_each_holder(sign_in, soiree, paid):
    client = sign_in("events")

    press(
        client,
        act("events_event_cancel", soiree.pk),
        {"note": "The storm has the better of us."},
    )

    event = Event.objects.get()
    assert (event.state, event.canceled_note) == ("canceled", "The storm has the better of us.")
    emails = {email.to[0]: email for email in Email.objects.all()}
    assert {re.sub(r".*<(.*)>", r"\1", to) for to in emails} == {
        "ada@ellery.example",
        "bo@x.example",
    }
    email = next(iter(emails.values()))
    assert "is canceled" in email.subject
    assert "The storm has the better of us." in email.message
    assert "The storm has the better of us." in email.html_message
    assert b"METHOD:CANCEL" in email.attachments.first().file.read()


def test_canceling_twice_writes_no_second_email(sign_in, soiree, paid):
    client = sign_in("events")
    press(client, act("events_event_cancel", soiree.pk), {"note": "Off."})
    count = Email.objects.count()

    again = client.post(act("events_event_cancel", soiree.pk), {"note": "Off."})

    assert (again.status_code, Email.objects.count()) == (403, count)


@pytest.mark.parametrize(
    "since_its_end, status", [(TICK, 200), (MONTH - TICK, 200), (MONTH, 403), (10 * MONTH, 403)]
)
def test_what_is_long_over_is_not_called_off(sign_in, soiree, since_its_end, status):
    with time_machine.travel(soiree.ends_at + since_its_end, tick=False):
        client = sign_in("events")

        offered = client.get(act("events_event_change", soiree.pk)).content.decode()
        answer = client.get(act("events_event_cancel", soiree.pk))

    assert (answer.status_code, "Cancel the event" in offered) == (status, status == 200)


def test_an_editor_does_not_cancel(sign_in, soiree):
    assert sign_in("editor").get(act("events_event_cancel", soiree.pk)).status_code == 403


def test_the_form_of_an_event_cannot_cancel_it_behind_the_holders_backs(sign_in, soiree):
    client = sign_in("events")
    url = act("events_event_change", soiree.pk)

    response = client.post(url, form_data(client, url) | {"state": "canceled"})

    assert "Select a valid choice" in response.content.decode()
    assert Event.objects.get().state == "published"


# --- Sell, refund, send again
# ----------------------------------------------------------------------


def test_a_check_by_post_becomes_a_paid_order_with_its_seats(sign_in, soiree):
    client = sign_in("treasurer")
    kind = soiree.ticket_types.get()
    form = {
        "channel": "check",
        "buyer_name": "Cy",
        "buyer_email": "",
        "note": "No. 77",
        f"kind_{kind.pk}": "2",
        "key": "k" * 20,
    }

    client.post(act("events_event_sell", soiree.pk), form)
    client.post(act("events_event_sell", soiree.pk), form)  # a second click

    order = Order.objects.get()
    assert (order.state, order.channel, order.total_cents, order.note) == (
        "paid",
        "check",
        19000,
        "No. 77",
    )
    assert soiree.tickets.valid().count() == 2


def test_a_seat_that_is_given_costs_nothing(sign_in, soiree):
    kind = soiree.ticket_types.get()

    sign_in("director").post(
        act("events_event_sell", soiree.pk),
        {
            "channel": "complimentary",
            "buyer_name": "The mayor",
            f"kind_{kind.pk}": "1",
            "key": "k" * 20,
        },
    )

    assert Order.objects.get().total_cents == 0
    assert soiree.tickets.valid().count() == 1


def test_more_seats_than_there_are_are_refused_with_the_form_kept(sign_in, soiree):
    kind = soiree.ticket_types.get()

    response = sign_in("treasurer").post(
        act("events_event_sell", soiree.pk),
        {"channel": "cash", "buyer_name": "Cy", f"kind_{kind.pk}": "41", "key": "k" * 20},
    )

    assert response.status_code == 422
    assert 'value="Cy"' in response.content.decode()
    assert not Order.objects.exists()


def test_a_refund_names_its_reason_and_frees_the_seats(sign_in, soiree, paid):
    sign_in("treasurer").post(
        act("orders_order_refund", paid.pk),
        {"what": "order", "amount": "", "reason": "Ill", "yes": "1"},
    )

    refund = Refund.objects.get()
    assert (refund.cents, refund.reason, refund.requested_by.email) == (
        19000,
        "Ill",
        "treasurer@nsca.example",
    )
    assert soiree.tickets.valid().count() == 0


def test_more_than_was_paid_is_not_given_back(sign_in, paid):
    response = sign_in("treasurer").post(
        act("orders_order_refund", paid.pk), {"what": "order", "amount": "500", "reason": "Ill"}
    )

    assert "You can refund $190 at most." in response.content.decode()
    assert not Refund.objects.exists()


@pytest.mark.parametrize("group", ["events", "members"])
def test_only_the_treasurer_and_the_director_give_money_back(group, sign_in, paid):
    assert sign_in(group).get(act("orders_order_refund", paid.pk)).status_code == 403


def test_the_order_page_tells_its_story(sign_in, paid):
    body = sign_in("director").get(act("orders_order_change", paid.pk)).content.decode()

    assert "2 × Chair" in body
    assert "$190" in body
    assert paid.lines.get().tickets.first().get_absolute_url() in body


def test_links_to_tickets_are_for_those_who_may_see_venues(sign_in, paid):
    body = sign_in("treasurer").get(act("orders_order_change", paid.pk)).content.decode()

    assert "/tickets/" not in body


def test_the_mails_of_an_order_are_sent_again(sign_in, paid):
    sign_in("director").post(act("orders_order_send_again", paid.pk))

    assert (
        Email.objects.filter(to__contains="ada@ellery.example").count() == 2
    )  # receipt and tickets


def test_the_audit_expects_a_confirmation_that_was_sent_again(sign_in, paid):
    confirmations.send(paid, at=paid.paid_at)

    sign_in("director").post(act("orders_order_send_again", paid.pk))

    assert Email.objects.filter(subject__endswith=f"({paid.number})").count() == 2
    assert list(every_buyer_has_one_confirmation(paid.paid_at)) == []


def test_a_buyer_s_address_is_corrected_only_by_those_who_may_see_venues(sign_in, paid):
    url = act("orders_order_change", paid.pk)
    data = {"buyer_email": "treasurer@nsca.example", "buyer_phone": "", "note": ""}

    sign_in("treasurer").post(url, data)
    assert Order.objects.get().buyer_email == "ada@ellery.example"
    sign_in("director").post(url, data | {"buyer_email": "ada@new.example"})
    assert Order.objects.get().buyer_email == "ada@new.example"


# --- Tasks, messages, questions, mail
# --------------------------------------------------------------


def test_a_task_is_done_once_and_says_by_whom(sign_in, one_of_each):
    task = Task.objects.get()

    sign_in("events").post(act("orders_task_done", task.pk))
    sign_in("director").post(act("orders_task_done", task.pk))

    assert Task.objects.get().done_by.email == "events@nsca.example"


def test_a_message_is_marked_as_answered(sign_in, one_of_each):
    sign_in("members").post(act("pages_message_answered", Message.objects.get().pk))

    assert Message.objects.get().answered_by.email == "members@nsca.example"


def test_an_answer_closes_a_question_and_taking_it_away_opens_it(sign_in, one_of_each):
    client = sign_in("editor")
    url = act("pages_openquestion_change", OpenQuestion.objects.get().pk)

    client.post(url, {"answer": "54-1234567"})
    assert OpenQuestion.objects.get().answered_by.email == "editor@nsca.example"
    client.post(url, {"answer": ""})
    assert OpenQuestion.objects.get().answered_at is None


def test_a_failed_mail_is_tried_again_and_its_text_is_not_shown(sign_in, db):
    email = Email.objects.create(
        from_email="a@x.example",
        to=["b@x.example"],
        subject="Your tickets",
        message="/tickets/secret/",
        status=STATUS.failed,
    )
    client = sign_in("treasurer")

    page = client.get(act("post_office_email_change", email.pk)).content.decode()
    client.post(act("post_office_email_again", email.pk))

    assert "Your tickets" in page
    assert "/tickets/secret/" not in page
    assert Email.objects.get().status == STATUS.queued


# --- Money and settings
# ------------------------------------------------------------------------------


def test_social_links_are_typed_one_a_line(sign_in, one_of_each):
    client = sign_in("editor")
    url = act("pages_sitesettings_change", 1)

    client.post(
        url, form_data(client, url) | {"social_links": "Facebook https://facebook.com/nsca"}
    )

    assert SiteSettings.load().social_links == [["Facebook", "https://facebook.com/nsca"]]


def test_a_price_typed_in_dollars_is_kept_in_cents_and_shown_in_dollars(sign_in, soiree):
    client = sign_in("events")
    url = act("events_event_change", soiree.pk)

    client.post(url, form_data(client, url) | {"ticket_types-0-price_cents": "95.50"})

    assert soiree.ticket_types.get().price_cents == 9550
    assert 'value="95.50"' in client.get(url).content.decode()


def test_saving_an_event_untouched_changes_nothing(sign_in, soiree):
    client = sign_in("director")
    url = act("events_event_change", soiree.pk)
    before = Event.objects.values().get()

    response = client.post(url, form_data(client, url))

    after = Event.objects.values().get()
    assert response.status_code == 302
    assert {k for k in before if before[k] != after[k]} <= {"updated_at"}


def test_a_save_drops_the_kept_pages(sign_in, at, django_capture_on_commit_callbacks):
    from nsca.lib.web.caching import content_version

    post = Post.objects.create(title="A", slug="a", summary="S", body="<p>B</p>", publish_at=at)
    client, url = sign_in("editor"), act("pages_post_change", post.pk)
    data, before = form_data(client, url), content_version()

    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, data | {"title": "B"})

    assert Post.objects.get().title == "B"
    assert content_version() != before


def test_drafts_are_previewed_by_editors_only(sign_in, at, client):
    post = Post.objects.create(
        title="Not yet", slug="n", summary="S", body="<p>Quite new</p>", publish_at=at
    )
    url = act("pages_post_preview", post.pk)

    assert client.get(url).status_code == 302
    assert "Quite new" in sign_in("editor").get(url).content.decode()
    assert sign_in("treasurer").get(url).status_code == 403


def test_a_draft_event_is_previewed(sign_in, at):
    event = make_event(at, state="draft", title="A draft evening", lead=None)

    response = sign_in("editor").get(
        act("events_event_preview", event.pk), {"at_0": "2027-01-01", "at_1": "12:00"}
    )

    assert "A draft evening" in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]


# --- Letting people in
# ---------------------------------------------------------------------------------


def test_the_first_director_is_made_by_one_command(db, capsys):
    call_command("create_director", email="Dora@NSCA.example", name="Dora")

    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("dora@nsca.example", True, False)
    assert user.has_perm("events.see_venue")
    assert user.emailaddress_set.get().verified
    assert "/admin/" in capsys.readouterr().out


def test_the_command_may_be_run_again_and_refuses_what_is_no_address(db):
    call_command("create_director", email="dora@nsca.example")
    call_command("create_director", email="dora@nsca.example")

    assert User.objects.count() == 1
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("create_director", email="dora")


def test_a_director_lets_a_colleague_in(sign_in, groups):
    from django.contrib.auth.models import Group

    sign_in("director").post(
        act("membership_user_add"),
        {
            "email": "New@nsca.example",
            "name": "New",
            "is_active": "on",
            "is_staff": "on",
            "groups": Group.objects.get(name="editor").pk,
        },
    )

    user = User.objects.get(email="new@nsca.example")
    assert user.has_perm("pages.change_page")
    assert not user.has_usable_password()
    assert user.emailaddress_set.get().primary


def test_nobody_gives_themselves_another_key(sign_in, groups):
    client = sign_in("director")
    me = User.objects.get(email="director@nsca.example")

    client.post(act("membership_user_change", me.pk), {"email": me.email, "name": "D"})

    me.refresh_from_db()
    assert (me.is_staff, me.is_active, me.groups.get().name) == (True, True, "director")


@pytest.mark.parametrize(("needed", "gate"), [(True, True), (False, False)])
def test_the_second_factor_is_asked_for_where_there_is_something_to_protect(
    needed, gate, sign_in, settings, groups
):
    settings.STAFF_NEED_SECOND_FACTOR = needed

    response = sign_in("director").get(reverse("admin:index"))

    assert (response.status_code == 302) is gate
    if gate:
        assert response.headers["Location"] == reverse("mfa_index")


def test_acts_are_noted(sign_in, one_of_each):
    sign_in("events").post(act("orders_task_done", Task.objects.get().pk))

    assert [entry.get_change_message() for entry in LogEntry.objects.all()] == ["Marked as done."]
