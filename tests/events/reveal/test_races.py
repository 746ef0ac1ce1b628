"""Two tickers at once, on a real database with real connections."""

import pytest

from events import reveal
from events.models import RevealMail
from events.reveal import sender
from tests.events.reveal_kit import T
from tests.factories import make_order, make_ticket
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_many_tickers_one_publishes(soiree):
    for number in range(5):
        make_ticket(soiree, guest_email=f"g{number}@x.example")

    owed = at_once(*[lambda: reveal.publish_due(at=T)] * 4)

    assert sorted(owed) == [0, 0, 0, 5]
    assert RevealMail.objects.count() == 5


def test_many_senders_tell_each_holder_once_and_never_split_an_email(soiree, emails):
    order = make_order(state="paid", lines=())
    for number in range(24):
        make_ticket(soiree, order=order, guest_email=f"g{number % 12}@x.example")
    reveal.publish_due(at=T)

    def send_all():
        while sender.send_due(at=T):
            pass

    at_once(*[send_all] * 4)

    revealed = sorted(email.to[0] for email in emails)
    assert len(revealed) == len(set(revealed)) == 12
    assert {len(email.attachments) for email in emails} == {2}
    assert set(RevealMail.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_claims_at_once_lease_each_row_to_one(soiree):
    for number in range(30):
        make_ticket(soiree, guest_email=f"g{number}@x.example")
    reveal.publish_due(at=T)

    claims = at_once(*[lambda: sender.queue.claim(at=T)] * 3)

    claimed = [row.pk for emails in claims for rows in emails for row in rows]
    assert len(claimed) == len(set(claimed))
