"""One e-mail of a mailing: its text for one reader, the plain text, and the link to leave."""

import re
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe

from membership.models import Consent, Mailing, MailingRecipient
from membership.people import consents
from nsca.lib.mail import mail
from nsca.lib.mail.mail import MailMessage, render_mail
from nsca.lib.mail.plain import plain_text
from nsca.lib.secrets import codes
from nsca.lib.text.html import washed

NAME = "{name}"
NOBODY_S_NAME = "friend"
TEST = "test"  # the token of tests and previews, where nobody can leave
_SIGNER = Signer(salt="membership.leaving")
_SIGNATURE = 43  # characters (SHA-256 in base64, without padding)
_LETTERS = {"newsletter": "n", "news_flash": "f", "events": "e"}  # how a token names its topic
_OWN_LINK = re.compile(r'href="(/[^"/][^"]*|/)"')
# Mail programs ignore style sheets, so styles are inline.
_HEAD = "font:bold {size}/{line} Arial,Helvetica,sans-serif;color:inherit;margin:{margin}"
_INLINE = {
    "<h2>": f'<h2 style="{_HEAD.format(size="24px", line="28px", margin="30px 0 12px")}">',
    "<h3>": f'<h3 style="{_HEAD.format(size="19px", line="24px", margin="24px 0 8px")}">',
    "<ul>": '<ul style="margin:0 0 18px;padding-left:24px">',
    "<ol>": '<ol style="margin:0 0 18px;padding-left:24px">',
    "<blockquote>": '<blockquote style="margin:0 0 18px;padding-left:18px;'
    'border-left:3px solid #8A8F96">',
    "<hr>": '<hr style="border:0;border-top:1px solid #8A8F96;margin:24px 0">',
    "<a ": '<a style="color:inherit" ',
}


def rendered(mailing: Mailing, *, name: str, token: str) -> MailMessage:
    """The e-mail as its reader gets it."""
    return render_mail("mailing", _context(mailing, name, token))


def post(mailing: Mailing, *, to: str, name: str, token: str, is_test: bool = False) -> None:
    """Put one e-mail into the outbox, behind everything somebody is waiting for."""
    subject = f"Test: {mailing.subject}" if is_test else mailing.subject
    mail.post(
        "mailing",
        to=to,
        to_name=name,
        context={**_context(mailing, name, token), "subject": subject},
        headers=headers(mailing, token),
        patient=not is_test,
    )


def _context(mailing: Mailing, name: str, token: str) -> dict:
    called = name.strip() or NOBODY_S_NAME
    # Cleaned again: staff's text already was, but the name comes from outside.
    html = washed(mailing.body.replace(NAME, escape(called)))
    html = _OWN_LINK.sub(lambda found: f'href="{urljoin(settings.SITE_URL, found[1])}"', html)
    text = plain_text(html)
    for tag, styled in _INLINE.items():
        html = html.replace(tag, styled)
    return {
        "mailing": mailing,
        "subject": mailing.subject,
        "body_html": mark_safe(html),  # noqa: S308 - washed a line above
        "body_text": text,
        "list_name": mailing.get_about_display(),
        "leave_url": leave_url(token) if mailing.is_news else "",
    }


def headers(mailing: Mailing, token: str) -> dict[str, str]:
    """Headers for mail programs: the list (RFC 2919) and, for news, one-click leave (RFC 8058)."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    found = {"List-Id": f"<{mailing.about.replace('_', '-')}.{host}>"}
    if mailing.is_news:
        found["List-Unsubscribe"] = f"<{leave_url(token)}>"
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found


# --- The link to leave -------------------------------------------------------------------------


def leave_url(token: str) -> str:
    return urljoin(settings.SITE_URL, reverse("membership:mailing_leave", args=[token]))


def token_of(row: MailingRecipient, topic: str) -> str:
    """A token to leave one list with one address; TEST if the topic is not a list.

    It contains a number, not the address, and never expires: people keep old e-mail.
    """
    if topic not in _LETTERS:
        return TEST
    what = f"{_LETTERS[topic]}{row.pk}"
    return _SIGNER.signature(what) + what


def read_token(token: str) -> tuple[MailingRecipient, str] | None:
    """The recipient and topic of a token; None if we did not sign it."""
    signature, what = token[:_SIGNATURE], token[_SIGNATURE:]
    topic = next((name for name, sign in _LETTERS.items() if sign == what[:1]), None)
    try:
        _SIGNER.unsign(f"{what}{_SIGNER.sep}{signature}")  # older keys of ours work too
    except BadSignature:
        return None
    rows = MailingRecipient.objects.filter(pk=codes.primary_key(what[1:]))
    row = rows.select_related("mailing").first()
    return (row, topic) if row and topic else None


def list_name(topic: str) -> str:
    """A list's name, such as "The newsletter"."""
    title, _text = consents.WORDS[Consent.Topic(topic)]
    return title
