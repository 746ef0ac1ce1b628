"""seed_demo: where it may run, when its season takes place, and in which words."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils.html import strip_tags

from membership.models import Tier, User
from nsca.demo import people
from nsca.demo.days import Days, table
from nsca.lib.timing import NORFOLK

AT = datetime(2027, 1, 12, 15, 0, tzinfo=UTC)  # a Tuesday, ten in the morning in Norfolk
NOT_OURS = re.compile(r"d[iî]ner en blanc|baker.s crust", re.I)


def test_production_refuses_in_one_sentence(db, settings):
    settings.DEBUG = settings.DEMO = False

    with pytest.raises(CommandError, match=r"^Sample data belongs in a demonstration: [^.]*\.$"):
        call_command("seed_demo")

    assert not User.objects.exists()


def test_without_content_it_says_what_to_do_first(db):
    with pytest.raises(CommandError, match="load_content"):
        call_command("seed_demo")

    assert not User.objects.exists()


def test_dues_that_the_board_has_entered_are_left_alone(loaded):
    Tier.objects.filter(slug="family").update(dues_cents=7000)

    people.add_dues(Days(AT))

    dues = {tier.slug: (tier.dues_cents, tier.is_sample) for tier in Tier.objects.all()}
    assert dues["family"] == (7000, False)
    assert dues["patron"] == (12_500, True)


def texts(value):
    """Every text of a file of the season."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


@pytest.mark.parametrize("name", ["events.toml", "people.toml", "sales.toml", "office.toml"])
def test_texts_keep_to_the_voice_and_to_our_own_name(name):
    words = [strip_tags(text) for text in texts(table(name))]

    assert [text for text in words if NOT_OURS.search(text)] == []
    assert [text for text in words if re.search(r"['\"!]|lorem|todo", text)] == []


# --- Days --------------------------------------------------------------------------------------

HOURS = [timedelta(hours=hours) for hours in (0, 5.5, 7, 12, 13.99, 18, 23.99)]


@pytest.mark.parametrize("hours", HOURS, ids=str)
def test_on_any_day_of_the_year_the_season_stands(hours):
    wrong = []
    for number in range(731):
        days = Days(datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=number) + hours)
        rehearsal, soiree = days.instant("the rehearsal"), days.instant("the soiree")
        local = soiree.astimezone(NORFOLK)
        turned = [days.instant(f"month{month:+d} 10:00") for month in (-1, 0, 1, 2)]
        stands = (
            rehearsal - timedelta(hours=24) < days.at < rehearsal <= days.at + timedelta(hours=24)
            and timedelta(days=89) < soiree - days.at < timedelta(days=310)
            and (local.weekday(), local.hour, 5 <= local.month <= 9) == (3, 18, True)
            and turned == sorted(turned)
            and turned[1] < days.at
            and turned[3] < soiree - timedelta(days=20)
        )
        if not stands:
            wrong.append(days.at)

    assert wrong == []


@pytest.mark.parametrize(
    "words, at, meant",
    [
        ("now", AT, AT),
        ("-20d 19:40", AT, datetime(2026, 12, 24, 0, 40, tzinfo=UTC)),
        ("+9d saturday 10:30", AT, datetime(2027, 1, 23, 15, 30, tzinfo=UTC)),
        ("+62d 10:30", AT, datetime(2027, 3, 15, 14, 30, tzinfo=UTC)),  # the clocks went forward
        ("month+0 10:00", AT, datetime(2027, 1, 1, 15, 0, tzinfo=UTC)),
        ("month-1 10:00", AT, datetime(2026, 12, 1, 15, 0, tzinfo=UTC)),
    ],
)
def test_instants_are_what_their_words_say(words, at, meant):
    assert Days(at).instant(words) == meant


@pytest.mark.parametrize("words", ["soon", "start-3d 12:00", "+3 12", "+3d someday 12:00"])
def test_words_that_say_no_instant_are_refused(words):
    with pytest.raises(ValueError):
        Days(AT).instant(words)
