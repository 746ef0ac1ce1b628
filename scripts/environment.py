"""The virtual environment: made once, updated when the lock files change.

Runs with the system's own python3, before anything is installed: standard library only, and no
syntax newer than 3.6, so that an old Python can still print the sentence that refuses it.

    python3 scripts/environment.py          what the site runs on
    python3 scripts/environment.py --dev    and what the tests and the linters need
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)  # Debian 12's; Django 5.2 would accept 3.10, our code does not


class Refusal(Exception):
    """A sentence for the person at the keyboard: what is wrong and what to do."""


def main():
    """Make or update the environment; exit 1 with one sentence if that fails."""
    refuse_an_old_python(sys.version_info)
    say_refusals(lambda: ensure(dev="--dev" in sys.argv[1:]))


def say_refusals(act):
    """Run `act`; a Refusal becomes its sentence on stderr and exit 1, Ctrl-C exit 130."""
    try:
        return act()
    except Refusal as refusal:
        sys.exit(str(refusal))
    except KeyboardInterrupt:
        sys.exit(130)


def refuse_an_old_python(version):
    """Exit with a sentence unless `version` (major, minor, …) can run the site."""
    if tuple(version[:2]) < OLDEST_PYTHON:
        sys.exit(
            "Python 3.11 or newer is needed and this is {}.{}: "
            "install one and name it, as in `make run PYTHON=python3.11`.".format(*version[:2])
        )


def venv_dir():
    return Path(os.environ.get("VENV") or ROOT / ".venv").absolute()


def python():
    """The environment's interpreter."""
    return venv_dir() / "bin" / "python"


def ensure(dev=False):
    """Create the environment if there is none and install what has changed since.

    The lock files name every package, with the digests of its published files. Anything else is
    refused, and so is anything that would have to be built here, because building fetches tools
    that no lock names. Prints something only if it takes long. Raises Refusal if venv is missing,
    the folder is not writable, or pip fails.
    """
    files = ["requirements.lock", "requirements-dev.lock"] if dev else ["requirements.lock"]
    if all(is_current(name) for name in files):
        return
    if not works(python()):
        create()
    print(f"Installing what {files[-1]} names; the first time takes a minute.", flush=True)
    pip = [str(python()), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    locked = ["--require-hashes", "--only-binary", ":all:", "--requirement"]
    if subprocess.call([*pip, *locked, str(ROOT / files[-1])]):
        raise Refusal(
            f"Installing {files[-1]} failed for the reason above; "
            "with the network back, the same command carries on."
        )
    for name in files:
        stamp(name).write_text(fingerprint(name))


def is_current(name):
    """Whether the environment was last filled from exactly this lock file."""
    return (
        python().exists() and stamp(name).exists() and stamp(name).read_text() == fingerprint(name)
    )


def stamp(name):
    return venv_dir() / f"installed-{name}.sha256"


def fingerprint(name):
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def works(interpreter):
    """Whether the environment has its pip: an interrupted creation leaves half of one."""
    if not interpreter.exists():
        return False
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.call([str(interpreter), "-c", "import pip"], **quiet) == 0


def create():
    """Run `python -m venv`. Raises Refusal with advice if Debian left it out."""
    try:
        import ensurepip  # noqa: F401 Debian ships venv without it until python3-venv is installed
        import venv
    except ImportError as missing:
        raise Refusal(
            "python3-venv is missing: `sudo apt-get install python3-venv`, then try again."
        ) from missing
    print(f"Making the virtual environment in {venv_dir()}.", flush=True)
    try:
        venv.create(str(venv_dir()), clear=True, with_pip=True, symlinks=True)
    except OSError as refused:
        raise Refusal(
            f"Cannot write {venv_dir()} ({refused.strerror}): "
            "give this folder to your user, or work in a copy of your own."
        ) from refused
    except subprocess.CalledProcessError as failed:
        raise Refusal(
            f"Python could not put pip into {venv_dir()} ({failed}): "
            "is the disk full, or the folder not yours?"
        ) from failed


if __name__ == "__main__":
    main()
