"""One Soirée on sale and a director, written into the stage's database.

python -m tests.production.soiree                 makes it
python -m tests.production.soiree reveal SECONDS  moves it, so that its venue is revealed then
"""

import sys
from datetime import timedelta

import django
from django.core.management import call_command

django.setup()

from events import reveal  # noqa: E402
from events.models import Choice, Event  # noqa: E402
from nsca.lib import clock  # noqa: E402
from tests.browser.evening import VENUE  # noqa: E402
from tests.factories import make_event, make_ticket_type, make_user  # noqa: E402
from tests.slow.drill.stack import LEAD  # noqa: E402

DIRECTOR = "director@nsca.example"


def moved(seconds: float) -> None:
    event = Event.objects.get()
    event.starts_at = clock.now() + timedelta(seconds=seconds) + LEAD
    event.ends_at = event.refunds_until = event.starts_at + timedelta(hours=3)
    event.save(update_fields=["starts_at", "ends_at", "refunds_until"])


def made() -> None:
    call_command("ensure_groups", verbosity=0)
    call_command("create_director", "--email", DIRECTOR, "--name", "Dee Rector")
    at = clock.now()
    starts_at = at + timedelta(days=30)
    event = make_event(
        starts_at=starts_at,
        lead=LEAD,
        kind="soiree",
        slug="soiree",
        publish_at=at - timedelta(days=1),
        capacity=40,
        refunds_until=starts_at,
    )
    make_ticket_type(event, price_cents=9500)
    Choice.objects.create(event=event, label="Garden box")
    keeper = make_user("keeper@nsca.example", is_staff=True, permissions=("events.see_venue",))
    reveal.write_venue(event, VENUE, by=keeper, at=at)


if __name__ == "__main__":
    moved(float(sys.argv[2])) if sys.argv[1:] else made()
