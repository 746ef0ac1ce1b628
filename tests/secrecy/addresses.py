"""Every address of the site, with samples. An address without one fails the walk, and says how to
give it one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.urls import URLPattern, get_resolver, reverse

from nsca.lib.timing import day_of

T_PLUS = "at_0=2027-05-20&at_1=18%3A30"  # what the preview's form sends for an instant after T


@dataclass(frozen=True)
class Address:
    name: str
    path: str


class NoSample(AssertionError):
    """An address appeared that nobody walks."""


# name (or route, where there is no name) → arguments for a viewer in a world, or whole paths.
SAMPLES = {
    "demo_mail_html": lambda w, v: [["nothing"]],
    "demo_mail_attachment": lambda w, v: [["nothing", 1]],
    "demo_mail": lambda w, v: [["nothing"]],  # where a demonstration's own e-mails are read
    "city_calendar": lambda w, v: [["toulon"]],
    "city_picture": lambda w, v: [["toulon"]],
    "event_picture": lambda w, v: [["soiree"]],
    "cities:inks": lambda w, v: [["0"]],
    "cities:detail": lambda w, v: [["toulon"]],
    "cities:poster": lambda w, v: [["toulon"]],
    "cities:welcome": lambda w, v: [["toulon", "fr"]],
    "events:list": lambda w, v: [
        "/events/",
        "/events/?kind=soiree&city=toulon",
        "/events/?free=1",
    ],
    "events:detail": lambda w, v: [["soiree"], ["other"], ["lesson"], ["nothing"]],
    "events:ics": lambda w, v: [["soiree"]],
    "events:open_table": lambda w, v: [["soiree"]],
    "events:table_asked": lambda w, v: [["soiree"]],
    "events:table": lambda w, v: [["soiree", w.rows["table"]]],
    "events:caterer": lambda w, v: [[w.rows["caterer"]]],
    "events:caterer_csv": lambda w, v: [[w.rows["caterer"]]],
    "tickets:guests": lambda w, v: [[v.order]],
    "tickets:sit_with": lambda w, v: [[v.ticket]],
    "events:tickets": lambda w, v: [["soiree"]],
    "events:live_sum": lambda w, v: [["soiree"]],
    "events:waitlist": lambda w, v: [["soiree"]],
    "events:waitlist_joined": lambda w, v: [["soiree"]],
    "events:waitlist_entry": lambda w, v: [[v.entry]],
    "tickets:detail": lambda w, v: [[v.ticket]],
    "tickets:return": lambda w, v: [[v.ticket]],
    "tickets:pdf": lambda w, v: [[v.ticket]],
    "tickets:calendar": lambda w, v: [[v.ticket]],
    "tickets:give": lambda w, v: [[v.ticket]],
    "tickets:kit": lambda w, v: [[v.ticket]],
    "tickets:accept": lambda w, v: [[v.offer]],
    "events:month": lambda w, v: [[f"{day_of(w.event.starts_at):%Y-%m}"]],
    "events:envelope": lambda w, v: [["soiree"]],
    "events:envelope_text": lambda w, v: [["soiree"]],
    "tickets:opt_in": lambda w, v: [[v.ticket]],
    "tickets:seen": lambda w, v: [[v.ticket]],
    "tickets:receipt": lambda w, v: [[v.ticket]],
    "tickets:envelope": lambda w, v: [[v.ticket]],
    "tickets:picture": lambda w, v: [[v.ticket]],
    "tickets:hints_leave": lambda w, v: [[w.rows["opt_in"]]],
    "orders:detail": lambda w, v: [[v.order]],
    "orders:receipt": lambda w, v: [[v.order]],
    "orders:receipt_pdf": lambda w, v: [[v.order]],
    "orders:give_back": lambda w, v: [[v.order]],
    "orders:pay": lambda w, v: [[v.order]],
    "orders:return": lambda w, v: [[v.order]],
    "orders:pretend": lambda w, v: [[v.order]],
    **{
        f"door:{act}": lambda w, v: [[v.door]]
        for act in ("home", "read", "enter", "undo", "sell", "counts")
    },
    "admin:events_event_door_list": lambda w, v: [[w.event.pk, "name"], [w.event.pk, "table"]],
    "membership:renew": lambda w, v: [[w.rows["renewal"]]],
    # Nobody's: what is one's own is asked for in tests/membership/portal/test_area.py.
    **{f"membership:{name}": lambda w, v: [[0]] for name in ("card_picture", "card_pdf", "erase")},
    "membership:add_to_household": lambda w, v: [[0]],
    "membership:change_in_household": lambda w, v: [[0, 0]],
    "membership:remove_from_household": lambda w, v: [[0, 0]],
    "membership:make_main_contact": lambda w, v: [[0, 0]],
    "membership:check_card": lambda w, v: [[_card()]],
    "membership:shown_passport": lambda w, v: [["nothing"]],
    "membership:claim": lambda w, v: [[w.rows["gift"]]],
    "membership:gift_card": lambda w, v: [[w.rows["gift"]]],
    "membership:gift_card_pdf": lambda w, v: [[w.rows["gift"]]],
    "membership:statement": lambda w, v: [[w.rows["statement"]]],
    "membership:statement_pdf": lambda w, v: [[w.rows["statement"]]],
    "membership:ask_statement": lambda w, v: [[2026]],
    "recurring:detail": lambda w, v: [[w.rows["recurring_payment"]]],
    "recurring:card": lambda w, v: [[w.rows["recurring_payment"]]],
    "recurring:pretend_card": lambda w, v: [[w.rows["recurring_payment"]]],
    "membership:mailing_leave": lambda w, v: [["test"], ["nothing"]],
    "accounts/password/<path:rest>": lambda w, v: ["/accounts/password/reset/"],
    "account_reset_password_from_key": lambda w, v: [["1", "set-password"]],
    "mfa_remove_webauthn": lambda w, v: [[1]],
    "mfa_edit_webauthn": lambda w, v: [[1]],
    "pages:page": lambda w, v: [["history"]],
    "pages:post": lambda w, v: [["news-1"]],
    "pages:search": lambda w, v: ["/search/", "/search/?q=soiree", "/search/?q=norfolk"],
    "pages:newsletter_confirm": lambda w, v: [[w.rows["subscriber"]]],
    "pages:newsletter_leave": lambda w, v: [[w.rows["subscriber"]]],
    "media": lambda w, v: [["pictures/nothing.jpg"], [w.rows["picture"]]],
    "admin:autocomplete": lambda w, v: [
        "/admin/autocomplete/?app_label=events&model_name=ticket&field_name=event&term=s",
        "/admin/autocomplete/?app_label=events&model_name=event&field_name=city&term=t",
    ],
    "admin:view_on_site": lambda w, v: [],  # the admin of ours has no content types to jump to
    "admin:app_list": lambda w, v: [["events"], ["orders"], ["post_office"]],
    "admin:events_event_preview": lambda w, v: [
        f"/admin/events/event/{w.event.pk}/preview/",
        f"/admin/events/event/{w.event.pk}/preview/?{T_PLUS}&who=visitor",
        f"/admin/events/event/{w.event.pk}/preview/?{T_PLUS}&who=holder",
    ],
    "admin/(?P<url>.*)$": lambda w, v: ["/admin/nothing/here/"],
}


def _card():
    """The code of somebody's card."""
    from membership.models import Person
    from membership.portal.card import token

    person = Person.objects.order_by("pk").first()
    return token(person) if person else "nobody"


