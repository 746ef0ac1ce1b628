"""What needs attention: true numbers, and to each only what is theirs."""

from datetime import timedelta

import pytest
from django.urls import reverse
from post_office.models import STATUS, Email

from events.models import Event, RevealMail, Ticket
from events.night.admin_calls import url_of_calls
from nsca.desk.home import cards_for
from nsca.lib.models import Heartbeat
from nsca.lib.timing import exactly
from orders.books import deposits
from pages.models import Post
from tests.admin.conftest import make_event
from tests.factories import make_line, make_order

DAY = timedelta(days=1)


def cards_of(user, at):
    return {card.key: card for card in cards_for(user, at=at)}


@pytest.fixture
def busy(one_of_each, at):
    """One of everything, a held order and a expired one, a failed mail, a draft, and a scheduled
    post.
    """
    make_order(at=at, lines=[{}], buyer_name="Held")
    make_order(at=at - DAY, lines=[{}], buyer_name="Its hold ran out")
    Email.objects.create(from_email="a@x.example", to=["b@x.example"], status=STATUS.failed)
    Email.objects.create(from_email="a@x.example", to=["b@x.example"], status=STATUS.sent)
    make_event(at, title="Luncheon", slug="luncheon", state=Event.State.DRAFT, lead=None)
    Post.objects.create(
        title="Soon", slug="soon", summary="S", body="B", is_draft=False, publish_at=at + DAY
    )
    return one_of_each


def test_the_director_s_cards_count_what_is_there(busy, staff, at):
    cards = cards_of(staff("director"), at)

    assert {key: card.count for key, card in cards.items()} == {
        "tasks": 1, "mail": 1, "calls": 0, "reveals": 1, "unpaid": 1, "messages": 1, "waiting": 1,
        "events": 1, "questions": 1, "unpublished": 3, "looks": 0, "mailings": 0, "unreached": 0,
        "grace": 0, "failing": 0, "bounced": 0, "gifts": 0, "deposits": 0, "benefit-values": 0,
        "ticket-values": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("group", "keys"),
    [
        (
            "events",
            {
                "mailings",
                "tasks",
                "calls",
                "reveals",
                "unpaid",
                "messages",
                "waiting",
                "events",
                "unpublished",
                "ticket-values",
            },
        ),
        ("treasurer", {"tasks", "mail", "unpaid", "events", "failing", "deposits"}),
        (
            "members",
            {
                "tasks",
                "unpaid",
                "messages",
                "unreached",
                "grace",
                "failing",
                "bounced",
                "gifts",
                "benefit-values",
            },
        ),
        (
            "editor",
            {
                "reveals",
                "messages",
                "events",
                "questions",
                "unpublished",
                "ticket-values",
                "benefit-values",
            },
        ),
        ("door", {"events"}),
    ],
)
def test_each_group_has_its_own_cards(group, keys, busy, staff, at):
    assert set(cards_of(staff(group), at)) == keys


def test_only_those_with_the_permission_read_whether_the_venue_is_set(busy, staff, at):
    seeing = cards_of(staff("events"), at)["reveals"].lines[0].text
    blind = cards_of(staff("editor"), at)["reveals"].lines[0].text

    instant = exactly(busy.opens_at)
    assert seeing == f"{busy}: {instant}. The venue is not set."
    assert blind == f"{busy}: {instant}"


def test_a_venue_that_is_missing_three_days_before_is_pressing(soiree, sealed_soiree, staff, at):
    set_ = cards_of(staff("events"), at)["reveals"]
    make_event(at, slug="bare", starts_at=at + 3 * DAY)
    missing = cards_of(staff("events"), at)["reveals"]

    assert (set_.is_urgent, missing.is_urgent) == (False, True)


def test_sold_counts_valid_tickets_only(soiree, staff, at):
    kind = soiree.ticket_types.get()
    for number, state in enumerate(("paid", "held")):
        order = make_order(at=at, state=state, lines=(), payments=False)
        line = make_line(order, kind="ticket", label=f"C{number}", subject_id=kind.pk)
        Ticket.objects.create(event=soiree, ticket_type=kind, line=line, number=1)

    line = cards_of(staff("door"), at)["events"].lines[0]

    assert line.text == f"{soiree}: 1 sold, 38 left"


