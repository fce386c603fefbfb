"""Applies a fault to a copy of the project and says whether its check turned red."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.catalogue import Fault

PROJECT = Path(__file__).parents[2]
COPIED = ("config", "schema", "forms", "exports", "webapp", "tests", "docs")
FILES = ("pyproject.toml", "README.md", "constraints.txt", "LICENSE", "Makefile")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")
PATIENCE = 600
#: pytest: tests were run and some failed. Anything else (nothing collected, a broken import) proves nothing.
SOME_FAILED, ALL_PASSED = 1, 0

#: Checks there need a browser; a fault of the pages' scripts is seen nowhere else.
JOURNEYS = "tests/journeys/"
#: Checks of that name are run on PostgreSQL; a fault of what only that database does is seen nowhere else.
POSTGRES = "[postgresql]"
#: All of this file is: roles are PostgreSQL's.
ROLES = "tests/store/test_privileges.py"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the check said of a fault. ``noticed``: the check passed before and failed with the fault in place."""

    fault: Fault
    noticed: bool
    why: str = ""


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """A copy of the project's own files in the folder, removed at the end."""
    root = folder / "project"
    for name in COPIED:
        shutil.copytree(PROJECT / name, root / name, ignore=LEFT_OUT)
    for name in FILES:
        shutil.copy2(PROJECT / name, root / name)
    try:
        yield root
    finally:
        shutil.rmtree(root)


def prove(root: Path, fault: Fault) -> Outcome:
    """Run the check without the fault and with it; the copy is as it was afterwards."""
    place = root / fault.path
    sound = place.read_text(encoding="utf-8")
    if sound.count(fault.before) != 1:
        return Outcome(
            fault, False, f"its place in {fault.path} was found {sound.count(fault.before)} times, not once"
        )
    if (code := _run(root, fault.check)) != ALL_PASSED:
        return Outcome(fault, False, f"the check is red without the fault (pytest ended with {code})")
    place.write_text(sound.replace(fault.before, fault.after), encoding="utf-8")
    try:
        code = _run(root, fault.check)
    finally:
        place.write_text(sound, encoding="utf-8")
    return Outcome(fault, code == SOME_FAILED, "" if code == SOME_FAILED else f"pytest ended with {code}")


def _without(check: str) -> str:
    """Which tests are left out: those that need a browser or PostgreSQL, unless the check is one of them."""
    on_postgres = check.endswith(POSTGRES) or check.startswith(ROLES)
    kinds = {"browser": check.startswith(JOURNEYS), "postgres": on_postgres}
    return " and ".join(f"not {kind}" for kind, wanted in kinds.items() if not wanted)


def _run(root: Path, check: str) -> int:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TANDEM_", "PYTEST_"))}
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "-m",
            _without(check),
            check,
        ],
        cwd=root,
        env={**kept, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=PATIENCE,
        check=False,
    ).returncode