# Public pages: a worker makes each once for everybody, and one that touches a session or a cookie
# is an error (nsca.middleware.cache). A visitor's walk proves that they are public; staff, of whom
# nothing can be on them, are not sent there once more.
MADE_FOR_ALL = {
    "cities:detail", "cities:index", "cities:welcome", "city_calendar", "city_picture",
    "event_picture", "events:calendar", "events:detail", "events:envelope", "events:feed",
    "events:ics", "events:list", "events:month", "events:past", "favicon", "manifest", "media",
    "membership:what_gifts_do", "pages:about",
    "pages:contact_thanks", "pages:feed", "pages:news", "pages:newsletter_asked", "pages:page",
    "pages:post", "pages:search", "robots", "security_txt", "site_picture", "sitemap",
    "touch_icon",
}  # fmt: skip

# A library's pages about a sign-in know nothing of an event: one of each sort of person asks.
OF_THE_SIGN_IN = ("account_", "mfa_", "accounts/")
ASK_FOR_THE_SIGN_IN = ("visitor", "holder", "editor")

OUR_MODELS = "events|cities|membership|orders|pages|post_office|auth"
OF_A_MODEL = re.compile(rf"admin:({OUR_MODELS})_([a-z]+)_\w+$")
OBJECT_ROUTE = re.compile(rf"admin/({OUR_MODELS})/([a-z]+)/<path:object_id>/$")


