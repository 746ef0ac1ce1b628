"""The forms visitors send: a message, and a newsletter address."""

from datetime import datetime, timedelta

from django import forms
from django.core import signing

from nsca.lib.mail.slips import AskedAddressField
from nsca.lib.secrets import codes
from pages.models import Message

SALT = "pages.forms.ticket"
FASTEST_WRITER = timedelta(seconds=3)  # nobody fills in a form faster


class AskOnce(forms.Form):
    """A form with a trap for bots; a suspected sender is asked to send again and loses nothing.

    The signed `ticket` says when the form was served and identifies it, so that a double click
    sends once.
    """

    ticket = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)
    website = forms.CharField(
        label="Leave this empty",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    well = "website"

    def __init__(self, *args, at: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.at = at
        self.initial.setdefault("ticket", new_ticket(at=at))

    def clean(self):
        cleaned = super().clean()
        ticket = read_ticket(cleaned.get("ticket", ""))
        self.key = ticket.get("key") or codes.link_token()
        fell_in = bool(cleaned.get("website"))
        too_quick = not ticket.get("again") and (
            "at" not in ticket
            or self.at.timestamp() - ticket["at"] < FASTEST_WRITER.total_seconds()
        )
        # Show other errors first: this one only asks to press the button again.
        if (fell_in or too_quick) and not self.errors:
            self.add_error(
                None,
                "This hasn’t been sent yet, and nothing is lost. Please press the button again.",
            )
        return cleaned

    def once_more(self) -> None:
        """Prepare the form for another try: trap emptied, and no longer suspected of haste."""
        self.data = self.data.copy()
        self.data["website"] = ""
        self.data["ticket"] = new_ticket(at=self.at, again=True, key=getattr(self, "key", ""))


def new_ticket(*, at: datetime, again: bool = False, key: str = "") -> str:
    stamp = {"key": key or codes.link_token(), "at": at.timestamp(), "again": again}
    return signing.dumps(stamp, salt=SALT)


def read_ticket(text: str) -> dict:
    """A ticket's contents, or an empty dict if it is not ours; old ones are fine."""
    try:
        ticket = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return {}
    return ticket if isinstance(ticket, dict) else {}


class ContactForm(AskOnce):
    name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name."},
    )
    email = AskedAddressField(
        label="Your e-mail",
        max_length=254,
        help_text="We use it only to reply.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter your e-mail so we can reply.",
            "invalid": "Enter an e-mail address like ada@example.org.",
        },
    )
    about = forms.CharField(label="What is it about?", max_length=120, required=False)
    text = forms.CharField(
        label="Your message",
        max_length=Message._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Enter your message."},
    )
    field_order = ["name", "email", "about", "text"]


class NewsletterForm(AskOnce):
    email = AskedAddressField(
        label="Your e-mail",
        max_length=254,
        help_text="We’ll e-mail you a link to confirm.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address like ada@example.org.",
        },
    )
    field_order = ["email"]
