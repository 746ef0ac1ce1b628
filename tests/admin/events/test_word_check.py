"""The check of typed words: who is warned, what is found at night, and how it is kept."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from cities.models import Photograph
from events import reveal
from events.models import Event, EventPicture, SavedText, VenueAccess, WordFindings
from events.night import preflight, texts, word_check
from events.venue import findings
from events.venue.findings import Finding
from nsca.lib.secrets.sealing import seal_bytes
from pages.models import Post
from tests.admin.conftest import CANARY
from tests.admin.test_images import photograph
from tests.factories import make_city, make_hint

TELLING = f"<p>We all meet at the {CANARY}.</p>"
PLAIN = "<p>We all meet somewhere in Norfolk, dear.</p>"
WORDS = (CANARY, CANARY.lower(), "Canary Street", "canary")


@pytest.fixture
def post(at):
    return Post.objects.create(
        title="News", slug="news", summary="New.", body="<p>So.</p>", publish_at=at,
        is_draft=False,
    )  # fmt: skip


@pytest.fixture
def save(post, at, settings, tmp_path):
    """A function that saves the post as somebody who is signed in."""
    settings.MEDIA_ROOT = str(tmp_path)

    def send(client, **changes):
        form = {
            "title": "News", "slug": "news", "summary": "New.", "body": PLAIN,
            "publish_at_0": f"{at:%Y-%m-%d}", "publish_at_1": "12:00",
        }  # fmt: skip
        return client.post(
            reverse("admin:pages_post_change", args=[post.pk]), form | changes, follow=True
        )

    return send


def test_a_keeper_who_saves_words_of_the_venue_is_told_which_field_and_never_the_word(
    sign_in, sealed_soiree, save
):
    answer = save(sign_in("director"), body=TELLING)

    shown = [str(message) for message in answer.context["messages"]]
    assert shown[0] == (
        f"About {sealed_soiree}: The news post “News” has the venue’s full name in its "
        "field “body”."
    )
    assert not any(word in " ".join(shown) for word in WORDS)


def test_a_warning_is_a_look_and_a_text_without_such_words_is_none(sign_in, sealed_soiree, save):
    client = sign_in("director")
    sealed_soiree.venue_accesses.all().delete()

    save(client)
    without = sealed_soiree.venue_accesses.count()
    save(client, body=TELLING)

    assert without == 0
    assert [look.act for look in sealed_soiree.venue_accesses.all()] == [VenueAccess.Act.WORDS]


def test_who_may_not_know_the_venue_sees_the_same_page_whatever_they_write(
    sign_in, sealed_soiree, save
):
    """No warning, no other word, no other number of queries: else one could try fifty places."""
    client = sign_in("editor")
    save(client, body=PLAIN.replace("dear", "love"))

    with CaptureQueriesContext(connection) as plain_queries:
        plain = save(client, body=PLAIN)
    with CaptureQueriesContext(connection) as telling_queries:
        telling = save(client, body=TELLING)

    assert len(telling_queries) == len(plain_queries)
    assert [str(m) for m in telling.context["messages"]] == [
        str(m) for m in plain.context["messages"]
    ]
    assert telling.status_code == 200
    assert not any('"events_venue"' in query["sql"] for query in telling_queries)
    assert not any("wordfindings" in query["sql"] for query in telling_queries)


def test_what_an_editor_has_saved_is_read_by_the_ticker_and_shown_to_keepers(
    sign_in, staff, sealed_soiree, save, post, at
):
    save(sign_in("editor"), body=TELLING)

    found = word_check.read_saved(at)

    assert (found, SavedText.objects.count()) == (1, 0)
    assert [hit.url for hit in findings.noted(sealed_soiree)] == [
        f"/admin/pages/post/{post.pk}/change/#id_body"
    ]
    page = sign_in("director").get(
        reverse("admin:events_event_word_check", args=[sealed_soiree.pk])
    ).content.decode()  # fmt: skip
    assert "The news post “News” has the venue’s full name in its field “body”." in page
    assert f'href="/admin/pages/post/{post.pk}/change/#id_body"' in page
    assert not any(word in page for word in WORDS)


def test_a_finding_goes_when_the_text_is_put_right(sign_in, sealed_soiree, save, at):
    client = sign_in("editor")
    save(client, body=TELLING)
    word_check.read_saved(at)

    save(client)
    word_check.read_saved(at)

    assert findings.noted(sealed_soiree) == []


@pytest.mark.parametrize(("group", "is_warned"), [("director", True), ("editor", False)])
def test_the_name_that_a_picture_had_is_looked_at_before_it_is_forgotten(
    group, is_warned, sign_in, sealed_soiree, save, post, at
):
    picture = SimpleUploadedFile(f"{CANARY}-at-dusk.jpg", photograph((200, 100)), "image/jpeg")

    answer = save(sign_in(group), image=picture, image_alt="A view")
    word_check.read_saved(at)

    shown = " ".join(str(message) for message in answer.context["messages"])
    assert ("check whether the picture shows the venue" in shown) is is_warned
    [hit] = findings.noted(sealed_soiree)
    assert hit.sentence.startswith(
        "A file uploaded to the news post “News” had the venue’s full name in its name."
    )
    post.refresh_from_db()
    assert CANARY.lower() not in post.image.name.lower()


def test_near_misses_are_seen_too(sign_in, soiree, staff, save, at):
    venue = reveal.VenueDetails(name="Pier Seven", lines=("1 Quai Stalingrad",), postcode="23510")
    reveal.write_venue(soiree, venue, by=staff("director"), at=at)

    answer = save(sign_in("director"), body="<p>Come to PIER&nbsp;7, au quái Stalingrad.</p>")

    assert "the venue’s full name" in str(list(answer.context["messages"])[0])


def test_after_the_evening_nobody_is_warned_any_more(sign_in, soiree, staff, save, at):
    venue = reveal.VenueDetails(name=CANARY, lines=("7 Canary Street",), postcode="23510")
    reveal.write_venue(soiree, venue, by=staff("director"), at=at)
    soiree.starts_at, soiree.ends_at = at - timedelta(days=2), at - timedelta(days=1)
    soiree.save()

    answer = save(sign_in("director"), body=TELLING)

    assert not any("venue" in str(message) for message in answer.context["messages"])


@pytest.mark.parametrize(("group", "is_said"), [("director", True), ("editor", False)])
def test_the_first_page_and_the_pre_flight_say_that_something_was_found(
    group, is_said, sign_in, staff, sealed_soiree, at
):
    hit = Finding("The news post “News” has the venue’s full name.", about="pages.post 1")
    findings.replace(sealed_soiree, "pages.post 1", [hit], at=at)

    page = sign_in(group).get(reverse("admin:index")).content.decode()

    assert ("1 text may give it away" in page) is is_said
    said = [trouble.words for trouble in preflight.troubles(sealed_soiree, at=at)]
    assert "1 text may give the venue away." in said


# --- Every night -------------------------------------------------------------------------------


def noted(event):
    return [hit.sentence for hit in findings.noted(event)]


IN_THE_BODY = "The news post “News” has the venue’s full name in its field “body”."


def test_what_was_typed_without_the_admin_is_found_at_night_and_once(sealed_soiree, post, at):
    word_check.tick(at)
    Post.objects.update(body=TELLING)

    same_night = word_check.check_due(at + timedelta(hours=1))
    next_night = word_check.check_due(at + timedelta(days=1))
    again = word_check.check_due(at + timedelta(days=1, minutes=5))

    assert (same_night, next_night, again) == (0, 1, 0)
    assert noted(sealed_soiree) == [IN_THE_BODY]


def test_the_ticker_does_it(sealed_soiree, post, at):
    Post.objects.update(body=TELLING)

    with time_machine.travel(at, tick=False):
        call_command("tick")

    assert noted(sealed_soiree) == [IN_THE_BODY]
    assert findings.checked_at(sealed_soiree) == at


def test_it_begins_at_three_in_norfolk_on_the_longest_night_too(sealed_soiree, at):
    """Clocks go back on November 1, 2026: local midnight to three lasts four hours."""
    midnight = datetime(2026, 11, 1, 0, 0, tzinfo=ZoneInfo("America/New_York"))
    hours = [midnight.astimezone(UTC) + timedelta(minutes=30 * n) for n in range(12)]
    word_check.check_due(hours[0])

    checked = [hour for hour in hours[1:] if word_check.check_due(hour)]

    assert [localtime(hour).strftime("%H:%M %Z") for hour in checked] == ["03:00 EST"]


def test_another_venue_is_compared_soon_and_what_was_found_of_the_old_one_goes(
    sealed_soiree, staff, post, at
):
    Post.objects.update(body=TELLING, summary="Come to the cow shed.")
    word_check.tick(at)
    before = noted(sealed_soiree)

    shed = reveal.VenueDetails(name="Cow Shed", lines=("1 Elm Lane",), postcode="23510")
    reveal.write_venue(sealed_soiree, shed, by=staff("director"), at=at)
    between = noted(sealed_soiree), findings.checked_at(sealed_soiree)
    word_check.tick(at)

    assert before == [IN_THE_BODY]
    assert between == ([], None)
    assert noted(sealed_soiree) == [
        "The news post “News” has the venue’s full name in its field “summary”."
    ]


def test_each_leak_is_named_with_its_field_and_the_page_where_it_is_put_right(
    sealed_soiree, post, at
):
    make_hint(sealed_soiree, opens_at=at, text=f"It rhymes with {CANARY.upper()}.")
    city = make_city("toulon", story="<p>Canary&nbsp;Street is long.</p>")
    Photograph.objects.create(city=city, image="pictures/a.jpg", alt=f"The {CANARY}")
    EventPicture.objects.create(
        event=sealed_soiree, image=f"pictures/{CANARY}.jpg", alt="Lanterns", has_consent=True
    )
    Event.objects.update(summary=" ".join(CANARY))

    word_check.tick(at)

    of_event, of_city = (
        reverse("admin:events_event_change", args=[sealed_soiree.pk]),
        reverse("admin:cities_city_change", args=[city.pk]),
    )
    fields = [(hit.sentence.rpartition("in its field ")[2], hit.url)
              for hit in findings.noted(sealed_soiree)]  # fmt: skip
    assert sorted(fields) == [
        ("“description”.", of_city), ("“image”.", of_event), ("“story”.", f"{of_city}#id_story"),
        ("“summary”.", f"{of_event}#id_summary"), ("“text”.", of_event),
    ]  # fmt: skip
    assert not any(word in repr(findings.noted(sealed_soiree)) for word in WORDS)


def test_a_row_whose_title_tells_is_called_by_its_number(sealed_soiree, post, at):
    Post.objects.update(title=f"At the {CANARY}")

    word_check.tick(at)

    assert noted(sealed_soiree) == [
        f"The news post number {post.pk} has the venue’s full name in its field “title”."
    ]


def test_the_citys_name_and_everyday_words_are_no_alarm(sealed_soiree, post, at):
    Post.objects.update(
        title="Norfolk, Virginia", body="<p>A supper by the river, near the street and garden.</p>"
    )

    word_check.tick(at)

    assert noted(sealed_soiree) == []


@pytest.mark.parametrize(
    ("field", "text", "is_found"),
    [
        ("summary", "See https://maps.app.goo.gl/Ab3xYz", True),
        ("summary", "See ///filled.count.soap", True),
        ("summary", "See https://norfolk.example/", False),
    ],
)
def test_a_link_to_a_map_that_nobody_can_read_is_found_in_the_events_own_texts(
    field, text, is_found, sealed_soiree, post, at
):
    Event.objects.update(**{field: text})
    Post.objects.update(**{field: text})  # of another thing: the office, say

    word_check.tick(at)

    found = noted(sealed_soiree)
    assert [words for words in found if "news post" in words] == []
    assert any("a short link to a map" in words for words in found) is is_found


@pytest.mark.parametrize(
    ("audience", "seconds", "is_found"),
    [
        ("everyone", -1, True), ("everyone", 0, False), ("everyone", 1, False),
        # Holders know it then; who reads the page does not.
        ("holders", -1, True), ("holders", 0, True), ("holders", 1, True),
    ],
)  # fmt: skip
def test_it_is_searched_for_until_everybody_may_know_it(
    audience, seconds, is_found, sealed_soiree, post
):
    Event.objects.update(audience=audience)
    Post.objects.update(body=TELLING)

    word_check.tick(sealed_soiree.opens_at + timedelta(seconds=seconds))

    assert noted(sealed_soiree) == ([IN_THE_BODY] if is_found else [])


def test_a_word_about_an_uploaded_file_stays_until_its_row_is_saved_again(
    sign_in, sealed_soiree, save, at
):
    picture = SimpleUploadedFile(f"{CANARY}.jpg", photograph((200, 100)), "image/jpeg")
    client = sign_in("editor")
    save(client, image=picture, image_alt="A view")
    word_check.tick(at)
    word_check.tick(at + timedelta(days=1))
    kept = noted(sealed_soiree)

    save(client, image_alt="A view of a river")
    word_check.tick(at + timedelta(days=1))

    assert len(kept) == 1
    assert noted(sealed_soiree) == []


# --- Its page ----------------------------------------------------------------------------------


def check_page(client, event, method="get"):
    url = reverse("admin:events_event_word_check", args=[event.pk])
    return getattr(client, method)(url, follow=True)


@pytest.mark.parametrize("group", ["editor", "treasurer", "members", "door"])
def test_who_may_not_see_the_venue_neither_reads_nor_checks(group, sign_in, sealed_soiree):
    client = sign_in(group)

    answers = [check_page(client, sealed_soiree, each).status_code for each in ("get", "post")]

    assert answers == [403, 403]
    assert findings.checked_at(sealed_soiree) is None


def test_nobody_checks_without_the_permission(sealed_soiree, staff, at):
    with pytest.raises(reveal.NotPermitted):
        word_check.check_now(sealed_soiree, by=staff("editor"), at=at)


def test_a_check_is_made_at_once_and_is_a_look(sign_in, sealed_soiree, post):
    Post.objects.update(body=TELLING)
    client = sign_in("director")
    sealed_soiree.venue_accesses.all().delete()
    before = check_page(client, sealed_soiree).content.decode()

    page = check_page(client, sealed_soiree, "post")

    shown = page.content.decode()
    assert "Not checked yet" in before
    assert IN_THE_BODY in shown
    assert f'href="/admin/pages/post/{post.pk}/change/#id_body"' in shown
    assert not any(word in shown for word in WORDS)
    assert page.headers["Cache-Control"].startswith("private, no-store")
    assert [look.act for look in sealed_soiree.venue_accesses.all()] == [VenueAccess.Act.WORDS]


def test_without_a_venue_there_is_nothing_to_look_for(sign_in, soiree):
    page = check_page(sign_in("director"), soiree, "post").content.decode()

    assert "The venue isn’t entered yet" in page


def test_who_signed_in_long_ago_is_asked_again(sign_in, sealed_soiree, client):
    sign_in("director")
    session = client.session
    session["proofs"] = []
    session.save()

    page = check_page(client, sealed_soiree, "post")

    assert "The code:" in page.content.decode()
    assert findings.checked_at(sealed_soiree) is None


def test_findings_that_no_key_opens_are_a_sentence(sign_in, sealed_soiree, at):
    strange = seal_bytes(b"[]", bound_to="something else", at=at)
    WordFindings.objects.update_or_create(event=sealed_soiree, defaults={"sealed": strange})

    page = check_page(sign_in("director"), sealed_soiree)

    assert page.status_code == 200
    assert "Please check again." in page.content.decode()


# --- What lies in the database -----------------------------------------------------------------


def test_the_database_does_not_tell_what_was_found_nor_whether_anything_was(
    sealed_soiree, post, at
):
    hit = Finding(
        "The news post “News” has the venue’s full name.",
        url="/admin/x/",
        about="pages.post 1",
    )

    findings.replace(sealed_soiree, "pages.post 1", [hit], at=at)
    full = bytes(WordFindings.objects.get().sealed)
    findings.replace_all(sealed_soiree, [], at=at)
    empty = bytes(WordFindings.objects.get().sealed)

    assert len(full) == len(empty)
    assert b"whole name" not in full
    assert findings.noted(sealed_soiree) == []


def test_findings_are_sealed_with_the_newest_key_and_those_without_a_key_go(
    sealed_soiree, staff, settings, at
):
    hit = Finding("A sentence.", about="pages.post 1")
    findings.replace(sealed_soiree, "pages.post 1", [hit], at=at)
    old = settings.VENUE_KEYS
    settings.VENUE_KEYS = ["a-new-key-that-nobody-had-before-0123456789", *old]

    findings.reseal_all()

    assert findings.noted(sealed_soiree) == [hit]
    settings.VENUE_KEYS = ["quite-another-key-that-nobody-had-before-01234"]
    settings.SECRET_KEY = "another-secret-key-altogether-0123456789012345678901"
    findings.reseal_all()
    assert WordFindings.objects.get().sealed is None


# --- It is complete ----------------------------------------------------------------------------


def test_every_text_that_staff_write_is_read_or_is_nobodys_to_read():
    """A new model with words says in events/night/texts.py that others read them, or here that
    they do not.
    """
    written = {
        model._meta.label_lower
        for model in apps.get_models()
        if model.__module__.split(".")[0] in ("events", "cities", "membership", "pages", "orders")
        and not model.__name__.startswith("Historical")
        and any(isinstance(f, texts.TEXT) and not f.choices for f in model._meta.fields)
    }

    assert written - set(texts.SHOWN) == NOT_SHOWN


KEYS = {  # links, numbers and stamps that code makes
    "events.catererlink", "events.commitment", "events.hintmail", "events.movemail",
    "events.optin",
    "events.revealmail", "events.scan", "events.slot",
    "events.venueloghead", "events.venuelogrecord", "membership.renewallink",
    "membership.statement", "membership.statementdue", "membership.mailingrecipient",
    "membership.mondaymail", "membership.bereavement", "membership.importbatch",
    "membership.importmap", "membership.importrow", "membership.merge",
    "membership.browsersession", "membership.securityevent",
    "membership.passportlink", "membership.reminder", "membership.signincode",
    "orders.recurringcharge",
    "orders.payment", "orders.pendingevent", "orders.stripeevent", "orders.traffic",
    "orders.payout", "orders.movement",
    "orders.dispute", "pages.loadedcontent", "pages.subscriber",
}  # fmt: skip
OF_GUESTS = {  # what people say of themselves: they know no place, and nobody else reads it
    "events.seatrequest", "events.ticket", "events.transfer", "events.waitlistentry",
    "membership.household", "membership.person", "membership.user", "pages.message",
    "membership.giftinkind", "membership.tribute", "membership.address", "membership.consent",
    "membership.giftmembership", "membership.stamp",
}  # fmt: skip
OF_THE_BOOKS = {  # copied from what is read, or staff's own
    "membership.emailsuppression", "membership.benefituse", "membership.hardshipprice",
    "membership.pause", "membership.term", "orders.deposit", "orders.ledgerentry",
    "orders.line", "orders.order", "orders.refund", "orders.recurringpayment",
    "pages.retentionrule",
}  # fmt: skip
ITS_OWN = {"events.savedtext"}
NOT_SHOWN = KEYS | OF_GUESTS | OF_THE_BOOKS | ITS_OWN
