"""Two answers for machines: alive, and ready."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import STATUS, Email

from nsca.lib.db.sqlite import SQLITE_OPTIONS
from nsca.lib.models import Heartbeat
from nsca.ops import health


def queue_mail(*, minutes_ago):
    mail = Email.objects.create(
        from_email="a@example.org", to="b@example.org", status=STATUS.queued
    )
    created = timezone.now() - timedelta(minutes=minutes_ago)
    Email.objects.filter(pk=mail.pk).update(created=created)


def test_alive_answers_without_a_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")


@pytest.mark.django_db
def test_ready_names_each_thing_the_site_stands_on(client):
    Heartbeat.objects.create(name="ticker", beat_at=timezone.now())

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": "ok",
        "cache": "ok",
        "mail": "ok",
        "ticker": "ok",
        "payments": "ok",
    }


ELSEWHERE = {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}  # as the proxy says of a visitor


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "learns"),
    [
        ({}, True),
        ({"REMOTE_ADDR": "::1"}, True),
        ({"REMOTE_ADDR": "203.0.113.7"}, False),
        (ELSEWHERE, False),
        (ELSEWHERE | {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, False),
        (ELSEWHERE | {"HTTP_AUTHORIZATION": "Bearer a monitor's"}, True),
        (ELSEWHERE | {"HTTP_AUTHORIZATION": "Bearer somebody's"}, False),
        (ELSEWHERE | {"HTTP_AUTHORIZATION": "Bearer "}, False),
    ],
)
def test_a_stranger_does_not_learn_what_is_wrong(client, settings, asked, learns):
    settings.READYZ_TOKEN = "a monitor's"

    answer = client.get("/readyz", **asked)

    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert ("ticker" in answer.json()) is learns


@pytest.mark.django_db
def test_without_a_token_an_empty_one_opens_nothing(client):
    answer = client.get("/readyz", **ELSEWHERE, HTTP_AUTHORIZATION="Bearer ")

    assert answer.json() == {"ready": True}


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "looks"), [(0, 1), (9, 1), (10, 2), (11, 2)])
def test_who_asks_often_costs_one_look_in_ten_seconds(client, time_machine, seconds, looks):
    time_machine.move_to(datetime(2027, 5, 19, 12, 0, tzinfo=UTC), tick=False)
    asked = []
    with CaptureQueriesContext(connection) as queries:
        client.get("/readyz?1")
        asked.append(len(queries))
        time_machine.shift(seconds)
        client.get("/readyz?2")
        asked.append(len(queries) - asked[0])

    assert asked[0] > 0
    assert (asked[1] > 0) is (looks == 2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "word"), [(2, "ok"), (4, "silent for 4 minutes"), (90, "silent for 90 minutes")]
)
def test_a_silent_ticker_is_said_but_the_site_stays_ready(client, minutes, word):
    Heartbeat.objects.create(name="ticker", beat_at=timezone.now() - timedelta(minutes=minutes))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["ticker"]) == (200, word)


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "is_late"), [(14, False), (16, True)])
def test_late_mail_is_said_but_the_site_stays_ready(client, minutes, is_late):
    queue_mail(minutes_ago=minutes)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert ("has waited" in answer.json()["mail"]) is is_late


@pytest.mark.django_db
def test_a_site_whose_migrations_wait_is_not_ready(client, monkeypatch):
    class Behind:
        def __init__(self, connection):
            self.loader = self.graph = self

        def leaf_nodes(self):
            return []

        def migration_plan(self, targets):
            return ["one", "two"]

    monkeypatch.setattr(health, "MigrationExecutor", Behind)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "2 migrations are not applied"


def test_sqlite_waits_its_turn_and_keeps_its_promises():
    assert SQLITE_OPTIONS["transaction_mode"] == "IMMEDIATE"
    assert SQLITE_OPTIONS["timeout"] == 20
    assert "synchronous=FULL" in SQLITE_OPTIONS["init_command"]
    assert "foreign_keys=ON" in SQLITE_OPTIONS["init_command"]
