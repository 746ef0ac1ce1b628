"""The table of channels is complete, and each of its rows is proved by a test that is there.

If you add an address, an e-mail, a field, a list or a log line, this file names what has no row
yet and where the row belongs.
"""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.test.utils import isolate_apps
from django.urls import include, path

from tests.secrecy import existing, inventory, inventory_of_words
from tests.secrecy.addresses import patterns
from tests.secrecy.channels import CHANNELS, SPECIFIED, TELLS

HERE = "tests/secrecy/inventory.py"
OF_WORDS = "tests/secrecy/inventory_of_words.py"


def listed(table: dict[str, str]) -> set[str]:
    """All names of a table, whatever their channel. Each stands once."""
    names = [name for row in table.values() for name in row.split()]
    assert sorted(names) == sorted(set(names)), "a name stands under two channels"
    return set(names)


def unlisted(found, rows, where: str) -> list[str]:
    """A sentence for each thing without its row, and for each row without its thing."""
    found, rows = set(found), set(rows)
    return [
        *(
            f"{new} has no row in {where}: say there how it keeps the secret."
            for new in sorted(found - rows)
        ),
        *(f"{old} has a row in {where} and is no more." for old in sorted(rows - found)),
    ]


def pairs(table: dict[str, str]) -> set[str]:
    return {f"{name}: {word}" for name, row in table.items() for word in row.split() or [""]}


def fields_by_model() -> dict[str, str]:
    table: dict[str, str] = {}
    for rows in inventory_of_words.FIELDS.values():
        for model, names in rows.items():
            table[model] = f"{table.get(model, '')} {names}".strip()
    return table


# --- Each row ----------------------------------------------------------------------------------


def test_every_word_of_the_specification_is_in_a_row():
    text = " ".join(SPECIFIED.split())
    for channel in CHANNELS.values():
        for words in channel.words:
            assert words in text, f"docs/reveal.md §3 does not say “{words}”"
            text = text.replace(words, "", 1)

    assert re.sub(r"\band\b|[\s,;.]", "", text) == ""


def test_the_specification_is_that_of_the_contract():
    contract = (settings.BASE_DIR / "docs" / "reveal.md").read_text()

    assert " ".join(SPECIFIED.split()) in " ".join(contract.split())


PROOFS = sorted({proof for channel in CHANNELS.values() for proof in channel.proof})


@pytest.mark.parametrize("proof", PROOFS)
def test_the_test_that_a_row_names_is_there_and_is_collected(proof):
    file, *names = proof.split("::")
    module = importlib.import_module("tests." + file.removesuffix(".py").replace("/", "."))

    assert Path(file).name.startswith("test_")
    assert all(name.startswith(("test_", "Test")) for name in names)
    thing, marks = module, []
    for name in ["", *names]:
        thing = getattr(thing, name) if name else module
        own = getattr(thing, "pytestmark", [])
        marks += own if isinstance(own, list) else [own]
    assert inspect.isfunction(thing)
    assert not [mark for mark in marks if mark.name in ("skip", "xfail")]


def test_every_channel_says_how_it_is_closed_and_by_what_that_is_proved():
    assert [name for name, channel in CHANNELS.items() if not channel.proof] == []
    assert [name for name, channel in CHANNELS.items() if not channel.closed.endswith(".")] == []


@pytest.mark.parametrize(
    "table", [inventory.ADDRESSES, inventory.LETTERS, inventory_of_words.FIELDS]
)
def test_what_is_listed_is_listed_under_a_channel(table):
    assert set(table) <= set(CHANNELS)


def test_who_is_told_is_told_by_addresses_that_are_there():
    revealed = {name for names in TELLS.values() for name in names}

    assert revealed <= listed(inventory.ADDRESSES)


# --- All that there is -------------------------------------------------------------------------


def test_every_address_has_its_row():
    found = existing.addresses(patterns())

    assert unlisted(found, listed(inventory.ADDRESSES), HERE) == []


def test_every_page_of_the_admin_has_its_row_and_every_field_that_it_searches():
    found = existing.desks(list(patterns()), admin.site._registry)

    assert unlisted(pairs(found), pairs(inventory.DESKS), HERE) == []


def test_every_email_has_its_row():
    assert unlisted(existing.emails(), listed(inventory.LETTERS), HERE) == []


def test_every_field_that_could_hold_a_word_has_its_row():
    found = {model: " ".join(names) for model, names in existing.fields(apps.get_models()).items()}

    assert unlisted(pairs(found), pairs(fields_by_model()), OF_WORDS) == []


def test_every_template_that_is_told_has_its_row():
    found = existing.speaking_templates()

    assert unlisted(found, listed(inventory_of_words.TEMPLATES), OF_WORDS) == []


@pytest.fixture(scope="module")
def trees():
    return list(existing.sources())


@pytest.mark.parametrize(
    ("find", "rows"),
    [
        (existing.logged, inventory_of_words.LOGGED),
        (existing.kept, inventory_of_words.KEPT),
        (existing.noted, inventory_of_words.NOTED),
        (existing.asking_outside, inventory_of_words.OUTSIDE),
        (existing.looks, inventory_of_words.LOOKS),
    ],
    ids=["log", "sessions and caches", "admin log", "other machines", "looks"],
)
def test_everything_that_is_said_or_kept_by_the_code_has_its_row(trees, find, rows):
    assert unlisted(find(trees), rows, OF_WORDS) == []


