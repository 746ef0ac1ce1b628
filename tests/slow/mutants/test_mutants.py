"""Every mutant still fits the code. Whether the suite kills it, `make mutants` shows."""

import subprocess
from pathlib import Path

import pytest

from tests.slow.mutants import __main__ as runner
from tests.slow.mutants.mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_its_line_stands_once_in_its_file_and_its_tests_exist(mutant):
    assert (ROOT / mutant.path).read_text().count(mutant.old) == 1
    assert mutant.new != mutant.old
    assert [name for name in mutant.tests if not (ROOT / name).exists()] == []


def test_names_are_told_apart():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


def run_of(code, words=""):
    return subprocess.CompletedProcess([], code, stdout=words, stderr="")


@pytest.mark.parametrize(
    "run, is_killed",
    [
        (run_of(1, "FAILED tests/x.py::test_it - no"), True),
        (run_of(0), False),
        (run_of(1), False),  # nothing failed by name
        (run_of(2), False),  # the tests could not run
        (subprocess.TimeoutExpired("pytest", 300), False),  # a busy machine looks like this
    ],
)
def test_only_a_test_that_fails_kills(run, is_killed, tmp_path, monkeypatch):
    """A mutant that ran into the clock was once counted as killed, and six survived by that."""

    def tests(names, copy):
        if isinstance(run, Exception):
            raise run
        return run

    monkeypatch.setattr(runner, "tests", tests)
    monkeypatch.setattr(runner.shutil, "copytree", lambda *args, **how: (tmp_path / "c").mkdir())
    monkeypatch.setattr(Mutant, "apply", lambda self, root: None)

    killed, words = runner.fate(Mutant("m", "p.py", "a", "b", ("tests/x.py",)), tmp_path / "c")

    assert killed is is_killed
    assert words


def test_tests_that_cannot_end_on_the_whole_project_prove_nothing(tmp_path, monkeypatch):
    def hang(names, copy):
        raise subprocess.TimeoutExpired("pytest", 300)

    monkeypatch.setattr(runner, "tests", hang)
    monkeypatch.setattr(runner.shutil, "copytree", lambda *args, **how: None)

    assert not runner.is_sound([Mutant("m", "p.py", "a", "b", ("tests/x.py",))], tmp_path)


def test_code_that_has_moved_on_is_said_and_not_passed_over(tmp_path):
    (tmp_path / "door.py").write_text("at < opens_at\nat < opens_at\n")
    mutant = Mutant("late", "door.py", "at < opens_at", "at <= opens_at", ())
    with pytest.raises(ValueError, match="2 times"):
        mutant.apply(tmp_path)
