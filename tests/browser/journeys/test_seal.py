"""The evening from the seal in the window to the pictures afterwards."""

import hashlib
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from events import reveal
from events.hints import mail as hint_mail_queue
from events.models import EventPicture, OptIn
from nsca.demo import drawings
from tests.browser.conftest import WIDE, signed_in
from tests.browser.evening import STARTS, VENUE, T, make_soiree
from tests.factories import NOON, make_hint, make_ticket, make_user

pytestmark = pytest.mark.django_db(transaction=True)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
WHERE = replace(VENUE, latitude=36.8467, longitude=-76.2972, parking="By the sheds")


@pytest.fixture
def director(db):
    return make_user("director@nsca.example", is_staff=True, is_superuser=True)


@pytest.fixture
def soiree(clock, director):
    soiree = make_soiree(bring="<p>A candle.</p>", help_phone="757-555-0199")
    reveal.write_venue(soiree, WHERE, by=director, at=NOON - 20 * DAY)
    return soiree


@pytest.fixture
def ticket(soiree):
    return make_ticket(soiree)


def row(page):
    """The digest as a person copies it."""
    return "".join(page.locator(".digest code").first.inner_text().split())


def open_at(page, ticket, clock, instant):
    clock.move_to(instant)
    page.goto(ticket.get_absolute_url())


# --- The seal ----------------------------------------------------------------------------------


def test_what_was_sealed_in_april_is_proved_in_may(
    page, open_page, soiree, ticket, clock, director, tmp_path
):
    """Staff press the seal; a visitor writes it down; at T a guest's own arithmetic agrees."""
    desk = signed_in(open_page(viewport=WIDE), director)
    clock.move_to(NOON)
    reveal.publish_seal(soiree, by=director, at=NOON)
    desk.goto(f"/admin/events/event/{soiree.pk}/seal/")
    expect(desk.get_by_text("This seal matches the venue as entered.")).to_be_visible()

    page.goto("/events/soiree/")
    page.get_by_role("link", name="What this is").click()
    expect(page.get_by_role("heading", name="In plain words")).to_be_visible()
    written_down = row(page)

    open_at(page, ticket, clock, T)
    expect(page.get_by_text("Sealed on April 1, 2027, unchanged since.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the text").click()
    download.value.save_as(tmp_path / "envelope.txt")

    text = (tmp_path / "envelope.txt").read_bytes()
    assert VENUE.name.encode() in text
    assert hashlib.sha256(text).hexdigest() == written_down == row(page)


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("sha256sum")), reason="no curl or no coreutils here"
)
def test_the_two_lines_do_what_they_say(page, soiree, ticket, clock, director, tmp_path):
    """Copied from the page into a shell, as they stand."""
    reveal.publish_seal(soiree, by=director, at=NOON)
    open_at(page, ticket, clock, T)
    lines = page.get_by_label("The two commands").inner_text()

    said = subprocess.run(
        ["sh", "-e"], input=lines, cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout

    assert lines.count("\n") == 1
    assert said.split() == [row(page), "envelope.txt"]


# --- The moment --------------------------------------------------------------------------------


def test_a_page_that_opened_by_itself_takes_its_reader_to_what_is_new(page, ticket, clock):
    page.clock.install(time=T)
    clock.move_to(T - 40 * SECOND)
    page.goto(ticket.get_absolute_url())
    expect(page.get_by_role("timer")).to_contain_text("seconds")

    clock.move_to(T + SECOND)
    page.clock.fast_forward(41_000)  # milliseconds: the countdown is at zero
    page.clock.fast_forward(11_000)  # the random moment that spreads five hundred guests

    # What is read aloud: the venue is in the heading's name, not before it.
    heading = page.get_by_role(
        "heading", name=f"The location is revealed {VENUE.name}, 12 Ropewalk"
    )
    expect(heading).to_be_focused()
    expect(page).to_have_title(f"The envelope is open: ticket {ticket.code}, Soirée en Blanc · "
                               "Norfolk Sister City Association")  # fmt: skip


def test_who_opens_the_page_later_is_left_where_pages_begin(page, ticket, clock):
    open_at(page, ticket, clock, T + DAY / 24)

    expect(page.get_by_role("heading", name="The location is revealed")).not_to_be_focused()


def test_an_open_envelope_asks_nobody_but_us(page, ticket, clock):
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    open_at(page, ticket, clock, T)
    page.wait_for_load_state("networkidle")

    own = page.url.split("/tickets/")[0]
    assert len(asked) > 3
    assert [url for url in asked if not url.startswith((own, "data:"))] == []


def test_by_keyboard_the_way_is_one_link_from_the_envelope(page, ticket, clock):
    open_at(page, ticket, clock, T)

    page.get_by_role("link", name="How to get there").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#way")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Google Maps")).to_be_visible()
    expect(page.get_by_role("img", name="A sketch with north at the top")).to_be_visible()


@pytest.mark.parametrize("motion, moves", [("reduce", False), ("no-preference", True)])
def test_the_card_rises_only_for_those_who_like_it(open_page, ticket, clock, motion, moves):
    page = open_page(viewport=WIDE, reduced_motion=motion)

    open_at(page, ticket, clock, T)

    name = page.locator(".rise").evaluate("card => getComputedStyle(card).animationName")
    assert (name == "rise") is moves


def test_without_javascript_everything_is_there(open_page, ticket, clock):
    page = open_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)

    open_at(page, ticket, clock, T)

    for words in (VENUE.name, "By the sheds", "A candle.", "757-555-0199"):
        expect(page.get_by_text(words).first).to_be_visible()


