"""The site as a process that can be killed at a named line.

`python -m tests.slow.faults.runner` boots the site once and reads a JSON object a line: an act,
how many minutes the clock is ahead, and perhaps where to die:

    {"act": "post", "minutes": 6, "kill": ["after",
    "orders.payments.stripe", "StripeGateway.open"], …}

Each act is done in a process of its own (a fork), which is killed by SIGKILL before or after the
named function; the next act is the restart. The answer is one line: {"died": true} or what was
said. The product knows nothing of this.
"""

import email
import functools
import importlib
import io
import json
import os
import re
import signal
import sys
import traceback
from datetime import timedelta
from email import policy
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402

from events import reveal  # noqa: E402
from events.models import Event  # noqa: E402
from membership.models import User  # noqa: E402
from nsca.lib import clock  # noqa: E402
from orders.models import Order  # noqa: E402
from tests.factories import make_event, make_ticket, make_ticket_type  # noqa: E402

MAIL = Path(os.environ["MAIL_DIR"])


def prepare(slug):
    """An event with seats; the kind's number."""
    event = make_event(slug=slug, starts_at=clock.now() + timedelta(days=300))
    event.publish_at = clock.now() - timedelta(days=1)
    event.save()
    return make_ticket_type(event, capacity=10).pk


def prepare_reveal(slug, addresses):
    """A secret evening whose T is an hour ahead, with a holder for each address."""
    at = clock.now()
    keeper, _ = User.objects.get_or_create(email="keeper@nsca.example", is_superuser=True)
    event = make_event(
        slug=slug, starts_at=at + timedelta(hours=25), lead=timedelta(hours=24),
        publish_at=at - timedelta(days=1),
    )  # fmt: skip
    reveal.write_venue(event, reveal.VenueDetails(name="Chart House Lawn"), by=keeper, at=at)
    for address in addresses:
        make_ticket(event, guest_email=address)


def look_reveal(slug):
    """What is owed, in states, and to whom an e-mail with the venue went, each by its number."""
    event = Event.objects.get(slug=slug)
    told = [
        (email["To"], email["Message-ID"]) for email in emails_of() if reveals_the_venue(email)
    ]
    return {
        "version": event.reveal_version,
        "states": sorted(event.reveal_mails.values_list("state", flat=True)),
        "told": told,
    }


def emails_of():
    """The e-mails in the mailbox, oldest first."""
    paths = sorted(MAIL.iterdir()) if MAIL.exists() else []
    raw = b"".join(path.read_bytes() for path in paths).split(b"-" * 79 + b"\n")
    return [email.message_from_bytes(one, policy=policy.default) for one in raw if one.strip()]


def reveals_the_venue(email):
    return "Chart House Lawn" in email.get_body(("plain",)).get_content()


def post(slug, kind, key, email):
    """The form of the tickets' page is sent; where the browser is led."""
    form = {
        "submission_key": key, "name": "Ada Ellery", "email": email, "phone": "", "terms": "on",
        f"qty_{kind}": "1",
    }  # fmt: skip
    return led(Client().post(f"/events/{slug}/tickets/", form))


def press(path):
    """The Pay button of the order's page."""
    return led(Client().post(path))


def come_back(path):
    return led(Client().get(path))


def webhook(body, signature):
    header = {"Stripe-Signature": signature}
    return led(Client().post("/stripe/webhook/", body, "application/json", headers=header))


def tick():
    call_command("tick")


def reconcile():
    call_command("reconcile", stdout=io.StringIO())


def look(email):
    """What a buyer has: orders, tickets that let in, e-mails in the mailbox by their subject."""
    orders = Order.objects.filter(buyer_email=email).order_by("pk")
    files = [p.read_text(errors="replace") for p in MAIL.iterdir()] if MAIL.exists() else []
    texts = "\n".join(files).split("-" * 79)
    theirs = [text for text in texts if f"To: {email}" in text or f"<{email}>" in text]
    return {
        "orders": [order.state for order in orders],
        "paths": [order.get_absolute_url() for order in orders],
        "tickets": sum(
            line.tickets.valid().count() for order in orders for line in order.lines.all()
        ),
        "emails": [
            line.removeprefix("Subject: ")
            for text in theirs
            for line in text.splitlines()
            if line.startswith("Subject: ")
        ],
    }


def links(email):
    """Addresses of tickets in a buyer's e-mails, as they were mailed."""
    files = "".join(p.read_text(errors="replace") for p in MAIL.iterdir()) if MAIL.exists() else ""
    theirs = [text for text in files.split("-" * 79) if f"<{email}>" in text]
    return sorted(set(re.findall(r"http://testserver(/tickets/[\w-]{40}/)", "".join(theirs))))


def led(response):
    return {"status": response.status_code, "to": response.headers.get("Location", "")}


ACTS = {
    act.__name__: act
    for act in (
        prepare,
        prepare_reveal,
        post,
        press,
        come_back,
        webhook,
        tick,
        reconcile,
        look,
        look_reveal,
        links,
    )
}


def deadly(when, module, name):
    """Make a function kill its process, before or after it has done its work."""
    *way, last = name.split(".")
    owner = functools.reduce(getattr, way, importlib.import_module(module))
    first = getattr(owner, last)

    @functools.wraps(first)
    def killing(*args, **kwargs):
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = first(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, last, killing)


def do(said, tell):
    first_now, ahead = clock.now, timedelta(minutes=said.pop("minutes", 0))
    clock.now = lambda: first_now() + ahead
    if kill := said.pop("kill", None):
        deadly(*kill)
    answer = ACTS[said.pop("act")](**said)
    connections.close_all()
    os.write(tell, json.dumps({"died": False, "answer": answer}).encode())


def in_a_process_of_its_own(said):
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            do(said, tell)
        except BaseException:
            failed = json.dumps({"died": False, "failed": traceback.format_exc()})
            os.write(tell, failed.encode())
        finally:
            os._exit(0)
    os.close(tell)
    with os.fdopen(hear) as pipe:
        answer = pipe.read()
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return json.dumps({"died": True})
    return answer


if __name__ == "__main__":
    connections.close_all()
    print("ready", flush=True)
    for line in sys.stdin:
        print(in_a_process_of_its_own(json.loads(line)), flush=True)
