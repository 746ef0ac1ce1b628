"""The door on a phone-sized screen: by typing without a script, and with camera and bad network.

The camera, and the browser's reader of squares where it has one, are faked; nothing of ours is.
"""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from events.door.views_offline import kept_assets
from events.models import Choice, Scan, Table
from nsca.lib.media import qr
from tests.browser.evening import VENUE, make_soiree, seal
from tests.browser.looks import PHONE, look_at, look_over
from tests.browser.wire import Wire
from tests.events.door_kit import HOUR, SEVEN, make_door_link
from tests.factories import make_order, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)

# A camera whose picture is a canvas with the square in it, drawn from the rows of 0 and 1.
CAMERA = """(rows) => {
  const draw = (canvas, rows) => {
    const side = 8, quiet = 4, pen = canvas.getContext("2d");
    canvas.width = canvas.height = (rows.length + 2 * quiet) * side;
    pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#000";
    rows.forEach((row, y) => row.forEach((dark, x) =>
      dark && pen.fillRect((x + quiet) * side, (y + quiet) * side, side, side)));
  };
  const canvas = document.createElement("canvas");
  draw(canvas, rows);
  setInterval(() => draw(canvas, rows), 100);  // a stream wants new pictures
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
}"""
READER = """(value) => {
  globalThis.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect() { return [{ rawValue: value }]; }
  };
}"""
NO_READER = "delete globalThis.BarcodeDetector"
# All that the door's worker has put aside: the path of each, and its text.
CACHED = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys())
      found[new URL(url).pathname] = await (await cache.match(url)).text();
  }
  return found;
}"""


@pytest.fixture
def soiree(clock):
    event = make_soiree(help_phone="757-555-0100")
    seal(event)
    clock.move_to(SEVEN)
    return event


@pytest.fixture
def link(soiree):
    return make_door_link(soiree, may_sell=True, gate="West gate")


@pytest.fixture
def ada(soiree):
    table = Table.objects.create(event=soiree, name="Granby Street", number=14, opened_at=SEVEN)
    box = Choice.objects.get(event=soiree, label="Salmon box")
    order = make_order(state="paid", lines=(), payments=False)
    for name in ("Ben Okoro", "Cy Nakamura"):
        make_ticket(soiree, order=order, guest_name=name, table=table, choice=box)
    return make_ticket(soiree, order=order, guest_name="Ada Ellery", table=table, choice=box)


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def phone(request, open_page, link):
    page = open_page(viewport=PHONE, has_touch=True, java_script_enabled=request.param)
    page.goto(f"/door/{link.token}/")
    return page


@pytest.fixture
def wire(live_server):
    """Between the phone and the site."""
    wire = Wire((live_server.thread.host, live_server.thread.port))
    yield wire
    wire.close()


@pytest.fixture
def script(wire, open_page, link):  # the wire first, so that the page closes before it
    page = open_page(viewport=PHONE, has_touch=True, base_url=wire.url)
    page.clock.set_system_time(SEVEN)  # the phone's, which tells when something was read
    page.goto(f"/door/{link.token}/")
    return page


def type_in(page, text):
    page.get_by_label("Code on the ticket, or a name").fill(text)
    page.get_by_role("button", name="Find").click()


def large(page):
    return page.get_by_role("heading", level=1)


# --- By typing, with a script and without ------------------------------------------------------


def test_a_party_comes_in_parts(phone, ada):
    type_in(phone, ada.code.lower())
    expect(large(phone)).to_have_text("Welcome")
    verdict = phone.locator(".verdict")
    expect(verdict).to_contain_text("Ada Ellery")
    expect(verdict).to_contain_text("Table 14")
    expect(verdict).to_contain_text("Salmon box")
    expect(phone.get_by_text("1 of 3 is in")).to_be_visible()

    phone.get_by_role("checkbox", name="Cy Nakamura").check()
    phone.get_by_role("button", name="Let in those checked").click()
    expect(phone.get_by_text("Cy Nakamura")).to_be_visible()
    phone.get_by_role("link", name="Next guest").click()
    expect(phone.locator("header")).to_contain_text("2 of 3 in")


def test_a_name_leads_to_the_guest_and_an_undo_takes_it_back(phone, ada):
    type_in(phone, "ellery")
    phone.get_by_role("button", name="Let in Ada Ellery").click()
    expect(large(phone)).to_have_text("Welcome")

    phone.get_by_role("button", name="Undo: not this guest").click()

    expect(large(phone)).to_have_text("Undone")
    expect(phone.locator(".verdict")).to_contain_text("came in at 7:0")
    assert list(Scan.objects.values_list("act", flat=True)) == ["in", "undo"]


def test_a_canceled_ticket_is_red_and_says_whom_to_call(phone, soiree):
    ticket = make_ticket(soiree, canceled_at=SEVEN)

    type_in(phone, ticket.code)

    expect(large(phone)).to_have_text("Canceled")
    expect(phone.get_by_role("link", name="Call 757-555-0100")).to_be_visible()


def test_a_seat_is_sold_for_cash_and_its_guest_let_in(phone, soiree):
    phone.get_by_role("link", name="Sell for cash").click()
    phone.get_by_label("How many").fill("2")
    phone.get_by_label("Seat at the long table").check()
    phone.get_by_role("button", name="Show the total").click()
    expect(large(phone)).to_have_text("Take $190")

    phone.get_by_role("button", name="I have the cash: sell").click()

    expect(large(phone)).to_have_text("Welcome")
    expect(phone.locator(".verdict")).to_contain_text("2 guests are in")
    assert soiree.tickets.valid().count() == 2


# --- The camera --------------------------------------------------------------------------------


def hold_before_the_camera(page, text, *, own_reader):
    rows = [list(row) for row in qr.squares(text)]
    page.evaluate(CAMERA, rows)
    page.evaluate(READER, text) if own_reader else page.evaluate(NO_READER)
    page.get_by_role("button", name="Scan tickets").click()


@pytest.mark.parametrize("own_reader", [True, False], ids=["the-browser-s", "ours"])
def test_a_square_before_the_camera_lets_its_guest_in(own_reader, script, ada):
    hold_before_the_camera(script, f"NSCA:{ada.code}", own_reader=own_reader)

    expect(large(script)).to_have_text("Welcome")
    expect(script.locator(".verdict")).to_contain_text("Ada Ellery")
    assert Scan.objects.get().act == "in"


def test_a_camera_that_is_refused_says_what_to_do(script):
    script.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new Error(); }; }"
    )

    script.get_by_role("button", name="Scan tickets").click()

    expect(script.get_by_text("The camera won’t open.")).to_be_visible()


# --- Without a network -------------------------------------------------------------------------


def test_a_reading_without_a_network_waits_and_is_sent_once(script, ada):
    script.context.set_offline(True)
    type_in(script, ada.code)
    expect(large(script)).to_have_text("No network")
    script.get_by_role("link", name="Next guest").click()
    expect(script.get_by_text("1 scan is waiting on this phone.")).to_be_visible()
    assert Scan.objects.count() == 0

    script.context.set_offline(False)

    expect(script.locator("header")).to_contain_text("1 of 3 in")
    expect(script.get_by_text("Valid until")).to_be_visible()
    scan = Scan.objects.get()
    assert (scan.act, scan.ticket) == ("in", ada)
    assert scan.read_at <= scan.at


def test_what_waits_outlives_the_page(script, ada):
    script.context.set_offline(True)
    type_in(script, ada.code)
    expect(large(script)).to_have_text("No network")
    script.context.set_offline(False)

    script.reload()

    expect(script.locator("header")).to_contain_text("1 of 3 in")
    expect(script.get_by_text("Valid until")).to_be_visible()
    assert Scan.objects.count() == 1


def test_a_reading_that_turns_out_bad_is_told_when_it_is_sent(script, soiree):
    ticket = make_ticket(soiree, canceled_at=SEVEN)
    script.context.set_offline(True)
    type_in(script, ticket.code)
    expect(large(script)).to_have_text("No network")

    script.context.set_offline(False)

    expect(script.get_by_text(f"Sent late: {ticket.code}: Canceled.")).to_be_visible()


def test_a_name_without_a_network_says_that_it_cannot_be_looked_up(script):
    script.context.set_offline(True)

    type_in(script, "Ada Ellery")

    expect(script.get_by_text("We can’t look up names now")).to_be_visible()
    script.get_by_role("link", name="Go on").click()
    expect(script.get_by_text("waiting on this phone")).to_be_hidden()


# --- Opened without a network ------------------------------------------------------------------


@pytest.fixture
def kept(script):
    """The door on a phone that has put the page for bad times aside."""
    expect(script.get_by_text("works offline")).to_be_visible()
    return script


def lose_network(page, wire):
    wire.cut()
    page.context.set_offline(True)  # which is how a browser learns of it at once


def find_network(page, wire):
    wire.mend()
    page.context.set_offline(False)


def test_the_page_opens_without_a_network_and_what_is_noted_is_sent_later(kept, ada, wire):
    lose_network(kept, wire)
    kept.reload()
    expect(large(kept)).to_have_text("Door, without a network")
    kept.get_by_label("Code on the ticket").fill(ada.code)
    kept.get_by_role("button", name="Save").click()
    expect(kept.get_by_text("Saved on this phone", exact=True)).to_be_visible()
    kept.get_by_role("link", name="Next guest").click()
    expect(kept.get_by_text("1 scan is waiting on this phone.")).to_be_visible()
    kept.reload()
    expect(kept.get_by_text("1 scan is waiting on this phone.")).to_be_visible()
    assert Scan.objects.count() == 0

    find_network(kept, wire)

    expect(kept.locator("header")).to_contain_text("1 of 3 in")  # and the real page is back
    scan = Scan.objects.get()
    assert (scan.act, scan.ticket) == ("in", ada)
    assert scan.read_at <= scan.at


def test_any_page_of_the_link_leads_to_the_one_that_opens(kept, wire):
    lose_network(kept, wire)

    kept.get_by_role("link", name="Sell for cash").click()

    expect(large(kept)).to_have_text("Door, without a network")
    assert re.fullmatch(r"/door/[^/]+/", kept.evaluate("location.pathname"))


def test_what_the_phone_keeps_knows_no_venue_no_guest_and_no_event(kept, ada, soiree):
    kept.reload()  # the worker is at work; the venue is open to volunteers by now
    expect(kept.get_by_role("heading", name="Location", exact=True)).to_be_visible()
    type_in(kept, ada.code)
    expect(large(kept)).to_have_text("Welcome")

    entries = kept.evaluate(CACHED)

    assert sorted(entries) == sorted([reverse("door:offline"), *kept_assets()])
    everything = "".join(entries.values())
    assert "Door, without a network" in everything  # so that the test could fail
    for secret in (
        VENUE.name,
        VENUE.lines[0],
        ada.code,
        "Ada",
        "Granby",
        soiree.title,
        "West gate",
    ):
        assert secret not in everything


def test_the_worker_serves_the_door_alone(kept, wire):
    scope = kept.evaluate("navigator.serviceWorker.ready.then((it) => it.scope)")
    assert scope == f"{wire.url}/door/"

    kept.goto("/events/")

    assert kept.evaluate("navigator.serviceWorker.controller") is None


# --- For everybody -----------------------------------------------------------------------------


def test_every_page_of_the_door_can_be_used_by_everybody(open_page, link, soiree, ada, clock):
    page = open_page(viewport=PHONE, reduced_motion="reduce")
    address = f"/door/{link.token}/"
    faults = look_over(page, address)
    page.get_by_label("Code on the ticket, or a name").fill(ada.code)
    page.get_by_role("button", name="Find").click()
    expect(large(page)).to_have_text("Welcome")
    faults += look_at(page)
    page.goto(address)
    type_in(page, "ellery")
    expect(large(page)).to_have_text("“ellery”")
    faults += look_at(page)
    page.goto(address)
    type_in(page, "MMMM-NNNN")
    expect(large(page)).to_have_text("Unknown code")
    faults += look_at(page)
    faults += look_over(page, f"{address}sell/")
    early = make_door_link(soiree, name="Tom", opens_at=SEVEN + HOUR)
    faults += look_over(page, f"/door/{early.token}/")
    faults += look_over(page, "/door/offline/")

    assert faults == []
