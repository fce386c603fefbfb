"""The page ``docs/assurance.md``: what lists of requirements ask, what holds it, and what became of each test last time."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import chain

from tests.assurance.asvs import ASVS
from tests.assurance.clauses import Answer, Clause, Standard
from tests.assurance.good_practice import ALCOA, E6
from tests.assurance.promises import TOPICS, Promise
from tests.assurance.results import ROOT, Result, together

STANDARDS = (ASVS, E6, ALCOA)
PAGE = ROOT / "docs" / "assurance.md"
FULL = "pytest.mark.full"
HEAD = """# What holds what is promised

What three lists of requirements ask, clause by clause; what Tandem promises about safety; the tests that hold each promise, and what became of them
when they last ran. Made from tables beside the tests. A test fails when a name here is no test any more, when a clause is missing, or when
this page is not what the tables give.

These are our own answers. Nobody outside has assessed Tandem: whoever does finds the clause, and judges the test.
"""
HOW = """## Running them

`make assured` runs the tests that every run takes and writes their results into this page; `make assured-full` runs those marked “(full)” too, which take
minutes each. Both name the tests that were skipped; where a program is absent that a test needs, `TANDEM_REQUIRE_ALL=1` fails instead.

Two more looks are taken before a release, and are no part of the tests because they need a network: `make sbom` lists everything
that a release is made of (CycloneDX, `dist/tandem.cdx.json`), and `make audit` looks every pinned dependency up for known weaknesses. It
fails where one could not be looked up, so that it never passes without having looked.
"""


def promises() -> Iterator[tuple[str, Promise]]:
    """Every promise with the number that the page gives it."""
    for topic, one in enumerate(TOPICS, 1):
        for place, promise in enumerate(one.promises, 1):
            yield f"{topic}.{place}", promise


def clauses() -> Iterator[Clause]:
    """Every clause of every list."""
    return chain.from_iterable(chapter.clauses for standard in STANDARDS for chapter in standard.chapters)


def named_tests() -> list[str]:
    """The tests of all promises, each once, below ``tests/``."""
    return list(dict.fromkeys(test for _, promise in promises() for test in promise.tests))


def every_run() -> list[str]:
    """Those of them that every run takes."""
    return [test for test in named_tests() if not is_full(test)]


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))


def is_full(test: str) -> bool:
    """Whether a test is left out unless all are asked for: by its own mark, or by that of its whole file."""
    file, _, name = test.partition("::")
    for node in _tree(file).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return any(ast.unparse(one) == FULL for one in node.decorator_list)
        if (
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == "pytestmark"
            and FULL in ast.unparse(node.value)
        ):
            return True
    return False


def page(results: Mapping[str, Result]) -> str:
    """The whole page as Markdown, with the results that are known."""
    parts = [HEAD, _state(results), HOW]
    for standard in STANDARDS:
        parts.append(_standard(standard, results))
    parts.append("## What Tandem promises\n")
    number = {promise.key: one for one, promise in promises()}
    for topic in TOPICS:
        parts += [
            f"### {topic.name}\n",
            "| | Promise | Held by | Last result | Not held |",
            "|---|---|---|---|---|",
        ]
        for promise in topic.promises:
            held = "<br>".join(f"`{test}`{' (full)' if is_full(test) else ''}" for test in promise.tests)
            parts.append(
                f"| {number[promise.key]} | {promise.says} | {held} | {said(promise.tests, results, day=True)} | {promise.gap} |"
            )
        parts.append("")
    return "\n".join(parts)


def said(names: Iterable[str], results: Mapping[str, Result], *, day: bool = False) -> str:
    """What became of these tests together, with the day of the earliest where asked; tests without a result are said to be."""
    named = tuple(dict.fromkeys(names))
    found = together(results[test] for test in named if test in results)
    missing = sum(test not in results for test in named)
    parts = [] if found is None else [f"{_day(found.day)}: {found}" if day else str(found)]
    if missing:
        parts.append(f"**{missing} not run**")
    return ", ".join(parts)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _state(results: Mapping[str, Result]) -> str:
    """When the tests last ran, on what, and how many cases passed, failed and were skipped."""
    named = named_tests()
    known = {test: results[test] for test in named if test in results}
    whole = together(known.values())
    lines = ["## How it stands\n", f"{len(named)} tests hold {sum(1 for _ in promises())} promises."]
    if whole is not None:
        days = sorted({one.day for one in known.values()})
        span = f"on {_day(days[0])}" if len(days) == 1 else f"from {_day(days[0])} to {_day(days[-1])}"
        lines.append(
            f"Last run {span} ({'; '.join(sorted({one.on for one in known.values()}))}; "
            f"commits {', '.join(sorted({f'`{one.commit}`' for one in known.values()}))}): of their cases {whole.passed:,} passed, "
            f"{whole.failed:,} failed and {whole.skipped:,} were skipped."
        )
        if without := [test for test in named if test not in known]:
            lines.append("Without a result: " + ", ".join(f"`{test}`" for test in without) + ".")
        skipped = sorted(test for test, one in known.items() if one.skipped)
        if skipped:
            lines.append("With skipped cases: " + ", ".join(f"`{test}`" for test in skipped) + ".")
    columns = [answer.value for answer in Answer]
    lines += ["", "| | Clauses | " + " | ".join(columns) + " |", "|---|" + "---|" * (len(columns) + 1)]
    for standard in STANDARDS:
        counts = Counter(clause.answer for chapter in standard.chapters for clause in chapter.clauses)
        cells = " | ".join(str(counts[answer]) for answer in Answer)
        lines.append(f"| {standard.name} | {counts.total()} | {cells} |")
    return "\n".join(lines) + "\n"


def _standard(standard: Standard, results: Mapping[str, Result]) -> str:
    """One list of requirements, chapter by chapter."""
    number = {promise.key: one for one, promise in promises()}
    held = {promise.key: promise.tests for _, promise in promises()}
    levels = any(clause.level for chapter in standard.chapters for clause in chapter.clauses)
    parts = [f"## {standard.name}\n", standard.source + "\n"]
    for chapter in standard.chapters:
        parts += [
            f"### {chapter.name}\n",
            f"| Clause |{' Level |' if levels else ''} Asks | Answer | Promises and pages | Last result | What is not held, or why |",
            f"|---|{'---|' if levels else ''}---|---|---|---|---|",
        ]
        for clause in chapter.clauses:
            by = [number[key] for key in clause.promises]
            by += [f"[{one.partition('.md')[0].rpartition('/')[2]}]({one})" for one in clause.pages]
            ran = said((test for key in clause.promises for test in held[key]), results)
            parts.append(
                f"| {clause.number} |{f' {clause.level} |' if levels else ''} {clause.asks} | {clause.answer} "
                f"| {', '.join(by)} | {ran} | {clause.says} |"
            )
        parts.append("")
    return "\n".join(parts)
