"""load_content: run as often as you like, and what staff did stays."""

from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from cities.models import City, Milestone
from events.models import Event
from membership.models import Benefit, Tier
from nsca.content import loader, reading
from pages.models import LoadedContent, OpenQuestion, Page, SiteSettings

pytestmark = pytest.mark.django_db


def load():
    return loader.load(reading.all_items())


def with_values(key, **values):
    """Today's content, but for one object, of which the next edition says something else."""
    return [
        replace(item, values={**item.values, **values}) if item.key == key else item
        for item in reading.all_items()
    ]


def everything():
    """Every stored value that a second loading could touch, stamps included."""
    models = (City, Milestone, Page, Event, Tier, Benefit, OpenQuestion, SiteSettings)
    models += (LoadedContent,)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def test_first_loading_adds_every_object(db):
    tally = load()

    assert (tally.added, tally.updated, tally.kept, tally.absent) == (
        len(reading.all_items()),
        0,
        0,
        0,
    )


def test_second_loading_changes_nothing_and_leaves_no_history(loaded):
    before, histories = everything(), City.history.count()

    tally = load()

    assert (tally.unchanged, tally.added, tally.updated) == (loaded.added, 0, 0)
    assert everything() == before
    assert City.history.count() == histories


def test_the_command_says_in_one_line_what_it_did(loaded, capsys):
    call_command("load_content")

    assert capsys.readouterr().out == (
        f"content: 0 added, 0 updated, {loaded.added} unchanged, "
        "0 left as staff have them, 0 left deleted\n"
    )


def test_staffs_words_survive_a_new_edition(loaded):
    City.objects.filter(slug="toulon").update(summary="Ours, said the committee.")

    tally = loader.load(with_values("cities.City:toulon", summary="A new edition."))

    assert City.objects.get(slug="toulon").summary == "Ours, said the committee."
    assert (tally.kept, tally.updated) == (1, 0)


def test_a_field_that_staff_left_alone_takes_the_new_edition(loaded):
    City.objects.filter(slug="toulon").update(summary="Ours, said the committee.")

    tally = loader.load(with_values("cities.City:toulon", summary="New.", known_for="The fleet"))

    toulon = City.objects.get(slug="toulon")
    assert (toulon.summary, toulon.known_for) == ("Ours, said the committee.", "The fleet")
    assert tally.updated == 1


def test_an_update_moves_the_stamp_and_leaves_history(loaded):
    before = City.objects.get(slug="toulon")

    loader.load(with_values("cities.City:toulon", known_for="The fleet"))

    toulon = City.objects.get(slug="toulon")
    assert toulon.updated_at > before.updated_at
    assert toulon.history.first().history_change_reason == "load_content"


def test_a_new_edition_taken_once_is_not_taken_twice(loaded):
    edition = with_values("cities.City:toulon", known_for="The fleet")
    loader.load(edition)

    tally = loader.load(edition)

    assert (tally.updated, tally.kept) == (0, 0)


def test_a_year_that_staff_found_out_stays(loaded):
    City.objects.filter(slug="tema").update(since_year=2011)

    load()

    assert City.objects.get(slug="tema").since_year == 2011


@pytest.mark.parametrize(
    "model, where",
    [
        (Page, {"path": "committees"}),
        (Milestone, {"title": "A doll goes to sea"}),
        (OpenQuestion, {"key": "association/dues"}),
        (Event, {"slug": "2023-soiree-en-blanc"}),
    ],
)
def test_what_staff_deleted_stays_deleted(loaded, model, where):
    model.objects.get(**where).delete()

    tally = load()

    assert not model.objects.filter(**where).exists()
    assert (tally.added, tally.absent) == (0, 1)


def test_a_deleted_city_takes_its_timeline_with_it_for_good(loaded):
    City.objects.get(slug="halifax").delete()

    load()

    assert not City.objects.filter(slug="halifax").exists()
    assert not Milestone.objects.filter(title="Peggy the Sea Sister").exists()


def test_a_new_address_given_by_staff_is_no_deletion(loaded):
    Page.objects.filter(path="committees").update(path="our-committees")

    tally = load()

    assert not Page.objects.filter(path="committees").exists()
    assert (tally.added, tally.kept) == (0, 1)


def test_a_benefit_that_staff_took_from_a_level_stays_away(loaded):
    patron = Tier.objects.get(slug="patron")
    patron.benefits.remove(Benefit.objects.get(text="VIP seating at events"))

    load()

    assert not patron.benefits.filter(text="VIP seating at events").exists()


def test_settings_made_before_the_first_loading_are_only_filled_where_empty(db):
    SiteSettings.objects.create(pk=1, phone="757-555-0100", ein="54-0000000")

    load()

    settings = SiteSettings.load()
    assert (settings.phone, settings.ein) == ("757-555-0100", "54-0000000")
    assert settings.email == "staff@norfolksistercities.org"


def test_a_loading_that_fails_leaves_nothing_behind(db):
    with pytest.raises(IntegrityError):
        loader.load([*reading.all_items(), _a_second("pages.Page:history")])

    assert not City.objects.exists()
    assert not LoadedContent.objects.exists()


def _a_second(key):
    """The same page again under another name, so that its address is taken twice."""
    item = next(item for item in reading.all_items() if item.key == key)
    return replace(item, name="impostor", natural=("title",), values={**item.values, "title": "?"})


def test_html_is_washed_on_its_way_in(db):
    hostile = "<p onclick='x()'>Dates</p><script>1</script>"

    loader.load(with_values("pages.Page:history", body=hostile))

    assert Page.objects.get(path="history").body == "<p>Dates</p>"
