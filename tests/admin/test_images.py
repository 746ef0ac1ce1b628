"""What comes in with a picture stays outside: hidden data, a telling name, too many pixels, no
words.
"""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.urls import reverse
from PIL import Image, features

from cities.models import Photograph
from nsca.lib.media.images import PictureFormField, cleaned, unnamed
from pages.models import Post

TELLING = b"Zanzibarwharf"


def photograph(size=(1200, 800), orientation=1, kind="JPEG") -> bytes:
    """A picture that tells where it was taken, in every corner a camera or an editor writes to."""
    image = Image.effect_noise(size, 40).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = TELLING.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 51.0, 2.0), 3: "W", 4: (76.0, 17.0, 9.0)})
    out = io.BytesIO()
    extra = {"comment": TELLING} if kind == "JPEG" else {}
    image.save(out, kind, exif=exif, xmp=b"<x:xmpmeta>" + TELLING + b"</x:xmpmeta>", **extra)
    return out.getvalue()


def enormous() -> bytes:
    """A PNG of a few bytes whose head says 8,000 by 5,126 pixels: 41 million."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 8000, 5126, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.fixture
def stored(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    picture = Photograph(alt="The harbor")
    picture.image.save("zanzibarwharf-pier-7.jpg", ContentFile(photograph()), save=False)
    return picture.image


def test_a_picture_saved_by_code_keeps_nothing_that_was_hidden_in_it(stored):
    data = stored.storage.open(stored.name).read()

    image = Image.open(io.BytesIO(data))
    assert TELLING in photograph()  # so that the test could fail
    assert TELLING not in data
    assert len(image.getexif()) == 0
    assert "comment" not in image.info


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_no_format_carries_hidden_data_through(kind):
    clean = cleaned(io.BytesIO(photograph(kind=kind)))

    assert TELLING not in clean.content


def test_the_name_of_an_upload_is_dropped_and_only_its_size_is_kept(stored):
    assert "pier" not in stored.name
    assert stored.name.startswith("pictures/")
    assert stored.name.endswith("-1200x800.jpg")
    assert (stored.width, stored.height) == (1200, 800)


def test_two_uploads_of_one_name_are_not_guessable_from_each_other():
    assert unnamed(None, "a.jpg") != unnamed(None, "a.jpg")


def test_a_picture_taken_sideways_stands_upright():
    clean = cleaned(io.BytesIO(photograph(size=(600, 400), orientation=6)))

    assert (clean.width, clean.height) == (400, 600)


def test_41_million_pixels_are_refused_with_a_sentence_before_they_are_unpacked():
    with pytest.raises(ValidationError, match="more than 40 million pixels"):
        PictureFormField().clean(SimpleUploadedFile("big.png", enormous(), "image/png"))
    with pytest.raises(ValidationError, match="more than 40 million pixels"):
        cleaned(io.BytesIO(enormous()))


def test_what_is_no_picture_is_refused_with_a_sentence():
    with pytest.raises(ValidationError, match="read this file as a picture"):
        PictureFormField().clean(
            SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")
        )


def broken(kind: str) -> bytes:
    """A picture whose head promises one and whose inside holds none."""
    whole = photograph(size=(90, 60), kind=kind.removesuffix("-head"))
    if kind == "AVIF-head":
        return whole.replace(b"pitm", b"free")
    inside = whole.index(b"mdat") + 4 if kind == "AVIF" else len(whole) // 2
    return whole[:inside] + bytes(len(whole) - inside if kind == "AVIF" else 0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "AVIF-head"])
def test_what_is_broken_inside_is_refused_by_the_form_not_while_saving(kind):
    upload = SimpleUploadedFile("a.jpg", broken(kind), "image/jpeg")

    with pytest.raises(ValidationError, match="read this file as a picture"):
        PictureFormField().clean(upload)
    with pytest.raises(ValidationError, match="read this file as a picture"):
        cleaned(io.BytesIO(broken(kind)))


def test_renditions_are_made_in_both_formats_and_no_larger_than_the_picture(stored):
    assert features.check("avif")
    _folders, names = stored.storage.listdir("renditions")

    stem = stored.name.removeprefix("pictures/").removesuffix(".jpg")
    assert sorted(names) == sorted(
        f"{stem}-{width}.{kind}" for width in (480, 960) for kind in ("avif", "webp")
    )
    small = Image.open(stored.storage.open(f"renditions/{stem}-480.avif"))
    assert small.size == (480, 320)


def test_the_template_tag_says_sizes_and_words(stored):
    html = Template("{% load pictures %}{% picture image words 480 960 %}").render(
        Context({"image": stored, "words": 'The "old" harbor'})
    )

    assert html.count("<source ") == 2
    assert 'type="image/avif"' in html
    assert 'width="1200" height="800"' in html
    assert 'alt="The &quot;old&quot; harbor"' in html
    assert "style=" not in html


def test_without_a_picture_the_tag_prints_nothing():
    html = Template('{% load pictures %}{% picture image "" %}').render(
        Context({"image": Post().image})
    )

    assert html == ""


def test_a_picture_without_words_is_refused_in_the_admin(sign_in, at, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    client = sign_in("editor")
    data = {
        "title": "News",
        "slug": "news",
        "summary": "New.",
        "body": "<p>So.</p>",
        "publish_at_0": "2027-01-01",
        "publish_at_1": "12:00",
    }

    refused = client.post(
        reverse("admin:pages_post_add"),
        data | {"image": SimpleUploadedFile("p.jpg", photograph(), "image/jpeg")},
    )
    assert "for people who can’t see it" in refused.content.decode()

    client.post(
        reverse("admin:pages_post_add"),
        data
        | {
            "image": SimpleUploadedFile("p.jpg", photograph(), "image/jpeg"),
            "image_alt": "A pier",
        },
    )
    post = Post.objects.get()
    assert TELLING not in post.image.storage.open(post.image.name).read()
