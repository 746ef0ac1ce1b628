"""The admin's pages around the venue: its seal, its picture, the hints, first access next year."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from PIL import Image

from events import reveal
from events.hints import opt_ins
from events.models import Commitment, Event, EventPicture, Hint, OptIn, Ticket, VenueAccess
from tests.admin.conftest import CANARY, DAY
from tests.admin.test_images import TELLING, photograph


def page_of(event, page):
    return reverse(f"admin:events_event_{page}", args=[event.pk])


def words(response):
    return " ".join(response.content.decode().split())


def tools(client, event):
    return words(client.get(reverse("admin:events_event_change", args=[event.pk])))


def upload(name=f"{CANARY}-gate.jpg", **data):
    file = SimpleUploadedFile(name, photograph(), "image/jpeg")
    return {"picture": file, "alt": "The gate by night", "put": "yes"} | data


# --- Who sees what -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "group, seal, picture, hints",
    [
        ("director", 200, 200, 200),
        ("events", 200, 200, 200),
        ("editor", 403, 403, 200),
        ("treasurer", 403, 403, 403),
        ("door", 403, 403, 403),
        ("members", 403, 403, 403),
    ],
)
def test_each_page_is_for_those_whose_work_it_is(sign_in, soiree, group, seal, picture, hints):
    client = sign_in(group)

    answers = [client.get(page_of(soiree, page)).status_code for page in ("seal", "picture")]
    answers.append(client.get(page_of(soiree, "hints")).status_code)

    assert [403 if code == 302 else code for code in answers] == [seal, picture, hints]


def test_an_editor_learns_nothing_from_the_tools(sign_in, soiree, sealed_soiree):
    shown = tools(sign_in("editor"), soiree)

    assert "Hints</a>" in shown
    assert "Picture of the place" not in shown
    assert "Seal</a>" not in shown


# --- The seal ----------------------------------------------------------------------------------


def test_the_seal_is_published_by_a_button_that_says_what_it_does(sign_in, sealed_soiree, client):
    sign_in("events")
    before = words(client.get(page_of(sealed_soiree, "seal")))

    response = client.post(page_of(sealed_soiree, "seal"), follow=True)

    assert "Nothing is published yet." in before
    assert "This can’t be undone." in before
    assert "The seal is published." in words(response)
    row = Commitment.objects.get()
    assert row.published_at is not None
    assert row.digest in words(response).replace("<wbr>", "")
    assert CANARY not in words(response)
    look = VenueAccess.objects.get(act="sealed")
    assert look.user.email == "events@nsca.example"


def test_opening_the_page_publishes_nothing(sign_in, sealed_soiree):
    sign_in("events").get(page_of(sealed_soiree, "seal"))

    assert Commitment.objects.count() == 0


def test_without_a_venue_there_is_nothing_to_press(sign_in, soiree):
    client = sign_in("events")

    html = words(client.get(page_of(soiree, "seal")))
    refused = words(client.post(page_of(soiree, "seal"), follow=True))

    assert "The venue isn’t entered yet." in html
    assert page_of(soiree, "venue") in html
    assert "Enter it first" in refused
    assert Commitment.objects.count() == 0


def test_after_a_silent_change_the_page_says_what_visitors_see_and_what_they_will(
    sign_in, sealed_soiree, staff, at
):
    client = sign_in("events")
    client.post(page_of(sealed_soiree, "seal"))
    reveal.write_venue(
        sealed_soiree, reveal.VenueDetails(name="Elsewhere"), by=staff("events"), at=at + DAY / 24
    )

    html = words(client.get(page_of(sealed_soiree, "seal")))

    assert "The venue has changed since." in html
    assert "Publish the new seal" in html


def test_from_t_on_the_page_offers_no_button(sign_in, sealed_soiree, at):
    Event.objects.filter(pk=sealed_soiree.pk).update(starts_at=at + DAY / 2)

    html = words(sign_in("events").get(page_of(sealed_soiree, "seal")))

    assert "A seal made now would prove nothing." in html
    assert '<form method="post">' not in html


@pytest.mark.parametrize("fields", [{"lead": None}, {"state": "canceled"}])
def test_what_has_no_secret_has_no_seal(sign_in, sealed_soiree, fields):
    Event.objects.filter(pk=sealed_soiree.pk).update(**fields)

    assert sign_in("events").get(page_of(sealed_soiree, "seal")).status_code == 403


def test_who_signed_in_long_ago_is_asked_again_before_the_seal(client, staff, sealed_soiree):
    client.force_login(staff("events"))  # without the proof of a sign-in of the last minutes

    response = client.post(page_of(sealed_soiree, "seal"))

    assert "The code:" in words(response)
    assert Commitment.objects.count() == 0


# --- The venue's picture -----------------------------------------------------------------------


def test_a_picture_is_sealed_without_its_hidden_data_and_its_name(sign_in, sealed_soiree):
    client = sign_in("events")

    response = client.post(page_of(sealed_soiree, "picture"), upload(), follow=True)
    looked = client.post(page_of(sealed_soiree, "picture"), {"look": "yes"})

    assert "The picture is saved." in words(response)
    assert looked["Content-Type"] == "image/jpeg"
    assert looked["Cache-Control"].startswith("private, no-store")
    picture = Image.open(io.BytesIO(looked.content))
    assert max(picture.size) <= 1600
    assert not picture.getexif()
    assert TELLING not in looked.content
    acts = list(VenueAccess.objects.order_by("pk").values_list("act", flat=True))
    assert acts[-2:] == ["changed", "looked"]


def test_neither_picture_nor_words_nor_name_lie_readable_in_the_database(sign_in, sealed_soiree):
    client = sign_in("events")
    client.post(page_of(sealed_soiree, "picture"), upload())
    content = client.post(page_of(sealed_soiree, "picture"), {"look": "yes"}).content

    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        kept = b""
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                for value in row:
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else None
                    kept += raw if raw is not None else str(value).encode()

    middle = content[len(content) // 2 :][:32]
    assert middle not in kept
    assert b"gate by night" not in kept
    assert CANARY.encode() not in kept


def test_the_sealed_picture_says_little_by_its_length(sign_in, sealed_soiree, staff, at):
    lengths = set()
    for size in (60, 200):
        file = io.BytesIO()
        Image.new("RGB", (size, size), "white").save(file, "JPEG")
        file.seek(0)
        reveal.write_picture(sealed_soiree, file, "A gate", by=staff("events"), at=at)
        with connection.cursor() as cursor:
            cursor.execute("SELECT LENGTH(sealed), LENGTH(about) FROM events_venuepicture")
            lengths.add(cursor.fetchone())

    assert len(lengths) == 1


@pytest.mark.parametrize(
    "data, complaint",
    [
        ({"alt": ""}, "This field is required."),
        ({"picture": SimpleUploadedFile("a.jpg", b"no picture")}, "read this file as a picture"),
    ],
)
def test_a_picture_without_words_or_that_is_none_is_refused_with_a_sentence(
    sign_in, sealed_soiree, data, complaint
):
    response = sign_in("events").post(page_of(sealed_soiree, "picture"), upload(**data))

    assert response.status_code == 422
    assert complaint in words(response)
    assert not VenueAccess.objects.filter(act="looked").exists()


def test_whoever_writes_another_venue_is_told_that_the_picture_stays(sign_in, sealed_soiree):
    client = sign_in("events")
    without = words(client.post(page_of(sealed_soiree, "venue"), {"look": "yes"}))
    client.post(page_of(sealed_soiree, "picture"), upload())

    shown = words(client.post(page_of(sealed_soiree, "venue"), {"look": "yes"}))

    said = "This venue has a picture, which stays when the venue changes."
    assert said not in without
    assert said in shown
    assert f'href="{page_of(sealed_soiree, "picture")}"' in shown


def test_it_can_be_taken_out_again(sign_in, sealed_soiree, staff):
    client = sign_in("events")
    client.post(page_of(sealed_soiree, "picture"), upload())
    client.post(page_of(sealed_soiree, "picture"), {"remove": "yes"})

    assert not reveal.has_picture(sealed_soiree, by=staff("events"))
    assert "There is no picture yet." in words(client.get(page_of(sealed_soiree, "picture")))


# --- Hints: who knows what afterwards ----------------------------------------------------------


def test_the_preview_says_who_has_read_what_after_each_hint(sign_in, soiree, paid, at):
    soiree.hints.all().delete()
    Hint.objects.create(event=soiree, text="Water.", opens_at=at + DAY)
    Hint.objects.create(event=soiree, text="Grass.", opens_at=at + DAY * 2, audience="holders")
    Hint.objects.create(event=soiree, text="Gold.", opens_at=at + DAY * 3 + DAY / 2)
    Hint.objects.create(event=soiree, text="Someday.")
    opt_ins.ask(Ticket.objects.first(), OptIn.Kind.HINTS, at=at)

    html = words(sign_in("editor").get(page_of(soiree, "hints")))
    steps = html.split("<li>")[-4:]

    assert "After that, everyone has seen 1 hint." in steps[0]
    assert "everyone has seen 1 hint; ticket holders (2 today) have seen 2." in steps[1]
    assert "for ticket holders" in steps[1]
    assert "The venue is revealed by then." in steps[2]
    assert "No date yet, not shown" in steps[3]
    assert "The holders of 1 of 2 tickets asked" in html


def test_without_hints_the_preview_says_where_they_are_written(sign_in, soiree):
    soiree.hints.all().delete()

    html = words(sign_in("editor").get(page_of(soiree, "hints")))

    assert "There are no hints yet." in html


# --- After the evening -------------------------------------------------------------------------


@pytest.fixture
def over(paid, soiree, at):
    """The evening is over; one of the two guests asked to be asked first."""
    Event.objects.filter(pk=soiree.pk).update(starts_at=at - DAY, ends_at=at - DAY / 2)
    soiree.refresh_from_db()
    ticket = Ticket.objects.get(guest_email="bo@x.example")
    opt_ins.ask(ticket, OptIn.Kind.FIRST_ACCESS, at=at - DAY / 24)
    return soiree


def test_the_list_of_first_access_is_read_and_taken_away(sign_in, over):
    client = sign_in("events")

    html = words(client.get(page_of(over, "first_access")))
    csv = client.post(page_of(over, "first_access") + "?csv=1")

    assert "bo@x.example" in html
    assert "ada@ellery.example" not in html
    assert csv["Content-Type"].startswith("text/csv")
    rows = csv.content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[:2] for row in rows] == [
        ["name", "e-mail"],
        ["Ada Ellery", "bo@x.example"],
    ]


def test_a_colleague_who_may_not_see_guests_does_not_see_the_list(sign_in, over):
    assert sign_in("editor").get(page_of(over, "first_access")).status_code == 403


def test_before_the_evening_is_over_the_list_is_not_offered(sign_in, soiree):
    assert "First access" not in tools(sign_in("events"), soiree)


def test_an_editor_adds_a_picture_of_the_evening_and_must_say_it_in_words(sign_in, over):
    picture = EventPicture(event=over, alt="")
    field = EventPicture._meta.get_field("alt")

    assert not field.blank
    with pytest.raises(Exception, match="pictures_of_evenings_have_words|constraint"):
        picture.save()
