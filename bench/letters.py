"""January's letters: a run for five thousand givers, from the button to the outbox.

    python -m bench.letters      writes into the database that it is given: a copy, please

The figure is letters a minute of one processor: computed, frozen, numbered, rendered twice (text
and HTML) and put into the outbox; what the clock said, beside it. On a site that is awake the tick
spreads them over as many rounds as it takes.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from bench.figures import Figure, at_most
from bench.serving import ROOT

GIVERS = 5_000
GOAL = 5_000  # letters a minute: the button, a cup of coffee, done
PRINTED = 100  # letters without an address, in one PDF
YEAR = 2026


def figures(site):
    copy = site.database.with_name("letters.sqlite3")
    shutil.copy(site.database, copy)
    command = [sys.executable, "-m", "bench.letters"]
    env = site.env | {"DATABASE_URL": f"sqlite:///{copy}"}
    told = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    copy.unlink()
    found = json.loads(told.stdout)
    letters, (cpu, clock) = found["letters"], found["run"]
    rate = letters / cpu * 60
    yield Figure(
        f"statement run for {GIVERS:,} givers",
        f"{rate:,.0f} a minute ({letters:,} in {clock:.0f} s)",
        f"≥ {GOAL:,} a minute",
        rate >= GOAL,
    )
    yield at_most(f"preview of {GIVERS:,} givers", found["preview"][0], 5, "CPU s")
    yield at_most(f"PDF of {PRINTED} letters", found["pdf"][0], 5, "CPU s")


def main():
    import django

    django.setup()

    from django.db import transaction

    from membership import statements_pdf, statements_run
    from membership.models import Statement, User
    from orders.models import Line, Order, Payment
    from pages.models import SiteSettings

    SiteSettings.objects.update_or_create(pk=1, defaults={"ein": "00-0000000"})
    first = datetime(YEAR, 2, 1, 17, tzinfo=UTC)
    with transaction.atomic():
        orders = Order.objects.bulk_create(
            Order(
                state="paid",
                buyer_name=f"Giver {number}",
                buyer_email="" if number < PRINTED else f"g{number}@bench.example",
                placed_at=first + timedelta(minutes=number),
                held_until=first + timedelta(minutes=number),
                paid_at=first + timedelta(minutes=number),
            )
            for number in range(GIVERS)
        )
        Line.objects.bulk_create(
            Line(order=order, kind="gift", label="Gift to the association", unit_cents=5_000)
            for order in orders
        )
        Payment.objects.bulk_create(
            Payment(
                order=order,
                method="cash",
                state="paid",
                amount_cents=5_000,
                opened_at=order.placed_at,
                paid_at=order.placed_at,
            )  # fmt: skip
            for order in orders
        )
    at = datetime(YEAR + 1, 1, 11, 15, tzinfo=UTC)
    preview = _seconds(lambda: statements_run.preview(YEAR))
    run = statements_run.start(YEAR, by=User.objects.filter(is_staff=True).first(), at=at)

    def all_of_it():
        while statements_run.tick(at):
            pass

    spent = _seconds(all_of_it)
    run.refresh_from_db()
    paper = Statement.objects.filter(run=run, email="")[:PRINTED]
    pdf = _seconds(lambda: statements_pdf.draw(list(paper)))
    print(json.dumps({"letters": run.written, "run": spent, "preview": preview, "pdf": pdf}))


def _seconds(act) -> tuple[float, float]:
    """Of the processor, and of the clock."""
    began, began_at = time.process_time(), time.perf_counter()
    act()
    return time.process_time() - began, time.perf_counter() - began_at


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nsca.settings")
    main()
