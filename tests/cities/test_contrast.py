"""The tokens in use can be read: WCAG 2.2 AA, in both schemes, by day and on the white night."""

import re
from pathlib import Path

import pytest

from cities.art.ink import contrast

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
DARK = "@media (prefers-color-scheme: dark)"
TEXT, SHAPE = 4.5, 3

PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "paper-2", TEXT),
    ("muted", "paper", TEXT),
    ("muted", "paper-2", TEXT),
    ("paper", "ink", TEXT),
    ("on-signal", "signal", TEXT),
    ("on-band", "band", TEXT),
    ("on-band-2", "band", TEXT),
    ("signal-band", "band", SHAPE),
    ("field", "paper", SHAPE),
    ("focus", "paper", SHAPE),
    ("ok", "ok-bg", TEXT),
    ("ok", "paper-2", TEXT),
    ("warn", "paper", TEXT),
    ("bad", "paper", TEXT),
    ("bad", "bad-bg", TEXT),
    ("ink", "ok-bg", TEXT),
    ("ink", "warn-bg", TEXT),
    ("ink", "bad-bg", TEXT),
    ("ink", "info-bg", TEXT),
]


def tokens(text):
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", text))


def schemes():
    light, dark = (CSS / "tokens.css").read_text().split(DARK)
    blanc, blanc_dark = (CSS / "blanc.css").read_text().split(DARK)
    day, night = tokens(light), tokens(light) | tokens(dark)
    return {
        "light": day,
        "dark": night,
        "blanc light": day | tokens(blanc),
        "blanc dark": night | tokens(blanc) | tokens(blanc_dark),
    }


@pytest.mark.parametrize("scheme", schemes())
@pytest.mark.parametrize("front, back, least", PAIRS)
def test_tokens_in_use_can_be_read(scheme, front, back, least):
    inks = schemes()[scheme]

    assert contrast(inks[front], inks[back]) >= least


@pytest.mark.parametrize("scheme", schemes())
@pytest.mark.parametrize("ground", ["sea", "land"])
def test_names_on_the_map_can_be_read(scheme, ground):
    assert contrast("#FFFFFF", schemes()[scheme][ground]) >= TEXT
