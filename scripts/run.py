"""`make run` and `make dev`: from a fresh clone to a site in the browser.

Everything up to the virtual environment runs with the system's own python3, with nothing
installed. What the site stores (database, media, demonstration e-mails, the secret key) is in var/
beside the code; remove that folder and the next run starts afresh.
"""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import environment
from environment import ROOT, Refusal
from pair import Ended, Pair, as_exit_code, raise_ended_on_signals

VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()
HOST = "127.0.0.1"
DIRECTOR, MEMBER = "director@demo.example", "member@demo.example"  # of the season that is seeded


def main():
    """Serve until Ctrl-C; exit 1 with one sentence if that fails."""
    environment.refuse_an_old_python(sys.version_info)
    sys.exit(environment.say_refusals(lambda: serve(dev="--dev" in sys.argv[1:])))


def serve(dev):
    """Prepare, start the server and the ticker, and wait. Returns the exit code."""
    raise_ended_on_signals()
    pair = None
    try:
        port = free_port(os.environ.get("PORT") or "8000")
        refuse_a_disk_that_takes_nothing()
        environment.ensure(dev=dev)
        env = surroundings(os.environ, port=port, dev=dev)
        prepare(env)
        pair = Pair(env)
        manage = [str(environment.python()), str(ROOT / "manage.py")]
        pair.start("the server", server_command(port, dev))
        pair.start("the ticker", [*manage, "tick", "--loop"])
        first_to_end = pair.watch(until=lambda: answers(port))
        if first_to_end is None:
            print(where_to_look(env, port), flush=True)
            first_to_end = pair.watch()
    except Ended:
        print("\nStopping the server and the ticker." if pair else "\nStopped.", flush=True)
        return 0
    finally:
        if pair:
            pair.end()
    name, returncode = first_to_end
    code = as_exit_code(returncode)
    print(
        f"{name.capitalize()} ended unexpectedly (exit {code}), so everything was stopped.",
        file=sys.stderr,
    )
    return code


def free_port(text):
    """The port as a number. Raises Refusal if it is invalid, or in use on this machine."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Refusal(f"PORT must be a number from 1 to 65535, not “{text}”.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server will do
        try:
            probe.bind((HOST, port))
        except PermissionError as refused:
            raise Refusal(
                f"Port {port} is for root only: choose one above 1023, as in `make run PORT=8001`."
            ) from refused
        except OSError as taken:
            raise Refusal(
                f"Port {port} is in use: stop what uses it, or choose another, "
                f"as in `make run PORT={port + 1 if port < 65535 else 8001}`."
            ) from taken
    return port


def refuse_a_disk_that_takes_nothing():
    """Raises Refusal unless var/ can be made and written to."""
    try:
        (VAR / "static").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=str(VAR)) as probe:
            probe.write(b"a file that is gone again")
    except OSError as refused:
        raise Refusal(
            f"Cannot write to {VAR} ({refused.strerror}): the database and pictures are kept "
            "there, so the folder must be yours and its disk not full."
        ) from refused


def surroundings(given, port, dev):
    """The site's environment variables: what was given, and what a demonstration needs."""
    env = dict(given)
    env.setdefault("DEMO", "1")
    env.setdefault("SITE_URL", f"http://{HOST}:{port}")
    env.setdefault("DATABASE_URL", f"sqlite:///{VAR / 'nsca.sqlite3'}")
    env["VAR_DIR"] = str(VAR)
    env["DEBUG"] = "1" if dev else "0"
    env["DJANGO_SETTINGS_MODULE"] = "nsca.settings"
    env["PYTHONUNBUFFERED"] = "1"
    if not env.get("SECRET_KEY"):
        env["SECRET_KEY"] = secret_key()
    return env


def secret_key():
    """This copy's SECRET_KEY, made on the first run and kept: it seals the venues."""
    path = VAR / "secret-key"
    if not path.exists():
        descriptor = os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def prepare(env):
    command = [str(environment.python()), str(ROOT / "scripts" / "prepare.py")]
    if subprocess.call(command, cwd=str(ROOT), env=env):
        raise Refusal("The site could not be prepared, for the reason above. Nothing was started.")


def server_command(port, dev):
    if dev:
        manage = [str(environment.python()), str(ROOT / "manage.py")]
        return [*manage, "runserver", f"{HOST}:{port}"]
    return [
        *[str(environment.python()), "-m", "gunicorn", "--bind", f"{HOST}:{port}"],
        *["--config", str(ROOT / "deploy" / "gunicorn.py"), "--log-level", "warning", "nsca.wsgi"],
    ]


def answers(port):
    """Whether the server answers, whatever the answer."""
    try:
        urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def where_to_look(env, port):
    """The lines for the person who has just typed the command."""
    site = env["SITE_URL"].rstrip("/")
    lines = [
        ("/", "the site"),
        ("/admin/", f"for staff: sign in as {DIRECTOR}"),
        ("/membership/", f"for members: sign in as {MEMBER}"),
        ("/demo/mail/", "every e-mail it sends, including sign-in codes"),
    ]
    if env["DEMO"] != "1":
        lines = lines[:1]
    table = "\n".join(f"  {site + path:<{len(site) + 14}}{words}" for path, words in lines)
    kept = VAR.relative_to(ROOT) if VAR.is_relative_to(ROOT) else VAR
    words = [
        "Payments go to Stripe." if env.get("STRIPE_SECRET_KEY") else "Payments are pretend.",
        f"Its data is in {kept}/. Ctrl-C stops it.",
    ]
    if site != f"http://{HOST}:{port}":
        words.insert(0, f"It listens on {HOST}:{port} for the proxy of {site}.")
    title = "The Norfolk Sister City Association, at your service:"
    return f"\n{title}\n\n{table}\n\n{' '.join(words)}\n"


if __name__ == "__main__":
    main()
