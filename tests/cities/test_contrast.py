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


RAW_COLOR = re.compile(r"#[0-9A-Fa-f]{3,8}\b|\b(?:rgba?|hsla?|lab|lch|oklab|oklch)\(\s*[\d.]")


def tokens(text, selector) -> dict[str, str]:
    block = re.search(rf"{re.escape(selector)} \{{(.*?)\}}", text, re.S).group(1)
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))


def colors(*blocks) -> dict[str, str]:
    """Each token's own color: where it names another token, that one's."""
    named = {name: value for block in blocks for name, value in block.items()}

    def color(value):
        other = re.fullmatch(r"var\(--([\w-]+)\)", value)
        return color(named[other.group(1)]) if other else value

    return {name: color(value) for name, value in named.items()}


def schemes():
    light, dark = (CSS / "tokens.css").read_text().split(DARK)
    day, night = tokens(light, ":root"), tokens(dark, ":root")
    blanc, blanc_dark = tokens(light, ".blanc"), tokens(dark, ".blanc")
    return {
        "light": colors(day),
        "dark": colors(day, night),
        "blanc light": colors(day, blanc),
        "blanc dark": colors(day, night, blanc, blanc_dark),
        "door": colors(day, tokens(light, ".door")),
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


@pytest.mark.parametrize(
    "front, back", [("on-go", "go"), ("on-gold", "gold"), ("white", "stop"), ("silver", "night")]
)
def test_the_verdict_at_the_door_can_be_read(front, back):
    inks = schemes()["door"]

    assert contrast(inks[front], inks[back]) >= TEXT


def test_no_style_sheet_but_the_tokens_says_a_color_by_number():
    sheets = [path for path in CSS.parent.rglob("*.css") if path.name != "tokens.css"]

    assert len(sheets) > 20
    assert {path.name: RAW_COLOR.findall(path.read_text()) for path in sheets} == {
        path.name: [] for path in sheets
    }


@pytest.mark.parametrize("color", ["#fff", "#12151A", "rgb(1 2 3/.4)", "rgba(1, 2, 3, .4)"])
def test_a_color_by_number_is_noticed(color):
    assert RAW_COLOR.search(f"a {{ color: {color}; }}")
    assert not RAW_COLOR.search("a { color: rgb(var(--shade)/.4); } #content { margin: 0 }")
