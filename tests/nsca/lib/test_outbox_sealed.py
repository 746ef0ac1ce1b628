"""What mails say lies sealed in the outbox, and leaves it readable."""

from pathlib import Path

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection
from post_office.models import STATUS, Attachment, Email

from nsca.lib.mail import mail, outbox

pytestmark = pytest.mark.django_db
LINK = "https://example.org/tickets/only-the-guest-has-this/"
FIRST, SECOND = "the first key, long enough for a test", "the second key, long enough as well"


@pytest.fixture(autouse=True)
def first_key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = FIRST, []
    settings.POST_OFFICE = {
        **settings.POST_OFFICE,
        "BACKENDS": {"default": "django.core.mail.backends.locmem.EmailBackend"},
    }


def post(to="ada@ellery.example", **fields):
    return mail.outbox.send(
        recipients=[to], sender="us@nsca.example", subject="Your ticket",
        message=f"Here it is: {LINK}", html_message=f"<a href='{LINK}'>Here</a>",
        headers={"List-Unsubscribe": f"<{LINK}>"}, **fields,
    )  # fmt: skip


def everything_kept() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM post_office_email")
        return str(cursor.fetchall())


def test_a_copy_of_the_outbox_holds_no_link():
    kept = post()

    assert LINK not in everything_kept() and "Your ticket" in everything_kept()
    again = Email.objects.get(pk=kept.pk)
    assert LINK in again.message and LINK in again.html_message
    assert again.headers == {"List-Unsubscribe": f"<{LINK}>"}


def test_what_a_mail_has_attached_is_sealed_on_the_disk():
    post(attachments={"ticket.pdf": mail.ContentFile(LINK.encode())})

    paper = Attachment.objects.get()
    assert LINK.encode() not in Path(paper.file.path).read_bytes()
    assert paper.file.read() == LINK.encode()


def test_it_is_sent_as_it_was_written(mailoutbox):
    post(attachments={"ticket.pdf": mail.ContentFile(LINK.encode())})

    call_command("tick")

    [sent] = mailoutbox
    assert LINK in sent.body and LINK in sent.alternatives[0][0]
    assert sent.extra_headers["List-Unsubscribe"] == f"<{LINK}>"
    assert sent.attachments[0][1] == LINK.encode()


def test_it_can_be_sent_after_the_key_was_changed(settings, mailoutbox):
    post()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = SECOND, [FIRST]

    call_command("tick")

    assert LINK in mailoutbox[0].body


def test_a_mail_whose_key_is_lost_fails_and_keeps_none_behind_it_waiting(settings, mailoutbox):
    lost = post("ada@ellery.example")
    settings.SECRET_KEY = SECOND
    post("ben@ellery.example")

    call_command("tick")

    assert [sent.to for sent in mailoutbox] == [["ben@ellery.example"]]
    assert Email.objects.get(pk=lost.pk).status == STATUS.failed
    settings.SECRET_KEY_FALLBACKS = [FIRST]
    assert LINK in Email.objects.get(pk=lost.pk).message


def test_writing_back_what_cannot_be_read_spoils_nothing(settings):
    kept = post()
    settings.SECRET_KEY = SECOND
    unreadable = Email.objects.get(pk=kept.pk)
    assert (unreadable.message, outbox.is_unreadable(unreadable)) == ("", True)
    unreadable.save()

    settings.SECRET_KEY = FIRST
    assert LINK in Email.objects.get(pk=kept.pk).message


def test_who_searches_in_it_is_told_where_to_look():
    kept = post()

    with pytest.raises(FieldError, match="outbox.saying"):
        Email.objects.filter(message__contains="Here").exists()
    assert outbox.saying(["HERE IT is"]) == [kept.pk] == outbox.saying(["only-the-guest"])
    assert outbox.saying(["elsewhere"]) == outbox.saying([]) == outbox.saying([""]) == []


def test_a_mail_that_was_forgotten_stays_empty():
    kept = post()
    Email.objects.filter(pk=kept.pk).update(message="", html_message="", headers=None)

    again = Email.objects.exclude(message="x").get()
    assert (again.message, again.html_message, again.headers) == ("", "", None)
    assert Email.objects.filter(message="", html_message="").exists()
