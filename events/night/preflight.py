"""What would go wrong if T were now: sentences for those who may know whether there is a venue.
None of them contains a word of the venue.
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
from events.reveal import mails_owed, pace
from events.venue.details import VenueDetails
from nsca.lib.mail.addresses import normalize_address
from nsca.lib.mail.mail import NoSuchAddress, recipient
from nsca.lib.text.counting import counted
from nsca.lib.timing import in_words

MAIL_MAY_TAKE = timedelta(minutes=10)  # after T (docs/reveal.md §5)
MINUTE = timedelta(minutes=1)
NOWHERE = ("console", "dummy", "locmem")  # backends that deliver nothing
# Domains that belong to nobody (RFC 2606, RFC 6761), and those whose e-mail only their own servers
# may send: other mail servers refuse e-mail that claims to come from them (DMARC).
NOBODYS = (".example", ".invalid", ".test", ".localhost", ".local")
NOBODYS_OWN = {"example.com", "example.org", "example.net", "localhost"}
FREE_MAIL = {
    "gmail.com", "googlemail.com", "yahoo.com", "aol.com", "outlook.com", "hotmail.com",
    "live.com", "msn.com", "icloud.com", "me.com", "gmx.com", "proton.me", "protonmail.com",
}  # fmt: skip


@dataclass(frozen=True)
class Trouble:
    """One thing that would go wrong, and what to do about it.

    `is_grave`: somebody would not learn the venue in time. `of`: where to fix it, see `url_of`.
    """

    words: str
    is_grave: bool = False
    of: str = ""


_also: list[Callable[[Event, datetime], list[Trouble]]] = []


def also_ask(function: Callable[[Event, datetime], list[Trouble]]) -> None:
    """Let `function(event, at)` add troubles that this app does not know about."""
    _also.append(function)


def troubles(event: Event, *, at: datetime) -> list[Trouble]:
    """What would go wrong, grave troubles first. Only for those who may see venues: whether there
    is one is a secret, too.
    """
    found = [
        *_reveal(event),
        *_venue(event),
        *_holders(event),
        *_mail(event, at=at),
        *(trouble for ask in _also for trouble in ask(event, at)),
    ]
    return sorted(found, key=lambda trouble: not trouble.is_grave)


def url_of(event: Event, trouble: Trouble) -> str:
    """The admin page where staff fix it; empty where there is none."""
    pages = {
        "venue": ("admin:events_event_venue", [event.pk]),
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
            f"The reveal has been {reveal.held_words(event)}: nobody learns the venue until the "
            "hold is released.",
            is_grave=True,
            of="reveal",
        )
    if not event.access:
        yield Trouble("Access information is missing: steps, wheelchairs, seats.", of="event")


# --- The venue ---------------------------------------------------------------------------------


def _venue(event):
    gaps = reveal.inspected(event, lambda venue: _gaps(venue, event))
    if gaps == reveal.Why.MISSING:
        yield Trouble(
            "No venue is entered, so nothing would be revealed.", is_grave=True, of="venue"
        )
    elif gaps == reveal.Why.LOST:
        yield Trouble(
            "The venue can’t be decrypted because its key is missing. Enter the venue again, or "
            "put the key back (VENUE_KEYS).",
            is_grave=True,
            of="venue",
        )
    elif gaps:
        yield Trouble(f"The venue lacks {_listed(gaps)}.", of="venue")


def _gaps(venue: VenueDetails, event: Event) -> list[str]:
    """The empty fields, by name."""
    if venue.is_online:
        return [] if venue.phone or event.help_phone else ["a phone number for the day"]
    said = {
        "an address": any(venue.lines),
        "parking": venue.parking,
        "directions": venue.directions,
        "a plan for rain": venue.plan_b,
        "a phone number for the day": venue.phone or event.help_phone,
        "coordinates (for the map)": venue.has_point,
    }
    return [heading for heading, text in said.items() if not text]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# --- The ticket holders ------------------------------------------------------------------------


def _holders(event):
    holders = list(
        Ticket.objects.valid()
        .filter(event_id=event.pk)
        .with_holder()
        .values_list("holder", "line__order__buyer_phone")
    )
    if not holders:
        yield Trouble("Nobody has a valid ticket, so there is nobody to e-mail.", of="guests")
    silent = [phone for holder, phone in holders if not _is_address(holder)]
    if silent:
        dumb = sum(not phone.strip() for phone in silent)
        verb, whose = ("has", "its holder") if len(silent) == 1 else ("have", "their holders")
        yield Trouble(
            f"{counted(len(silent), 'ticket')} {verb} no working e-mail address: call {whose}"
            + (f" ({dumb} without a phone number either)." if dumb else "."),
            is_grave=True,
            of="guests",
        )
    refused = {holder for holder, _phone in holders} & addresses_that_refused()
    if refused:
        yield Trouble(
            f"{counted(len(refused), 'address,addresses')} of ticket holders refused our e-mail "
            "before. Ask them for another address.",
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


# --- Whether e-mails go out --------------------------------------------------------------------


def _mail(event, *, at):
    backend = settings.OUTGOING_EMAIL_BACKEND
    if any(word in backend for word in NOWHERE):
        yield Trouble(
            "No mail server is set up (EMAIL_URL), so no e-mail reaches anyone.", is_grave=True
        )
    elif "filebased" in backend:
        yield Trouble(
            "E-mails are written to files on the server and reach nobody (EMAIL_URL): this is a "
            "demonstration."
        )
    yield from _sender()
    server = MailServer.objects.filter(silences__gt=0).first()
    if server:
        yield Trouble(
            "The mail server did not accept our last e-mails "
            f"({counted(server.silences, 'try,tries')} in a row).",
            is_grave=True,
        )
    yield from _speed(event, at)


def _sender():
    domain = normalize_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]).rpartition("@")[2]
    if domain in FREE_MAIL:
        yield Trouble(
            f"Our e-mails come from an address at {domain}, and most mailboxes refuse those "
            f"unless {domain} sends them. Set DEFAULT_FROM_EMAIL to an address at our own domain.",
            is_grave=True,
        )
    elif not domain or domain in NOBODYS_OWN or domain.endswith(NOBODYS):
        yield Trouble(
            "Our sender address (DEFAULT_FROM_EMAIL) is at a domain that doesn’t exist, so most "
            "mailboxes refuse our e-mails. Set it to an address at our own domain.",
            is_grave=True,
        )


def _mails(event) -> int:
    """How many e-mails it takes to reach everybody: one for each address."""
    holders = Ticket.objects.valid().filter(event_id=event.pk).with_holder().exclude(holder="")
    return holders.values("holder").distinct().count()


def pace_words(event: Event, *, at: datetime) -> str:
    """How long e-mailing everybody will take; empty where no e-mail goes out."""
    if not reaches_people():
        return ""
    try:
        return mail_pace.outlook(_mails(event), opens_at=event.opens_at, at=at).words
    except mail_pace.NoAnswer:
        return "We don’t know how long it will take: the mail server does not answer."


def reaches_people() -> bool:
    """Whether an e-mail server is set up."""
    backend = settings.OUTGOING_EMAIL_BACKEND
    return not any(word in backend for word in (*NOWHERE, "filebased"))


def _speed(event, at):
    """Whether the reveal e-mails go out in time at our pace or the mail server's."""
    waiting = mails_owed.count_owed()
    if waiting:
        yield Trouble(
            f"{counted(waiting, 'e-mail')} of another reveal {'is' if waiting == 1 else 'are'} "
            "still waiting."
        )
    mails = _mails(event)
    if reaches_people():
        try:
            outlook = mail_pace.outlook(mails, opens_at=event.opens_at, at=at)
        except mail_pace.NoAnswer:
            yield Trouble("The mail server does not answer.", is_grave=True)
            return
        takes, words = outlook.takes, outlook.words
    else:
        start = max(at, event.opens_at)
        takes = pace.last_leaves_at(mails, at=start, known_at=at) - start
        words = f"{counted(mails, 'e-mail')} must go out; MAIL_PER_HOUR is too low."
    late = max(at, event.opens_at) + takes - event.opens_at
    if late > MAIL_MAY_TAKE:
        yield Trouble(
            f"{words} The last goes out {in_words(timedelta(minutes=late // MINUTE))} after the "
            "reveal. Ask the mail provider for a higher limit, or start calling.",
            is_grave=True,
        )
