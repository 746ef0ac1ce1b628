"""What make runs besides the site, from `test` to `sbom`. Makes what is missing first.

Starts with the system's own python3, so it uses only the standard library.
"""

import os
import subprocess
import sys

import environment
from browser import chromium
from environment import ROOT, Refusal

LOCAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"


def main():
    """Run the named check with the arguments that follow, and exit with its code."""
    environment.refuse_an_old_python(sys.version_info)
    checks = {
        "test": test,
        "test-pg": test_pg,
        "lint": lint,
        "format": lay_out,
        "bench": bench,
        "mutants": mutants,
        "reveal-drill": reveal_drill,
        "lock": lock,
        "audit": audit,
        "sbom": sbom,
    }
    name, *arguments = sys.argv[1:]
    sys.exit(environment.say_refusals(lambda: checks[name](arguments)))


def test(arguments):
    """Run pytest on SQLite, whatever DATABASE_URL says: the other engine has its own command."""
    return pytest(arguments, DATABASE_URL="sqlite:///:memory:")


def test_pg(arguments):
    """Run pytest on PostgreSQL. Raises Refusal if the server does not answer."""
    return pytest(arguments, DATABASE_URL=postgres("test-pg"))


def reveal_drill(arguments):
    """Run the night of a reveal on a temporary database of its own.

    Raises Refusal if the server does not answer.
    """
    return run("-m", "tests.slow.drill", *arguments, DATABASE_URL=postgres("reveal-drill"))


def postgres(command):
    """The address of a PostgreSQL server that answers: DATABASE_URL, or a local one.

    Raises Refusal if there is none.
    """
    address = os.environ.get("DATABASE_URL") or LOCAL_POSTGRES
    if not address.startswith("postgres"):
        raise Refusal(f"DATABASE_URL names no PostgreSQL server: {address.partition(':')[0]}.")
    environment.ensure(dev=True)
    ask = "import os, psycopg; psycopg.connect(os.environ['ADDRESS'], connect_timeout=5).close()"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if run("-c", ask, ADDRESS=address, **quiet):
        raise Refusal(
            "PostgreSQL does not answer: start it, or name one that does, as in "
            f"`DATABASE_URL={LOCAL_POSTGRES} make {command}`."
        )
    return address


def pytest(arguments, **settings):
    environment.ensure(dev=True)
    # One process per core; the tests of one module stay together and share their setup. They run
    # in the order of tests/conftest.py: the longest first, not the modules with the most tests.
    workers = ("--numprocesses=auto", "--maxprocesses=4", "--dist=loadscope")
    workers += ("--no-loadscope-reorder",)
    return run("-m", "pytest", *workers, *arguments, CHROMIUM=chromium(), **settings)


def lint(arguments):
    """Run every linter, even after one fails. 0 if all pass."""
    environment.ensure(dev=True)
    settings = {"DEBUG": "1", "DATABASE_URL": "sqlite:///:memory:"}
    failures = [
        run("-m", "ruff", "check", "."),
        run("-m", "ruff", "format", "--check", "."),
        run("-m", "djlint", "--quiet", "--lint", "templates"),
        run("manage.py", "makemigrations", "--check", "--dry-run", **settings),
        run("manage.py", "check", **settings),
    ]
    return 1 if any(failures) else 0


def lay_out(arguments):
    environment.ensure(dev=True)
    return run("-m", "ruff", "check", "--fix", "--exit-zero", "--quiet", ".") or run(
        "-m", "ruff", "format", "."
    )


def bench(arguments):
    environment.ensure(dev=True)
    return run("-m", "bench", *arguments, CHROMIUM=chromium())


def mutants(arguments):
    environment.ensure(dev=True)
    return run("-m", "tests.slow.mutants", *arguments)


def lock(arguments):
    """Write both lock files again from the requirements.

    Each lists every package, including indirect ones, with the digests of all its published files,
    so that it installs on any machine and nothing else does. Locked versions stay, unless
    `--upgrade` is among the arguments.
    """
    environment.ensure(dev=True)
    compile_ = ["-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    compile_ += ["--generate-hashes", "--no-header", "--no-annotate", *arguments]
    return run(*compile_, "requirements.txt", "--output-file", "requirements.lock") or run(
        # What the site runs on is the same in both.
        *compile_,
        *["--constraint", "requirements.lock", "requirements-dev.txt"],
        *["--output-file", "requirements-dev.lock"],
    )


def audit(arguments):
    """Ask whether any package the site runs on has a known vulnerability; if so, exit 1.

    Also exit 1 if nobody answered: silence is no clean bill of health.
    """
    environment.ensure(dev=True)
    locked = ["--disable-pip", "--require-hashes", "--requirement", "requirements.lock"]
    return run("-m", "pip_audit", "--strict", "--progress-spinner", "off", *locked, *arguments)


def sbom(arguments):
    """Write var/sbom.json: what the site is made of, in CycloneDX, for software inventories."""
    environment.ensure(dev=True)
    (ROOT / "var").mkdir(exist_ok=True)
    made = ["--pyproject", "pyproject.toml", "--output-reproducible", "--of", "JSON"]
    made += ["--output-file", "var/sbom.json", "requirements.lock"]
    return run("-m", "cyclonedx_py", "requirements", *made, *arguments)


def run(*command, stdout=None, stderr=None, **settings):
    """Run the environment's Python in the project; returns its exit code."""
    env = {**os.environ, **settings}
    for name in ("MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS", "ARGS"):
        env.pop(name, None)  # a test may run make: this one's settings are not its own
    return subprocess.call(
        [str(environment.python()), *command], cwd=str(ROOT), env=env, stdout=stdout, stderr=stderr
    )


if __name__ == "__main__":
    main()
