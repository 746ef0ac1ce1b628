"""A stolen copy is worthless: with a whole season in it, it opens nobody's ticket, order or gift.

Every link that the season's mails and pages have is collected, and looked for in all that a thief
of the database and of the site's files would have.
"""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.test import Client, override_settings
from django.urls import URLPattern, get_resolver
from post_office.models import Attachment, Email

from membership.models import User
from membership.terms import gift_memberships
from nsca.content import loader, reading
from nsca.demo import mails, people, season
from nsca.lib.web.sessions import kept_as
from orders.checkout import confirmations
from orders.models import Order
from pages.newsletter import subscribing
from tests.membership.terms.test_gift_memberships import given
from tests.secrecy.keeping import everything_taken

pytestmark = pytest.mark.django_db

AT = datetime(2027, 1, 12, 15, 0, tzinfo=UTC)
MEMORY = "django.core.mail.backends.locmem.EmailBackend"
DIRECTOR = "director@demo.example"
MOST_PAGES = 250
LINK = re.compile(r"""(?:href="|<|\s|https?://[^/\s"<>]+)(/[^\s"<>']*)""")


@pytest.fixture(scope="module")
def copied(django_db_setup, django_db_blocker):
    """A season as it was lived: nothing that it mailed is tidied away."""
    outermost = transaction.atomic()
    outermost._from_testcase = True
    patch = pytest.MonkeyPatch()
    patch.setattr(mails, "keep_few", lambda **_: None)
    with django_db_blocker.unblock(), override_settings(OUTGOING_EMAIL_BACKEND=MEMORY), outermost:
        with time_machine.travel(AT, tick=False):
            loader.load(reading.all_items())
            season.seed(at=AT)
            subscribing.ask(email="reader@demo.example", at=AT)
            given(begins_on=AT.date(), at=AT)
            confirmations.write_due(AT)
            gift_memberships.tick(AT)
        yield
        transaction.set_rollback(True)
    patch.undo()


def routes(resolver=None, before="", spaces=""):
    """The routes with a token in them, as patterns that find it: "/orders/<token>/"."""
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if not isinstance(one, URLPattern):
            yield from routes(one, route, f"{one.namespace or ''}:".lstrip(":") or spaces)
        elif "<str:token>" in route:
            parts = re.split(r"(<\w+:\w+>)", "/" + route)
            pattern = "".join(
                "(?P<token>[^/]+)"
                if part == "<str:token>"
                else "[^/]+"
                if index % 2
                else re.escape(part)
                for index, part in enumerate(parts)
            )
            yield f"{spaces}{one.name}", re.compile(pattern)


ROUTES = list(routes())


def tokens_in(paths) -> dict[str, set[str]]:
    """Of each route, the tokens with which these paths lead to it."""
    found = {}
    for path in paths:
        for name, pattern in ROUTES:
            if match := pattern.fullmatch(path.partition("?")[0].partition("#")[0]):
                found.setdefault(name, set()).add(match["token"])
    return found


def paths_in(text: str) -> set[str]:
    return set(LINK.findall(text))


def mailed() -> set[str]:
    """The links of every mail that the season wrote, with its headers and what it has attached."""
    found = set()
    for mail in Email.objects.all():
        said = [mail.message, mail.html_message, *(mail.headers or {}).values()]
        found.update(*(paths_in(part) for part in said))
    for paper in Attachment.objects.exclude(mimetype__contains="pdf"):
        found |= paths_in(paper.file.read().decode().replace("\r\n ", "").replace("\n ", ""))
    return found


def walked(first: set[str]) -> set[str]:
    """The links of the pages that these lead to, and of the members' and the office's own; also
    those to which an answer leads on.
    """
    found = set()
    for who in (None, people.MEMBER, DIRECTOR):
        client = Client()
        waiting = sorted(path for path in first if any(p.fullmatch(path) for _n, p in ROUTES))
        asked = [("get", path) for path in waiting if not path.endswith(".pdf")][:MOST_PAGES]
        if who:
            client.force_login(User.objects.get(email=who))
            asked = [("get", "/membership/"), ("get", "/membership/cards/")]
            asked += [
                ("post", f"/membership/giving/{AT.year - 1}/"),
                ("get", "/membership/giving/"),
            ]
            asked += [("post", "/membership/passport/show/"), ("get", "/membership/passport/")]
            asked += [("post", "/membership/renew/"), ("get", "/membership/renew/")]
        for verb, path in asked:
            answer = getattr(client, verb)(path)
            found |= paths_in(f'href="{answer.headers.get("Location", "")}"')
            if answer.status_code == 200 and not answer.streaming:
                found |= paths_in(answer.content.decode("utf-8", "replace"))
    return found


