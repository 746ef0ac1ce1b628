"""Mailings: who gets one, who does not and why, sending, and stopping.

known.py asks other apps what they know.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from membership.mailings.known import lists, may_read, needs_a_reader, objections, who_came
from membership.models import (
    MEMBERS,
    Consent,
    FavoriteCity,
    Mailing,
    MailingRecipient,
    Person,
    Rules,
    Term,
)
from membership.people import consents, suppressed
from nsca.lib.mail.addresses import normalize_address
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.mail.mail import NoSuchAddress, recipient
from nsca.lib.timing import day_of

TYPED_ABOVE = 50  # for more e-mails than this, staff type their number to confirm
AT_ONCE = 500  # rows written in one statement
State = Mailing.State

# Why a chosen person gets no e-mail, in the order of checking.
DEAD = "has died"
MINOR = "is a child (we write to a parent, if chosen)"
NO_ADDRESS = "has no e-mail address"
COMPLAINED = "marked our e-mail as spam"
BOUNCED = "e-mail to them bounces"
UNSUBSCRIBED = "left this list"
NO_CONSENT = "never asked for it"
SHARED = "shares an address with someone who gets it"
REASONS = (DEAD, MINOR, NO_ADDRESS, COMPLAINED, BOUNCED, UNSUBSCRIBED, NO_CONSENT, SHARED)


# --- Who gets it -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """One address an e-mail goes to; `person` is None if only a list knows the address."""

    email: str
    name: str = ""
    person: int | None = None


@dataclass(frozen=True)
class Chosen:
    """Who a mailing would reach at an instant, and who is left out for which of REASONS."""

    readers: tuple[Reader, ...]
    left_out: tuple[tuple[str, int, str], ...]  # name, primary key, reason

    @property
    def count(self) -> int:
        return len(self.readers)

    @property
    def is_typed(self) -> bool:
        """Whether there are so many that staff type their number to confirm."""
        return self.count > TYPED_ABOVE

    def reasons(self) -> list[tuple[str, int]]:
        counted = Counter(reason for _name, _pk, reason in self.left_out)
        return [(reason, counted[reason]) for reason in REASONS if counted[reason]]


def people_of(mailing: Mailing, on: date):
    """The people a mailing's filters match, whether or not we can e-mail them."""
    people = Person.objects.filter(erased_at__isnull=True).with_status(
        on, grace=Rules.load().grace
    )
    if mailing.statuses:
        people = people.filter(status__in=mailing.statuses)
    elif not mailing.is_news:
        people = people.exclude(status="prospect")  # they have no membership
    tiers = list(mailing.tiers.values_list("pk", flat=True))
    if tiers:
        # A member's current level; for others, their last one.
        theirs = Term.objects.real().filter(household__people=OuterRef("pk"), tier__in=tiers)
        held_last = Exists(theirs.filter(pk=OuterRef("last_pk")))
        people = people.filter(Exists(theirs.current(on)) | (~Q(status__in=MEMBERS) & held_last))
    cities = list(mailing.cities.values_list("pk", flat=True))
    if cities:
        dear = FavoriteCity.objects.filter(person=OuterRef("pk"), city__in=cities)
        people = people.filter(Exists(dear))
    if mailing.expired_since:
        people = people.filter(
            status__in=("grace", "expired"), last_ends_on__gte=mailing.expired_since
        )
    return people.order_by("pk")


def choose(mailing: Mailing, *, at: datetime) -> Chosen:
    """Choose everybody it would reach at an instant (UTC), each address once."""
    on = day_of(at)
    rows = list(people_of(mailing, on).values_list("pk", "name", "email", "born_on", "died_on"))
    if mailing.came_to:
        there = who_came(mailing.came_to)
        rows = [row for row in rows if row[2] in there]
    minors = set(Person.objects.minors(on).values_list("pk", flat=True))
    agreed, left = _consenting(mailing)
    marked = suppressed.marked(row[2] for row in rows if row[2])
    readers: dict[str, Reader] = {}
    left_out = []
    for pk, name, email, _born_on, died_on in rows:
        reason = ""
        if died_on is not None and died_on <= on:
            reason = DEAD
        elif pk in minors:
            reason = MINOR
        elif not _is_address(email):
            reason = NO_ADDRESS
        elif email in marked:
            reason = COMPLAINED if marked[email] == suppressed.Kind.COMPLAINED else BOUNCED
        elif agreed is not None and not agreed(pk, email):
            reason = UNSUBSCRIBED if left(pk, email) else NO_CONSENT
        elif email in readers:
            reason = SHARED
        if reason:
            left_out.append((name, pk, reason))
        else:
            readers[email] = Reader(email, name, pk)
    known = {email for _pk, _name, email, *_ in rows}
    _add_readers_of_a_list(mailing, readers, left_out, known)
    return Chosen(tuple(readers.values()), tuple(left_out))


def _add_readers_of_a_list(mailing, readers, left_out, known) -> None:
    """Add readers who are on a topic's list but not in our records."""
    kept = lists.get(mailing.about)
    if kept is None or not mailing.is_to_everybody:
        return
    others = sorted(kept.confirmed() - known)
    marked = suppressed.marked(others)
    for email in others:
        if email in marked:
            complained = marked[email] == suppressed.Kind.COMPLAINED
            left_out.append(("a subscriber", 0, COMPLAINED if complained else BOUNCED))
        elif _is_address(email):
            readers[email] = Reader(email)


