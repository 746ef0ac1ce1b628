"""Several tickers at a hint's instant, on a real database with real connections."""

from datetime import timedelta

import pytest

from events.hints import mail as hint_mail_queue
from events.hints import opt_ins
from events.models import HintMail, OptIn
from tests.events.reveal_kit import DAY, T
from tests.factories import make_hint, make_order, make_ticket
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TURNED = T - timedelta(days=10)


def test_many_tickers_write_to_each_address_once(soiree, emails):
    order = make_order(state="paid", lines=())
    for number in range(12):
        ticket = make_ticket(soiree, order=order, guest_email=f"g{number % 6}@x.example")
        opt_ins.ask(ticket, OptIn.Kind.HINTS, at=TURNED - DAY)
    make_hint(soiree, opens_at=TURNED)

    posted = at_once(*[lambda: hint_mail_queue.tick(TURNED)] * 4)

    revealed = sorted(email.to[0] for email in emails)
    assert len(revealed) == len(set(revealed)) == sum(posted) == 6
    assert HintMail.objects.filter(sent_at=TURNED, leased_until=None).count() == 12


def test_a_holder_who_presses_twice_at_once_is_on_the_list_once(soiree):
    ticket = make_ticket(soiree)

    at_once(*[lambda: opt_ins.ask(ticket, OptIn.Kind.HINTS, at=TURNED - DAY)] * 4)

    assert OptIn.objects.filter(left_at=None).count() == 1
