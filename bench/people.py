"""The members' desk with ten thousand people: the list, its filters, a search by name, one
person's page, and a list of as many imported.

    python -m bench.people      writes into the database that it is given: a copy, please
"""

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, date, datetime

from bench.figures import Figure, at_most
from bench.serving import ROOT

PEOPLE = 10_000
ROUNDS = 7  # the least of them counts: what else the machine does only ever adds
QUERIES, LIST_MS, SEARCH_MS = 12, 150, 50
IMPORT_S = 300  # CPU seconds: five minutes of a ticker, while the page shows how far it is
FIRST = ("Ada", "Ben", "Cleo", "Dina", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jun")
LAST = ("Ellery", "Okoro", "Tran", "Roe", "Park", "Mensah", "Santos", "Weber", "Laurent", "Kita")
AT = datetime(2027, 4, 1, 16, tzinfo=UTC)


def figures(site):
    copy = site.database.with_name("people.sqlite3")
    shutil.copy(site.database, copy)
    command = [sys.executable, "-m", "bench.people"]
    env = site.env | {"DATABASE_URL": f"sqlite:///{copy}"}
    told = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    copy.unlink()
    found = json.loads(told.stdout)
    for name in ("list", "standing", "page"):
        queries, ms = found[name]
        words = {
            "list": f"member list of {PEOPLE:,}",
            "standing": "the same, of one standing",
            "page": "one person's page and story",
        }[name]
        most = QUERIES if name != "page" else 60
        yield Figure(f"queries of {words}", str(queries), f"≤ {most}", queries <= most)
        yield at_most(f"CPU of {words}", ms, LIST_MS, "ms")
    yield at_most("search by name", found["search"], SEARCH_MS, "CPU ms")
    yield at_most(f"duplicates among {PEOPLE:,}", found["duplicates"], 5_000, "CPU ms")
    yield at_most(f"import of {PEOPLE:,} lines, looked at", found["looked"], IMPORT_S, "CPU s")
    yield at_most(f"import of {PEOPLE:,} lines, written", found["written"], IMPORT_S, "CPU s")


def main():
    import django

    django.setup()

    from django.test import Client

    from membership import duplicates, importing
    from membership.models import Person, User

    add_people()
    director = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser(
        "bench@bench.example"
    )
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(director)
    listed = "/admin/membership/person/"
    one = Person.objects.filter(email="p77@bench.example").get()
    auto = "/admin/autocomplete/?app_label=membership&model_name=belonging&field_name=person"
    told = {
        "list": asked(client, listed),
        "standing": asked(client, f"{listed}?standing=lapsed"),
        "page": asked(client, f"{listed}{one.pk}/change/"),
        "search": asked(client, f"{auto}&term=hana+weber+77")[1],
        "duplicates": least(duplicates.pairs, rounds=2),
    }
    lines = "".join(f"Zoe Xu {spelled(n)},z{n}@bench.example\n" for n in range(PEOPLE))
    content = f"Name,E-mail\n{lines}".encode()
    batch = importing.begin("bench.csv", content, by=director, at=AT)
    importing.choose_columns(batch, batch.columns)
    told["looked"] = worked(importing, batch)
    importing.say_yes(batch, by=director, at=AT)
    told["written"] = worked(importing, batch)
    print(json.dumps(told))


def add_people():
    """Each in a household of their own, with a term that holds, or did."""
    from membership.models import Belonging, Household, Person, Term, Tier

    tier = Tier.objects.order_by("pk").first()
    households = Household.objects.bulk_create(
        Household(name=f"{name_of(n)} and family", created_at=AT) for n in range(PEOPLE)
    )
    people = Person.objects.bulk_create(
        Person(
            name=name_of(n),
            email=f"p{n}@bench.example",
            phone=f"757 556 {n:05}",
            member_number=500_000 + n,
        )
        for n in range(PEOPLE)
    )
    Belonging.objects.bulk_create(
        Belonging(person=person, household=household)
        for person, household in zip(people, households, strict=True)
    )
    Term.objects.bulk_create(
        Term(
            household=household,
            tier=tier,
            starts_on=date(year, 5, 1),
            ends_on=date(year + 1, 4, 30),
            reason="bench",
        )
        for number, household in enumerate(households)
        for year in ((2025, 2026) if number % 3 else (2024,))
    )


def name_of(number: int) -> str:
    first, last = FIRST[number % 10], LAST[number // 10 % 10]
    return f"{first} {spelled(number // 100)} {last} {number % 100}"


def spelled(number: int) -> str:
    """A number as a word, so that names differ by more than a letter."""
    return "".join("abdefgklmnoprstuv"[int(digit)] * 2 for digit in f"{number:05}")


def asked(client, path) -> tuple[int, float]:
    """Queries and the least CPU milliseconds of a page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)  # what a worker asks once in its life is not the page's
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}")
    return len(queries), least(lambda: client.get(path), rounds=ROUNDS)


def least(act, *, rounds: int) -> float:
    """CPU milliseconds."""
    found = []
    for _ in range(rounds):
        began = time.process_time()
        act()
        found.append((time.process_time() - began) * 1000)
    return round(min(found), 1)


def worked(importing, batch) -> float:
    batch.refresh_from_db()
    began = time.process_time()
    while importing.work(batch, at=AT):
        pass
    batch.refresh_from_db()
    return round(time.process_time() - began, 1)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nsca.settings")
    main()
