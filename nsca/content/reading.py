"""The content files as plain items, in the order in which they can be loaded."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

# Archive pages existed before the site; visitors never see this instant.
SINCE_EVER = datetime(2018, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """One object to load. Its name stays, even if staff change its title or address."""

    model: str  # "cities.City"
    name: str  # "toulon", "toulon/soiree-2016"
    natural: tuple[str, ...]  # the fields that identify an existing one
    values: dict[str, Any]
    # Foreign key → key of the item it points to; many-to-many → keys of the items in it.
    parents: dict[str, str] = field(default_factory=dict)
    sets: dict[str, list[str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.model}:{self.name}"


def all_items(folder: Path = HERE) -> list[Item]:
    """Everything, parents before children. Raises tomllib.TOMLDecodeError for a broken file."""
    association = _toml(folder / "association.toml")
    items = [Item("pages.SiteSettings", "settings", ("pk",), {"pk": 1, **association["settings"]})]
    for path in sorted((folder / "cities").glob("*.toml")):
        items += _city(_toml(path))
    for path in sorted((folder / "pages").glob("*.toml")):
        values = {"publish_at": SINCE_EVER, **_toml(path)}
        items.append(Item("pages.Page", values["path"] or "about", ("path",), values))
    for values in _toml(folder / "news.toml")["posts"]:
        items.append(Item("pages.Post", values["slug"], ("slug",), {"is_draft": False, **values}))
    items += map(_event, _toml(folder / "events.toml")["events"])
    items += _membership(association)
    for word, means in association["synonyms"].items():
        items.append(Item("pages.Synonym", word, ("word",), {"word": word, "means": means}))
    for old, new in association["redirects"].items():
        items.append(
            Item(
                "pages.Redirect", old.strip("/"), ("old_path",), {"old_path": old, "new_path": new}
            )
        )
    items += [_question("association", values) for values in association["questions"]]
    return items


def _toml(path: Path) -> dict:
    with path.open("rb") as file:
        return tomllib.load(file)


def _city(data: dict) -> Iterator[Item]:
    slug, name = data["slug"], data["name"]
    children = {
        kind: data.pop(kind, []) for kind in ("milestones", "links", "welcomes", "questions")
    }
    city = Item("cities.City", slug, ("slug",), data)
    yield city
    for model, kind, natural in (
        ("cities.Milestone", "milestones", ("city", "year", "title")),
        ("cities.CityLink", "links", ("city", "url")),
        ("cities.Welcome", "welcomes", ("city", "lang")),
    ):
        for values in children[kind]:
            values = dict(values)
            own = f"{slug}/{values.pop('key')}"
            yield Item(model, own, natural, values, parents={"city": city.key})
    for values in children["questions"]:
        yield _question(slug, {"where": f"Cities → {name}", **values})
    for welcome in children["welcomes"]:
        yield _question(
            slug,
            {
                "key": f"reader-{welcome['key']}",
                "about": f"{name}: the page in {welcome['language_name']}",
                "question": "A native speaker should read it before we advertise it. "
                "Please have one check every line, and correct what sounds foreign.",
                "where": f"Cities → {name} → Welcomes",
            },
        )


def _event(data: dict) -> Item:
    values = {"state": "published", "publish_at": SINCE_EVER, **data}
    city = values.pop("city", None)
    parents = {"city": f"cities.City:{city}"} if city else {}
    return Item("events.Event", values["slug"], ("slug",), values, parents=parents)


def _membership(association: dict) -> Iterator[Item]:
    for values in association["benefits"]:
        values = dict(values)
        yield Item("membership.Benefit", values.pop("key"), ("text",), values)
    for values in association["tiers"]:
        values = dict(values)
        benefits = [f"membership.Benefit:{key}" for key in values.pop("benefits")]
        yield Item(
            "membership.Tier", values["slug"], ("slug",), values, sets={"benefits": benefits}
        )


def _question(owner: str, values: dict) -> Item:
    key = f"{owner}/{values['key']}"
    return Item("pages.OpenQuestion", key, ("key",), {**values, "key": key})
