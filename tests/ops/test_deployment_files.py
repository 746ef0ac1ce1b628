"""The files beside the code agree with each other and with the code."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
OTHERS = {  # read by gunicorn's configuration, not by settings.py
    *["FORWARDED_ALLOW_IPS", "WEB_CONCURRENCY", "ACCESS_LOG", "GUNICORN_BIND", "GUNICORN_THREADS"],
}


def variables_read(path):
    text = (ROOT / path).read_text()
    return set(re.findall(r'(?:env(?:\.\w+)?|os\.environ\.get)\(\s*"([A-Z0-9_]+)"', text))


@pytest.mark.parametrize(
    "target",
    ["run", "dev", "test", "test-pg", "lint", "format", "bench", "lock", "audit", "sbom"],
)
def test_make_knows_the_target_and_help_names_it(target):
    would = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True)

    assert would.stdout.startswith("python3 scripts/")
    assert re.search(rf"^{target} +\w", told.stdout, re.MULTILINE)


def test_compose_starts_the_production_shape():
    assert set(COMPOSE["services"]) == {"proxy", "app", "ticker", "prepare", "db", "cache"}
    published = {name for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"proxy"}


def test_compose_waits_until_what_a_service_needs_is_healthy():
    needs = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in COMPOSE["services"].items()
    }

    ready = {"db": "service_healthy", "cache": "service_healthy"}
    prepared = {"prepare": "service_completed_successfully", **ready}
    assert needs == {
        "proxy": {"app": "service_healthy"},
        "app": prepared,
        "ticker": prepared,
        "prepare": ready,
        "db": {},
        "cache": {},
    }


def test_the_site_is_no_superuser_of_its_database():
    db = COMPOSE["services"]["db"]
    script = (ROOT / "deploy" / "postgres" / "10-role.sh").read_text()
    address = COMPOSE["services"]["app"]["environment"]["DATABASE_URL"]

    assert db["environment"]["POSTGRES_USER"] == "postgres"
    assert "./deploy/postgres:/docker-entrypoint-initdb.d:ro" in db["volumes"]
    assert address.startswith("postgres://nsca:") and "CREATE ROLE nsca LOGIN" in script
    assert " NOSUPERUSER " in script and "CREATE DATABASE nsca OWNER nsca" in script


def test_compose_sets_only_what_the_site_reads():
    told = set(COMPOSE["services"]["app"]["environment"])

    assert told - OTHERS - variables_read("nsca/settings.py") == set()
    assert told & OTHERS <= variables_read("deploy/gunicorn.py")


def test_compose_is_a_demonstration_by_default_and_cannot_be_taken_for_more(settings):
    environment = COMPOSE["services"]["app"]["environment"]

    assert environment["DEMO"] == "${DEMO:-1}"
    # The key in the file is one that nsca.ops.checks refuses outside a demonstration.
    assert environment["SECRET_KEY"].startswith("${SECRET_KEY:-insecure")


def test_the_example_of_an_env_file_names_only_what_compose_reads():
    example = (ROOT / ".env.example").read_text()
    names = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    text = (ROOT / "compose.yaml").read_text()

    assert names <= set(re.findall(r"\$\{([A-Z_]+)", text)) | set(
        re.findall(r"^    ([A-Z0-9_]+):$", text, re.MULTILINE)
    )


def test_the_image_holds_every_package_of_the_site():
    kept = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/apps.py")}

    assert packages <= kept
    assert {"manage.py", "requirements.lock", "templates", "static", "deploy", "scripts"} <= kept


def test_what_the_site_writes_has_a_volume_since_nothing_else_can_be_written(settings):
    mounted = {volume.split(":")[1] for volume in COMPOSE["services"]["app"]["volumes"]}
    written = {
        Path(settings.MEDIA_ROOT).name,
        Path(settings.STORAGES["outbox"]["OPTIONS"]["location"]).name,
        "mail",
    }

    assert COMPOSE["services"]["app"]["read_only"]
    assert {f"/app/var/{folder}" for folder in written} <= mounted
    assert COMPOSE["services"]["app"]["volumes"] == COMPOSE["services"]["ticker"]["volumes"]
    made = (ROOT / "Dockerfile").read_text()
    assert [folder for folder in written if f"var/{folder}" not in made] == []


def test_nothing_the_site_writes_reaches_the_repository():
    ignored = (ROOT / ".gitignore").read_text().split()

    assert {"/var/", "/.venv/", "/.env"} <= set(ignored)


@pytest.mark.parametrize("unit", ["nsca.service", "nsca-ticker.service", "nsca-backup.service"])
def test_a_systemd_unit_may_write_nowhere_but_in_var(unit):
    text = (ROOT / "deploy" / "systemd" / unit).read_text()

    assert "ProtectSystem=strict" in text
    assert re.findall(r"^ReadWritePaths=(.*)$", text, re.MULTILINE) == ["/srv/nsca/var"]


def test_the_guide_subscribes_to_the_very_events_that_the_webhook_handles():
    from orders.reconciling.webhooks import HANDLERS

    section = (ROOT / "docs" / "deployment.md").read_text().partition("Add endpoint")[2]
    step = section.partition("\n3.")[0]

    assert set(re.findall(r"`([a-z]+(?:\.[a-z_]+)+)`", step)) == set(HANDLERS)


def test_every_setting_has_one_row_in_the_readme():
    table = (ROOT / "README.md").read_text().partition("## Settings")[2].partition("\n## ")[0]
    names = re.findall(
        r"`([A-Z0-9_]+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE))
    )

    assert variables_read("nsca/settings.py") - set(names) == set()
    assert len(names) == len(set(names))


def test_every_variable_of_gunicorn_has_its_row_in_the_guide():
    table = (ROOT / "docs" / "deployment.md").read_text().partition("Gunicorn has variables")[2]
    names = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", table, re.MULTILINE))

    assert names == variables_read("deploy/gunicorn.py")


def test_the_launcher_names_people_that_the_season_has():
    import run

    people = (ROOT / "nsca" / "demo" / "people.toml").read_text()

    assert f'email = "{run.DIRECTOR}"' in people
    assert f'email = "{run.MEMBER}"' in people
