"""A Chromium for the browser tests: the machine's own, Debian's, or Playwright's."""

import os
import shutil
import subprocess

import environment
from environment import Refusal

NAMES = ["chromium", "chromium-browser", "google-chrome"]


def chromium():
    """The path of a Chromium, installed if there is none.

    CHROMIUM in the environment goes before all. Raises Refusal where none can be had.
    """
    found = os.environ.get("CHROMIUM") or installed() or from_debian() or from_playwright()
    if not found:
        raise Refusal(
            "The browser tests need Chromium and it could not be installed: "
            "`sudo apt-get install chromium`, or name one, as in `CHROMIUM=/path make test`."
        )
    return found


def installed():
    return next(filter(None, map(shutil.which, NAMES)), None)


def from_debian():
    """apt-get, as root or where sudo asks for no password."""
    if not shutil.which("apt-get"):
        return None
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if sudo and not (shutil.which("sudo") and quietly([*sudo, "true"])):
        return None
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    print("Installing Chromium from Debian.", flush=True)
    quietly([*apt, "update"])
    quietly([*apt, "install", "--yes", "--no-install-recommends", "chromium"])
    return installed()


def from_playwright():
    """The build that Playwright downloads into the user's cache."""
    python = str(environment.python())
    print("Asking Playwright for its Chromium.", flush=True)
    if not quietly([python, "-m", "playwright", "install", "chromium"]):
        return None
    where = (
        "from playwright.sync_api import sync_playwright as p\n"
        "with p() as found: print(found.chromium.executable_path)"
    )
    answer = subprocess.run([python, "-c", where], stdout=subprocess.PIPE, check=False)
    return answer.stdout.decode().strip() or None


def quietly(command):
    """Whether `command` succeeds; its words are only noise here."""
    nothing = subprocess.DEVNULL
    return subprocess.call(command, stdin=nothing, stdout=nothing, stderr=nothing) == 0
