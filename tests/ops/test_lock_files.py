"""What is installed is what was looked at: the lock files name it all, each with its digests."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
ENTRY = re.compile(r"(?P<name>[a-z0-9._-]+)(?:\[[a-z,-]+\])?==(?P<version>[^\s;]+)(?: ; .+)? \\")
DIGEST = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
SITE, DEV = (
    ("requirements.txt", "requirements.lock"),
    ("requirements-dev.txt", "requirements-dev.lock"),
)


def wanted(file):
    """The version of each package that a file asks for, and those that it includes."""
    found = {}
    for line in (ROOT / file).read_text().splitlines():
        if line.startswith("-r "):
            found |= wanted(line.removeprefix("-r "))
        elif line and not line.startswith("#"):
            one = Requirement(line)
            [only] = one.specifier
            assert only.operator == "==", f"{file}: {line} is not pinned"
            found[canonicalize_name(one.name)] = only.version
    return found


def locked(file):
    """The version of each package in a lock file, every one of them with a digest."""
    found, name = {}, None
    for line in (ROOT / file).read_text().splitlines():
        if entry := ENTRY.fullmatch(line):
            assert name is None or found[name][1], f"{file}: {name} has no digest"
            name = canonicalize_name(entry["name"])
            found[name] = [entry["version"], 0]
        else:
            # Nothing but packages and digests: no index, no folder, no address of any kind.
            assert DIGEST.fullmatch(line), f"{file}: {line}"
            found[name][1] += 1
    return {name: version for name, (version, _digests) in found.items()}


@pytest.mark.parametrize(("text", "lock"), [SITE, DEV])
def test_a_forgotten_lock_file_says_which_command_to_run(text, lock):
    asked, has = wanted(text), locked(lock)

    assert {name: has.get(name) for name in asked} == asked, f"{text} has changed: run `make lock`"


def test_the_tests_run_on_what_the_site_runs_on():
    site, dev = locked("requirements.lock"), locked("requirements-dev.lock")

    assert {name: dev.get(name) for name in site} == site, "run `make lock`"


@pytest.mark.parametrize("file", ["scripts/environment.py", "Dockerfile"])
def test_nothing_is_installed_that_no_lock_file_names(file):
    text = (ROOT / file).read_text()

    assert "--require-hashes" in text and "--only-binary" in text
    assert not re.search(r"requirements(-dev)?\.txt", text)
