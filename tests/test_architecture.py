"""Rules of the source, read from the source: who may import whom (docs/architecture.md §2)."""

import ast
import functools
import re
from pathlib import Path

import pytest
from django.contrib.admin import ModelAdmin, site

from events.models import Event

ROOT = Path(__file__).resolve().parent.parent
APPS = ("nsca", "events", "cities", "membership", "orders", "pages")
MAY_IMPORT = {
    "nsca": {"nsca", "events", "cities", "membership", "orders", "pages"},
    "events": {"events", "membership", "cities", "orders"},
    "membership": {"membership", "orders"},
    "cities": {"cities"},
    "orders": {"orders"},
    "pages": {"pages"},
}
OPEN_TO_ALL = "nsca.lib"  # the leaves
# The packages of an app, from the lowest: each imports only what stands before it. Modules that
# stand in no package (admin.py, urls.py, apps.py) put together what is below them.
PACKAGES = {
    "events": (
        "models", "access", "venue", "reveal", "hints", "sales", "returns", "tables", "waitlist",
        "tickets", "door", "seating", "changes", "privacy", "public", "night",
    ),
    "membership": (
        "models", "security", "accounts", "privacy", "insight", "people", "terms", "giving",
        "records", "joining", "mailings", "reminders", "portal", "gift_memberships", "admin",
    ),
    "orders": (
        "models", "lines", "books", "payments", "refunds", "checkout", "recurring", "reconciling",
    ),
    "pages": ("search", "content", "newsletter", "contact"),
    "cities": ("art",),
    "nsca": ("lib", "ops", "desk", "content", "site", "middleware", "demo"),
}  # fmt: skip
PUTS_TOGETHER = ("admin", "apps", "hooks", "management", "settings", "templatetags", "wsgi")
# What answers requests, by the first word of a module's name. Rules import none of it.
WEB = ("views", "admin", "forms", "urls", "feeds", "site")
VENUE_MAY_BE_NAMED_IN = {
    "events/models/__init__.py",
    "events/models/venue.py",
    "events/venue/store.py",
}
# What is sealed lies behind the door: only the door's own package calls these.
STORES_BEHIND_THE_DOOR = (
    "events.venue.store", "events.venue.pictures", "events.venue.former_venues",
)  # fmt: skip
CLOCK_MAY_BE_READ_IN = (
    "nsca/lib/clock.py",
    "nsca/management/commands/",
    "nsca/middleware/edge.py",
)

# Names of people, which open nothing, may be compared whatever their case; these alone.
NAMES_THAT_MAY_BE_FOLDED = ("name__iexact", "guest_name__iexact", "signed__iexact", "__iexact")
FOLDING_LOOKUPS = ("iexact", "iregex", "istartswith", "iendswith")
WORDS_FOR_ADDRESSES = re.compile(r"mail|address|holder|captain|mailbox|promo|\bcode\b")


@functools.cache
def parsed(path):
    return ast.parse(path.read_text())


def sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), parsed(path)


