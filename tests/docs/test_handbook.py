"""The handbook and the README lead nowhere that is not there, and forget nothing that is."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import Resolver404, resolve
from PIL import Image

from scripts.handbook_scenes import SCENES

ROOT = settings.BASE_DIR
PICTURES = ROOT / "docs" / "pictures"
HANDBOOK = [ROOT / "docs" / "handbook.md", *sorted((ROOT / "docs" / "handbook").glob("*.md"))]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *HANDBOOK[1:]]
TOGETHER = 3_000_000  # bytes of all pictures: a clone should not wait for them

_PICTURE = re.compile(r"!\[(?P<words>[^\]]*)\]\((?P<path>[^)]+)\)")
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<target>[^)\s]+)\)")
_ADDRESS = re.compile(r"`(/[a-z][^`\s]*)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CODE = re.compile(r"^(```.*?^```|    .*?$)", re.MULTILINE | re.DOTALL)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def pictures_of(page: Path) -> list[tuple[Path, str]]:
    return [
        ((page.parent / found["path"]).resolve(), found["words"])
        for found in _PICTURE.finditer(page.read_text())
    ]


def anchors_of(page: Path) -> set[str]:
    """The names that GitHub and others give to a page's headings."""
    prose = _CODE.sub("", page.read_text())
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose))
    return {heading.strip().replace(" ", "-") for heading in plain}


# --- Pictures ----------------------------------------------------------------------------------


def test_every_picture_that_the_handbook_names_is_there():
    shown = {path for page in HANDBOOK for path, _ in pictures_of(page)}

    assert shown
    assert [named(path) for path in sorted(shown) if not path.is_file()] == []


def test_every_picture_that_is_there_is_shown():
    shown = {path for page in HANDBOOK for path, _ in pictures_of(page)}

    assert [named(path) for path in sorted(PICTURES.iterdir()) if path not in shown] == []


def test_every_picture_can_be_taken_anew_and_no_scene_is_forgotten():
    assert {scene.name for scene in SCENES} == {path.stem for path in PICTURES.glob("*.png")}


def test_every_picture_is_told_in_words():
    short = [
        path.name for page in HANDBOOK for path, words in pictures_of(page) if len(words) < 30
    ]

    assert short == []


def test_the_pictures_are_light_and_no_wider_than_a_page():
    pictures = sorted(PICTURES.glob("*.png"))

    assert sum(path.stat().st_size for path in pictures) < TOGETHER
    assert [path.name for path in pictures if Image.open(path).width > 1280] == []


# --- Addresses and links -----------------------------------------------------------------------


@pytest.mark.parametrize("page", HANDBOOK, ids=named)
def test_every_address_in_the_handbook_is_one_of_the_site_s(page):
    lost = []
    for address in _ADDRESS.findall(page.read_text()):
        try:
            found = resolve(address.partition("?")[0])
        except Resolver404:
            lost.append(address)
        else:
            # The admin's last pattern takes whatever is left, and answers 404.
            lost += [address] if found.func.__name__ == "catch_all_view" else []

    assert lost == []


@pytest.mark.parametrize("page", GUIDES, ids=named)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page):
    lost = []
    for found in _LINK.finditer(page.read_text()):
        target, _, anchor = found["target"].partition("#")
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in anchors_of(file)):
            lost.append(found["target"])

    assert lost == []


def test_every_chapter_is_in_the_handbook_s_table_and_leads_back():
    contents = HANDBOOK[0].read_text()

    assert [p.name for p in HANDBOOK[1:] if f"(handbook/{p.name})" not in contents] == []
    assert [p.name for p in HANDBOOK[1:] if "(../handbook.md)" not in p.read_text()] == []


# --- The README's table of settings ------------------------------------------------------------


def in_the_table() -> set[str]:
    table = (ROOT / "README.md").read_text().partition("\n## Settings\n")[2].partition("\n## ")[0]
    first_cells = re.findall(r"^\|([^|]+)\|", table, re.MULTILINE)
    return {name for cell in first_cells for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", cell)}


def test_every_setting_that_is_read_is_in_the_readme():
    read = set(
        re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', (ROOT / "nsca" / "settings.py").read_text())
    )

    assert len(read) > 15
    assert read - in_the_table() == set()


def test_every_setting_in_the_readme_is_read_somewhere():
    # Those of the launcher and of gunicorn are read where Django is not there yet.
    readers = [ROOT / "nsca" / "settings.py", *(ROOT / "scripts").glob("*.py")]
    readers += (ROOT / "deploy").glob("*.py")
    source = "\n".join(path.read_text() for path in readers)

    assert {name for name in in_the_table() if f'"{name}"' not in source} == set()
