"""What there is: everything on the site that could carry a venue, found and not remembered.

Each function answers with names that stand, each in its row, in tests/secrecy/inventory.py. Those
that read files take a folder, and those that read models take them, so that a test can show them
something new.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.apps import apps
from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel

ROOT = Path(__file__).resolve().parents[2]
OURS = ("nsca", "events", "cities", "membership", "orders", "pages")

# --- Addresses and the admin's desks ------------------------------------------------------------

OF_A_DESK = re.compile(
    r"admin:(events|cities|membership|orders|pages|post_office|auth)_([a-z]+)_(\w+)$"
)
THE_SHORT_WAY = re.compile(r"admin/[a-z_]+/[a-z]+/<path:object_id>/$")  # leads on to "change"


def addresses(patterns) -> set[str]:
    """The names of all patterns; of a desk's pages those have rows of their own (`desks`)."""
    names = {name for name, *_ in patterns}
    return {name for name in names if not OF_A_DESK.match(name) and not THE_SHORT_WAY.match(name)}


def desks(patterns, registry) -> dict[str, str]:
    """Each model of the admin: its pages, what its list can be searched by, and what its forms
    complete.
    """
    pages: dict[str, set[str]] = {}
    for name, *_ in patterns:
        if found := OF_A_DESK.match(name):
            app, model, page = found.groups()
            pages.setdefault(apps.get_model(app, model)._meta.label, set()).add(page)
    revealed = {}
    for model, desk in registry.items():
        label = model._meta.label
        revealed[label] = " ".join(
            [
                *sorted(pages.get(label, ())),
                *(f"?{name}" for name in desk.search_fields or ()),
                *(f"~{name}" for name in desk.autocomplete_fields or ()),
            ]
        )
    return revealed


# --- E-mails, templates ------------------------------------------------------------------------

TAG, QUOTED = re.compile(r"{[{%].*?[%}]}", re.S), re.compile(r"""\"[^\"]*\"|'[^']*'""")
# Variables that a view fills with what the door answers.
OF_THE_DOOR = re.compile(r"(?<![\w./-])(?:venue|reveal|struck|proof|sketch|status)\b(?!\s*=)")


def emails(folder: Path = ROOT / "templates") -> set[str]:
    """Each mail, by its template's name without the suffix."""
    found = [*folder.glob("mail/[!_]*"), *folder.rglob("email/[!_]*")]
    return {path.relative_to(folder).with_suffix("").as_posix() for path in found}


def speaking_templates(folder: Path = ROOT / "templates") -> set[str]:
    """Templates that name what the door answers, or something made of it."""
    return {
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".html", ".txt") and _speaks(path.read_text())
    }


def _speaks(template: str) -> bool:
    return any(OF_THE_DOOR.search(QUOTED.sub("", tag)) for tag in TAG.findall(template))


# --- Fields ------------------------------------------------------------------------------------

HOLD_WORDS = (
    models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField,
    models.FloatField, models.DecimalField,
)  # fmt: skip


def fields(all_models: Iterable[type[models.Model]]) -> dict[str, set[str]]:
    """Of each model that leads to an event or can hold words: the fields that could hold any, or
    figures of a map. A history's are its model's.
    """
    revealed = {}
    for model in all_models:
        if hasattr(model, "instance_type"):  # simple_history's
            continue
        words = {
            field.name
            for field in model._meta.get_fields()
            if isinstance(field, HOLD_WORDS) and not field.choices
        }
        if words or leads_to_an_event(model):
            revealed[model._meta.label] = words
    return revealed


def leads_to_an_event(model, seen: frozenset = frozenset()) -> bool:
    """Whether a chain of foreign keys ends at Event."""
    if model._meta.label == "events.Event":
        return True
    if model in seen:
        return False
    ahead = [
        field.related_model
        for field in model._meta.get_fields()
        if field.is_relation
        and not isinstance(field, ForeignObjectRel)
        and isinstance(field.related_model, type)
    ]
    return any(leads_to_an_event(each, seen | {model}) for each in ahead)


# --- What the source says, keeps and sends -----------------------------------------------------


def sources(root: Path = ROOT) -> Iterator[tuple[str, ast.Module]]:
    for app in OURS:
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(root).as_posix(), ast.parse(path.read_text())


def _calls(tree) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _said(call: ast.Call) -> str:
    return ", ".join(
        [*map(ast.unparse, call.args), *(f"{k.arg}={ast.unparse(k.value)}" for k in call.keywords)]
    )


LEVELS = ("debug", "info", "warning", "error", "exception", "critical", "log")


def logged(trees) -> set[str]:
    """Every line that goes to a log: where, and what it is made of."""
    return {
        f"{path}: {_said(call)}"
        for path, tree in trees
        for call in _calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in LEVELS
        and ast.unparse(call.func.value).split(".")[-1].lower() in ("log", "logger", "logging")
    }


def kept(trees) -> set[str]:
    """Every value that is put into a session or a cache: where, and what it is made of."""
    found = set()
    for path, tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Subscript) and "session" in ast.unparse(
                        target.value
                    ):
                        found.add(f"{path}: {ast.unparse(target)} = {ast.unparse(node.value)}")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                whose = ast.unparse(node.func.value)
                if node.func.attr in ("set", "add", "set_many", "get_or_set") and "cache" in whose:
                    found.add(f"{path}: {_said(node)}")
    return found


def _is_of_a_session(target) -> bool:
    return isinstance(target, ast.Subscript) and "session" in ast.unparse(target.value)


def noted(trees) -> set[str]:
    """Every sentence that goes into the admin's own log: where, and what it is made of."""
    return {
        f"{path}: {_said(call)}"
        for path, tree in trees
        for call in _calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("log_change", "log_addition", "log_deletion", "log_actions")
        and not ast.unparse(call.func.value).startswith("super()")
    }


OUTSIDE = ("stripe", "requests", "httpx", "urllib.request", "http.client", "smtplib", "socket")


def asking_outside(trees) -> set[str]:
    """Who speaks to another machine, and by what."""
    found = set()
    for path, tree in trees:
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for name in names:
                if name.startswith(OUTSIDE) and name in OUTSIDE:
                    found.add(f"{path}: {name}")
    return found


def exports(trees) -> dict[str, str]:
    """Every list that leaves as CSV, with its columns where it names them."""
    found = {}
    for path, tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Resource"):
                found[f"{path}: {node.name}"] = _columns(node)
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("csv_response"):
                called = {ast.unparse(call.func) for call in _calls(node)}
                if "csv_response" in called:
                    found[f"{path}: {node.name}"] = ""
    return found


def _columns(cls: ast.ClassDef) -> str:
    for meta in cls.body:
        if isinstance(meta, ast.ClassDef) and meta.name == "Meta":
            for line in meta.body:
                if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "fields":
                    return " ".join(ast.literal_eval(line.value))
    return ""


PRIVILEGED = (
    "look", "look_at_picture", "for_dry_run", "compare", "compared", "inspected",
    "has_venue", "has_picture",
)  # fmt: skip


def looks(trees) -> set[str]:
    """Who asks the door for more than a guest may know, and by which of its functions."""
    return {
        f"{path}: {function.name} {call.func.attr}"
        for path, tree in trees
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for call in _calls(function)
        if isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value) == "reveal"
        and call.func.attr in PRIVILEGED
    }


def commands(root: Path = ROOT) -> set[str]:
    found = root.glob("*/management/commands/[!_]*.py")
    return {path.stem for path in found if path.parts[len(root.parts)] in OURS}
