"""What every test may use: a browser, and pages of it on a live server.

The engine is chosen by DATABASE_URL (or TEST_DATABASE_URL): SQLite without, PostgreSQL with.
"""

import gc
import os
import secrets

import pytest

# Playwright's synchronous interface keeps an event loop in this thread; Django would take every
# query beside it for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

DATABASE = pytest.StashKey()
QUIET = [  # Chromium asks nobody outside while it runs
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
]
# The modules that take a minute: first, lest one of them begins when all the others have ended.
LONG = (
    "tests/browser/test_every_page",
    "tests/production",
    "tests/slow/faults",
    "tests/test_role_matrix",
    "tests/slow/machine",
    "tests/nsca/ops/test_tick",
    "tests/secrecy",
    "tests/admin/test_browser",
    "tests/browser",
)
# The console's words on every 404 a test asks for, and where a test cuts the network while the
# browser looks for a newer worker: before the answer, or in the middle of its headers.
NO_FAULT_OF_A_PAGE = (
    "Failed to load resource",
    "An unknown error occurred when fetching the script.",
    "The script does not have a MIME type.",
)


def pytest_collection_modifyitems(items):
    """Workers take modules in this order (scripts/check.py); each keeps its tests as they were.

    What stands in tests/slow has the mark `slow`: `-m "not slow"` for a quick look.
    """

    def place(item):
        fits = (number for number, path in enumerate(LONG) if item.nodeid.startswith(path))
        return next(fits, len(LONG))

    items.sort(key=place)
    for item in items:
        if item.nodeid.startswith("tests/slow/"):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish():
    """Modules and tests stay to the end: the search for garbage need not go through them again and
    again, and may wait for more of it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def every_test_has_a_content_version_of_its_own(monkeypatch):
    """What a process remembers of the content must not outlive the test that wrote it.

    The cache's table is no model's, so it is not emptied after a test that commits.
    """
    from nsca.lib.web import caching

    monkeypatch.setattr(caching, "VERSION_KEY", f"content-version-{secrets.token_hex(4)}")
    # Asked by the clock on the wall, it would count among the queries of a page now and then.
    monkeypatch.setattr(caching, "VERSION_IS_ASKED_EVERY", 3600.0)


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """The tests' database; on SQLite a copy of it, too, made before any test writes to it."""
    from django.db import connection
    from django.test import TransactionTestCase

    from tests.database import Database

    with django_db_blocker.unblock():
        database = Database()
        if connection.vendor == "sqlite":
            database.copy = tmp_path_factory.mktemp("empty") / "nsca.sqlite3"
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(database.copy)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: database.empty())
        request.config.stash[DATABASE] = database
        yield database


@pytest.fixture(scope="module", autouse=True)
def module_leaves_no_rows(request, django_db_blocker):
    """A module that leaves rows behind is named itself, and not the one that trips over them."""
    yield
    database = request.config.stash.get(DATABASE, None)
    if database and not database.is_kept:
        with django_db_blocker.unblock():
            left = database.left_behind()
        assert left == [], f"{request.node.nodeid} left rows behind, or a transaction open: {left}"


@pytest.fixture(scope="session")
def empty_database(django_db_setup):
    """The path of a migrated SQLite file without rows, for processes of their own to copy."""
    return django_db_setup.copy


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    from browser import installed

    path = os.environ.get("CHROMIUM") or installed()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=QUIET,
            chromium_sandbox=os.geteuid() != 0,  # it refuses its sandbox to root
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """After the tables: a server started before them takes the database for one in memory, and
    its threads would share, and close, the test's own connection.
    """
    return live_server


@pytest.fixture
def open_page(chromium, live_server):
    """A function that opens a page in a fresh profile on the live server.

    It takes Playwright's options of a context: `viewport`, `color_scheme`, `java_script_enabled`.
    When the test ends, an error in any page's console (a script's, a breach of the
    Content-Security-Policy) is a failure of the test.
    """
    contexts, complaints = [], []

    def listen(message):
        if message.type == "error" and not any(w in message.text for w in NO_FAULT_OF_A_PAGE):
            complaints.append(message.text)

    def open_page(**options):
        options = {"base_url": live_server.url, "locale": "en-US", **options}
        context = chromium.new_context(**options)
        context.set_default_timeout(15_000)  # milliseconds: a busy machine passes too
        context.on("console", listen)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page):
    """One page, 1280 px wide, in the light scheme."""
    return open_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
