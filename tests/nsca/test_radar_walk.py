"""The radar's walk: it names each leak and the field it comes from, and leaves no trace."""

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import F

from cities.models import City, Photograph
from events import reveal
from events.models import EventPicture, Hint, RadarReport, TicketType, VenueLook
from events.night import findings, radar, texts
from events.night.viewers import KINDS
from events.places import Place
from nsca.groups import ensure_groups
from nsca.lib import caching, clock, memory
from nsca.radar import walk
from nsca.radar.addresses import Ask, plan
from pages.models import Page, Post, SiteSettings
from tests.events.reveal_kit import DAY, LONG_BEFORE, STARTS, T
from tests.events.test_drill import counts
from tests.factories import make_city, make_event, make_hint, make_ticket, make_user

pytestmark = pytest.mark.django_db
AT = T - 20 * DAY
SECOND = timedelta(seconds=1)
PLACE = Place(
    name="Pier Seven Pavilion",
    lines=("12 Ropewalk", "Norfolk, Virginia"),
    postcode="23511",
    latitude=36.846512,
    longitude=-76.291734,
    directions="Past the Gravière fountain.",
)
FEW = [kind for kind in KINDS if kind.name in ("visitor", "holder", "editor")]


NEAR = {
    "home", "events:detail", "cities:detail", "pages:page", "pages:post", "tickets:detail",
    "admin:events_event_change",
}  # fmt: skip


@pytest.fixture(autouse=True)
def without_rest(monkeypatch):
    """There is nobody here whom a walk could hinder."""
    monkeypatch.setattr(walk, "REST", 0)
    monkeypatch.setattr(walk, "SLICE", 600.0)
    monkeypatch.setattr(walk, "KINDS", FEW)


@pytest.fixture
def short_way(monkeypatch):
    """The addresses at which a guest would look first; the whole way takes some seconds."""

    def some(event, kinds):
        asks, strange = plan(event, kinds)
        return [ask for ask in asks if ask.name in NEAR], strange

    monkeypatch.setattr(walk, "plan", some)


@pytest.fixture
def keeper(db):
    ensure_groups()
    return make_user(
        "keeper@nsca.example", name="Kay", is_staff=True,
        permissions=("events.see_venue", "events.hold_reveal"),
    )  # fmt: skip


@pytest.fixture
def soiree(keeper):
    event = make_event(starts_at=STARTS, lead=DAY, slug="soiree", publish_at=LONG_BEFORE)
    TicketType.objects.create(event=event, name="Chair", price_cents=9500)
    reveal.write_place(event, PLACE, by=keeper, at=LONG_BEFORE)
    event.venue_looks.all().delete()
    return event


@pytest.fixture
def site(soiree):
    """A site with some of everything, and not a word of the place on it."""
    city = make_city("toulon", story="<p>A harbor, a market, and a river side.</p>")
    Photograph.objects.create(city=city, image="pictures/a.jpg", alt="A harbor")
    make_hint(soiree, opens_at=T - 30 * DAY)
    Page.objects.create(
        path="history", title="History", body="<p>Long.</p>", publish_at=LONG_BEFORE
    )
    Post.objects.create(
        title="News", slug="news", summary="New.", body="<p>So.</p>", publish_at=LONG_BEFORE,
        is_draft=False,
    )  # fmt: skip
    SiteSettings.load().save()
    make_ticket(soiree)
    return soiree


def walked(event, keeper, at=AT):
    """The report of a whole walk."""
    report = radar.ask(event, by=keeper, at=at)
    while report.state in (RadarReport.State.QUEUED, RadarReport.State.RUNNING):
        walk.tick(at)
        report.refresh_from_db()
    return report


def found(report) -> dict[str, str]:
    """Each finding's sentence, and where it is put right."""
    return {hit.sentence: hit.url for hit in findings.walked(report).findings}


# --- What it finds -------------------------------------------------------------------------------


def test_a_clean_site_has_no_leak_and_of_the_whole_walk_nothing_stays(site, keeper, mailoutbox):
    before = counts()

    report = walked(site, keeper)

    what = findings.walked(report)
    assert (report.state, what.findings, what.unread) == ("done", [], [])
    assert report.step == report.steps > 200
    after = counts()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "events.RadarReport", "events.RadarNote", "events.VenueLook", "events.VenueLogRecord",
    }  # fmt: skip
    assert mailoutbox == []