def test_every_list_that_leaves_as_csv_has_its_row_with_its_columns(trees):
    found = existing.exports(trees)

    assert unlisted(pairs(found), pairs(inventory_of_words.EXPORTS), OF_WORDS) == []


def test_every_command_has_its_row():
    rows = inventory_of_words.COMMANDS.split()

    assert unlisted(existing.commands(), rows, OF_WORDS) == []


# --- Something new is noticed ------------------------------------------------------------------


def new(found, rows) -> list[str]:
    """What is reported of something that a test has made up."""
    return [sentence for sentence in unlisted(found, rows, "here") if "has no row" in sentence]


def test_a_new_address_is_noticed(settings):
    class Urls:
        urlpatterns = [
            path("", include("nsca.urls")),
            path("oracle/", lambda request: None, name="oracle"),
            path("admin/events/event/<int:pk>/peek/", lambda r: None, name="nameless"),
        ]

    settings.ROOT_URLCONF = Urls

    assert new(existing.addresses(patterns()), listed(inventory.ADDRESSES)) == [
        "nameless has no row in here: say there how it keeps the secret.",
        "oracle has no row in here: say there how it keeps the secret.",
    ]


def test_a_new_page_of_a_admin_and_a_new_search_are_noticed():
    event_admin = admin.site._registry[apps.get_model("events.event")]

    class Curious(type(event_admin)):
        search_fields = [*event_admin.search_fields, "venue__name"]
        autocomplete_fields = ("venue",)

    registry = {event_admin.model: Curious(event_admin.model, admin.site)}
    addresses = [*patterns(), ("admin:events_event_peek", "admin/events/event/peek/", 0)]

    found = pairs(existing.desks(addresses, registry))
    assert [sentence.split(" has")[0] for sentence in new(found, pairs(inventory.DESKS))] == [
        "events.Event: ?venue__name", "events.Event: peek", "events.Event: ~venue",
    ]  # fmt: skip


def _model(name, **fields) -> type[models.Model]:
    meta = type("Meta", (), {"app_label": "events"})
    return type(name, (models.Model,), {"Meta": meta, "__module__": __name__, **fields})


@isolate_apps("events")
def test_a_new_model_and_a_new_field_are_noticed():
    Event = _model(
        "Event",
        title=models.CharField(max_length=9),
        shade=models.JSONField(),
        latitude=models.FloatField(),
        state=models.CharField(max_length=9, choices=[("a", "a")]),
    )
    Step = _model("Step", event=models.ForeignKey(Event, models.CASCADE))
    Stone = _model("Stone", step=models.ForeignKey(Step, models.CASCADE))
    Weight = _model("Weight", grams=models.IntegerField())

    found = existing.fields([Event, Step, Stone, Weight])
    rows = pairs({model: " ".join(names) for model, names in found.items()})
    assert [sentence.split(" has")[0] for sentence in new(rows, pairs(fields_by_model()))] == [
        "events.Event: latitude", "events.Event: shade", "events.Step: ", "events.Stone: ",
    ]  # fmt: skip


def test_a_new_email_and_a_template_that_asks_for_the_venue_are_noticed(tmp_path):
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "weather.txt").write_text("It rains {{ 'on the place' }}")
    (tmp_path / "mail" / "_part.txt").write_text("{{ reveal.place.name }}")
    (tmp_path / "map.html").write_text('{% if "venue" %}{% with at=venue.latitude %}')
    (tmp_path / "calm.html").write_text("The place {# place #} {{ replace }} {{ entry.place }}")

    assert existing.emails(tmp_path) == {"mail/weather"}
    assert existing.speaking_templates(tmp_path) == {"mail/_part.txt", "map.html"}


MADE_UP = """
import stripe
from urllib import request
import requests

class MapResource(SafeResource):
    class Meta:
        fields = ["event", "place"]

def view(request, event):
    log.info("looked at %s", event.place)
    logger.exception(place.name)
    request.session["place"] = place
    cache.set("place", place.name, 60)
    self.log_change(request, event, f"The place is {place}")
    place = reveal.look(event, by=request.user, at=request.now)
    return csv_response(rows, "map")
"""


def test_a_new_line_of_the_log_a_kept_value_and_a_list_are_noticed():
    trees = [("events/made_up.py", ast.parse(MADE_UP))]

    assert existing.logged(trees) == {
        "events/made_up.py: 'looked at %s', event.place",
        "events/made_up.py: place.name",
    }
    assert existing.kept(trees) == {
        "events/made_up.py: request.session['place'] = place",
        "events/made_up.py: 'place', place.name, 60",
    }
    assert existing.noted(trees) == {"events/made_up.py: request, event, f'The place is {place}'"}
    assert existing.exports(trees) == {
        "events/made_up.py: MapResource": "event place", "events/made_up.py: view": "",
    }  # fmt: skip
    assert existing.looks(trees) == {"events/made_up.py: view look"}
    assert existing.asking_outside(trees) == {
        "events/made_up.py: stripe",
        "events/made_up.py: requests",
        "events/made_up.py: urllib.request",
    }


def test_a_row_of_what_is_no_more_is_noticed_too():
    assert unlisted({"a"}, {"a", "b"}, "here") == ["b has a row in here and is no more."]