def _consenting(mailing: Mailing):
    """Two checks of a person's key and address: did they ask for it, and did they leave.

    None if no consent is needed.
    """
    if not mailing.is_news:
        return None, None
    if kept := lists.get(mailing.about):
        confirmed, gone = kept.confirmed(), kept.left()
        return (lambda pk, email: email in confirmed), (lambda pk, email: email in gone)
    agreeing = set(Consent.objects.agreeing(mailing.about).values_list("pk", flat=True))
    asked = Consent.objects.filter(topic=mailing.about, is_given=True)
    once = set(asked.values_list("person", flat=True))
    return (lambda pk, email: pk in agreeing), (lambda pk, email: pk in once)


def _is_address(email: str) -> bool:
    try:
        return bool(email) and bool(recipient(email))
    except NoSuchAddress:
        return False


def still_good(rows: Iterable[MailingRecipient], mailing: Mailing, *, at: datetime) -> set[int]:
    """Primary keys of recipients we may still e-mail now.

    Since they were chosen, someone may have left the list, died, or been suppressed.
    """
    rows = list(rows)
    on = day_of(at)
    people = {row.person_id for row in rows if row.person_id}
    living = Person.objects.living().filter(pk__in=people)
    alive = set(living.values_list("pk", flat=True))
    marked = suppressed.marked(row.email for row in rows)
    agreed, _left = _consenting(mailing)
    minors = set(Person.objects.minors(on).filter(pk__in=people).values_list("pk", flat=True))
    return {
        row.pk
        for row in rows
        if row.email not in marked
        and (row.person_id is None or row.person_id in alive - minors)
        and (agreed is None or agreed(row.person_id, row.email))
    }


# --- Sending off and stopping ------------------------------------------------------------------


class CannotSend(Exception):
    """The mailing cannot be sent; the sentence says why."""


class Counted(CannotSend):
    """The number typed is not the number of e-mails."""


def refusal(mailing: Mailing) -> str:
    """Why the mailing cannot be sent at all now; empty if it can."""
    if mailing.is_news and not letterhead().postal_address.strip():
        return (
            "News must show our postal address (CAN-SPAM, 15 U.S.C. §7704), and the settings "
            "don’t have one yet."
        )
    return ""


def send_off(mailing: Mailing, *, typed: int | None, by, at: datetime) -> Mailing:
    """Fix the recipients, once; the ticker does the rest. Raises CannotSend.

    While a venue is sealed that `by` may not see, it first waits for somebody who may.
    """
    if why := refusal(mailing):
        raise CannotSend(why)
    is_reading = mailing.state == State.READING
    if is_reading and not may_read(by):
        raise CannotSend("This is waiting for a colleague with venue access.")
    if needs_a_reader(by, at):
        moved = Mailing.objects.filter(pk=mailing.pk, state=State.DRAFT)
        if not moved.update(state=State.READING, sent_by=by):
            raise CannotSend("This is no longer a draft. Reload the page.")
        return Mailing.objects.get(pk=mailing.pk)
    if told := objections(mailing, by=by, at=at):
        raise CannotSend(" ".join(told))
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
        if mailing.state not in (State.DRAFT, State.READING):
            raise CannotSend("This was already sent.")
        chosen = choose(mailing, at=at)
        if not chosen.count:
            raise CannotSend("Nobody matches. Choose other recipients.")
        if chosen.is_typed and typed != chosen.count:
            raise Counted(f"It goes to {chosen.count}. Type that number to send it.")
        MailingRecipient.objects.bulk_create(
            [
                MailingRecipient(
                    mailing=mailing, email=each.email, name=each.name, person_id=each.person
                )
                for each in chosen.readers
            ],
            batch_size=AT_ONCE,
        )
        mailing.state, mailing.begun_at, mailing.sent_by = State.SENDING, at, by
        mailing.save(update_fields=["state", "begun_at", "sent_by"])
    return mailing


def take_back(mailing: Mailing) -> None:
    """Turn a mailing that waits for a reader back into a draft."""
    Mailing.objects.filter(pk=mailing.pk, state=State.READING).update(
        state=State.DRAFT, sent_by=None
    )


def stop(mailing: Mailing, *, because: str, at: datetime) -> int:
    """Stop a mailing now; return how many e-mails are not sent."""
    with transaction.atomic():
        sending = Mailing.objects.select_for_update().filter(pk=mailing.pk, state=State.SENDING)
        if not sending.exists():
            return 0
        waiting = MailingRecipient.objects.filter(
            mailing=mailing, state=MailingRecipient.State.WAITING
        )
        dropped = waiting.update(state=MailingRecipient.State.DROPPED)
        Mailing.objects.filter(pk=mailing.pk).update(
            state=State.STOPPED, finished_at=at, stopped_because=because[:200]
        )
    return dropped


# --- Leaving -----------------------------------------------------------------------------------


def leave(topic: str, email: str, *, at: datetime) -> None:
    """Leave one list by the link in an e-mail, for everybody with that address."""
    with transaction.atomic():
        if kept := lists.get(topic):
            kept.leave(email, at=at)
        consents.left_by_link(topic, email, at=at)


def topics_of(email: str) -> list[str]:
    """The lists this address is still on."""
    found = []
    for topic in Consent.Topic.values:
        if kept := lists.get(topic):
            is_on = normalize_address(email) in kept.confirmed()
        else:
            people = Person.objects.with_address(email).living()
            is_on = Consent.objects.agreed(topic, people).exists()
        if is_on:
            found.append(topic)
    return found
