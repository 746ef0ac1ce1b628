"""From the moment a seal exists it stands in everything that a guest keeps, with its instant."""

import io

import pypdf
import pytest
from icalendar import Calendar
from post_office.models import Email

from events import reveal
from events.models import Event
from events.reveal import VISITOR, sender
from events.reveal.calendars import event_ics, subscription_ics, ticket_ics
from events.tickets.mail import send_tickets, send_to_guest
from events.venue import witnesses
from tests.events.envelope_kit import LATER, SEALED_ON
from tests.events.reveal_kit import DAY, LONG_BEFORE, OTHER_VENUE, T
from tests.factories import make_event
from tests.markup import flat

pytestmark = pytest.mark.django_db
INSTANT = "Sunday, May 2, 2027 at 6:00 p.m. EDT"


def digests(event):
    return list(event.commitments.order_by("pk").values_list("digest", flat=True))


def described(content):
    return " ".join(str(Calendar.from_ical(content).walk("VEVENT")[0]["description"]).split())


def paper(client, ticket):
    content = client.get(f"{ticket.get_absolute_url()}ticket.pdf").content
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join("".join(page.extract_text() for page in pages).split())


def mailed(ticket, at):
    """What the e-mails to buyer and guest say, in both of their forms."""
    Email.objects.all().delete()
    send_tickets(ticket.line.order, at=at)
    ticket.guest_email = "guest@x.example"
    send_to_guest(ticket, at=at)
    return [
        " ".join(words.split())
        for mail in Email.objects.all()
        for words in (mail.message, mail.html_message)
    ]


def calendars(ticket, at):
    event = Event.objects.get(pk=ticket.event_id)
    ticket.event = event
    return [
        ticket_ics(ticket, at=at),
        ticket_ics(ticket, at=at, viewer=VISITOR),
        event_ics(event),
        subscription_ics([event], name="All"),
    ]


def test_every_guest_is_a_witness_to_the_seal(sealed, ticket, client, travel):
    travel(LATER)
    [digest] = digests(sealed)

    kept = [
        *map(described, calendars(ticket, LATER)),
        paper(client, ticket),
        *mailed(ticket, LATER),
    ]

    assert len(kept) == 9
    assert [text.count(digest) for text in kept] == [1] * 9
    assert [text for text in kept if INSTANT not in text] == []


def test_without_a_seal_nothing_claims_one(soiree, ticket, client, travel):
    travel(LATER)

    kept = [
        *map(described, calendars(ticket, LATER)),
        paper(client, ticket),
        *mailed(ticket, LATER),
    ]

    assert [
        text for text in kept if "ealed on" in text.replace("revealed on", "") or "SHA-256" in text
    ] == []


def test_a_silent_change_shows_in_nothing_before_t(sealed, ticket, keeper, client, travel):
    travel(LATER)
    before = [*map(described, calendars(ticket, LATER)), paper(client, ticket)]
    mails = mailed(ticket, LATER)

    reveal.write_venue(sealed, OTHER_VENUE, by=keeper, at=LATER)

    assert [*map(described, calendars(ticket, LATER)), paper(client, ticket)] == before
    assert mailed(ticket, LATER) == mails


def test_from_t_on_what_a_holder_gets_names_the_silent_one_as_well(
    sealed, ticket, keeper, client, travel, emails
):
    reveal.write_venue(sealed, OTHER_VENUE, by=keeper, at=LATER)
    first, second = digests(sealed)
    travel(T)
    reveal.publish_due(at=T)

    sender.send_due(at=T)

    own, *public = map(described, calendars(ticket, T))
    [email] = emails
    revealed = [own, paper(client, ticket), email.body]
    revealed.append(flat(email.alternatives[0].content))
    assert [(first in text, second in text) for text in revealed] == [(True, True)] * 4
    assert ["Re-sealed on Friday, May 14, 2027 at 6:00 p.m. EDT" in text for text in revealed] == [
        True
    ] * 4
    assert [(first in text, second in text) for text in public] == [(True, False)] * 3


def test_a_seal_is_stamped_in_the_public_calendar(sealed):
    entry = Calendar.from_ical(event_ics(Event.objects.get(pk=sealed.pk))).walk("VEVENT")[0]

    assert entry["dtstamp"].dt >= SEALED_ON


def test_the_seals_of_a_whole_season_cost_one_query(sealed, keeper, django_assert_num_queries):
    others = [make_event(starts_at=T + DAY, lead=DAY) for _ in range(3)]
    reveal.write_venue(others[0], OTHER_VENUE, by=keeper, at=LONG_BEFORE)
    reveal.publish_seal(others[0], by=keeper, at=SEALED_ON)

    with django_assert_num_queries(1):
        found = witnesses.of_many([sealed, *others])

    assert {pk: len(seals) for pk, seals in found.items()} == {sealed.pk: 1, others[0].pk: 1}


def test_what_is_off_claims_no_seal(sealed, ticket):
    Event.objects.filter(pk=sealed.pk).update(state="canceled", canceled_at=LATER)

    assert "SHA" not in described(event_ics(Event.objects.get(pk=sealed.pk)))
    assert witnesses.seals_for(Event.objects.get(pk=sealed.pk)) == ()
