"""What the handbook shows: each scene is an address, what is done there, and what is cropped.

The rows are those of the season that seed_demo makes (nsca/demo): events are found by their
titles, orders by their buyers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

CONTENT, HEAD = "#content", "#content > h1"
RESULTS = "#result_list"


@dataclass(frozen=True)
class Scene:
    """`focus`: selectors of what to crop to; none: the window itself, `height` pixels high."""

    name: str
    path: str
    acts: tuple[Callable, ...] = ()
    focus: tuple[str, ...] = ()
    who: str = "director"  # of demo.example; "" is a visitor
    is_phone: bool = False
    height: int = 0
    after: tuple[Callable, ...] = ()  # removes what the acts have made


# --- What is done on a page ----------------------------------------------------------------------


def press(name):
    """A link or a button, by its text."""

    def act(page):
        target = page.get_by_role("link", name=name, exact=True)
        target.or_(page.get_by_role("button", name=name, exact=True)).first.click()
        page.wait_for_load_state()

    return act


def first_row(page):
    page.locator(f"{RESULTS} tbody a").first.click()
    page.wait_for_load_state()


def fill(selector, text):
    return lambda page: page.locator(selector).fill(text)


def a_day_later(selector):
    """A date field shows the day after the one it showed."""

    def act(page):
        field = page.locator(selector)
        field.fill(str(date.fromisoformat(field.input_value()) + timedelta(days=1)))

    return act


def to_the_guest_s_page(page):
    """From an order to the page of its first ticket."""
    page.goto(page.locator(".desk-shown a").first.get_attribute("href"))


def to_the_event_s_page(page):
    page.goto(page.locator("a.viewsitelink").get_attribute("href"))


def to_the_door(page):
    """From the mailbox, by the volunteer's own e-mail."""
    page.get_by_role("link", name="Your door link").first.click()
    page.goto(page.locator("pre a", has_text="/door/").get_attribute("href"))


def the_calls(page):
    """From mission control; the link says how many there are."""
    page.locator("a[href$='/calls/']").first.click()
    page.wait_for_load_state()


def checked(page):
    """When all texts were last compared with the venues, and what was found."""
    press("Check now")(page)
    page.get_by_text("Every text was last checked on").wait_for()


# --- Where things are ----------------------------------------------------------------------------


def event(title):
    return f"/admin/events/event/?when=upcoming&q={title}"


def order(buyer):
    return f"/admin/orders/order/?state__exact=paid&q={buyer}"


def person(name):
    return f"/admin/membership/person/?q={name}"


def part(heading):
    """A part of a form, by its heading."""
    return f"fieldset:has(> h2:text-is('{heading}'))"


def inline(kind, index=0):
    return f"#{kind}-{index}"


def section(heading):
    """A section of a guest's page, by the name of its heading."""
    return f"section[aria-labelledby='{heading}'] > .wrap"


WHAT_THIS_IS = "What this is, in plain words and in exact ones"


def bygone(title):
    return f"/admin/events/event/?when=past&q={title}"


SOIREE = event("Soirée")
REVEALED = event("Rehearsal")
OPEN = (first_row,)
RAIN_DATE = (
    first_row,
    press("Move to another day"),
    a_day_later("#id_starts_at_0"),
    fill("#id_note", "The storm has the better of us."),
)

