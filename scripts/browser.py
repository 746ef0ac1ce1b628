"""A Chromium for the browser tests: the machine's own, Debian's, or Playwright's."""

import os
import shutil
import subprocess

import environment
from environment import Refusal

# The shell without windows needs half the time of the whole browser for the same pages.
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]


def chromium():
    """The path of a Chromium that Playwright can drive, installed if there is none.

    CHROMIUM in the environment takes precedence. Raises Refusal if none can be found or installed.
    """
    if not driver_works():
        from_debian("libatomic1")
    if not driver_works():
        raise Refusal(
            "Playwright's driver does not start: `sudo apt-get install libatomic1`, then again."
        )
    found = os.environ.get("CHROMIUM") or installed()
    if not found:
        from_debian("chromium-headless-shell")
        found = installed() or from_playwright()
    if not found:
        raise Refusal(
            "The browser tests need Chromium and it could not be installed: "
            "`sudo apt-get install chromium`, or name one, as in `CHROMIUM=/path make test`."
        )
    return found


def installed():
    return next(filter(None, map(shutil.which, NAMES)), None)


def driver_works():
    """Whether Playwright's own node starts; a bare Debian lacks one of its libraries."""
    return quietly([str(environment.python()), "-m", "playwright", "--version"])


def from_debian(package):
    """apt-get, as root or with sudo without a password; does nothing on other systems."""
    if not shutil.which("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if sudo and not (shutil.which("sudo") and quietly([*sudo, "true"])):
        return
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    print(f"Installing {package} from Debian.", flush=True)
    quietly([*apt, "update"])
    quietly([*apt, "install", "--yes", "--no-install-recommends", package])


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
    """Whether `command` succeeds; its output would only be noise here."""
    nothing = subprocess.DEVNULL
    return subprocess.call(command, stdin=nothing, stdout=nothing, stderr=nothing) == 0
