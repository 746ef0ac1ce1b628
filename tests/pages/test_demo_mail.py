"""A demonstration's e-mails can be read in the browser; the real site's cannot."""

import importlib

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import override_settings
from django.urls import clear_url_caches
from post_office import mail as outbox

import nsca.urls
from nsca.demo import mailbox as demo_mail

pytestmark = pytest.mark.django_db
FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def folder(tmp_path, settings):
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def send(*messages):
    get_connection(FILES).send_messages(messages)


def email(subject="Your code", text="Your code is 314159.", html="", to="ada@ellery.example"):
    message = EmailMultiAlternatives(subject, text, "staff@nsca.example", [to])
    if html:
        message.attach_alternative(html, "text/html")
    return message


def test_e_mails_are_listed_newest_first_with_recipients(client, folder):
    send(
        email("First", to="ada@ellery.example"),
        email("Second", to="ben@ellery.example"),
    )

    page = client.get("/demo/mail/").content.decode()

    assert page.index("Second") < page.index("First")
    assert "ada@ellery.example" in page


def test_a_sign_in_code_can_be_read(client, folder):
    send(email())
    (mail,) = demo_mail.newest()

    page = client.get(f"/demo/mail/{mail.key}/").content.decode()

    assert "Your code is 314159." in page


def test_an_e_mail_in_the_outbox_is_listed_too(client, folder):
    outbox.send(
        "ada@ellery.example",
        "staff@nsca.example",
        subject="Waiting",
        message="Soon.",
        priority="high",
    )

    (mail,) = demo_mail.newest()

    assert (mail.subject, mail.text.strip(), mail.is_queued) == ("Waiting", "Soon.", True)
    assert "In the outbox" in client.get("/demo/mail/").content.decode()
    assert "Soon." in client.get(f"/demo/mail/{mail.key}/").content.decode()


def test_the_html_of_an_e_mail_is_sandboxed(client, folder):
    send(email(html="<head></head><script>alert(1)</script><p style='color:red'>Hello</p>"))
    (mail,) = demo_mail.newest()

    page = client.get(f"/demo/mail/{mail.key}/")
    inner = client.get(f"/demo/mail/{mail.key}/html/")

    policy = inner.headers["Content-Security-Policy"]
    assert "Hello" not in page.content.decode()
    assert (
        'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"'
        in page.content.decode()
    )
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "script" not in policy
    assert "sandbox" in policy
    assert inner.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_blank">' in inner.content.decode()


def test_an_attachment_can_be_downloaded(client, folder):
    message = email()
    message.attach("ticket é.pdf", b"%PDF-1.7", "application/pdf")
    send(message)
    (mail,) = demo_mail.newest()

    response = client.get(f"/demo/mail/{mail.key}/attachments/0/")

    assert response.content == b"%PDF-1.7"
    assert response.headers["Content-Type"] == "application/pdf"
    assert (
        response.headers["Content-Disposition"]
        == "attachment; filename*=utf-8''ticket%20%C3%A9.pdf"
    )


@pytest.mark.parametrize(
    "key", ["..", "20990101-000000-1.0", "outbox.99", "outbox.x", "%2e%2e%2fsecret", "a.log"]
)
def test_an_unknown_e_mail_is_not_found(client, folder, key):
    assert client.get(f"/demo/mail/{key}/").status_code == 404


def test_browsers_do_not_cache_the_mailbox(client, folder):
    send(email(html="<p>Hello</p>"))
    (mail,) = demo_mail.newest()

    for address in ("/demo/mail/", f"/demo/mail/{mail.key}/", f"/demo/mail/{mail.key}/html/"):
        assert client.get(address).headers["Cache-Control"] == "private, no-store"


@pytest.fixture
def production_addresses():
    """The URLconf as a machine without DEMO has it."""
    with override_settings(DEMO=False):
        importlib.reload(nsca.urls)
        clear_url_caches()
        yield
    importlib.reload(nsca.urls)
    clear_url_caches()


def test_the_real_site_has_no_such_address(client, folder, production_addresses):
    send(email())
    (mail,) = demo_mail.newest()

    for address in ("/demo/mail/", f"/demo/mail/{mail.key}/", f"/demo/mail/{mail.key}/html/"):
        assert client.get(address).status_code == 404
    assert not [p for p in nsca.urls.urlpatterns if str(p.pattern).startswith("demo")]


def test_the_views_themselves_refuse_outside_a_demonstration(client, folder):
    with override_settings(DEMO=False):
        assert client.get("/demo/mail/").status_code == 404