SCENES = [
    # Your first day
    Scene("sign-in", "/admin/", who="", height=760),
    Scene(
        "sign-in-code",
        "/admin/",
        (fill("input[type=email]", "director@demo.example"), press("E-mail me a code")),
        who="",
        height=760,
    ),
    Scene("second-factor", "/accounts/2fa/", height=860),
    Scene("first-page", "/admin/", height=1010),
    Scene("first-page-phone", "/admin/", is_phone=True, height=900),
    Scene("first-page-editor", "/admin/", who="editor", height=900),
    # Who may do what
    Scene(
        "sign-in-of-a-colleague", "/admin/membership/user/add/", focus=(HEAD, part("Staff access"))
    ),
    # Words
    Scene("page", "/admin/pages/page/?q=short history", OPEN, height=900),
    Scene(
        "page-history",
        "/admin/pages/page/?q=short history",
        (first_row, press("History")),
        (CONTENT,),
    ),
    Scene(
        "news-when", "/admin/pages/post/?q=postcard", OPEN, (part("Picture"), part("Publishing"))
    ),
    Scene(
        "news-preview", "/admin/pages/post/?q=postcard", (first_row, press("Preview")), height=700
    ),
    # A city
    Scene("city", "/admin/cities/city/?q=Toulon", OPEN, (part("The relationship"),)),
    Scene("city-milestone", "/admin/cities/city/?q=Toulon", OPEN, (inline("milestones"),)),
    Scene(
        "city-photograph",
        "/admin/cities/city/?q=Toulon",
        (first_row, press("Add another Photograph")),
        (inline("photographs"),),
    ),
    Scene(
        "to-be-confirmed",
        "/admin/pages/openquestion/?answered=no&q=Toulon",
        height=860,
    ),
    Scene(
        "to-be-confirmed-answer", "/admin/pages/openquestion/?q=1988 and 1989", OPEN, (CONTENT,)
    ),
    # An event
    Scene("duplicate", SOIREE, (first_row, press("Duplicate")), (CONTENT,)),
    Scene("event", SOIREE, OPEN, height=860),
    Scene("event-when", SOIREE, OPEN, (part("When"), part("Publication"))),
    Scene("event-lead", SOIREE, OPEN, (part("Location and reveal"),)),
    Scene("event-sales", SOIREE, OPEN, (part("Seats and sales"),)),
    Scene("event-kind", SOIREE, OPEN, (inline("ticket_types"),)),
    Scene("event-suppers", SOIREE, OPEN, (inline("choices", 1), inline("choices", 2))),
    Scene("event-hint", SOIREE, OPEN, (inline("hints", 0), inline("hints", 1))),
    Scene("event-code", SOIREE, OPEN, (inline("promo_codes", 1),)),
    Scene("event-preview", SOIREE, (first_row, press("Preview")), (CONTENT,)),
    # The place
    Scene("venue-shut", SOIREE, (first_row, press("Venue")), (CONTENT,)),
    Scene("venue-open", SOIREE, (first_row, press("Venue"), press("View the venue")), (CONTENT,)),
    Scene("reveal-before", SOIREE, (first_row, press("Reveal")), (CONTENT,)),
    Scene("reveal-after", REVEALED, (first_row, press("Reveal")), (CONTENT,)),
    Scene(
        "reveal-hold", SOIREE, (first_row, press("Reveal"), press("Hold the reveal")), (CONTENT,)
    ),
    Scene(
        "night-knows",
        REVEALED,
        (first_row, press("Reveal"), press("The reveal")),
        (".desk-knows",),
        is_phone=True,
    ),
    Scene("preflight", SOIREE, (first_row, press("Pre-flight")), (CONTENT,)),
    Scene(
        "call-list",
        REVEALED,
        (first_row, press("Reveal"), the_calls, press("I’ll call")),
        (CONTENT,),
        is_phone=True,
        after=(press("Give it up"),),
    ),
    Scene(
        "word-check",
        SOIREE,
        (first_row, press("Reveal"), press("Word check"), checked),
        (CONTENT,),
    ),
    Scene("reveal-now", SOIREE, (first_row, press("Reveal"), press("Reveal now")), (CONTENT,)),
    Scene(
        "reveal-by-mistake",
        event("Other Norfolk"),
        (first_row, fill("#id_lead", "700"), press("Save")),
        (CONTENT,),
    ),
    # When something changes
    Scene(
        "saving",
        SOIREE,
        (
            first_row,
            fill("#id_starts_at_1", "17:00"),
            fill("#id_capacity", "40"),
            press("Save"),
        ),
        (CONTENT,),
    ),
    Scene("move", SOIREE, RAIN_DATE, (CONTENT,)),
    Scene("move-asked", SOIREE, (*RAIN_DATE, press("See what will happen")), (CONTENT,)),
    Scene("cancel", SOIREE, (first_row, press("Cancel the event")), (CONTENT,)),
    Scene(
        "ticket-sealed-phone",
        order("Xena"),
        (first_row, to_the_guest_s_page),
        is_phone=True,
        height=1000,
    ),
    Scene(
        "ticket-open-phone",
        order("Lou"),
        (first_row, to_the_guest_s_page),
        is_phone=True,
        height=1000,
    ),
    Scene("event-public", SOIREE, (first_row, to_the_event_s_page), height=900),
    # The envelope, hints and memory
    Scene("seal", SOIREE, (first_row, press("Seal")), (CONTENT,)),
    Scene(
        "seal-explained",
        SOIREE,
        (first_row, to_the_event_s_page, press(WHAT_THIS_IS)),
        height=1000,
    ),
    Scene("seal-opened", order("Lou"), (first_row, to_the_guest_s_page), (section("proof"),)),
    Scene("hints", SOIREE, (first_row, press("Hints")), (CONTENT,)),
    Scene("venue-picture", REVEALED, (first_row, press("Venue picture")), (CONTENT,)),
    Scene("ticket-way", order("Lou"), (first_row, to_the_guest_s_page), (section("where"),)),
    Scene("memory-picture", bygone("Lantern"), OPEN, (inline("pictures"),)),
    Scene(
        "memory",
        bygone("Lantern"),
        (first_row, to_the_event_s_page),
        (section("thanks"), section("pictures")),
    ),
    Scene("first-access", bygone("Lantern"), (first_row, press("First access")), (CONTENT,)),
    # Selling
    Scene("events", "/admin/events/event/?when=upcoming", height=900),
    Scene("order", order("Wanda"), OPEN, (".desk-story >> nth=0", ".desk-story >> nth=2")),
    Scene("sell", SOIREE, (first_row, press("Sell by cash, check or invoice")), (CONTENT,)),
    Scene("give-back", order("Wanda"), (first_row, press("Refund")), (CONTENT,)),
    Scene("waiting-list", "/admin/events/waitlistentry/", height=620),
    Scene("parcels", event("Furoshiki"), (first_row, press("Kits")), (CONTENT,)),
    # Tables
    Scene("seating", SOIREE, (first_row, press("Seating")), height=900),
    Scene("caterer", event("Luncheon"), (first_row, press("Caterer")), (CONTENT,)),
    # The day
    Scene("door", "/demo/mail/", (to_the_door,), who="", is_phone=True, height=900),
    Scene(
        "door-name",
        "/demo/mail/",
        (to_the_door, fill("#text", "Ivo"), press("Find")),
        who="",
        is_phone=True,
        height=900,
    ),
    Scene("door-offline", "/door/offline/", who="", is_phone=True, height=900),
    Scene("door-list", REVEALED, (first_row, press("Door list")), height=800),
    Scene("guests", SOIREE, (first_row, press("Guests")), height=900),
    Scene("guests-phone", SOIREE, (first_row, press("Guests")), is_phone=True, height=900),
    # Members
    Scene("person", person("member@demo.example"), OPEN, height=1040),
    Scene(
        "explain",
        person("member@demo.example"),
        (first_row, press("Explain member status")),
        (CONTENT,),
    ),
    Scene(
        "check",
        person("member@demo.example"),
        (first_row, press("Record a check")),
        (CONTENT,),
        who="treasurer",
    ),
    Scene("import", "/admin/membership/person/", (press("Import a list"),), (CONTENT,)),
    Scene("mailing", "/admin/membership/mailing/add/", height=1040),
    Scene("reports", "/admin/membership/household/", (press("Reports"),), height=1040),
    Scene(
        "household",
        "/admin/membership/household/?q=Minnie",
        OPEN,
        ("#people-group", "#terms-group"),
    ),
    Scene("term", "/admin/membership/term/add/", (), (CONTENT,)),
    Scene("level", "/admin/membership/tier/?q=Individual", OPEN, height=900),
    # Messages
    Scene("message", "/admin/pages/message/?answered=no", OPEN, (CONTENT,)),
    Scene("subscribers", "/admin/pages/subscriber/", height=620),
    # Money
    Scene(
        "settings",
        "/admin/pages/sitesettings/1/change/",
        (),
        (part("Contact"), part("Tax and legal")),
    ),
    Scene("first-page-treasurer", "/admin/", who="treasurer", height=700),
    Scene("ledger", "/admin/orders/ledgerentry/", height=760),
    Scene("report", "/admin/orders/ledgerentry/report/", who="treasurer", height=1100),
    # When something is wrong
    Scene("task", "/admin/orders/task/?done=no", OPEN, (CONTENT,)),
    Scene("outbox", "/admin/post_office/email/", height=700),
]