def test_holders_whom_no_mail_reached_are_to_be_called(soiree, staff, at):
    Event.objects.filter(pk=soiree.pk).update(
        reveal_version=1, starts_at=at + DAY, ends_at=at + 2 * DAY
    )
    kind = soiree.ticket_types.get()
    for number, state in enumerate(("failed", "sent")):
        order = make_order(at=at, state="paid", lines=(), payments=False)
        line = make_line(order, kind="ticket", label="C")
        ticket = Ticket.objects.create(event=soiree, ticket_type=kind, number=1, line=line)
        RevealMail.objects.create(
            event=soiree, version=1, ticket=ticket, state=state, message_id=f"<{number}>",
            created_at=at, sent_at=at if state == "sent" else None,
        )  # fmt: skip

    card = cards_of(staff("events"), at)["calls"]
    two_hours_later = cards_of(staff("events"), at + DAY / 12)["calls"]

    assert (card.count, card.is_urgent, card.lines[0].text) == (
        1, True, "Soirée en Blanc: 1 to call",
    )  # fmt: skip
    assert card.lines[0].url == url_of_calls(soiree)
    assert two_hours_later.lines[0].text == (
        "Soirée en Blanc: 1 to call, 1 with a ticket not opened yet"
    )


@pytest.mark.parametrize(("minutes", "is_revealed"), [(3, False), (4, True)])
def test_before_a_reveal_a_silent_ticker_is_urgent(sealed_soiree, staff, at, minutes, is_revealed):
    Heartbeat.objects.create(name="ticker", beat_at=at - timedelta(minutes=minutes))

    card = cards_of(staff("events"), at)["reveals"]

    assert card.is_urgent is is_revealed
    assert ("has been silent for 4 minutes" in card.words) is is_revealed


def test_every_line_leads_to_a_page_that_opens(busy, client, staff, at):
    user = staff("director")
    client.force_login(user)

    urls = {line.url for card in cards_for(user, at=at) for line in card.lines if line.url}
    urls |= {card.url for card in cards_for(user, at=at) if card.url}

    assert {url: client.get(url, follow=True).status_code for url in urls} == dict.fromkeys(
        urls, 200
    )


def test_the_lists_behind_cards_hold_as_many_rows_as_the_card_says(busy, client, staff, at):
    user = staff("director")
    client.force_login(user)
    cards = cards_of(user, at)

    counts = {
        key: client.get(cards[key].url).context["cl"].result_count
        for key in ("tasks", "mail", "messages", "questions")
    }

    assert counts == {key: cards[key].count for key in counts}


def test_the_home_page_shows_them_pressing_first(busy, sign_in):
    body = " ".join(sign_in("director").get(reverse("admin:index")).content.decode().split())

    assert body.index('data-card="tasks" data-urgent') < body.index('data-card="messages"')
    assert body.index('data-card="messages"') < body.index('data-card="calls" data-empty')


def test_cash_that_lies_in_no_deposit_is_not_counted_as_none(groups, staff, at):
    for cents in (5_000, 4_500):
        make_order(at=at, state="paid", lines=({"unit_cents": cents},)).payments.update(
            method="cash"
        )

    before = cards_of(staff("treasurer"), at)["deposits"]
    deposit = deposits.open_deposit(by=staff("treasurer"), at=at)
    inside = cards_of(staff("treasurer"), at)["deposits"]
    deposits.hand_over(deposit, by=staff("treasurer"), at=at)
    handed = cards_of(staff("treasurer"), at)["deposits"]

    assert before.title == "Cash and checks not at the bank"
    assert (before.count, before.lines[0].text) == (2, "2 payments not in a deposit, $95")
    assert before.todo == "Put 2 payments into a deposit."
    assert (inside.count, handed.count) == (0, 1)
