"""The file of a picture that nothing shows any more is gone, with its smaller copies."""

import io
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from cities.models import City, Photograph
from events.models import Event, EventPicture
from events.public.duplicating import duplicate
from pages.models import Post
from tests.admin.conftest import DAY

pytestmark = pytest.mark.django_db(transaction=True)


def picture(color="navy"):
    out = io.BytesIO()
    Image.new("RGB", (500, 300), color).save(out, "JPEG")
    return SimpleUploadedFile("p.jpg", out.getvalue(), "image/jpeg")


@pytest.fixture
def media(settings, tmp_path):
    """Names of all that is stored."""
    settings.MEDIA_ROOT = str(tmp_path)
    return lambda: sorted(p.name for p in tmp_path.rglob("*") if p.is_file())


@pytest.fixture
def post(media, at):
    post = Post(title="News", slug="news", summary="New.", body="<p>So.</p>", publish_at=at)
    post.image_alt = "A pier"
    post.image.save("p.jpg", picture(), save=False)
    post.save()
    return post


def form_of(post, **fields):
    return {
        "title": post.title, "slug": post.slug, "summary": post.summary, "body": post.body,
        "publish_at_0": "2027-01-01", "publish_at_1": "12:00", "image_alt": "A pier",
    } | fields  # fmt: skip


class Fields(HTMLParser):
    """What a browser would send of a form as it stands: text, hidden, ticked and chosen."""

    def __init__(self):
        super().__init__()
        self.sent, self.select, self.area = {}, None, None

    def handle_starttag(self, tag, attributes):
        fields = dict(attributes)
        name = fields.get("name")
        kind = fields.get("type")
        is_on = kind not in ("checkbox", "radio") or "checked" in fields
        if tag == "input" and name and kind not in ("file", "submit") and is_on:
            self.sent[name] = fields.get("value") or ""
        self.select = name if tag == "select" else self.select
        if tag == "option" and "selected" in fields and self.select:
            self.sent[self.select] = fields["value"]
        self.area = name if tag == "textarea" else None
        if tag == "textarea" and name:
            self.sent[name] = ""

    def handle_data(self, data):
        if self.area:
            self.sent[self.area] += data


def fields_of(response):
    parser = Fields()
    parser.feed(response.content.decode())
    return parser.sent


def of(row, names):
    stem = row.image.name.removeprefix("pictures/").removesuffix(".jpg")
    return [name for name in names if name.startswith(stem)]


def test_a_replaced_picture_goes_once_the_change_is_through(sign_in, media, post):
    assert len(of(post, media())) == 3  # the picture, and one width in two formats

    sign_in("editor").post(
        reverse("admin:pages_post_change", args=[post.pk]), form_of(post, image=picture("red"))
    )

    now = Post.objects.get()
    assert now.image.name != post.image.name
    assert (of(post, media()), len(of(now, media()))) == ([], 3)


@pytest.mark.parametrize("fields", [{"title": "Other news"}, {"image": "no picture at all"}])
def test_a_picture_that_was_not_replaced_stays(sign_in, media, post, fields):
    if "image" in fields:
        fields = {"image": SimpleUploadedFile("p.jpg", b"<svg/>", "image/jpeg")}

    sign_in("editor").post(
        reverse("admin:pages_post_change", args=[post.pk]), form_of(post, **fields)
    )

    assert Post.objects.get().image.name == post.image.name
    assert len(media()) == 3


def test_a_cleared_picture_goes(sign_in, media, post):
    fields = form_of(post, image_alt="") | {"image-clear": "on"}

    sign_in("editor").post(reverse("admin:pages_post_change", args=[post.pk]), fields)

    assert not Post.objects.get().image
    assert media() == []


def test_the_pictures_of_what_is_deleted_go_too(sign_in, media, post):
    sign_in("editor").post(reverse("admin:pages_post_delete", args=[post.pk]), {"post": "yes"})

    assert not Post.objects.exists()
    assert media() == []


def test_an_old_version_brings_back_the_words_and_not_a_file_that_is_gone(sign_in, media, post):
    client = sign_in("editor")
    change = reverse("admin:pages_post_change", args=[post.pk])
    client.post(change, form_of(post, title="Newer", image=picture("red")))
    first = post.history.last()
    kept = Post.objects.get().image.name

    client.post(
        reverse("admin:pages_post_simple_history", args=[post.pk, first.pk]), form_of(post)
    )

    now = Post.objects.get()
    assert (now.title, now.image.name) == ("News", kept)
    assert len(of(now, media())) == 3


def test_a_picture_that_another_event_shows_stays_until_neither_does(
    sign_in, media, soiree, staff, at
):
    soiree.image_alt = "A long table"
    soiree.image.save("p.jpg", picture(), save=True)
    EventPicture.objects.create(event=soiree, alt="Guests").image.save("q.jpg", picture("red"))
    copy = duplicate(soiree, starts_at=at + 365 * DAY, by=staff("events"), at=at)
    client = sign_in("events")

    client.post(reverse("admin:events_event_delete", args=[copy.pk]), {"post": "yes"})
    assert len(media()) == 6

    Event.objects.update(state=Event.State.DRAFT)
    client.post(reverse("admin:events_event_delete", args=[soiree.pk]), {"post": "yes"})
    assert media() == []


def test_a_picture_taken_out_of_a_list_goes(sign_in, media, one_of_each):
    city = City.objects.get()
    gone, kept = (Photograph(city=city, alt=alt) for alt in ("The harbor", "A pier"))
    gone.image.save("q.jpg", picture())
    kept.image.save("r.jpg", picture("red"))
    client = sign_in("editor")
    change = reverse("admin:cities_city_change", args=[city.pk])
    fields = fields_of(client.get(change))

    client.post(change, fields | {"photographs-0-DELETE": "on"})

    assert [row.pk for row in Photograph.objects.all()] == [kept.pk]
    assert (of(gone, media()), len(of(kept, media()))) == ([], 3)