def test_each_leak_is_named_with_its_field_and_the_page_where_it_is_put_right(
    site, keeper, short_way
):
    city = City.objects.get(slug="toulon")
    hint = Hint.objects.get()
    Hint.objects.update(text="A pier, and seven lanterns on it. Pier 7!")
    Page.objects.update(body="<p>Our table stands at the Pier Seven Pavilion.</p>")
    Photograph.objects.update(alt="The pavilion from the water")
    EventPicture.objects.create(
        event=site, image="pictures/pier-seven-pavilion.jpg", alt="Lanterns", has_consent=True
    )
    type(site).objects.filter(pk=site.pk).update(summary="White on the old Ropewalk.")
    Post.objects.update(body="<p>Coordinates 36.8465, -76.2917: go and see.</p>")
    City.objects.update(story="<p>As the fountain of the GRAVIERE, they say.</p>")
    caching.content_changed()

    report = walked(site, keeper)

    photograph, picture = Photograph.objects.get(), EventPicture.objects.get()
    hits = found(report)
    of_the_event, of_the_city = f"/admin/events/event/{site.pk}", f"/admin/cities/city/{city.pk}"
    said = {
        "two words of the name of the place in its field “text”": f"{of_the_event}/change/",
        "the whole name of the place in its field “body”": (
            f"/admin/pages/page/{Page.objects.get().pk}/change/#id_body"
        ),
        "a word of the name of the place in its field “in words”": f"{of_the_city}/change/",
        "the whole name of the place in its field “image”": f"{of_the_event}/change/",
        "a word of the address in its field “summary”": (f"{of_the_event}/change/#id_summary"),
        "the coordinates of the place in its field “body”": (
            f"/admin/pages/post/{Post.objects.get().pk}/change/#id_body"
        ),
        "rain in its field “story”": f"{of_the_city}/change/#id_story",
    }
    assert {
        end: [url for words, url in hits.items() if words.endswith(f"{end}.")] for end in said
    } == {end: [url] for end, url in said.items()}
    assert len(hits) == len(said)
    assert (hint.event, photograph.city, picture.event) == (site, city, site)


def test_a_report_says_who_reads_it_and_where(site, keeper, short_way):
    Hint.objects.update(text="Ropewalk!", audience="holders")
    caching.content_changed()

    report = walked(site, keeper)

    [hit] = findings.walked(report).findings
    assert hit.is_seen
    assert "Read by ticket holders" in hit.seen_by
    assert "/tickets/{ticket}/" in hit.seen_by


def test_a_hint_that_is_turned_at_the_instant_itself_is_found_and_read_by_nobody_yet(
    site, keeper, short_way
):
    Hint.objects.update(text="Ropewalk!", opens_at=F("opens_at") + 30 * DAY)

    report = walked(site, keeper)

    [hit] = findings.walked(report).findings
    assert "the hint" in hit.sentence.lower()
    assert "visitors" not in hit.seen_by


def test_what_code_tells_and_no_text_holds_is_named_by_its_address(
    site, keeper, monkeypatch, short_way
):
    from events import views

    plain = views.event_detail

    def telling(request, slug):
        response = plain(request, slug)
        response.headers["X-Where"] = "Pier-Seven-Pavilion"
        return response

    from events.urls import urlpatterns

    [detail] = [each for each in urlpatterns if each.name == "detail"]
    monkeypatch.setattr(detail, "callback", telling)

    report = walked(site, keeper)

    [hit] = findings.walked(report).findings
    assert hit.sentence.startswith("/events/soiree/ tells the whole name of the place")
    assert "code" in hit.sentence


def test_no_sentence_of_it_holds_a_word_of_the_place(site, keeper, short_way):
    title = "Pier Seven Pavilion"
    Page.objects.update(path="pier-seven-pavilion", title=title, body="<p>12 Ropewalk, 23511</p>")
    caching.content_changed()

    report = walked(site, keeper)

    said = repr(findings.walked(report)).lower()
    assert findings.walked(report).findings
    for word in ("pier", "seven", "pavilion", "ropewalk", "23511", "36.84"):
        assert word not in said
    assert b"page" not in bytes(report.sealed)


