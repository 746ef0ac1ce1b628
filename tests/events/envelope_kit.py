"""A seal published on May 2, perhaps changed on May 14: shared by the tests of the envelope."""

from datetime import timedelta

from events import reveal
from events.venue import envelope
from tests.events.reveal_kit import T

SEALED_ON = T - timedelta(days=17)  # May 2
LATER = T - timedelta(days=5)  # May 14


def proof(event, ticket, at=T):
    """What the holder of this ticket is shown."""
    opened = reveal.reveal_for(event, reveal.Viewer(tokens=frozenset({ticket.token})), at=at)
    return envelope.proof_of(event, opened)


def page(client, address):
    """Its words; digest and address, broken for the eye, are one again, as when copied."""
    response = client.get(address)
    assert response.status_code == 200
    html = response.content.decode().replace("</span><span>", "").replace("<wbr>", "")
    return " ".join(html.split())
