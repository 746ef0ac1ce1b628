"""The cities' generated style sheet: complete, safe, and cached forever under its digest."""

import pytest
from django.urls import reverse

from cities.art import inks
from cities.models import City
from cities.templatetags.cities_art import ink_sheet

from .factories import make_city, make_record

HOSTILE = "#12345;} body{display:none"


def test_a_rule_has_what_differs_between_cities():
    rule = inks.rule(make_record(greeting="Merħba"))

    assert rule == (
        '[data-city="valletta"]{--pg:#F7EFE0;--pi:#12394A;--em:5.07;--cg:#E9C46A;--ci:#12151A;'
        "--glen:6;--gw:0.46;--d:1054}\n"
    )


@pytest.mark.parametrize(
    "greeting, letters, width", [("こんにちは", 5, 1.02), ("Moin", 4, 0.46), ("", 3, 0.46)]
)
def test_a_greeting_is_measured_by_its_script(greeting, letters, width):
    assert inks.greeting_measure(greeting) == (letters, width)


@pytest.mark.parametrize("field", ["ink_ground", "ink_sky", "ink_sea"])
def test_an_invalid_ink_never_enters_the_sheet(field):
    sheet = inks.stylesheet([make_record(**{field: HOSTILE})])

    assert "body" not in sheet
    assert sheet.count("{") == sheet.count("}") == 2


def test_a_slug_that_could_break_out_has_no_rule():
    assert inks.stylesheet([make_record(slug='x"]{} *')]) == "@layer components{\n}\n"


@pytest.mark.django_db
def test_the_sheet_is_cached_forever_under_its_digest(client):
    make_city()
    address = sheet_address(client)

    response = client.get(address)

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert '[data-city="valletta"]' in response.content.decode()
    assert response.cookies == {}


@pytest.mark.django_db
def test_a_new_color_gets_a_new_address_and_the_old_one_todays_sheet(client):
    make_city()
    old = sheet_address(client)

    City.objects.update(ink_sky="#010203")
    response = client.get(old)

    assert sheet_address(client) != old
    assert "--cg:#010203" in response.content.decode()
    assert "immutable" not in response.headers.get("Cache-Control", "")


@pytest.mark.django_db
def test_without_a_city_there_is_an_empty_sheet(client):
    response = client.get(reverse("cities:inks", args=["0" * 12]))

    assert response.content == b"@layer components{\n}\n"


def sheet_address(client):
    return reverse("cities:inks", args=[ink_sheet(City.objects.published())[1]])