# --- Whose it is ---------------------------------------------------------------------------------


def test_it_is_a_look_of_who_asked_and_logged_once_however_many_slices(
    site, keeper, monkeypatch, short_way
):
    monkeypatch.setattr(walk, "SLICE", 0.1)

    report = walked(site, keeper)

    looks = site.venue_looks.all()
    assert [(look.user, look.act, look.at) for look in looks] == [
        (keeper, VenueLook.Act.RADAR, report.asked_at)
    ]


def test_nobody_asks_without_the_permission(site):
    with pytest.raises(reveal.NotPermitted):
        radar.ask(site, by=make_user("editor@nsca.example", is_staff=True), at=AT)


def test_a_walk_whose_asker_has_lost_the_permission_opens_nothing(site, keeper):
    report = radar.ask(site, by=keeper, at=AT)
    keeper.user_permissions.clear()

    walk.tick(AT)

    report.refresh_from_db()
    assert (report.state, report.sealed) == ("failed", None)
    assert report.words == "Who asked for it may not see the place any more."
    assert not site.venue_looks.exists()


def test_without_a_place_there_is_nothing_to_look_for(keeper):
    event = make_event(starts_at=STARTS, lead=DAY)

    report = walked(event, keeper)

    assert report.state == "failed"
    assert report.words.startswith("There is no place in the envelope yet")


# --- It disturbs nobody --------------------------------------------------------------------------


def one_answer(event, keeper, path="/events/soiree/", kind="visitor"):
    report = radar.ask(event, by=keeper, at=AT)
    walker = walk.Walker(report, findings.Walked(), radar.radar_for(report))
    walker.ask(Ask(kind, "events:detail", path))
    return walker


def test_pages_that_are_kept_for_visitors_are_neither_read_nor_written_nor_dropped(
    site, keeper, client
):
    with time_machine.travel(AT, tick=False):
        client.get("/events/soiree/")
    kept = dict(memory._pages)

    one_answer(site, keeper)

    assert kept
    assert dict(memory._pages) == kept


def test_what_it_makes_for_its_instant_is_remembered_for_nobody_else(site, keeper):
    version = caching.recent_content_version()

    with clock.standing_at(T - SECOND):
        standing = caching.recent_content_version()

    assert standing != version
    assert caching.recent_content_version() == version


def test_its_clock_stands_for_its_own_thread_alone(site):
    elsewhere = []
    with clock.standing_at(T):
        other = threading.Thread(
            target=lambda: elsewhere.append((clock.now(), clock.is_standing()))
        )
        other.start()
        other.join()
        here = clock.now()

    assert here == T
    assert elsewhere[0][1] is False
    assert abs(elsewhere[0][0] - datetime.now(UTC)) < timedelta(minutes=1)
    assert not clock.is_standing()


def test_its_clock_goes_on_after_a_page_that_breaks(site, keeper, monkeypatch):
    from events.urls import urlpatterns

    def breaks(request, slug):
        raise RuntimeError(slug)

    [detail] = [each for each in urlpatterns if each.name == "detail"]
    monkeypatch.setattr(detail, "callback", breaks)

    walker = one_answer(site, keeper)

    assert not clock.is_standing()
    assert walker.walked.unread == ["/events/soiree/, as visitors, and search engines: an error."]


def test_a_site_that_does_not_know_its_own_name_is_not_called_clean(site, keeper, settings):
    settings.ALLOWED_HOSTS = ["elsewhere.example"]

    walker = one_answer(site, keeper)

    assert walker.walked.unread == ["/events/soiree/, as visitors, and search engines: an error."]


def test_it_fills_no_log_with_what_is_refused(site, keeper, caplog):
    one_answer(site, keeper, path="/events/nothing/")

    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_it_walks_in_slices_and_goes_on_where_it_stood(site, keeper, monkeypatch):
    monkeypatch.setattr(walk, "SLICE", 0.2)
    report = radar.ask(site, by=keeper, at=AT)

    walk.tick(AT)
    report.refresh_from_db()
    first = report.step
    walk.tick(AT + SECOND)
    report.refresh_from_db()

    assert 0 < first < report.step <= report.steps
    assert (report.state, report.leased_until) == ("running", None)


