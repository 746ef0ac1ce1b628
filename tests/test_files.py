"""Rules of files: how many in a folder, how long they may be, and that what they cite is there."""

import re
from pathlib import Path

import pytest

from tests.test_architecture import APPS, ROOT, sources

MOST_FILES = 20
MOST_LINES = 350
WIDEST_LINE = 120  # of a template
# Longer files, each with its reason and a ceiling, which may only sink.
LONGER = {
    "events/models/event.py": 450,  # the fields of an event, each with its help text
    "pages/models.py": 380,  # ten small models
    "nsca/settings.py": 390,  # every setting once
    "events/sales/availability.py": 390,  # what one visitor may buy, read as one story
    "orders/payments/stripe.py": 375,  # the only file that knows Stripe
    "membership/models/giving.py": 360,  # gifts, funds and statements refer to each other
}


def test_no_folder_holds_more_than_twenty_python_files():
    crowded = {
        folder.relative_to(ROOT).as_posix(): count
        for app in APPS
        for folder in [ROOT / app, *(ROOT / app).rglob("*/")]
        if folder.name != "migrations" and (count := len(list(folder.glob("*.py")))) > MOST_FILES
    }

    assert crowded == {}


def too_long(lengths, ceilings):
    """Files of more lines than they may have, and ceilings that are too high or of no use."""
    for path, lines in lengths.items():
        if lines > ceilings.get(path, MOST_LINES):
            yield f"{path} has {lines} lines"
    for path, ceiling in ceilings.items():
        if lengths.get(path, 0) <= MOST_LINES:
            yield f"{path} needs no ceiling any longer"
        elif ceiling - lengths[path] >= 30:
            yield f"{path} has {lengths[path]} lines: lower its ceiling"


def test_no_file_is_too_long_to_be_read():
    lengths = {
        path: len((ROOT / path).read_text().splitlines())
        for path, _ in sources(*APPS, "scripts", "deploy")
    }

    assert list(too_long(lengths, LONGER)) == []


@pytest.mark.parametrize(
    ("lines", "ceilings", "is_wrong"),
    [
        (350, {}, False),
        (351, {}, True),
        (380, {"a.py": 380}, False),
        (381, {"a.py": 380}, True),
        (350, {"a.py": 380}, True),
        (351, {"a.py": 381}, True),
    ],
)
def test_that_rule_would_see_a_long_file_and_a_ceiling_that_could_sink(lines, ceilings, is_wrong):
    assert bool(list(too_long({"a.py": lines}, ceilings))) is is_wrong


def long_lines(text):
    """The numbers of the lines that a reader of templates would have to scroll sideways for."""
    return [number for number, line in enumerate(text.splitlines(), 1) if len(line) > WIDEST_LINE]


def test_no_line_of_a_template_is_too_long_to_be_read():
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "templates").rglob("*"))
        if path.is_file()
        for number in long_lines(path.read_text())
    ]

    assert long == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("a" * 120, []), ("<p>\n" + "a" * 121, [2]), ("é" * 120 + "\n", [])],
)
def test_that_rule_would_see_a_long_line(text, numbers):
    assert long_lines(text) == numbers


CODE = (".py", ".html", ".txt", ".js", ".css", ".toml", ".yaml", ".service", "Makefile")
CITED = re.compile(r"(?<![\w/.*])((?:[\w-]+/)*[\w-]+\.md)\b(?: (§\d+))?")
DECISION = re.compile(r"\bdecision (\d+)\b", re.I)


def lost_citations(text):
    """Documents, sections (`## 3.`) and decisions that a text cites and that are not there."""
    for document, section in CITED.findall(text):
        path = next((p for p in (ROOT / document, ROOT / "docs" / document) if p.is_file()), None)
        if path is None:
            yield document
        elif section and not re.search(rf"^## {section[1:]}\.", path.read_text(), re.M):
            yield f"{document} {section}"
    for number in DECISION.findall(text):
        if not list((ROOT / "docs/decisions").glob(f"{number:0>4}-*.md")):
            yield f"decision {number}"


def test_every_document_that_code_cites_is_there():
    own_examples = Path(__file__)
    folders = (*APPS, "templates", "static", "scripts", "deploy", "bench", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    files += [ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / "compose.yaml"]
    lost = [
        f"{path.relative_to(ROOT)} cites {cited}"
        for path in files
        if path.name.endswith(CODE) and "vendor" not in path.parts and path != own_examples
        for cited in lost_citations(path.read_text())
    ]

    assert lost == []


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("the contract (docs/reveal.md §3)", []),
        ("the contract (docs/reveal.md §9)", ["docs/reveal.md §9"]),
        ("the contract (REVEAL.md §3)", ["REVEAL.md"]),
        ("see docs/handbook/nothing.md", ["docs/handbook/nothing.md"]),
        ("README.md has the table", []),
        ("decision 20 says why", []),
        ("Decision 86 says why", ["decision 86"]),
    ],
)
def test_that_rule_would_see_what_is_not_there(text, lost):
    assert list(lost_citations(text)) == lost