def test_no_link_that_was_mailed_or_shown_is_in_a_stolen_copy(copied, db):
    with time_machine.travel(AT, tick=False):
        links = mailed()
        links |= walked(links)
        taken = everything_taken()
    found = tokens_in(links)

    # The walk found what it is about.
    assert {
        "orders:detail", "orders:receipt", "tickets:detail", "tickets:guests", "tickets:pdf",
        "door:home", "events:waitlist_entry", "events:table", "membership:renew",
        "membership:claim",
        "membership:gift_card", "membership:statement", "pages:newsletter_confirm",
    } - found.keys() == set()  # fmt: skip
    assert sum(map(len, found.values())) > 150
    assert [name for name, tokens in found.items() if any(one in taken for one in tokens)] == []


def keyed_columns():
    """Every column that holds a link's token, or a gift's code."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField) and (
                field.name.endswith("token")
                or (field.name == "code" and model.__name__ == "GiftMembership")
            ):
                yield model, field.name


def test_every_row_that_can_be_opened_by_a_link_keeps_that_link_to_itself(copied, db):
    taken, found = everything_taken(), {}
    for model, name in keyed_columns():
        rows = model._base_manager.exclude(**{f"{name}__isnull": True})
        found[model.__name__, name] = list(rows.values_list(name, flat=True))

    assert len(found) >= 15 and sum(map(len, found.values())) > 150
    revealed = {which for which, keys in found.items() if any(key in taken for key in keys)}
    assert revealed == set()


def test_what_the_copy_holds_of_an_order_opens_nothing(copied, db, client):
    """The thief tries each value of a paid order and its tickets where a token belongs."""
    values = set()
    with connection.cursor() as cursor:
        for table in (
            "orders_order",
            "orders_payment",
            "events_ticket",
            "orders_recurringpayment",
        ):
            cursor.execute(f"SELECT * FROM {table} LIMIT 5")  # noqa: S608
            values |= {str(value) for row in cursor.fetchall() for value in row}
    values = {value for value in values if 10 <= len(value) <= 64 and "/" not in value}

    assert len(values) > 30
    with time_machine.travel(AT, tick=False):
        for value in values:
            for path in ("/orders/{}/", "/tickets/{}/", "/auto-renewal/{}/"):
                assert client.get(path.format(value)).status_code in (400, 404), value


def test_the_key_of_somebodys_form_taken_from_the_copy_leads_nobody_to_their_order(copied, db):
    order = Order.objects.filter(channel="online", state="paid", lines__kind="ticket").first()
    event = order.lines.filter(kind="ticket").first().tickets.first().event
    with connection.cursor() as cursor:
        cursor.execute("SELECT submission_key FROM orders_order WHERE id = %s", [order.pk])
        [taken] = cursor.fetchone()

    with time_machine.travel(AT, tick=False):
        answer = Client().post(f"/events/{event.slug}/tickets/", {"submission_key": taken})

    assert order.get_absolute_url() not in answer.headers.get("Location", "")


def test_no_cookie_of_a_session_is_in_the_copy(copied, db):
    director = Client()
    with time_machine.travel(AT, tick=False):
        director.force_login(User.objects.get(email=DIRECTOR))
        key = director.session.session_key
        with connection.cursor() as cursor:
            cursor.execute("SELECT session_key FROM django_session")
            [taken] = {kept for (kept,) in cursor.fetchall()} & {kept_as(key)}
        director.cookies[settings.SESSION_COOKIE_NAME] = taken
        thief = director.get("/admin/")
        director.cookies[settings.SESSION_COOKIE_NAME] = key

        assert thief.status_code == 302 and key not in everything_taken()
        assert director.get("/admin/").status_code == 200
