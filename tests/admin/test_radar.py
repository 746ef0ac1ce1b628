"""The radar at the desk: who is warned, who is not, and a report as sealed as the place."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import reveal
from events.models import RadarNote, RadarReport, SavedText, VenueLook
from events.night import findings, preflight, radar
from events.night.findings import Finding
from nsca.lib.sealing import seal_bytes
from pages.models import Post
from tests.admin.conftest import CANARY
from tests.admin.test_images import photograph

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


def test_a_keeper_who_saves_words_of_the_place_is_told_which_field_and_never_the_word(
    sign_in, sealed_soiree, save
):
    answer = save(sign_in("director"), body=TELLING)

    shown = [str(message) for message in answer.context["messages"]]
    assert shown[0] == (
        f"About {sealed_soiree}: The news post “News” holds the whole name of the place in its "
        "field “body”."
    )
    assert not any(word in " ".join(shown) for word in WORDS)


def test_a_warning_is_a_look_and_a_text_without_such_words_is_none(sign_in, sealed_soiree, save):
    client = sign_in("director")
    sealed_soiree.venue_looks.all().delete()

    save(client)
    without = sealed_soiree.venue_looks.count()
    save(client, body=TELLING)

    assert without == 0
    assert [look.act for look in sealed_soiree.venue_looks.all()] == [VenueLook.Act.RADAR]


def test_who_may_not_know_the_place_sees_the_same_page_whatever_they_write(
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
    assert not any("radarnote" in query["sql"] for query in telling_queries)


def test_what_an_editor_has_saved_is_read_by_the_ticker_and_shown_to_keepers(
    sign_in, staff, sealed_soiree, save, post, at
):
    save(sign_in("editor"), body=TELLING)

    found = radar.read_saved(at)

    assert (found, SavedText.objects.count()) == (1, 0)
    assert [hit.url for hit in findings.noted(sealed_soiree)] == [
        f"/admin/pages/post/{post.pk}/change/#id_body"
    ]
    page = sign_in("director").get(
        reverse("admin:events_event_radar", args=[sealed_soiree.pk])
    ).content.decode()  # fmt: skip
    assert "The news post “News” holds the whole name of the place in its field “body”." in page
    assert f'href="/admin/pages/post/{post.pk}/change/#id_body"' in page
    assert not any(word in page for word in WORDS)


def test_a_finding_goes_when_the_text_is_put_right(sign_in, sealed_soiree, save, at):
    client = sign_in("editor")
    save(client, body=TELLING)
    radar.read_saved(at)

    save(client)
    radar.read_saved(at)

    assert findings.noted(sealed_soiree) == []


@pytest.mark.parametrize(("group", "is_warned"), [("director", True), ("editor", False)])
def test_the_name_that_a_picture_had_is_looked_at_before_it_is_forgotten(
    group, is_warned, sign_in, sealed_soiree, save, post, at
):
    picture = SimpleUploadedFile(f"{CANARY}-at-dusk.jpg", photograph((200, 100)), "image/jpeg")

    answer = save(sign_in(group), image=picture, image_alt="A view")
    radar.read_saved(at)

    shown = " ".join(str(message) for message in answer.context["messages"])
    assert ("please look whether the picture shows the place" in shown) is is_warned
    [hit] = findings.noted(sealed_soiree)
    assert hit.sentence.startswith(
        "A file that was uploaded to the news post “News” was called by the whole name of the"
    )
    post.refresh_from_db()
    assert CANARY.lower() not in post.image.name.lower()


def test_near_misses_are_seen_too(sign_in, soiree, staff, save, at):
    place = reveal.Place(name="Pier Seven", lines=("1 Quai Stalingrad",), postcode="23510")
    reveal.write_place(soiree, place, by=staff("director"), at=at)

    answer = save(sign_in("director"), body="<p>Come to PIER&nbsp;7, au quái Stalingrad.</p>")

    assert "the whole name of the place" in str(list(answer.context["messages"])[0])


def test_after_the_evening_nobody_is_warned_any_more(sign_in, soiree, staff, save, at):
    place = reveal.Place(name=CANARY, lines=("7 Canary Street",), postcode="23510")
    reveal.write_place(soiree, place, by=staff("director"), at=at)
    soiree.starts_at, soiree.ends_at = at - timedelta(days=2), at - timedelta(days=1)
    soiree.save()

    answer = save(sign_in("director"), body=TELLING)

    assert not any("place" in str(message) for message in answer.context["messages"])


@pytest.mark.parametrize(("group", "is_said"), [("director", True), ("editor", False)])
def test_the_first_page_and_the_pre_flight_say_that_something_was_found(
    group, is_said, sign_in, staff, sealed_soiree, at
):
    hit = Finding("The news post “News” holds the whole name of the place.", about="pages.post 1")
    findings.replace(sealed_soiree, "pages.post 1", [hit], at=at)

    page = sign_in(group).get(reverse("admin:index")).content.decode()

    assert ("1 text may give it away" in page) is is_said
    said = [trouble.words for trouble in preflight.troubles(sealed_soiree, at=at)]
    assert "1 text may give the place away." in said


# --- The radar's page ----------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["editor", "treasurer", "members", "door"])
def test_who_may_not_see_the_place_neither_reads_nor_asks(group, sign_in, sealed_soiree):
    client, url = sign_in(group), reverse("admin:events_event_radar", args=[sealed_soiree.pk])

    answers = [client.get(url).status_code, client.post(url).status_code]

    assert answers == [403, 403]
    assert not RadarReport.objects.exists()


def test_a_walk_is_asked_for_once(sign_in, sealed_soiree):
    client, url = sign_in("director"), reverse("admin:events_event_radar", args=[sealed_soiree.pk])

    client.post(url)
    page = client.post(url, follow=True)

    assert RadarReport.objects.count() == 1
    assert "waits for the ticker" in page.content.decode()
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page.content.decode()
    assert page.headers["Cache-Control"].startswith("private, no-store")


def test_who_signed_in_long_ago_is_asked_again(sign_in, sealed_soiree, client):
    sign_in("director")
    session = client.session
    session["account_authentication_methods"] = []
    session.save()

    page = client.post(reverse("admin:events_event_radar", args=[sealed_soiree.pk]))

    assert "The code:" in page.content.decode()
    assert not RadarReport.objects.exists()


def test_a_report_that_no_key_opens_is_a_sentence(sign_in, sealed_soiree, staff, at):
    RadarReport.objects.create(
        event=sealed_soiree, asked_by=staff("director"), asked_at=at, state="done",
        sealed=seal_bytes(b"{}", bound_to="something else", at=at),
    )  # fmt: skip

    page = sign_in("director").get(reverse("admin:events_event_radar", args=[sealed_soiree.pk]))

    assert page.status_code == 200
    assert "Please send the radar round again." in page.content.decode()


# --- What lies in the database -------------------------------------------------------------------


def test_the_database_does_not_tell_what_was_found_nor_whether_anything_was(
    sealed_soiree, post, at
):
    hit = Finding(
        "The news post “News” holds the whole name of the place.",
        url="/admin/x/",
        about="pages.post 1",
    )

    findings.replace(sealed_soiree, "pages.post 1", [hit], at=at)
    full = bytes(RadarNote.objects.get().sealed)
    findings.forget(sealed_soiree, at=at)
    empty = bytes(RadarNote.objects.get().sealed)

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
    assert RadarNote.objects.get().sealed is None
