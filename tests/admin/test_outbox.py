"""The outbox says to whom an e-mail went and whether it left, and opens no door by it."""

import pytest
from django.urls import reverse
from post_office import mail
from post_office.models import Email

CODE = "HKFP-CNVT"


@pytest.fixture
def email(db):
    return mail.send(
        "ada@x.example", "office@x.example", subject=f"{CODE} is your sign-in code", message=CODE
    )


def test_nobody_reads_another_s_sign_in_code_in_the_outbox(sign_in, email):
    client = sign_in("treasurer")

    listed = client.get(reverse("admin:post_office_email_changelist")).content.decode()
    shown = client.get(reverse("admin:post_office_email_change", args=[email.pk])).content.decode()

    assert "Your sign-in code" in listed
    assert "Your sign-in code" in shown
    assert CODE not in listed + shown


@pytest.mark.parametrize("typed", [CODE, CODE[:2]])
def test_the_outbox_s_search_does_not_tell_a_code(typed, sign_in, email):
    page = sign_in("treasurer").get(reverse("admin:post_office_email_changelist"), {"q": typed})

    assert "0 results" in page.content.decode()


def test_other_emails_are_found_by_whom_they_went_to(sign_in, db):
    mail.send("bo@x.example", "office@x.example", subject="Your receipt, $95", message="Thanks.")

    page = sign_in("treasurer").get(reverse("admin:post_office_email_changelist"), {"q": "bo@x"})

    assert "Your receipt, $95" in page.content.decode()


def test_an_e_mail_that_no_server_has_taken_yet_is_waiting(sign_in, email):
    Email.objects.update(status=None)

    page = sign_in("treasurer").get(reverse("admin:post_office_email_changelist"))

    assert '<td class="field-state">waiting</td>' in page.text
    assert "<h1>Outbox</h1>" in page.text