def imports_of(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names_of(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def app_imports(path, tree):
    """The modules of our own apps that a file imports, without the leaves that are open to all."""
    for name in imports_of(tree):
        if name.split(".")[0] in APPS and not name.startswith(OPEN_TO_ALL):
            yield name


@pytest.mark.parametrize("app", APPS)
def test_apps_import_only_whom_they_may(app):
    strangers = [
        f"{path} imports {name}"
        for path, tree in sources(app)
        if not path.startswith("nsca/lib/")
        for name in app_imports(path, tree)
        if name.split(".")[0] not in MAY_IMPORT[app]
    ]

    assert strangers == []


def test_the_leaves_know_no_app():
    strangers = [
        f"{path} imports {name}"
        for path, tree in sources("nsca/lib")
        for name in imports_of(tree)
        if name.split(".")[0] in APPS
        and not name.startswith(("nsca.lib", "nsca.ops.logs"))
        and name != "nsca"
    ]

    assert strangers == []


def test_one_file_knows_stripe():
    knowing = {
        path
        for path, tree in sources(*APPS)
        for name in imports_of(tree)
        if name.split(".")[0] == "stripe"
    }

    assert knowing == {"orders/payments/stripe.py"}


def test_only_the_door_names_the_place_model():
    naming = {path for path, tree in sources(*APPS) if "Venue" in names_of(tree)}

    assert naming <= VENUE_MAY_BE_NAMED_IN
    assert "events/venue/store.py" in naming


def test_only_the_door_calls_the_stores_behind_it():
    calling = [
        f"{path} imports {name}"
        for path, tree in sources(*APPS)
        if not path.startswith(("events/reveal/", "events/venue/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("events")
        for name in (f"{node.module}.{alias.name}" for alias in node.names)
        if name.startswith(STORES_BEHIND_THE_DOOR) and not name.split(".")[-1].isupper()
    ]
    reaching = [
        path
        for path, tree in sources(*APPS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "reveal.store"
    ]

    assert calling + reaching == []


CLOCKS = {
    ("timezone", "now"), ("timezone", "localdate"), ("timezone", "localtime"), ("datetime", "now"),
    ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("clock", "now"),
}  # fmt: skip


def reads_the_clock(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            if (name, node.func.attr) in CLOCKS:
                yield f"{name}.{node.func.attr}"


def test_only_the_edge_reads_the_clock():
    reading = [
        f"{path} calls {call}()"
        for path, tree in sources(*APPS)
        if path not in CLOCK_MAY_BE_READ_IN and "/management/commands/" not in path
        for call in reads_the_clock(tree)
    ]

    assert reading == []


def test_no_file_of_ours_uses_signals():
    using = {
        path
        for path, tree in sources(*APPS)
        for name in imports_of(tree)
        if name.startswith("django.db.models.signals") or name == "django.dispatch.receiver"
    }

    assert using == set()


def calls_of(tree):
    """Each call by the full name of what is called, where it was imported from a module."""
    of_module = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name, dot, rest = ast.unparse(node.func).partition(".")
            yield of_module.get(name, name) + dot + rest


def registrations(hooks):
    """The functions of our apps that nsca/hooks.py calls to hand something over."""
    calls = {call for call in calls_of(hooks) if call.partition(".")[0] in (*APPS, "anymail")}
    return {
        call
        for call in calls
        if call.rpartition(".")[2].islower() and not call.endswith("all_of_ours")
    }


def test_apps_are_tied_together_on_one_page():
    """nsca/hooks.py; no other AppConfig does anything at start-up."""
    registering = registrations(parsed(ROOT / "nsca/hooks.py"))
    elsewhere = [
        f"{path} calls {call}"
        for path, tree in sources(*APPS)
        if path != "nsca/hooks.py"
        for call in calls_of(tree)
        if call in registering
    ]
    starting = [
        path
        for path, tree in sources(*APPS)
        for node in ast.walk(tree)
        if path.endswith("/apps.py") and isinstance(node, ast.FunctionDef)
    ]

    assert len(registering) > 10
    assert elsewhere == []
    assert starting == ["nsca/apps.py"]


@pytest.mark.parametrize(
    "code",
    [
        "from orders.lines import kinds\nkinds.register(WineKind())",
        "from orders.lines import kinds as of_lines\nof_lines.register(WineKind())",
        "from orders.lines.kinds import register\nregister(WineKind())",
    ],
)
def test_that_rule_would_see_a_registration_elsewhere(code):
    registering = registrations(parsed(ROOT / "nsca/hooks.py"))

    assert registering & set(calls_of(ast.parse(code))) == {"orders.lines.kinds.register"}


def below(kind):
    """A class and all that inherit it."""
    return {kind}.union(*(below(each) for each in kind.__subclasses__()))


def has_many_bases(admin):
    return len(admin.__bases__) > 3


def test_no_admin_is_put_together_from_many_parts():
    """A package defines `AdminPage`s, and a ModelAdmin lists them in `pages`; two bases beside
    the base class are enough.
    """
    many = {
        f"{admin.__module__}.{admin.__name__}": len(admin.__bases__)
        for admin in below(ModelAdmin)
        if admin.__module__.startswith(APPS) and has_many_bases(admin)
    }

    assert site.is_registered(Event)
    assert many == {}


@pytest.mark.parametrize(("parts", "is_many"), [(2, False), (3, True)])
def test_that_rule_would_see_three_bases_beside_the_base_class(parts, is_many):
    mixins = [type(f"Mixin{number}", (), {}) for number in range(parts)]

    assert has_many_bases(type("WineAdmin", (*mixins, ModelAdmin), {})) is is_many


@pytest.mark.parametrize(
    "path",
    [
        "orders/lines/kinds.py",
        "orders/lines/recurring_kinds.py",
        "membership/privacy/personal_data.py",
    ],
)
def test_what_may_be_answered_has_a_default_and_is_not_looked_for(path):
    """No optional verbs by `getattr`: a base class says what each is."""
    calls = re.findall(r"hasattr\(.*|getattr\([^()]*,[^()]*,.*", (ROOT / path).read_text())

    assert calls == []


def folds_letters(tree):
    """Where a file folds letters in the database, or an address or a code in Python."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword | ast.Constant):
            text = node.arg if isinstance(node, ast.keyword) else node.value
            is_lookup = isinstance(text, str) and text.endswith(FOLDING_LOOKUPS) and "__" in text
            if is_lookup and text not in NAMES_THAT_MAY_BE_FOLDED:
                yield text
        elif isinstance(node, ast.alias) and node.name in ("Lower", "Upper", "Collate"):
            yield node.name
        elif isinstance(node, ast.Attribute) and node.attr == "EmailField":
            yield "EmailField"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_folding = node.func.attr in ("lower", "upper", "casefold")
            if is_folding and WORDS_FOR_ADDRESSES.search(ast.unparse(node.func.value)):
                yield ast.unparse(node)


def test_addresses_and_codes_are_spelled_in_one_place_and_folded_nowhere():
    """PostgreSQL's UPPER makes I of a dotless i: `iexact` let a stranger sign in as the director
    (nsca/lib/mail/addresses.py).
    """
    folding = [
        f"{path}: {what}"
        for path, tree in sources(*APPS)
        if path
        not in ("nsca/lib/mail/addresses.py", "nsca/lib/db/exact.py", "nsca/lib/secrets/codes.py")
        for what in folds_letters(tree)
    ]

    assert folding == []


@pytest.mark.parametrize(
    "code",
    [
        "User.objects.filter(email__iexact=email)",
        "Q(**{'user__email__iexact': email})",
        "from django.db.models.functions import Lower",
        "order.buyer_email.lower()",
        "data['email'].casefold()",
        "models.EmailField()",
    ],
)
def test_that_rule_would_see_each_way_of_folding(code):
    assert list(folds_letters(ast.parse(code))) != []


def packages_of(app):
    return [p for p in PACKAGES[app] if (ROOT / app / p).is_dir()]


@pytest.mark.parametrize("app", APPS)
def test_every_package_has_its_place_in_the_order(app):
    here = {p.parent.name for p in (ROOT / app).glob("*/*.py")} - {"migrations", *PUTS_TOGETHER}

    assert here - set(PACKAGES[app]) == set()
    assert packages_of(app) == list(PACKAGES[app])


def going_up(app, package, names, order):
    """Those of the imported names that stand above a package of the same app."""
    for name in names:
        owner, _, rest = name.partition(".")
        other = rest.split(".")[0]
        if owner == app and other in order and order.index(other) > order.index(package):
            yield name


@pytest.mark.parametrize("app", APPS)
def test_a_package_imports_only_what_is_below_it(app):
    """Addresses apart: urls.py puts together what answers them."""
    order = packages_of(app)
    upward = [
        f"{path} imports {name}"
        for package in order
        for path, tree in sources(f"{app}/{package}")
        if not Path(path).name.startswith("urls")
        for name in going_up(app, package, app_imports(path, tree), order)
    ]

    assert upward == []


@pytest.mark.parametrize(
    ("imported", "is_seen"),
    [
        ("events.models.event", False),
        ("events.sales", False),  # its own package
        ("events.tickets", True),
        ("events.tickets.views", True),
        ("membership.joining", False),  # another app: that is another rule's matter
    ],
)
def test_that_rule_would_see_an_import_that_goes_up(imported, is_seen):
    found = list(going_up("events", "sales", [imported], PACKAGES["events"]))

    assert bool(found) == is_seen


def modules():
    """Each module of ours by its dotted name, with the modules of ours that it imports at its top
    level. Who imports a module of a package does not import the package.
    """
    trees = {
        path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): tree
        for path, tree in sources(*APPS)
    }
    graph = {}
    for module, tree in trees.items():
        outer = ast.Module(
            [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)], []
        )
        names = {name for name in imports_of(outer) if name in trees}
        graph[module] = {n for n in names if not any(m.startswith(f"{n}.") for m in names)}
    return graph


def is_web(module):
    return any(part.startswith(WEB) for part in module.split(".")[1:])


def test_rules_import_no_web_module():
    wrong = [
        f"{module} imports {name}"
        for module, names in modules().items()
        if not is_web(module) and not module.startswith("nsca.")
        for name in names
        if is_web(name) and name.split(".")[0] in APPS
    ]

    assert wrong == []


def circles(graph):
    """Groups of two or more modules that import each other, by Tarjan."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in graph:
        if node not in index:
            visit(node)
    return found


def test_no_modules_import_each_other():
    assert circles(modules()) == []


def test_that_rule_would_see_a_circle():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def private_imports(tree):
    """What a file takes from inside a library: names with an underscore, `internal` modules."""
    for name in imports_of(tree):
        owner, *parts = name.split(".")
        is_private = any(re.match(r"_(?!_)|internal$", part) for part in parts)
        if owner not in APPS and owner != "__future__" and is_private:
            yield name


def test_nothing_is_taken_from_inside_a_library():
    taken = [
        f"{path} imports {name}"
        for path, tree in sources(*APPS, "scripts", "deploy")
        for name in private_imports(tree)
    ]

    assert taken == []


@pytest.mark.parametrize(
    ("code", "is_private"),
    [
        ("from allauth.account.internal import flows", True),
        ("from allauth.account.internal.flows import login", True),
        ("import allauth.mfa.internal", True),
        ("from django.core.mail import _multi_alternatives", True),
        ("from stripe._client import StripeClient", True),
        ("from __future__ import annotations", False),
        ("from django import __version__", False),
        ("from orders.payments.stripe import _client", False),  # ours: between two files of ours
    ],
)
def test_that_rule_would_see_each_way_inside(code, is_private):
    assert bool(list(private_imports(ast.parse(code)))) is is_private
