"""What would go wrong at T if it were now: sentences for those who may know whether there is a
place. No word of the place is in any of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.urls import reverse
from post_office.models import STATUS, Email

from events import reveal
from events.models import Event, MailServer, Ticket
from events.night import mail_pace
from events.reveal import notices, pace
from events.venue.places import Place
from nsca.lib.mail.addresses import normalize_address
from nsca.lib.mail.mail import NoSuchAddress, recipient
from nsca.lib.text.counting import counted
from nsca.lib.timing import in_words

MAIL_MAY_TAKE = timedelta(minutes=10)  # of T (docs/reveal.md §5)
MINUTE = timedelta(minutes=1)
NOWHERE = ("console", "dummy", "locmem")  # backends that give letters to nobody
# Domains that belong to nobody (RFC 2606, RFC 6761), and those whose letters only their own
# servers may send: others' mail servers refuse what claims to come from there (DMARC).
NOBODYS = (".example", ".invalid", ".test", ".localhost", ".local")
NOBODYS_OWN = {"example.com", "example.org", "example.net", "localhost"}
FREE_MAIL = {
    "gmail.com", "googlemail.com", "yahoo.com", "aol.com", "outlook.com", "hotmail.com",
    "live.com", "msn.com", "icloud.com", "me.com", "gmx.com", "proton.me", "protonmail.com",
}  # fmt: skip


@dataclass(frozen=True)
class Trouble:
    """One thing that would go wrong, and what to do about it.

    `is_grave`: somebody would not be told in time. `of`: where it is put right, see `url_of`.
    """

    words: str
    is_grave: bool = False
    of: str = ""


_also: list[Callable[[Event, datetime], list[Trouble]]] = []


def also_ask(function: Callable[[Event, datetime], list[Trouble]]) -> None:
    """Let `function(event, at)` add what it knows: of things that this app does not."""
    _also.append(function)


def troubles(event: Event, *, at: datetime) -> list[Trouble]:
    """What would go wrong, the grave first; none where all is well. For those with the permission
    to see places alone: whether there is one is a secret, too.
    """
    found = [
        *_reveal(event),
        *_place(event),
        *_holders(event),
        *_mail(event, at=at),
        *(trouble for ask in _also for trouble in ask(event, at)),
    ]
    return sorted(found, key=lambda trouble: not trouble.is_grave)


def url_of(event: Event, trouble: Trouble) -> str:
    """The page of the admin where it is put right; empty where there is none."""
    pages = {
        "place": ("admin:events_event_place", [event.pk]),
        "event": ("admin:events_event_change", [event.pk]),
        "reveal": ("admin:events_event_reveal", [event.pk]),
        "words": ("admin:events_event_word_check", [event.pk]),
        "guests": ("admin:events_ticket_changelist", []),
        "outbox": ("admin:post_office_email_changelist", []),
    }
    if trouble.of not in pages:
        return ""
    name, args = pages[trouble.of]
    query = f"?event__id__exact={event.pk}" if trouble.of == "guests" else ""
    query = "?state=undelivered" if trouble.of == "outbox" else query
    return reverse(name, args=args) + query


def _reveal(event):
    if event.reveal_held_at:
        yield Trouble(
            f"The reveal is {reveal.held_words(event)}: at the instant nobody is told "
            "until somebody releases it.",
            is_grave=True,
            of="reveal",
        )
    if not event.access:
        yield Trouble("Nothing is said about access: steps, wheelchairs, seats.", of="event")


# --- What is in the envelope ---------------------------------------------------------------------


def _place(event):
    gaps = reveal.inspected(event, lambda place: _gaps(place, event))
    if gaps == reveal.Why.MISSING:
        yield Trouble(
            "No place is entered: at the instant nobody would be told.", is_grave=True, of="place"
        )
    elif gaps == reveal.Why.LOST:
        yield Trouble(
            "The envelope cannot be opened: the key it was sealed with is not here. Enter the "
            "place again, or have the key brought back (VENUE_KEYS).",
            is_grave=True,
            of="place",
        )
    elif gaps:
        yield Trouble(f"The envelope says nothing about {_listed(gaps)}.", of="place")


def _gaps(place: Place, event: Event) -> list[str]:
    """What is left empty, by its heading."""
    if place.is_online:
        return [] if place.phone or event.help_phone else ["a telephone for the day"]
    said = {
        "the address": any(place.lines),
        "parking": place.parking,
        "the way there": place.directions,
        "what happens if it rains": place.plan_b,
        "a telephone for the day": place.phone or event.help_phone,
        "its coordinates, so that there is no map": place.has_point,
    }
    return [heading for heading, text in said.items() if not text]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# --- Who is to be told ---------------------------------------------------------------------------


def _holders(event):
    holders = list(
        Ticket.objects.valid()
        .filter(event_id=event.pk)
        .with_holder()
        .values_list("holder", "line__order__buyer_phone")
    )
    if not holders:
        yield Trouble("Nobody holds a valid ticket: there is nobody to tell.", of="guests")
    silent = [phone for holder, phone in holders if not _is_address(holder)]
    if silent:
        dumb = sum(not phone.strip() for phone in silent)
        whose = "its holder" if len(silent) == 1 else "their holders"
        yield Trouble(
            f"{counted(len(silent), 'ticket')} without an e-mail address that a letter can reach: "
            f"{whose} must be telephoned"
            + (f", and {dumb} of them left no telephone number either." if dumb else "."),
            is_grave=True,
            of="guests",
        )
    refused = {holder for holder, _phone in holders} & addresses_that_refused()
    if refused:
        yield Trouble(
            f"{counted(len(refused), 'address,addresses')} of holders refused a letter of ours "
            "before. Ask them for another.",
            is_grave=True,
            of="guests",
        )


def _is_address(address: str) -> bool:
    try:
        return bool(address) and bool(recipient(address))
    except NoSuchAddress:
        return False


def addresses_that_refused() -> set[str]:
    failed = Email.objects.filter(status=STATUS.failed).values_list("to", flat=True)
    return {normalize_address(parseaddr(one)[1]) for to in failed for one in to or []}


# --- Whether letters leave -----------------------------------------------------------------------


def _mail(event, *, at):
    backend = settings.OUTGOING_EMAIL_BACKEND
    if any(word in backend for word in NOWHERE):
        yield Trouble(
            "No mail server is set up (EMAIL_URL): no letter reaches anybody.", is_grave=True
        )
    elif "filebased" in backend:
        yield Trouble(
            "Letters are written to files on the server (EMAIL_URL) and reach nobody: that is a "
            "demonstration."
        )
    yield from _sender()
    server = MailServer.objects.filter(silences__gt=0).first()
    if server:
        yield Trouble(
            "The mail server did not take our last letters "
            f"({counted(server.silences, 'try,tries')} in a row).",
            is_grave=True,
        )
    yield from _speed(event, at)


def _sender():
    domain = normalize_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]).rpartition("@")[2]
    if domain in FREE_MAIL:
        yield Trouble(
            f"Our letters claim to come from {domain}, and only {domain} itself may send such "
            "letters: most mailboxes refuse them. Set DEFAULT_FROM_EMAIL to an address of ours.",
            is_grave=True,
        )
    elif not domain or domain in NOBODYS_OWN or domain.endswith(NOBODYS):
        yield Trouble(
            "The sender of our letters (DEFAULT_FROM_EMAIL) is at a domain that nobody has: most "
            "mailboxes refuse them.",
            is_grave=True,
        )


def _letters(event) -> int:
    """How many mails tell everybody: one for each address."""
    holders = Ticket.objects.valid().filter(event_id=event.pk).with_holder().exclude(holder="")
    return holders.values("holder").distinct().count()


def pace_words(event: Event, *, at: datetime) -> str:
    """How long mailing everybody will take, whatever it is; empty where no mail leaves."""
    if not reaches_people():
        return ""
    try:
        return mail_pace.outlook(_letters(event), opens_at=event.opens_at, at=at).words
    except mail_pace.NoAnswer:
        return "How long it will take is not known: the mail server does not answer."


def reaches_people() -> bool:
    """Whether a mail server is set up."""
    backend = settings.OUTGOING_EMAIL_BACKEND
    return not any(word in backend for word in (*NOWHERE, "filebased"))


def _speed(event, at):
    """Whether the letters of T leave in time at the pace that is set, or at the mail server's."""
    waiting = notices.letters_owed()
    if waiting:
        yield Trouble(
            f"{counted(waiting, 'letter')} of another reveal still "
            f"{'waits' if waiting == 1 else 'wait'}."
        )
    letters = _letters(event)
    if reaches_people():
        try:
            outlook = mail_pace.outlook(letters, opens_at=event.opens_at, at=at)
        except mail_pace.NoAnswer:
            yield Trouble("The mail server does not answer just now.", is_grave=True)
            return
        takes, words = outlook.takes, outlook.words
    else:
        start = max(at, event.opens_at)
        takes = pace.last_leaves_at(letters, at=start, known_at=at) - start
        words = f"{counted(letters, 'letter')} must leave; MAIL_PER_HOUR is too low."
    late = max(at, event.opens_at) + takes - event.opens_at
    if late > MAIL_MAY_TAKE:
        yield Trouble(
            f"{words} The last leaves {in_words(timedelta(minutes=late // MINUTE))} after the "
            "instant. Ask the mail provider for more, or begin telephoning.",
            is_grave=True,
        )