def patterns() -> Iterator[tuple[str, str, int]]:
    """Every pattern of the URLconf: its name, its route, and how many arguments it takes."""

    def descend(resolver, route, spaces):
        for pattern in resolver.url_patterns:
            full = route + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                name = ":".join([*spaces, pattern.name]) if pattern.name else full
                yield name, full
            else:
                inner = [*spaces, pattern.namespace] if pattern.namespace else spaces
                yield from descend(pattern, full, inner)

    for name, full in descend(get_resolver(), "", []):
        takes = full.count("<") or len(re.findall(r"\((?!\?)", full))
        yield name, full, takes


def addresses(world, viewer, *, and_sign_in=False) -> Iterator[Address]:
    """Every address as one viewer would ask for it. Raises NoSample.

    `and_sign_in`: the library's own pages too, and staff ask for public ones, too.
    """
    for name, route, takes in patterns():
        if not viewer.is_staff and name.startswith("admin") and name != "admin:index":
            continue  # the admin answers every outsider with its door; that is asked once
        is_spared = name.startswith(OF_THE_SIGN_IN) and viewer.name not in ASK_FOR_THE_SIGN_IN
        is_spared = is_spared or (viewer.is_staff and name in MADE_FOR_ALL)
        if is_spared and not and_sign_in:
            continue
        for sample in _samples(world, viewer, name, route, takes):
            path = sample if isinstance(sample, str) else reverse(name, args=sample)
            yield Address(name, path)


def _samples(world, viewer, name, route, takes):
    if name in SAMPLES:
        return SAMPLES[name](world, viewer)
    if not takes:
        return [[]]
    of_model = OF_A_MODEL.match(name) or OBJECT_ROUTE.match(route)
    if of_model:
        return _of_model(world, name, route, takes, *of_model.groups())
    raise NoSample(
        f"{route} ({name}) is an address that the canary walk does not know. Give it a sample in "
        "tests/secrecy/addresses.py: for each viewer the arguments with which it could tell most."
    )


def _of_model(world, name, route, takes, app, model):
    model = apps.get_model(app, model)
    if model is type(world.event):
        pk = world.event.pk
    elif model._meta.label == "orders.Order":  # a paid one: of any other there is less to see
        pk = model.objects.get(token=world.viewers["holder"].order).pk
    else:
        pk = _first_pk(model)
    if takes == 2:  # one version of an object's history
        return [[pk, _first_pk(model.history.model)]]
    if not name.startswith("admin:"):  # the short way to an object has no name
        return [f"/{route.split('<')[0]}{pk}/"]
    return [[pk]]


def _first_pk(model):
    return model._default_manager.order_by("pk").values_list("pk", flat=True).first() or 1
