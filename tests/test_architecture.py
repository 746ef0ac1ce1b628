"""The import graph, read from the source: who may know whom (README, "Map")."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("nsca", "events", "cities", "membership", "orders", "pages")
MAY_IMPORT = {
    "nsca": {"nsca", "events", "cities", "membership", "orders", "pages"},
    "events": {"events", "membership", "cities", "orders"},
    "membership": {"membership", "orders"},
    "cities": {"cities"},
    "orders": {"orders"},
    "pages": {"pages"},
}
OPEN_TO_ALL = "nsca.lib"  # the leaves
VENUE_MAY_BE_NAMED_IN = {
    "events/models/__init__.py",
    "events/models/place.py",
    "events/reveal/store.py",
}
# What is sealed lies behind the door: only the door's own package calls these.
STORES_BEHIND_THE_DOOR = (
    "events.reveal.store", "events.place_pictures", "events.former_places",
)  # fmt: skip
CLOCK_MAY_BE_READ_IN = (
    "nsca/lib/clock.py",
    "nsca/management/commands/",
    "nsca/middleware/edge.py",
)


def sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def imports_of(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names_of(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def app_imports(path, tree):
    """The modules of our own apps that a file imports, without the leaves that are open to all."""
    for name in imports_of(tree):
        if name.split(".")[0] in APPS and not name.startswith(OPEN_TO_ALL):
            yield name


@pytest.mark.parametrize("app", APPS)
def test_apps_import_only_whom_they_may(app):
    strangers = [
        f"{path} imports {name}"
        for path, tree in sources(app)
        if not path.startswith("nsca/lib/")
        for name in app_imports(path, tree)
        if name.split(".")[0] not in MAY_IMPORT[app]
    ]

    assert strangers == []


def test_the_leaves_know_no_app():
    strangers = [
        f"{path} imports {name}"
        for path, tree in sources("nsca/lib")
        for name in imports_of(tree)
        if name.split(".")[0] in APPS
        and not name.startswith(("nsca.lib", "nsca.logs"))
        and name != "nsca"
    ]

    assert strangers == []


def test_one_file_knows_stripe():
    knowing = {
        path
        for path, tree in sources(*APPS)
        for name in imports_of(tree)
        if name.split(".")[0] == "stripe"
    }

    assert knowing == {"orders/till.py"}


def test_only_the_door_names_the_place_model():
    naming = {path for path, tree in sources(*APPS) if "Venue" in names_of(tree)}

    assert naming <= VENUE_MAY_BE_NAMED_IN
    assert "events/reveal/store.py" in naming


def test_only_the_door_calls_the_stores_behind_it():
    calling = [
        f"{path} imports {name}"
        for path, tree in sources(*APPS)
        if not path.startswith("events/reveal/")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("events")
        for name in (f"{node.module}.{alias.name}" for alias in node.names)
        if name.startswith(STORES_BEHIND_THE_DOOR) and not name.split(".")[-1].isupper()
    ]
    reaching = [
        path
        for path, tree in sources(*APPS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "reveal.store"
    ]

    assert calling + reaching == []


CLOCKS = {
    ("timezone", "now"), ("timezone", "localdate"), ("timezone", "localtime"), ("datetime", "now"),
    ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("clock", "now"),
}  # fmt: skip


def reads_the_clock(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            if (name, node.func.attr) in CLOCKS:
                yield f"{name}.{node.func.attr}"


def test_only_the_edge_reads_the_clock():
    reading = [
        f"{path} calls {call}()"
        for path, tree in sources(*APPS)
        if path not in CLOCK_MAY_BE_READ_IN and "/management/commands/" not in path
        for call in reads_the_clock(tree)
    ]

    assert reading == []


def test_no_file_of_ours_uses_signals():
    using = {
        path
        for path, tree in sources(*APPS)
        for name in imports_of(tree)
        if name.startswith("django.db.models.signals") or name == "django.dispatch.receiver"
    }

    assert using == set()
