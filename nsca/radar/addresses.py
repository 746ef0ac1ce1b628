"""Every address of the site that can be read, as each kind of viewer would ask for it.

An address that takes something gets it from here: rows of the site, or, in braces, a link that the
viewer has in the pocket ("{ticket}"). One that nobody can fill is named in the report, and fails
tests/nsca/test_radar_walk.py: whoever adds an address says what to fill it with.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from events.models import Event
from events.night.viewers import STAFF

ROWS = 40  # of a kind, on public addresses
ROWS_IN_THE_ADMIN = 3


@dataclass(frozen=True)
class Ask:
    """One address for one kind of viewer; its arguments may name what is in the pocket."""

    kind: str
    name: str
    path: str

    def filled(self, pocket: dict[str, str]) -> str:
        path = self.path
        for word, value in pocket.items():
            path = path.replace(f"{{{word}}}", value)
        return path


# A GET of these acts, leaves the site, or only leads elsewhere.
NOT_ASKED = {
    "account_logout", "orders:return", "orders:pretend", "orders:pay", "stripe:webhook",
    "standing:card", "standing:pretend_card",
    "pages:newsletter_confirm", "pages:newsletter_leave", "admin:logout", "admin:login",
    "admin:view_on_site", "admin:jsi18n", "healthz", "readyz", "media",
    "door:read", "door:enter", "door:undo",
    "demo_mailbox", "demo_mail", "demo_mail_html", "demo_mail_attachment",
}  # fmt: skip
NOT_ASKED_BELOW = ("accounts/", "mfa", "admin/(?P<url>")  # sign-in: no text of ours
# Pictures: they are the same for everybody, and their words are read where staff write them.
DRAWN = {
    "city_picture", "event_picture", "site_picture", "touch_icon", "favicon", "cities:poster",
    "cities:inks",
}  # fmt: skip
PUBLIC_EVENTS = "events.event"
IN_THE_POCKET = {"tickets": "{ticket}", "orders": "{order}", "door": "{door}"}
TAKES = re.compile(r"<(?:\w+:)?(\w+)>|\(\[\^/\]\+\)")


def _slugs(label: str, field: str = "slug", **filters) -> list[str]:
    rows = apps.get_model(label)._default_manager.filter(**filters)
    return list(rows.order_by("-pk").values_list(field, flat=True)[:ROWS])


# name → every list of arguments, for one event
FILLED = {
    "cities:inks": lambda event: [["0"]],
    "cities:welcome": lambda event: [
        list(row)
        for row in apps.get_model("cities.welcome")
        ._default_manager.values_list("city__slug", "lang")
        .order_by("pk")[:ROWS]
    ],
    "pages:page": lambda event: [[path] for path in _slugs("pages.page", "path") if path],
    "pages:post": lambda event: [[slug] for slug in _slugs("pages.post")],
    "pages:search": lambda event: [
        "/search/?q=norfolk", f"/search/?q={event.slug}", "/search/?q=place",
    ],
    "events:detail": lambda event: [[slug] for slug in _slugs(PUBLIC_EVENTS)],
    "events:ics": lambda event: [[slug] for slug in _slugs(PUBLIC_EVENTS)],
    "events:wish": lambda event: [["{wish}"]],
    "tickets:guests": lambda event: [["{order}"]],
    "events:table": lambda event: [
        [event.slug, token]
        for token in event.tables.order_by("pk").values_list("token", flat=True)[:3]
    ],
    "events:caterer": lambda event: _caterer(event),
    "events:caterer_csv": lambda event: _caterer(event),
    "tickets:accept": lambda event: [],  # of a transfer: its page is the ticket's
    "membership:statement": lambda event: [],  # of a giver: no event is on it
    "membership:statement_pdf": lambda event: [],
    "membership:ask_statement": lambda event: [],
    # of a person: an evening's title at the most, and the day it was
    **{
        f"membership:{name}": lambda event: []
        for name in (
            "card_picture", "card_pdf", "check_card", "erase", "shown_passport",
            "add_to_household", "change_in_household", "remove_from_household",
            "make_main_contact",
        )
    },
    "membership:renew": lambda event: [],  # of a household: no event is on it
    "membership:claim": lambda event: [],  # of a gift: likewise
    "membership:gift_card": lambda event: [],
    "membership:gift_card_pdf": lambda event: [],
    "membership:mailing_leave": lambda event: [],  # of an address: likewise
    "standing:detail": lambda event: [],  # likewise
    "admin:app_list": lambda event: [["events"], ["pages"], ["cities"]],
    "admin:autocomplete": lambda event: [
        "/admin/autocomplete/?app_label=events&model_name=ticket&field_name=event&term="
    ],
    "admin:events_event_door_list": lambda event: [[event.pk, "name"], [event.pk, "table"]],
    "admin:events_event_preview": lambda event: [
        f"/admin/events/event/{event.pk}/preview/?{at}&who={who}"
        for at in (f"at_0={event.opens_at:%Y-%m-%d}&at_1=23%3A59",)
        for who in ("visitor", "holder")
    ],
}  # fmt: skip


def _caterer(event: Event) -> list[list[str]]:
    links = apps.get_model("events.catererlink")._default_manager.filter(event=event)
    return [[token] for token in links.values_list("token", flat=True)[:1]]


def patterns() -> Iterator[tuple[str, str, bool]]:
    """Every pattern of the URLconf: its name (or its route), its route, and whether its answer is
    the same for everybody.
    """

    def descend(resolver, route, spaces):
        for pattern in resolver.url_patterns:
            full = route + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                name = ":".join([*spaces, pattern.name]) if pattern.name else full
                # Such a view refuses to look at a session or a cookie (nsca.lib.caching).
                yield name, full, getattr(pattern.callback, "is_public", False) or name in DRAWN
            else:
                inner = [*spaces, pattern.namespace] if pattern.namespace else spaces
                yield from descend(pattern, full, inner)

    yield from descend(get_resolver(), "", [])


def plan(event: Event, kinds) -> tuple[list[Ask], list[str]]:
    """What to ask, for each kind of viewer, in an order that does not change from slice to slice;
    and the names of addresses that nobody can fill.
    """
    strange, same, public, desk = [], [], [], []
    for name, route, is_same_for_all in patterns():
        if name in NOT_ASKED or route.startswith(NOT_ASKED_BELOW):
            continue
        paths = list(_paths(event, name, route))
        if paths == [None]:
            strange.append(name)
            continue
        where = same if is_same_for_all else desk if name.startswith("admin") else public
        where.extend((name, path) for path in paths)
    outside = [pair for pair in desk if pair[0] == "admin:index"]  # the rest is a closed door
    asks = [Ask(kinds[0].name, name, path) for name, path in same]
    for kind in kinds:
        mine = public + (desk if kind.name in STAFF else outside)
        asks += [Ask(kind.name, name, path) for name, path in mine]
    return asks, sorted(set(strange))


def _paths(event: Event, name: str, route: str) -> Iterator[str | None]:
    for given in _given(event, name, route):
        if given is None or isinstance(given, str):
            yield given
            continue
        # Braces must come through reverse(): a link of a pocket is a word of letters there.
        plain = [_stand_in(value) for value in given]
        try:
            path = reverse(name, args=plain)
        except NoReverseMatch:
            continue
        for word in ("ticket", "order", "wish", "door"):
            path = path.replace(f"0{word}0", f"{{{word}}}")
        yield path


def _stand_in(value):
    return f"0{value[1:-1]}0" if isinstance(value, str) and value.startswith("{") else value


def _given(event: Event, name: str, route: str):
    if name in FILLED:
        return FILLED[name](event)
    takes = TAKES.findall(route)
    if not takes and "(" not in route:
        return [[]]
    rows = _model_of(name)
    if rows is not None:
        return _of_model(event, takes, rows)
    if name.startswith("admin/"):
        return []  # the short way to an object leads to its page
    space = name.partition(":")[0]
    if takes[:1] == ["slug"]:
        if space == "cities" or name.startswith("city_"):
            firsts = [[slug] for slug in _slugs("cities.city")]
        else:
            firsts = [[event.slug]]
        takes = takes[1:]
        if not takes:
            return firsts
        return [None]
    if takes == ["token"] and space in IN_THE_POCKET:
        return [[IN_THE_POCKET[space]]]
    return [None]


def _model_of(name: str):
    """The rows that an address of the admin is about: "admin:post_office_email_change"."""
    for model in apps.get_models():
        if name.startswith(f"admin:{model._meta.app_label}_{model._meta.model_name}_"):
            return model._default_manager
    return None


def _of_model(event: Event, takes, rows):
    if rows.model is Event:
        pks = [event.pk]
    else:
        pks = list(rows.order_by("-pk").values_list("pk", flat=True)[:ROWS_IN_THE_ADMIN])
    if len(takes) == 1:
        return [[pk] for pk in pks]
    if len(takes) == 2 and hasattr(rows.model, "history"):
        versions = rows.model.history.filter(id__in=pks).order_by("-history_id")
        return [[row.id, row.history_id] for row in versions[:ROWS_IN_THE_ADMIN]]
    return [None] if len(takes) != 2 else []
