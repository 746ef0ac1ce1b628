"""The whole season, part by part, each once: what staff change or delete later stays that way."""

from datetime import datetime

from events.models import Event
from membership.models import Household, Tier
from nsca.demo import asked, bank, evenings, giving, mails, office, people, programme, sales
from nsca.demo.days import Days
from nsca.lib.web.caching import content_changed
from orders.checkout import confirmations
from orders.models import Order
from pages.models import LoadedContent

# A part that a later edition adds is added to an existing season, too.
PARTS = {
    "staff": people.add_staff,
    "dues": people.add_dues,
    "members": people.add_members,
    "events": programme.add,
    "places": programme.seal_venues,
    "envelopes": programme.dress_envelopes,
    "sales": sales.add,
    "evenings": evenings.add,
    "bank": bank.add,
    "reveals": lambda days: programme.open_envelopes(days, backend=mails.backend_of_reveals()),
    "asked": asked.add,
    "office": office.add,
    "giving": giving.add,
}


class NoContent(Exception):
    """There are no membership levels: load_content has not run."""


def seed(*, at: datetime) -> str:
    """Add the season as seen at the instant `at` (UTC), and say in one line what is there.

    It is not one transaction (orders have their own): the next run finishes a seeding that was
    interrupted. Raises NoContent.
    """
    if not Tier.objects.exists():
        raise NoContent
    days, last_mail = Days(at), mails.newest()
    done = set(LoadedContent.objects.values_list("key", flat=True))
    missing = [name for name in PARTS if _mark(name) not in done]
    for name in missing:
        PARTS[name](days)
        confirmations.write_all(at)
        LoadedContent.objects.create(key=_mark(name))
    if not missing:
        return "demo season: already there, nothing changed"
    mails.keep_few(after=last_mail)
    content_changed()
    counts = [
        f"{model.objects.filter(is_sample=True).count()} {noun}"
        for model, noun in ((Event, "events"), (Order, "orders"), (Household, "households"))
    ]
    return f"demo season: {', '.join(counts)}"


def _mark(part: str) -> str:
    return f"demo.part:{part}"