# --- On paper ----------------------------------------------------------------------------------


def test_on_paper_there_is_the_ticket_the_way_and_the_sketch_and_no_furniture(
    page, ticket, clock, director
):
    reveal.publish_seal(ticket.event, by=director, at=NOON)
    open_at(page, ticket, clock, T)
    page.emulate_media(media="print")

    for selector in ("article.ticket", "#way", "svg.sketch"):
        expect(page.locator(selector)).to_be_visible()
    for selector in (".env", ".foot", ".bar", "#change", "#proof", ".btn >> nth=0"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.get_by_role("link", name="Google Maps")).to_be_hidden()


def test_what_is_printed_is_dark_on_white_in_the_dark_scheme_too(open_page, ticket, clock):
    page = open_page(viewport=WIDE, color_scheme="dark")
    open_at(page, ticket, clock, T)
    page.emulate_media(media="print", color_scheme="dark")

    colours = page.locator("#way").evaluate(
        "h => [getComputedStyle(h).color, getComputedStyle(document.body).backgroundColor]"
    )

    assert json.dumps(colours) == '["rgb(0, 0, 0)", "rgb(255, 255, 255)"]'


# --- Hints and memory --------------------------------------------------------------------------


def test_a_guest_asks_for_emails_and_leaves_by_the_link_in_one(
    page, soiree, ticket, clock, settings, mailoutbox
):
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    turned = NOON + DAY
    make_hint(soiree, opens_at=turned, text="You will hear water.")
    page.goto(ticket.get_absolute_url())
    page.get_by_role("button", name="E-mail me new hints").click()
    expect(page.get_by_text("We’ll e-mail you each new hint.").first).to_be_visible()

    clock.move_to(turned)
    hint_mail_queue.tick(turned)
    link = mailoutbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    page.goto(link)
    page.get_by_role("button", name="Stop hint e-mails").click()

    expect(page.get_by_role("status")).to_contain_text("No more hint e-mails.")
    assert OptIn.objects.get().left_at is not None


def test_afterwards_the_page_is_the_evening_s_memory(page, soiree, ticket, clock):
    EventPicture.objects.create(
        event=soiree, image=drawings.picture("table"), alt="A laid table", has_consent=True
    )
    soiree.thanks = "<p>Thank you, all who carried chairs.</p>"
    soiree.save()

    open_at(page, ticket, clock, STARTS + DAY)
    page.get_by_role("button", name="Yes, e-mail me").click()
    expect(page.get_by_text("We’ll e-mail you next year").first).to_be_visible()
    page.get_by_role("link", name="its page").click()

    expect(page.get_by_text("all who carried chairs")).to_be_visible()
    expect(page.get_by_role("img", name="A laid table")).to_be_visible()
