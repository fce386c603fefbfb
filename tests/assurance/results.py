"""What became of each test that holds a promise when it last ran, kept beside the tables so that the page can say it.

``tests/assurance/results.csv`` has a line for each test: day (UTC), commit, interpreter and platform, and how many of its cases passed,
failed and were skipped. It is written from pytest's own reports (JUnit XML); a test that a report does not name keeps its line.
"""

from __future__ import annotations

import csv
import platform
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "tests" / "assurance" / "results.csv"
COLUMNS = ("test", "day", "commit", "on", "passed", "failed", "skipped")


@dataclass(frozen=True, slots=True)
class Result:
    """The last run of a test, or of several together. ``day``: the earliest of theirs; counts are of cases."""

    day: date
    commit: str
    on: str
    passed: int
    failed: int
    skipped: int

    def __str__(self) -> str:
        counts = ((self.passed, "passed"), (self.failed, "**failed**"), (self.skipped, "**skipped**"))
        return ", ".join(f"{number} {how}" for number, how in counts if number) or "nothing ran"


def together(results: Iterable[Result]) -> Result | None:
    """Several results as one, of the day of the earliest; nothing where there are none."""
    found = sorted(results, key=lambda one: one.day)
    if not found:
        return None
    return Result(
        found[0].day,
        found[0].commit,
        found[0].on,
        sum(one.passed for one in found),
        sum(one.failed for one in found),
        sum(one.skipped for one in found),
    )


def counted(report: Path) -> dict[str, Counter[str]]:
    """What became of each test in a run: by ``folder/file.py`` and ``folder/file.py::test``, its cases passed, failed and skipped."""
    found: dict[str, Counter[str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        place = case.get("classname", "").removeprefix("tests.").replace(".", "/") + ".py"
        ended = "passed"
        if case.find("failure") is not None or case.find("error") is not None:
            ended = "failed"
        elif case.find("skipped") is not None:
            ended = "skipped"
        for name in (place, f"{place}::{case.get('name', '').partition('[')[0]}"):
            found.setdefault(name, Counter())[ended] += 1
    return found


def kept(file: Path = KEPT) -> dict[str, Result]:
    """The results that are kept, by test."""
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            row["test"]: Result(
                date.fromisoformat(row["day"]),
                row["commit"],
                row["on"],
                int(row["passed"]),
                int(row["failed"]),
                int(row["skipped"]),
            )
            for row in csv.DictReader(lines)
        }


def keep(
    results: Mapping[str, Result], reports: Iterable[Path], tests: Iterable[str], day: date, file: Path = KEPT
) -> dict[str, Result]:
    """Write down what reports say of the named tests, over what was kept; whatever is no longer named is left out."""
    commit, on = of_commit(), f"Python {platform.python_version()}, {platform.system()}"
    found: dict[str, Counter[str]] = {}
    for report in reports:
        for name, counts in counted(report).items():
            found.setdefault(name, Counter()).update(counts)
    updated = {}
    for test in sorted(set(tests)):
        if test in found:
            ended = found[test]
            updated[test] = Result(day, commit, on, ended["passed"], ended["failed"], ended["skipped"])
        elif test in results:
            updated[test] = results[test]
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        for test, one in updated.items():
            writer.writerow((test, one.day, one.commit, one.on, one.passed, one.failed, one.skipped))
    return updated


def of_commit() -> str:
    """The commit that is checked out, with “+” behind it where files differ from it; “unknown” outside a checkout."""
    if (git := shutil.which("git")) is None:
        return "unknown"

    def said(*words: str) -> str:
        run = subprocess.run([git, *words], cwd=ROOT, capture_output=True, text=True, check=False)
        return run.stdout.strip() if run.returncode == 0 else ""

    commit = said("rev-parse", "--short", "HEAD")
    changed = said(
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
        ".",
        ":!docs/assurance.md",
        f":!{KEPT.relative_to(ROOT)}",
    )
    return f"{commit}{'+' if changed else ''}" if commit else "unknown"
