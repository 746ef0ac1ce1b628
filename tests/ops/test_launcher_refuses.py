"""`make run` on a machine that is not ready for it: one plain sentence, exit 1."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path):
    """The launcher in a folder of its own, with nothing installed."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / "requirements.lock").write_text("Django\n")
    return tmp_path


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def launch(clone, **surroundings):
    env = {**os.environ, "VENV": "", "VAR_DIR": "", **surroundings}
    return subprocess.run(
        [sys.executable, "scripts/run.py"], cwd=clone, env=env, capture_output=True, text=True
    )


def test_a_port_in_use_is_named_and_another_proposed(clone):
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = occupant.getsockname()[1]

        ended = launch(clone, PORT=str(port))

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == (
        f"Port {port} is in use: stop what uses it, or choose another, "
        f"as in `make run PORT={port + 1}`.\n"
    )


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1", "８０００"])
def test_a_port_that_is_none_is_refused(clone, port):
    ended = launch(clone, PORT=port)

    assert (ended.returncode, ended.stderr) == (
        1,
        f"PORT must be a number from 1 to 65535, not “{port}”.\n",
    )


def test_a_debian_without_python3_venv_is_told_what_to_install(clone, tmp_path, free_port):
    (tmp_path / "debian").mkdir()
    without = "import sys\nsys.modules['ensurepip'] = None\n"
    (tmp_path / "debian" / "sitecustomize.py").write_text(without)

    ended = launch(clone, PORT=str(free_port), PYTHONPATH=str(tmp_path / "debian"))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "python3-venv is missing: `sudo apt-get install python3-venv`, then try again.\n"
    )


def test_a_disk_that_takes_nothing_is_said_before_anything_is_installed(clone, free_port):
    (clone / "var").write_text("a file where the folder should be")

    ended = launch(clone, PORT=str(free_port))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"Cannot write to {clone / 'var'} (")
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 9, 2), (3, 10, 14)])
def test_an_old_python_is_turned_away_in_one_sentence(version):
    with pytest.raises(SystemExit) as refusal:
        environment.refuse_an_old_python(version)

    assert str(refusal.value) == (
        f"Python 3.11 or newer is needed and this is {version[0]}.{version[1]}: "
        "install one and name it, as in `make run PYTHON=python3.11`."
    )


@pytest.mark.parametrize("version", [(3, 11, 2), (3, 14, 0)])
def test_a_python_that_can_run_the_site_is_let_in(version):
    assert environment.refuse_an_old_python(version) is None


def test_an_environment_that_was_left_half_made_is_made_again(tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)

    assert not environment.works(python)
    assert environment.works(Path(sys.executable))


def test_requirements_are_installed_again_only_when_they_changed(tmp_path, monkeypatch):
    monkeypatch.setenv("VENV", str(tmp_path))
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    (tmp_path / "requirements.lock").write_text("Django==5.2.19\n")
    environment.stamp("requirements.lock").write_text(environment.fingerprint("requirements.lock"))

    assert environment.is_current("requirements.lock")

    (tmp_path / "requirements.lock").write_text("Django==5.2.20\n")

    assert not environment.is_current("requirements.lock")
