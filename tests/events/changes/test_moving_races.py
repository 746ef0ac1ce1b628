"""An event moved by two at once, and its e-mails sent by many: real connections."""

import pytest

from events.changes import mail as moving_mail
from events.changes import moving
from events.models import Event, Move, MoveMail
from events.reveal.outlook import key_of
from tests.events.moving_kit import FRIDAY, move, mover, wait, wanted
from tests.events.reveal_kit import DAY, T
from tests.factories import make_order, make_ticket
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
MADE = T - DAY


def test_two_of_staff_who_say_yes_at_once_move_it_once(soiree, ticket):
    by = mover()
    read = key_of([soiree.updated_at, soiree.starts_at])

    def is_as_it_was_read(locked):
        return key_of([locked.updated_at, locked.starts_at]) == read

    def say_yes():
        event = Event.objects.get(pk=soiree.pk)
        return moving.move(event, wanted(), by=by, at=MADE, still=is_as_it_was_read)

    rows = at_once(say_yes, say_yes, say_yes)

    assert [row for row in rows if row] == [Move.objects.get()]
    assert (Event.objects.get().starts_at, Event.objects.get().sequence) == (FRIDAY, 1)
    assert MoveMail.objects.count() == 1


def test_many_tickers_owe_and_tell_each_once_and_never_split_an_email(soiree, emails):
    order = make_order(state="paid", lines=())
    for number in range(12):
        make_ticket(soiree, order=order, guest_email=f"g{number % 6}@x.example")
    wait(soiree, "G0@x.example")
    move(soiree, at=MADE)

    def tick():
        while moving_mail.tick(MADE):
            pass

    at_once(*[tick] * 4)

    revealed = sorted(email.to[0] for email in emails)
    assert len(revealed) == len(set(revealed)) == 6
    assert {len(email.attachments) for email in emails} == {2}
    assert set(MoveMail.objects.values_list("state", "attempts")) == {("sent", 1)}