def test_of_two_tickers_one_walks(site, keeper, monkeypatch):
    report = radar.ask(site, by=keeper, at=AT)
    monkeypatch.setattr(walk, "_slice", lambda *_: None)  # it walks, and has not come back

    walk.tick(AT)
    second = walk._claimed(AT + SECOND)
    later = walk._claimed(AT + walk.LEASE)

    assert second is None
    assert later == report


def test_another_place_meanwhile_begins_the_walk_anew(site, keeper, monkeypatch):
    monkeypatch.setattr(walk, "SLICE", 0.2)
    report = radar.ask(site, by=keeper, at=AT)
    walk.tick(AT)
    RadarReport.objects.update(step=150)
    reveal.write_place(site, Place(name="Cow Shed", lines=("1 Elm Lane",)), by=keeper, at=AT)

    walk.tick(AT + SECOND)

    report.refresh_from_db()
    assert report.step < 150


def test_only_the_last_report_is_kept(site, keeper, short_way):
    first = walked(site, keeper)

    second = walked(site, keeper, at=AT + DAY)

    assert [report.pk for report in RadarReport.objects.all()] == [second.pk] != [first.pk]


# --- It is complete ------------------------------------------------------------------------------


def test_it_knows_how_to_ask_for_every_address(site):
    """A new address says in nsca/radar/addresses.py what it is filled with."""
    _asks, strange = plan(site, KINDS)

    assert strange == []


def test_every_text_that_staff_write_is_read_or_is_nobodys_to_read():
    """A new model with words says in events/night/texts.py that others read them, or here that
    they do not.
    """
    from django.apps import apps

    written = {
        model._meta.label_lower
        for model in apps.get_models()
        if model.__module__.split(".")[0] in ("events", "cities", "membership", "pages", "orders")
        and not model.__name__.startswith("Historical")
        and any(isinstance(f, texts.TEXT) and not f.choices for f in model._meta.fields)
    }

    assert written - set(texts.SHOWN) - set(texts.ALSO_READ) == NOT_SHOWN


KEYS = {  # links, numbers and stamps that code makes
    "events.catererlink", "events.commitment", "events.movenotice", "events.optin",
    "events.revealnotice", "events.scan", "events.slot",
    "events.venueloghead", "events.venuelogrecord", "membership.renewallink",
    "membership.statement", "membership.statementdue", "membership.mailingrecipient",
    "membership.mondayletter", "membership.bereavement", "membership.importbatch",
    "membership.importmap", "membership.importrow", "membership.merge",
    "membership.browsersession", "membership.securityevent",
    "membership.passportlink", "membership.reminder", "membership.signincode",
    "orders.standingcharge",
    "orders.payment", "orders.pendingevent", "orders.stripeevent", "orders.traffic",
    "orders.payout", "orders.movement",
    "orders.dispute", "pages.heartbeat", "pages.loadedcontent", "pages.subscriber",
    "pages.throttle",
}  # fmt: skip
OF_GUESTS = {  # what people say of themselves: they know no place, and nobody else reads it
    "events.seatrequest", "events.ticket", "events.transfer", "events.waitlistentry",
    "membership.household", "membership.person", "membership.user", "pages.message",
    "membership.giftinkind", "membership.tribute", "membership.address", "membership.consent",
    "membership.giftmembership", "membership.stamp",
}  # fmt: skip
OF_THE_BOOKS = {  # copied from what is read, or staff's own
    "membership.addressmark", "membership.benefituse", "membership.hardshipprice",
    "membership.pause", "membership.term", "orders.deposit", "orders.ledgerentry",
    "orders.line", "orders.order", "orders.refund", "orders.standingorder", "pages.keeping",
}  # fmt: skip
ITS_OWN = {"events.radarreport", "events.rehearsal", "events.savedtext"}
NOT_SHOWN = KEYS | OF_GUESTS | OF_THE_BOOKS | ITS_OWN
