"""Every mutant still fits the code. Whether the suite kills it, `make mutants` shows."""

from pathlib import Path

import pytest

from tests.mutants.mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_its_line_stands_once_in_its_file_and_its_tests_exist(mutant):
    assert (ROOT / mutant.path).read_text().count(mutant.old) == 1
    assert mutant.new != mutant.old
    assert [name for name in mutant.tests if not (ROOT / name).exists()] == []


def test_names_are_told_apart():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


def test_code_that_has_moved_on_is_said_and_not_passed_over(tmp_path):
    (tmp_path / "door.py").write_text("at < opens_at\nat < opens_at\n")
    mutant = Mutant("late", "door.py", "at < opens_at", "at <= opens_at", ())
    with pytest.raises(ValueError, match="2 times"):
        mutant.apply(tmp_path)
