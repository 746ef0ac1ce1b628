"""seed_demo: a season that shows every state, once, labelled, and with its places kept."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from post_office.models import STATUS, Email

from events import reveal
from events.hints import hints, opt_ins
from events.hints import mail as hint_mail_queue
from events.models import (
    DoorLink,
    Event,
    RevealMail,
    Scan,
    SeatRequest,
    Table,
    Ticket,
    TicketType,
    VenueAccess,
    WaitlistEntry,
)
from events.night import word_check
from events.night.texts import all_texts
from events.sales import availability
from events.sales.addons import add_ons_left
from events.tickets import kits
from events.waitlist import entries as waitlist
from membership.giving.gifts import gift_item
from membership.models import Household, Rules, Term, User
from membership.terms.dues import is_member
from nsca.content import loader, reading
from nsca.demo import people, programme, purchases, season
from nsca.desk.groups import GROUPS
from nsca.lib.timing import day_of
from nsca.ops.audit import audit
from orders.checkout.placing import Buyer
from orders.lines.receipts import receipt_for
from orders.models import LedgerEntry, Order, Payment, Refund, Task
from pages.models import LoadedContent, Message, Post, SiteSettings, Subscriber
from tests import voice

pytestmark = pytest.mark.django_db

AT = datetime(2027, 1, 12, 15, 0, tzinfo=UTC)  # a Tuesday, ten in the morning in Norfolk
MEMORY = "django.core.mail.backends.locmem.EmailBackend"
OURS = ("events", "cities", "membership", "orders", "pages", "post_office", "auth", "account")
SECRETS = ("Sail Loft", "Compass Rose", "Number Nine", "Teaspoon", "class.demo.example")
SECRETS += ("Chart House", "Ropewalk", "36.8431", "76.2989", "757-555-0109")


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """Content and season, made once for this file and rolled back with it."""
    outermost = transaction.atomic()
    outermost._from_testcase = True  # as TestCase's: durable transactions pass within
    with django_db_blocker.unblock(), override_settings(OUTGOING_EMAIL_BACKEND=MEMORY), outermost:
        with time_machine.travel(AT, tick=False):
            loader.load(reading.all_items())
            summary = season.seed(at=AT)
        yield summary
        transaction.set_rollback(True)


@pytest.fixture
def demo(seeded, db, settings):
    """The seeded season, looked at when it was seeded; what a test does to it is undone."""
    settings.OUTGOING_EMAIL_BACKEND = MEMORY
    with time_machine.travel(AT, tick=False):
        yield seeded


def everything():
    """Every row of every table that a seeding could touch, the marks of the parts apart."""
    models = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    rows = {model: list(model._base_manager.order_by("pk").values()) for model in models}
    rows[LoadedContent] = [
        row["key"] for row in rows[LoadedContent] if not row["key"].startswith("demo.part:")
    ]
    return rows


def event(key):
    return programme.event_of(key)


def offer(key):
    return availability.availability(event(key), at=AT)


def member():
    return User.objects.get(email=people.MEMBER)


# --- Once, and only where it belongs -----------------------------------------------------------


def test_a_second_run_days_later_adds_and_changes_nothing(demo):
    before = everything()

    summary = season.seed(at=AT + timedelta(days=3))

    assert summary == "demo season: already there, nothing changed"
    assert everything() == before


def test_a_seeding_that_was_cut_short_is_finished_without_doubles(demo):
    before = everything()
    LoadedContent.objects.filter(key__startswith="demo.part:").delete()

    season.seed(at=AT)

    assert everything() == before


def test_what_staff_deleted_stays_deleted(demo):
    Post.objects.filter(slug="sample-a-postcard-from-the-table").delete()

    season.seed(at=AT)

    assert not Post.objects.filter(title__startswith="Sample").exists()


def test_the_command_says_one_line_or_none(demo, capsys):
    call_command("seed_demo")
    call_command("seed_demo", verbosity=0)

    assert capsys.readouterr().out == "demo season: already there, nothing changed\n"


def test_the_summary_counts_what_is_there(demo):
    assert demo == (
        f"demo season: {Event.objects.filter(is_sample=True).count()} events, "
        f"{Order.objects.count()} orders, {Household.objects.count()} households"
    )


def test_a_sample_is_paid_at_the_pretend_gateway_even_where_stripe_has_keys(demo, settings):
    settings.STRIPE_SECRET_KEY = "sk_test_of_nobody"

    order = purchases.buy(
        "one-more", items=[gift_item(500)], buyer=Buyer("Ada", "ada@demo.example"), at=AT
    )

    assert order.state == Order.State.PAID
    assert order.payments.get().method == Payment.Method.PRETEND


# --- Every state -------------------------------------------------------------------------------


def test_the_soiree_is_on_sale_and_sealed(demo):
    soiree = event("soiree")

    assert isinstance(reveal.reveal_for(soiree, reveal.VISITOR, at=AT), reveal.Sealed)
    assert reveal.has_venue(soiree, by=people.staff_member("director"))
    assert soiree.lead == timedelta(hours=24)
    assert soiree.refunds_until < soiree.choices_close_at < soiree.opens_at
    assert [seat.words for seat in offer("soiree").seats] == [
        "47 seats left",  # six more are kept for the friends of two captains
        "5 left",
        "sold out",
        "on sale from Friday, April 16, 2027 at 9:00 a.m. EDT",
    ]


def test_its_cards_are_two_turned_one_to_come_one_for_holders_and_one_undecided(demo):
    soiree = event("soiree")

    assert [card.is_turned for card in hints.cards(soiree, at=AT)] == [True, True, False]
    assert len(hints.cards(soiree, at=AT, for_holders=True)) == 4
    assert soiree.hints.filter(opens_at=None).count() == 1


def test_the_rehearsal_is_revealed_and_every_holder_told(demo):
    rehearsal = event("rehearsal")
    mails_owed = RevealMail.objects.filter(event=rehearsal)

    assert rehearsal.opens_at < AT < rehearsal.starts_at < AT + timedelta(days=1)
    assert (rehearsal.reveal_version, rehearsal.revealed_at) == (1, rehearsal.opens_at)
    assert mails_owed.count() == rehearsal.tickets.count() == 14
    assert set(mails_owed.values_list("state", flat=True)) == {RevealMail.State.SENT}


def test_the_rehearsal_s_envelope_shows_a_sketch_a_picture_and_the_proof_of_its_seal(demo, client):
    ticket = event("rehearsal").tickets.filter(guest_name="Minnie Member").get()

    html = client.get(ticket.get_absolute_url()).content.decode()

    assert '<svg class="sketch"' in html
    assert "From Town Point Park: 0.2 miles to the west-northwest" in html
    assert client.get(f"/tickets/{ticket.token}/place.jpg")["Content-Type"] == "image/jpeg"
    assert "Sealed on December 8, 2026, unchanged since." in html


def test_the_soiree_s_seal_is_published_and_its_envelope_shut(demo, client):
    html = client.get(event("soiree").get_absolute_url()).content.decode()

    assert event("soiree").commitments.filter(published_at__lt=AT).count() == 1
    assert "Sealed since" in html
    assert event("soiree").commitments.get().digest in html.replace("</span><span>", "")


def test_the_lantern_supper_is_over_and_a_memory(demo, client):
    supper = event("lanterns")

    html = client.get(supper.get_absolute_url()).content.decode()
    ticket = supper.tickets.filter(guest_name="Minnie Member").get()

    assert supper.is_past(AT)
    assert (supper.reveal_version, supper.revealed_at) == (1, supper.opens_at)
    assert "believed to be in the river" in html
    assert html.count("<figure") == supper.pictures.filter(has_consent=True).count() == 3
    assert "The Net Menders’ Quay" in html
    assert "Yes, e-mail me" in client.get(ticket.get_absolute_url()).content.decode()
    assert [name for _, name, _ in opt_ins.invited(supper)] == ["Wanda Wave"]


def test_some_who_hold_seats_at_the_soiree_like_emails_about_cards(demo):
    holders = event("soiree").tickets.valid().count()

    assert 5 < hint_mail_queue.asked(event("soiree")) < holders / 2


def test_the_tea_is_sold_out_sealed_and_waited_for(demo):
    tea = event("tea")

    assert offer("tea").is_sold_out
    assert tea.opens_at > AT
    assert [entry.name for entry in waitlist.waiting(tea)] == [
        "Quinn Quay",  # whose money came after the seats were gone
        "Sam Spinnaker",
        "Tilda Tiller",
        "Vic Viking",
    ]


def test_the_class_is_online_with_kits_and_its_link_is_kept(demo):
    online = event("class")

    posted = dict(online.ticket_types.values_list("name", "is_posted"))
    assert online.kind == Event.Kind.ONLINE
    assert posted == {"One kit": True, "One kit for two": True, "Without a kit": False}
    assert AT < online.post_by < online.opens_at == online.starts_at - timedelta(hours=1)
    assert offer("class").words == "21 spots left"
    parcels = kits.parcels(online)
    assert [(parcel.name, parcel.seats) for parcel in parcels] == [
        ("June Jetty", 1),
        ("Moss Mooring", 2),
    ]
    assert {parcel.state for parcel in parcels} == {kits.State.TO_PACK}


def test_the_gathering_is_free_and_its_place_is_no_secret(demo):
    shown = reveal.reveal_for(event("coffee"), reveal.VISITOR, at=AT)

    assert offer("coffee").is_free
    assert shown.venue.name == "The Reading Room"


def test_the_luncheon_has_a_member_price_suppers_and_a_sponsors_table(demo):
    seat, table_of_ten = event("luncheon").ticket_types.all()

    assert (seat.price_cents, seat.member_price_cents) == (6500, 5500)
    assert (table_of_ten.price_cents, table_of_ten.covers) == (50_000, 10)
    assert event("luncheon").choices.count() == 3


def test_one_is_canceled_one_scheduled_and_one_a_draft(demo):
    canceled, scheduled, draft = event("kitchen-party"), event("highlife"), event("merienda")

    assert canceled.is_canceled
    assert canceled.canceled_note
    assert (scheduled.state, scheduled.is_published(AT)) == (Event.State.PUBLISHED, False)
    assert draft.state == Event.State.DRAFT


def test_orders_are_in_every_state_and_came_by_every_channel(demo):
    held = Order.objects.filter(state=Order.State.HELD)

    assert set(Order.objects.values_list("state", flat=True)) == set(Order.State.values)
    assert set(Order.objects.values_list("channel", flat=True)) == set(Order.Channel.values)
    assert [order.is_held(AT) for order in held] == [True, True]


def test_the_ledger_has_known_everything_but_a_failure(demo):
    assert set(LedgerEntry.objects.values_list("entry", flat=True)) == {
        "placed", "paid", "expired", "retaken", "refund_requested", "refunded", "disputed",
    }  # fmt: skip


def test_money_went_back_and_a_dispute_rests(demo):
    disputed = purchases.order_of("soiree-disputed")
    part = purchases.order_of("soiree-refunded")

    assert set(Refund.objects.values_list("state", flat=True)) == {Refund.State.SUCCEEDED}
    assert [refund.cents for refund in Refund.objects.filter(payment__order=part)] == [2 * 9500]
    assert not Ticket.objects.filter(line__order=part, canceled_at=None).exists()
    assert not Ticket.objects.filter(line__order=disputed, suspended_at=None).exists()
    assert Task.objects.filter(done_at=None).count() == 3  # late money, an invoice, a dispute


def test_members_are_current_in_grace_expired_and_for_life(demo):
    today = day_of(AT)
    ends = list(Term.objects.values_list("ends_on", flat=True))
    past = [today - end for end in ends if end is not None and end < today]

    assert Term.objects.current(today).count() == 8
    assert sorted(late <= Rules().grace for late in past) == [False, True]
    assert ends.count(None) == 1
    assert Term.objects.filter(line=None).exclude(reason="").count() == 1


def test_the_member_holds_two_seats_at_the_soiree_and_a_receipt(demo):
    order = purchases.order_of("soiree-member")
    tickets = Ticket.objects.valid().filter(line__order=order, event=event("soiree"))

    assert is_member(member(), day_of(event("soiree").starts_at))
    assert (order.user, order.state) == (member(), Order.State.PAID)
    assert [ticket.at_member_price for ticket in tickets] == [True, False]
    assert receipt_for(order).total_cents == 8500 + 9500


def test_each_group_of_staff_has_somebody(demo):
    staff = User.objects.filter(is_staff=True, emailaddress__verified=True)

    assert set(staff.values_list("email", "groups__name")) == {
        (f"{group}@demo.example", group) for group in ["director", *GROUPS]
    }


def test_the_office_has_a_draft_an_email_and_two_subscribers(demo):
    assert Post.objects.filter(is_draft=True).count() == 1
    assert Message.objects.filter(answered_at=None).count() == 1
    assert sorted(s.is_subscribed for s in Subscriber.objects.all()) == [False, True]


def test_captains_keep_tables_and_a_stranger_waits_for_an_answer(demo, client):
    tables = Table.objects.filter(event=event("soiree")).exclude(number=None)
    laid = {table.name: (table.kind, table.tickets.count()) for table in tables}
    assert laid == {
        "The Long Table": ("house", 4),
        "The Corner": ("house", 0),
        "The Oarlocks": ("open", 5),  # four of his own, and one stranger whom he welcomed
        "The Windlass Six": ("open", 2),
    }
    asked = SeatRequest.objects.get(answered_at=None)
    captain = Table.objects.get(name="The Oarlocks")

    page = client.get(f"/events/{event('soiree').slug}/tables/{captain.token}/")

    assert "Tilda Tiller" in page.content.decode()
    assert asked.text in page.content.decode()


def test_the_door_of_the_rehearsal_is_open_to_two_volunteers(demo, client):
    links = DoorLink.objects.filter(event=event("rehearsal"))

    pages = {link.name: client.get(f"/door/{link.token}/") for link in links}

    assert {name: page.status_code for name, page in pages.items()} == {
        "Ruth Rudderpost": 200,
        "Sam Spinnaker": 200,
    }
    sells = {name for name, page in pages.items() if "Sell for cash" in page.content.decode()}
    assert sells == {"Ruth Rudderpost"}
    email = Email.objects.get(to__contains=season.mails.VOLUNTEER)
    assert f"/door/{links.get(may_sell=True).token}/" in email.message


def test_whoever_came_to_the_lantern_supper_was_read_at_its_door(demo):
    scans = Scan.objects.filter(ticket__event=event("lanterns"))

    assert [scan.act for scan in scans] == [Scan.Act.IN] * 5
    assert scans.values("ticket").distinct().count() == 5
    assert {scan.link.name for scan in scans} == {"Ruth Rudderpost"}


# --- Labelled, true, and quiet -----------------------------------------------------------------


def test_every_sample_says_so(demo):
    loaded = {item.values["slug"] for item in reading.all_items() if item.model == "events.Event"}
    unlabelled = {
        model.__name__: list(model.objects.filter(is_sample=False))
        for model in apps.get_models()
        if model.__module__.startswith(OURS)
        and not model.__name__.startswith("Historical")
        and any(field.name == "is_sample" for field in model._meta.fields)
    }

    assert {slug.slug for slug in unlabelled.pop("Event")} == loaded
    assert set(unlabelled) >= {"Order", "TicketType", "Tier", "Household", "WaitlistEntry"}
    assert {name: rows for name, rows in unlabelled.items() if rows} == {}
    assert TicketType.objects.exists()
    assert WaitlistEntry.objects.exists()


def test_every_sample_event_says_so_to_visitors(demo):
    bodies = Event.objects.filter(is_sample=True).values_list("body", flat=True)

    assert [body for body in bodies if "This event is a sample" not in body] == []


def test_nobody_real_is_written_to(demo):
    addresses = [
        *Order.objects.exclude(buyer_email="").values_list("buyer_email", flat=True),
        *User.objects.values_list("email", flat=True),
        *WaitlistEntry.objects.values_list("email", flat=True),
        *Email.objects.values_list("to", flat=True),
    ]

    assert [each for each in addresses if "@demo.example" not in str(each)] == []


def test_no_ein_is_invented(demo):
    assert SiteSettings.load().ein == ""


def test_where_mail_goes_out_none_of_the_season_is_waiting(demo):
    assert Email.objects.exclude(status=STATUS.sent).count() == 0


def test_where_mail_goes_to_files_the_members_emails_wait_and_the_volunteers_link(demo, settings):
    settings.OUTGOING_EMAIL_BACKEND = season.mails.TO_FILES
    Email.objects.update(status=STATUS.queued)

    season.mails.keep_few(after=0)

    waiting = Email.objects.filter(status=STATUS.queued)
    assert Counter(address for mail in waiting for address in mail.to) == {
        f"Minnie Member <{people.MEMBER}>": 8,
        f"Ruth Rudderpost <{season.mails.VOLUNTEER}>": 1,
    }


# --- Where it is -------------------------------------------------------------------------------


def public_addresses():
    own = [f"/events/{event.slug}/" for event in Event.objects.published(AT)]
    return [
        *own,
        *(address + "event.ics" for address in own),
        *(address + "og.png" for address in own),
        *("/", "/events/", "/events/past/", "/events/calendar.ics", "/events/feed.xml"),
        *("/cities/toulon/", "/cities/kitakyushu/", "/cities/norfolk-county/", "/sitemap.xml"),
        *("/search/?q=ropewalk", "/search/?q=teaspoon", "/search/?q=sail+loft"),
    ]


def test_no_public_page_knows_a_secret_venue(demo, client):
    pages = {address: client.get(address) for address in public_addresses()}

    leaks = {
        (address, secret)
        for address, page in pages.items()
        for secret in SECRETS
        if secret in re.sub(r'value="[^"]*"', "", page.content.decode(errors="replace"))
    }
    assert {page.status_code for page in pages.values()} == {200}
    assert leaks == set()


def test_its_books_are_in_order(demo):
    found = audit(AT)

    assert [str(each) for each in (*found.errors, *found.remarks)] == []


def test_the_soiree_sells_a_dear_supper_and_what_stands_beside_it(demo):
    order = purchases.order_of("soiree-joins")

    left = {each.add_on.name: each.left for each in add_ons_left(event("soiree"), at=AT)}
    assert left == {"A bottle of rosé": 38, "A white cushion": None}
    lines = [(line.kind, line.quantity, line.unit_cents) for line in order.lines.all()]
    assert ("ticket", 1, 9500 + 2400) in lines
    assert [each for each in lines if each[0] == "addon"] == [
        ("addon", 2, 2800),
        ("addon", 1, 1500),
    ]


def test_the_member_reads_the_revealed_venue_and_not_the_sealed_one(demo, client):
    client.force_login(member())
    mine = Ticket.objects.filter(guest_name="Minnie Member")
    told = client.get(mine.get(event=event("rehearsal")).get_absolute_url())
    sealed = client.get(mine.get(event=event("soiree")).get_absolute_url())

    assert "The Sail Loft" in told.content.decode()
    assert "Chart House" not in sealed.content.decode()


def test_the_venues_were_entered_by_the_director_through_the_door(demo):
    looks = VenueAccess.objects.values_list("user__email", "act")

    assert set(looks) == {
        ("director@demo.example", VenueAccess.Act.CHANGED),
        ("director@demo.example", VenueAccess.Act.SEALED),
    }
    places, pictures, seals = 7, 2, 3
    assert looks.count() == places + pictures + seals


def test_no_text_of_the_season_holds_a_word_of_its_venues(demo):
    """The word check of a demonstration finds nothing: who finds something has planted it."""
    compared = reveal.compared(
        lambda event, venue: word_check.found(event, venue, all_texts()), at=AT
    )

    assert compared
    assert [finding for _event, found in compared for finding in found] == []


def test_no_e_mail_of_the_season_says_a_word_that_we_do_not_say(demo):
    heard = {
        mail.subject: voice.found(f"{mail.subject}\n{mail.message}")
        | voice.of_page(mail.html_message)
        for mail in Email.objects.all()
    }

    assert len(heard) > 15
    assert {subject: words for subject, words in heard.items() if words} == {}
