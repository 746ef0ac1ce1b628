"""Seed a site in a temporary folder, measure it, and compare it with its goals."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench import buying, reveal, slow_clients, slow_stripe, speed
from bench.serving import ROOT, free_port

PARTS = {
    "buying": buying,
    "slow-stripe": slow_stripe,
    "reveal": reveal,
    "speed": speed,
    "slow": slow_clients,
}


@dataclass(frozen=True)
class Site:
    env: dict  # the environment variables it runs with
    port: int
    database: Path
    city: str  # addresses
    event: str
    ticket: str


def main():
    """Print one line per figure; exit 1 if any falls short, 2 for an unknown part."""
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in wanted if name not in PARTS]:
        print(f"There is no part “{unknown[0]}”: {', '.join(PARTS)}.", file=sys.stderr)
        sys.exit(2)
    short = 0
    with tempfile.TemporaryDirectory(prefix="nsca-bench-") as folder:
        site = seeded_site(Path(folder))
        for name in wanted:
            for figure in PARTS[name].figures(site):
                print(figure, flush=True)
                short += not figure.is_met
    print(f"{short} short of the goal." if short else "Every goal is met.")
    sys.exit(1 if short else 0)


def seeded_site(folder):
    """A demonstration with its season, as `make run` makes it, on SQLite."""
    port, database = free_port(), folder / "nsca.sqlite3"
    env = os.environ | {
        "DEBUG": "0",
        "DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "nsca.settings",
        "SECRET_KEY": "only for this measurement, and gone with the folder it is kept in",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{database}",
    }
    for name in ("STRIPE_SECRET_KEY", "EMAIL_URL", "CACHE_URL", "SENTRY_DSN", "ACCESS_LOG"):
        env.pop(name, None)
    subprocess.run([sys.executable, "scripts/prepare.py"], cwd=ROOT, env=env, check=True)
    command = [sys.executable, "-m", "bench.actors"]
    answer = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    return Site(env=env, port=port, database=database, **json.loads(answer.stdout))


if __name__ == "__main__":
    main()
