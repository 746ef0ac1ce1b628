"""Two tickers at once, on a real database with real connections."""

import threading

import pytest
from django.db import close_old_connections, connection

from events import notices, reveal, sender
from events.models import RevealNotice
from tests.events.reveal_kit import T
from tests.factories import make_order, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count, work):
    """Run `work` in so many threads that start together; their results, or the first error."""
    gate, results, errors = threading.Barrier(count), [], []

    def run():
        try:
            gate.wait()
            results.append(work())
        except Exception as error:  # noqa: BLE001 - told to the test
            errors.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    return results


def test_of_many_tickers_one_publishes(soiree):
    for number in range(5):
        make_ticket(soiree, guest_email=f"g{number}@x.example")

    owed = at_once(4, lambda: reveal.publish_due(at=T))

    assert sorted(owed) == [0, 0, 0, 5]
    assert RevealNotice.objects.count() == 5


def test_many_senders_tell_each_holder_once_and_never_split_a_letter(soiree, letters):
    order = make_order(state="paid", lines=())
    for number in range(24):
        make_ticket(soiree, order=order, guest_email=f"g{number % 12}@x.example")
    reveal.publish_due(at=T)

    def send_all():
        while sender.send_due(at=T):
            pass

    at_once(4, send_all)

    told = sorted(letter.to[0] for letter in letters)
    assert len(told) == len(set(told)) == 12
    assert {len(letter.attachments) for letter in letters} == {2}
    assert set(RevealNotice.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_claims_at_once_lease_each_row_to_one(soiree):
    for number in range(30):
        make_ticket(soiree, guest_email=f"g{number}@x.example")
    reveal.publish_due(at=T)

    claims = at_once(3, lambda: notices.claim(at=T))

    claimed = [row.pk for letters in claims for rows in letters for row in rows]
    assert len(claimed) == len(set(claimed))
