"""What the secret costs a page: one query beyond an ordinary ticket's, on the night itself too."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events import reveal
from tests.events.reveal_kit import STARTS, TICK, T
from tests.factories import make_event, make_ticket

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
FORMS = ("", "ticket.pdf", "event.ics")


@pytest.fixture
def queries(client, travel):
    """How many queries one look at a ticket takes at an instant, and which."""

    def asked(ticket, at, form=""):
        travel(at)
        client.get("/")  # what a process asks once and remembers
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"{ticket.get_absolute_url()}{form}").status_code == 200
        return [query["sql"] for query in caught]

    return asked


@pytest.fixture
def ordinary(db):
    """A ticket for an evening that keeps nothing back, and tells nothing."""
    return make_ticket(make_event(starts_at=STARTS, slug="tea"))


@pytest.mark.parametrize("form", FORMS)
def test_before_t_the_secret_costs_no_query_and_touches_no_venue(queries, ordinary, ticket, form):
    usual = queries(ordinary, T - TICK, form)
    sealed = queries(ticket, T - TICK, form)

    assert len(sealed) <= len(usual)
    assert [sql for sql in sealed if "venue" in sql.lower()] == []


@pytest.mark.parametrize("form", FORMS)
def test_from_t_on_a_ticket_costs_one_query_more_than_an_ordinary_one(
    queries, ordinary, ticket, form
):
    queries(ticket, T)  # the first look is noted

    usual = queries(ordinary, T + SECOND, form)
    opened = queries(ticket, T + SECOND, form)

    assert len(opened) <= len(usual) + 1
    assert len([sql for sql in opened if "venue" in sql.lower()]) == 1


def test_only_the_first_look_writes_and_it_writes_one_row(queries, client, ticket):
    asked = queries(ticket, T)  # a page that is only fetched writes nothing
    looks = []
    for _ in range(2):  # the browser says that it was seen, and says it again
        with CaptureQueriesContext(connection) as caught:
            client.post(f"{ticket.get_absolute_url()}seen/", {"version": 1, "by": "page"})
        looks.append([query["sql"] for query in caught])

    first, second = looks
    writes = [sql for sql in first if not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
    assert [sql.split()[0] for sql in writes] == ["UPDATE"]
    assert [sql for sql in [*asked, *second] if not sql.startswith("SELECT")] == []


def test_the_cost_does_not_grow_with_the_guests(queries, soiree, ticket):
    queries(ticket, T)
    alone = queries(ticket, T + SECOND)
    for number in range(30):
        make_ticket(soiree, guest_email=f"g{number}@x.example")
    reveal.publish_due(at=T)

    assert len(queries(ticket, T + SECOND)) == len(alone)
