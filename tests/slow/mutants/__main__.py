"""Apply each mutant to a copy of the project and see whether the suite kills it.

    python -m tests.slow.mutants [part of a name …]

Ends 1 where one survives or no longer applies, 2 where the tests fail without any mutant: then
they would "kill" everything. Each is tried against the tests that it names; they stop at the first
failure. Last line: `killed N of N`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.slow.mutants.mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[3]
LEFT_OUT = (".git", ".venv", "var", "node_modules", "__pycache__", ".pytest_cache", ".ruff_cache")
AT_ONCE = os.cpu_count() or 2
# Seconds for one file of tests. Where they run out nothing is known: a busy machine looks like a
# mutant that hangs, so a mutant that no test has seen in that time counts as alive.
LONG = int(os.environ.get("MUTANT_SECONDS", 300))
PASSED, FAILED = 0, 1  # pytest's exit codes; any other is a mistake of the run itself


def main(wanted):
    """Try every mutant whose name contains one of `wanted`, or all."""
    chosen = [m for m in MUTANTS if not wanted or any(word in m.name for word in wanted)]
    killed = 0
    if not chosen:
        sys.exit("No mutant has such a name.")
    with (
        tempfile.TemporaryDirectory(prefix="nsca-mutants-") as folder,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        sound = pool.submit(is_sound, chosen, Path(folder) / "sound")
        copies = (Path(folder) / str(number) for number in range(len(chosen)))
        for mutant, (is_killed, words) in zip(chosen, pool.map(fate, chosen, copies), strict=True):
            killed += is_killed
            print(f"{'killed' if is_killed else 'ALIVE '}  {mutant.name}: {words}", flush=True)
    if not sound.result():
        print("These tests fail without a mutant, so what they kill says nothing.")
        sys.exit(2)
    print(f"killed {killed} of {len(chosen)}")
    sys.exit(0 if killed == len(chosen) else 1)


def is_sound(chosen, copy: Path) -> bool:
    """Whether everything that the mutants name passes as long as the project is whole."""
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    named = dict.fromkeys(name for mutant in chosen for name in mutant.tests)
    try:
        return all(tests([name], copy).returncode == PASSED for name in named)
    except subprocess.TimeoutExpired:
        return False  # what cannot end whole ends no mutant either


def fate(mutant: Mutant, copy: Path) -> tuple[bool, str]:
    """Whether the mutant is killed, and by which test, or why not."""
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    words = f"{' '.join(mutant.tests)} saw nothing"
    try:
        mutant.apply(copy)
        for name in mutant.tests:  # one after the other: mostly the first one is enough
            run = tests([name], copy)
            failed = [line for line in run.stdout.splitlines() if line.startswith("FAILED")]
            if run.returncode == FAILED and failed:
                return True, failed[0].removeprefix("FAILED ").split(" - ")[0]
            if run.returncode != PASSED:
                return False, f"the tests could not run (pytest ended {run.returncode})"
    except subprocess.TimeoutExpired:
        return False, f"the tests did not end in {LONG} s, and that is no kill"
    except ValueError as error:
        return False, str(error)
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    return False, words


def tests(names, copy):
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider"]
    env = {**os.environ, "DATABASE_URL": "sqlite:///:memory:", "PYTHONDONTWRITEBYTECODE": "1"}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [*command, *names], cwd=copy, env=env, capture_output=True, text=True, timeout=LONG
    )


if __name__ == "__main__":
    main(sys.argv[1:])
