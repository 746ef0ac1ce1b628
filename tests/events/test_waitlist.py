"""The waiting list: one wish an address, in order, and never a word of the place."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError
from post_office.models import Email

from events import waitlist, wishes
from events.models import Event, WaitlistEntry
from events.wishes import NoNeedToWait, NotWaiting, WaitlistClosed
from orders import settle
from orders.checkout import HOLD, payment_url
from orders.kinds import kind_of
from orders.models import Payment
from orders.till import PretendTill
from tests.events.reveal_kit import DAY, LONG_BEFORE
from tests.events.selling import BEN, hold, sell
from tests.events.test_tickets_buying import text_of
from tests.factories import NOON, make_event, make_ticket_type

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def full():
    """An event whose one chair is sold."""
    event = make_event(slug="tea")
    sell(event, (make_ticket_type(event, capacity=1), 1))
    return event


def ask(client, **fields):
    data = {"name": "Cy Marsh", "email": "cy@marsh.example", "party": "2", **fields}
    return client.post("/events/tea/waitlist/", data)


def wish(event, email="cy@marsh.example", *, party=2, at=NOON):
    entry, _ = wishes.join(event=event, name="Cy", email=email, party=party, at=at)
    return entry


# --- Joining -------------------------------------------------------------------------------------


def test_a_party_joins_and_is_told_its_place_by_mail(client, full):
    wish(full, "first@example.org")

    response = ask(client)

    entry = WaitlistEntry.objects.get(email="cy@marsh.example")
    mail = Email.objects.get(to__contains="cy@marsh.example")
    assert response.url == "/events/tea/waitlist/joined/"
    assert (entry.name, entry.party, entry.joined_at) == ("Cy Marsh", 2, NOON)
    for body in (mail.message, mail.html_message):
        assert "You are number 2 in line." in body
        assert f"/events/waitlist/{entry.token}/" in body


def test_one_address_has_one_wish_and_keeps_its_place(client, full):
    ask(client)
    wish(full, "second@example.org")

    again = ask(client, email="CY@Marsh.example", party="5")

    entry = WaitlistEntry.objects.get(email="cy@marsh.example")
    assert again.url == "/events/tea/waitlist/joined/"
    assert entry.party == 2
    assert waitlist.turn_of(entry).number == 1
    assert Email.objects.filter(to__contains="cy@marsh.example").count() == 1


def test_the_database_stands_behind_it(full):
    wish(full)

    with pytest.raises(IntegrityError):
        WaitlistEntry.objects.create(
            event=full, name="Cy", email="cy@marsh.example", joined_at=NOON
        )


def test_who_has_left_may_join_again_at_the_end(full):
    first = wish(full)
    waitlist.leave(first, at=NOON)
    wish(full, "second@example.org")

    again = wish(full, at=LATER)

    assert waitlist.turn_of(again).number == 2


@pytest.mark.parametrize(
    "name, typed, words",
    [
        ("name", "", "Enter your name."),
        ("email", "nobody", "Enter an e-mail address with an @ in it"),
        ("email", "", "Enter your e-mail address: we write there."),
        ("party", "0", "One chair is the least we can look for."),
        ("party", "-1", "One chair is the least we can look for."),
        ("party", "99999", "8 is the most we can put on the list at once."),
        ("party", "two", "Write how many in figures, like 2."),
        ("party", "", "Write how many chairs you want."),
    ],
)
def test_what_cannot_be_is_said_in_words_and_the_rest_kept(client, full, name, typed, words):
    response = ask(client, **{name: typed})

    assert list(response.context["form"].errors) == [name]
    assert words in response.context["form"].errors[name][0]
    assert not WaitlistEntry.objects.exists()


def test_a_flood_from_one_address_waits(client, full):
    for number in range(20):
        ask(client, email=f"guest{number}@example.org")

    response = ask(client)

    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert 'value="Cy Marsh"' in response.content.decode()
    assert WaitlistEntry.objects.count() == 20


def test_another_site_cannot_put_anybody_on_the_list(client, full):
    response = client.post("/events/tea/waitlist/", {}, headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403


# --- When there is nothing to wait for -----------------------------------------------------------


def test_while_chairs_can_be_had_the_page_leads_to_them(client, full):
    full.ticket_types.update(capacity=9)

    response = ask(client)

    assert "No need to wait" in text_of(response)
    assert 'href="/events/tea/tickets/"' in response.content.decode()
    assert not WaitlistEntry.objects.exists()


@pytest.mark.parametrize("party, may_join", [(1, False), (2, False), (3, True)])
def test_a_party_joins_that_is_larger_than_what_is_left(client, full, party, may_join):
    full.ticket_types.update(capacity=3)

    page = client.get("/events/tea/waitlist/")
    response = ask(client, party=str(party))

    assert "2 chairs can be had now" in text_of(page)
    assert WaitlistEntry.objects.exists() == may_join
    if not may_join:
        assert "no need to wait" in response.context["form"].errors["party"][0]


def test_where_there_is_no_limit_nobody_waits(full):
    full.ticket_types.update(capacity=None)

    with pytest.raises(NoNeedToWait):
        wish(full)


@pytest.mark.parametrize("second, may_join", [(-1, True), (0, False), (1, False)])
def test_the_list_itself_refuses_from_the_last_instant_of_the_sale_on(full, second, may_join):
    closes_at = NOON + DAY
    Event.objects.update(sales_close_at=closes_at)
    full.refresh_from_db()

    if may_join:
        assert wish(full, at=closes_at + second * SECOND)
    else:
        with pytest.raises(WaitlistClosed):
            wish(full, at=closes_at + second * SECOND)


def test_the_list_is_not_open_before_the_sale(full):
    Event.objects.update(sales_open_at=NOON + DAY)
    full.refresh_from_db()

    with pytest.raises(WaitlistClosed):
        wish(full)


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"state": Event.State.CANCELLED}, "This event is cancelled."),
        ({"sales_close_at": NOON}, "Sales have closed, so no chair will come back."),
        ({"starts_at": NOON - DAY, "ends_at": NOON}, "This event is over."),
    ],
)
def test_the_list_is_closed_with_the_sale(client, full, fields, words):
    Event.objects.update(**fields)

    response = ask(client)

    assert words in text_of(response)
    assert not WaitlistEntry.objects.exists()


@pytest.mark.parametrize(
    "path", ["/events/nothing/waitlist/", "/events/waitlist/no-such-token-as-this-one/"]
)
def test_what_is_unknown_is_not_found(client, full, path):
    assert client.get(path).status_code == 404


# --- One's own page ------------------------------------------------------------------------------


def test_a_party_sees_its_place_and_leaves_by_the_button(client, full):
    wish(full, "first@example.org")
    entry = wish(full, at=LATER)
    address = f"/events/waitlist/{entry.token}/"

    before = client.get(address)
    client.post(address, {"act": "leave"})
    after = client.get(address)

    assert "You are number 2" in text_of(before)
    assert before.headers["Referrer-Policy"] == "no-referrer"
    assert "You have left the list" in text_of(after)
    assert [e.email for e in waitlist.waiting(full)] == ["first@example.org"]


def test_a_party_changes_its_wish_and_keeps_its_place(client, full):
    entry = wish(full)
    wish(full, "second@example.org", at=LATER)
    address = f"/events/waitlist/{entry.token}/"

    client.post(address, {"act": "change", "party": "4", "fewest": "2"})

    entry.refresh_from_db()
    assert (entry.party, entry.fewest) == (4, 2)
    assert waitlist.turn_of(entry).number == 1
    assert "You asked for 4 chairs and would take 2" in text_of(client.get(address))


@pytest.mark.parametrize(
    "party, fewest, field",
    [("2", "3", "fewest"), ("9", "1", "party"), ("0", "", "party"), ("2", "0", "fewest")],
)
def test_a_wish_that_cannot_be_is_said_in_words(client, full, party, fewest, field):
    entry = wish(full)

    response = client.post(
        f"/events/waitlist/{entry.token}/", {"act": "change", "party": party, "fewest": fewest}
    )

    assert list(response.context["form"].errors) == [field]
    entry.refresh_from_db()
    assert (entry.party, entry.fewest) == (2, 2)


def test_who_has_left_changes_nothing_any_more(full):
    entry = wish(full)
    waitlist.leave(entry, at=NOON)

    with pytest.raises(NotWaiting):
        wishes.change(entry, party=3, fewest=1)


def test_the_page_tells_the_policy(client, full):
    entry = wish(full)

    for address in ("/events/tea/waitlist/", f"/events/waitlist/{entry.token}/"):
        words = text_of(client.get(address))
        assert "to the first party they suffice for. A larger party keeps its place." in words
        assert "keep what is offered for 24 hours" in words


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"state": Event.State.CANCELLED}, "This event is cancelled."),
        ({"sales_close_at": NOON}, "Sales have closed, so no chair will come back."),
        ({"starts_at": NOON - DAY, "ends_at": NOON}, "This event is past."),
    ],
)
def test_one_s_own_page_says_when_the_waiting_is_over(client, full, fields, words):
    entry = wish(full)
    Event.objects.update(**fields)

    assert words in text_of(client.get(f"/events/waitlist/{entry.token}/"))


def test_looking_does_not_leave(client, full):
    entry = wish(full)

    client.get(f"/events/waitlist/{entry.token}/")

    assert waitlist.waiting(full).count() == 1


def test_leaving_twice_changes_nothing(full):
    entry = wish(full)
    waitlist.leave(entry, at=NOON)
    waitlist.leave(entry, at=LATER)

    entry.refresh_from_db()
    assert entry.left_at == NOON


# --- Those whose money came too late -------------------------------------------------------------


def test_the_turned_away_go_to_the_top():
    event = make_event()
    chair = make_ticket_type(event, capacity=1)
    line = hold(event, (chair, 1), at=NOON - HOLD, buyer=BEN).lines.get()
    sell(event, (chair, 1))
    first = wish(event)

    kind_of("ticket").turned_away(line, at=LATER)

    late = WaitlistEntry.objects.get(email=BEN.email)
    assert (late.party, late.fewest) == (1, 1)
    assert (waitlist.turn_of(late).number, waitlist.turn_of(first).number) == (1, 2)


def test_being_turned_away_twice_is_one_wish_with_all_the_chairs():
    event = make_event()
    chair, table = make_ticket_type(event), make_ticket_type(event, name="Table", covers=8)
    order = hold(event, (chair, 2), (table, 1), buyer=BEN)

    for line in order.lines.all():
        kind_of("ticket").turned_away(line, at=LATER)

    assert WaitlistEntry.objects.get().party == 10


@pytest.mark.parametrize("wanted", [1, 2])
def test_the_letter_about_late_money_leads_to_the_place_in_line_once(client, wanted):
    """Chairs of two kinds are two lines of the order, and one wish."""
    event = make_event()
    kinds = [make_ticket_type(event, name=name, capacity=1) for name in ("Chair", "Bench")]
    order = hold(event, *[(kind, 1) for kind in kinds[:wanted]], buyer=BEN)
    payment_url(order, at=NOON)
    payment = order.payments.get()
    PretendTill().pay(payment, at=NOON)  # and nobody tells us before the hold has ended
    sell(event, (kinds[0], 1), at=NOON + HOLD)

    settle.settle(payment.session_id, at=NOON + HOLD + SECOND)

    letter = Email.objects.get(to__contains=BEN.email)
    address = f"/events/waitlist/{WaitlistEntry.objects.get(email=BEN.email).token}/"
    words = f"You stand at the top of the waiting list. Your place in line for {event.title}:"
    assert words in " ".join(letter.message.split())
    assert letter.message.count(address) == letter.html_message.count(address) == 1
    assert client.get(address).status_code == 200


def test_the_letter_about_a_second_payment_speaks_of_no_waiting_list():
    event = make_event()
    order = hold(event, (make_ticket_type(event), 1), buyer=BEN)
    payment_url(order, at=NOON)
    first = order.payments.get()
    again = Payment.objects.get(pk=first.pk)
    again.pk, again.session_id, again.idempotency_key = None, "pretend-2", "key-2"
    again.save()
    for payment in (first, again):
        PretendTill().pay(payment, at=NOON)
        settle.settle(payment.session_id, at=NOON)

    letter = Email.objects.get(to__contains=BEN.email, subject__contains="on its way back")
    assert "was paid twice" in letter.message
    assert "waiting list" not in letter.message + letter.html_message


def test_nobody_waits_for_a_cancelled_event():
    event = make_event()
    line = hold(event, (make_ticket_type(event), 1)).lines.get()
    Event.objects.update(state=Event.State.CANCELLED)

    kind_of("ticket").turned_away(line, at=LATER)

    assert not WaitlistEntry.objects.exists()


# --- Who gets what -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parties, free, shares",
    [
        ([(2, 2)], 1, []),
        ([(2, 2)], 2, [(0, 2)]),
        ([(2, 2)], 3, [(0, 2)]),
        ([(4, 2)], 1, []),
        ([(4, 2)], 2, [(0, 2)]),
        ([(4, 2)], 3, [(0, 3)]),
        ([(4, 4), (1, 1), (2, 1)], 2, [(1, 1), (2, 1)]),  # the large party keeps its place
        ([(4, 4), (1, 1), (2, 2)], 2, [(1, 1)]),
        ([(1, 1), (4, 4)], 5, [(0, 1), (1, 4)]),
        ([(1, 1)], 0, []),
        ([], 3, []),
    ],
)
def test_chairs_go_to_the_first_party_they_suffice_for(parties, free, shares):
    entries = [WaitlistEntry(party=party, fewest=fewest) for party, fewest in parties]

    found = waitlist.share_out(entries, free)

    # Unsaved entries are equal to none but themselves.
    assert [(entries.index(entry), chairs) for entry, chairs in found] == shares


# --- The secret ----------------------------------------------------------------------------------


def test_no_page_and_no_mail_of_the_list_knows_the_place(client, soiree):
    Event.objects.update(slug="tea", sales_close_at=soiree.ends_at)
    sell(soiree, (make_ticket_type(soiree, capacity=1), 1), at=LONG_BEFORE)
    with time_machine.travel(soiree.opens_at, tick=False):
        page = client.get("/events/tea/waitlist/").content.decode()
        ask(client)
        entry = WaitlistEntry.objects.get()
        own = client.get(f"/events/waitlist/{entry.token}/").content.decode()

    letters = [m.message + m.html_message for m in Email.objects.filter(to__contains="marsh")]
    assert len(letters) == 1
    assert "Put me on the list" in page
    for told in (page, own, *letters):
        assert "Chart House" not in told
        assert "Ropewalk" not in told
