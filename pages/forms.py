"""What visitors may send: a message, and an address for the newsletter."""

from datetime import datetime, timedelta

from django import forms
from django.core import signing

from nsca.lib.mail.slips import AskedAddressField
from nsca.lib.secrets import codes
from pages.models import Message

SALT = "pages.forms.ticket"
FASTEST_WRITER = timedelta(seconds=3)  # nobody reads a form and fills it in sooner


class AskOnce(forms.Form):
    """A form that bots fall into and people never do; whoever is suspected is asked once more and
    loses no word.

    `ticket` says, signed, when the form was handed out and names it, so that a double click is one
    sending.
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
        # Other errors first: this one only asks to press the button once more.
        if (fell_in or too_quick) and not self.errors:
            self.add_error(
                None,
                "Nothing is lost, and nothing is sent yet. Please press the button once more.",
            )
        return cleaned

    def once_more(self) -> None:
        """After a refusal: the form as it was filled in, the well emptied, and not suspected of
        haste again.
        """
        self.data = self.data.copy()
        self.data["website"] = ""
        self.data["ticket"] = new_ticket(at=self.at, again=True, key=getattr(self, "key", ""))


def new_ticket(*, at: datetime, again: bool = False, key: str = "") -> str:
    stamp = {"key": key or codes.link_token(), "at": at.timestamp(), "again": again}
    return signing.dumps(stamp, salt=SALT)


def read_ticket(text: str) -> dict:
    """What a ticket says; an empty dict where it is none of ours. Its age is no matter: people go
    to lunch.
    """
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
        error_messages={"required": "Enter your name, so that we know whom we are writing to."},
    )
    email = AskedAddressField(
        label="Your e-mail",
        max_length=254,
        help_text="For our answer, and for nothing else.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter your e-mail, so that we can answer.",
            "invalid": "Enter an e-mail address like ada@example.org.",
        },
    )
    about = forms.CharField(label="What is it about?", max_length=120, required=False)
    text = forms.CharField(
        label="Your message",
        max_length=Message._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Write us a word or two."},
    )
    field_order = ["name", "email", "about", "text"]


class NewsletterForm(AskOnce):
    email = AskedAddressField(
        label="Your e-mail",
        max_length=254,
        help_text="We send a letter to it first; only your answer puts you on the list.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter the e-mail to which the newsletter should go.",
            "invalid": "Enter an e-mail address like ada@example.org.",
        },
    )
    field_order = ["email"]
