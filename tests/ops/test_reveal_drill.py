"""The verdict of the drill counts each broken promise; the night itself is `make reveal-drill`."""

from email.message import EmailMessage

import pytest

from tests.fakes.smtp import Received
from tests.slow.drill.stack import Database, Unfit
from tests.slow.drill.verdict import Night, judged
from tests.slow.drill.visitors import Look

T = 1000.0
ADA = {
    "address": "ada@x.example", "bounces": False, "looks": True, "paths": ["/tickets/a/"],
    "codes": ["AAAA-1111"],
}  # fmt: skip
BOB = {
    "address": "", "bounces": False, "looks": False, "paths": ["/tickets/b/"],
    "codes": ["BBBB-2222"],
}  # fmt: skip
GUESTS = {"venue": "Zanzibar Wharf", "committee": ["dora@x.example"], "holders": [ADA, BOB]}


def email(to="ada@x.example", at=T + 30, codes=("AAAA-1111",), venue="Zanzibar Wharf"):
    message = EmailMessage()
    message["Subject"], message["To"] = "The envelope is open", to
    message.set_content(f"{venue}\n{' '.join(codes)}\n")
    return Received((to,), at, message.as_bytes())


def look(path="/tickets/a/", at=T + 5, tells=True, status=200):
    return Look(path, at, at + 0.1, status, tells)


def night(emails=None, looks=None, **report):
    """The night of Ada, who is told by e-mail and page, and Bob, who is on the call list."""
    emails = [email()] if emails is None else emails
    looks = [look()] if looks is None else looks
    report = report or {"to_call": ["BBBB-2222"], "learned": []}
    return Night(GUESTS, emails, T, looks, report=report)


def line(**more):
    return judged(night(**more)).last_line


def test_a_night_in_which_every_promise_was_kept():
    verdict = judged(night())

    assert verdict.is_kept
    assert verdict.last_line == "early 0 wrong 0 missing 0 duplicates 0 minutes 1"


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"emails": [email(at=T - 0.01)]}, "early 1 wrong 0 missing 0"),
        ({"looks": [look(at=T - 1), look()]}, "early 1 wrong 0 missing 0"),
        ({"emails": [email(), email(to="eve@x.example")]}, "early 0 wrong 1 missing 0"),
        ({"emails": [email(codes=("AAAA-1111", "BBBB-2222"))]}, "early 0 wrong 1 missing 0"),
        ({"emails": [email(codes=())]}, "early 0 wrong 1 missing 0"),
        ({"looks": [look(), look(path="/events/")]}, "early 0 wrong 1 missing 0"),
        ({"emails": []}, "early 0 wrong 0 missing 1"),
        ({"emails": [email(venue="nowhere")]}, "early 0 wrong 0 missing 1"),
        ({"looks": []}, "early 0 wrong 0 missing 1"),
        ({"looks": [look(tells=False), look(at=T + 9)]}, "early 0 wrong 0 missing 1"),
        ({"to_call": [], "learned": []}, "early 0 wrong 0 missing 1"),
    ],
)
def test_each_broken_promise_is_counted_once(broken, words):
    verdict = judged(night(**broken))

    assert verdict.last_line.startswith(words)
    assert not verdict.is_kept


@pytest.mark.parametrize(("copies", "is_kept"), [(2, True), (3, False)])
def test_one_crash_may_cost_one_duplicate(copies, is_kept):
    verdict = judged(night(emails=[email()] * copies))

    assert (verdict.duplicates, verdict.is_kept) == (copies - 1, is_kept)


@pytest.mark.parametrize(
    ("at", "minutes", "is_kept"), [(T + 600, 10, True), (T + 600.5, 11, False), (T + 1, 1, True)]
)
def test_a_minute_that_has_begun_counts(at, minutes, is_kept):
    verdict = judged(night(emails=[email(at=at)], looks=[look(at=T + 0.1)]))

    assert (verdict.minutes, verdict.is_kept) == (minutes, is_kept)


def test_a_page_that_did_not_come_while_the_site_was_down_breaks_nothing():
    looks = [look(status=0, tells=False), look(at=T + 9)]

    assert judged(night(looks=looks)).is_kept


def test_the_table_says_what_happened_quarter_minute_by_quarter_minute():
    table = "\n".join(
        judged(night(emails=[email(), email("dora@x.example", T - 9, venue="")])).table
    )

    assert "e-mails to the committee before T: 1 (-0:09)" in table
    assert "     0:30         1" in table


@pytest.mark.parametrize("address", ["", "sqlite:///var/nsca.sqlite3"])
def test_it_runs_on_postgresql_alone_and_in_a_database_of_its_own(address):
    with pytest.raises(Unfit, match="needs PostgreSQL"):
        Database(address)
    ours = Database("postgres://postgres@127.0.0.1:5432/nsca")
    assert ours.url.startswith("postgres://postgres@127.0.0.1:5432/nsca_drill_")
    assert ours.url != Database(ours.server).url
