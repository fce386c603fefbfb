"""The page ``docs/assurance.md``, and the same table with what became of each test in one run.

``python -m tests.assurance`` writes the page anew; with a file of results (``pytest --junit-xml=FILE``) it prints the
table with passed, failed, skipped or not run beside every promise; with ``--every-run`` the names of the tests that every run takes.
"""

from __future__ import annotations

import ast
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.assurance.promises import TOPICS

ROOT = Path(__file__).resolve().parents[2]
FULL = "pytest.mark.full"
PAGE = ROOT / "docs" / "assurance.md"
HEAD = """# What holds what is promised

Each promise about safety, with the tests that hold it, and what no test holds. Made from a table beside the tests; a test
fails when a name here is no test any more, or when this page is not what the table gives.

The topics are those that lists of requirements ask about: OWASP ASVS 5.0 (level 2) for web applications, ICH E6(R3) for blinding and
the audit trail, ALCOA+ for records. Their clauses are not numbered here: whoever assesses Tandem against one of them finds the topic,
and judges the test.

    make test-full PYTEST_ADDOPTS=--junit-xml=results.xml
    .venv/bin/python -m tests.assurance.page results.xml

prints the same table with the result of each test in that run, and how many were skipped. Tests with “(full)” behind them are left out of
`make test`, which takes those of every other promise; `make assured` runs these alone and says how long they took.

Two more looks are taken before a release, and are no part of the tests because they need a network: `make sbom` lists everything
that a release is made of (CycloneDX, `dist/tandem.cdx.json`), and `make audit` looks every pinned dependency up for known weaknesses. It
fails where one could not be looked up, so that it never passes without having looked.
"""


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


def every_run() -> list[str]:
    """The tests of all promises that every run takes, each once, as pytest names them."""
    named = dict.fromkeys(test for topic in TOPICS for promise in topic.promises for test in promise.tests)
    return [f"tests/{test}" for test in named if not is_full(test)]


def page(result: Callable[[str], str] = lambda _: "") -> str:
    """The whole page as Markdown; ``result`` gives what to say of a test."""
    parts = [HEAD]
    for topic in TOPICS:
        parts += [f"## {topic.name}\n", "| Promise | Held by | Not held |", "|---|---|---|"]
        for promise in topic.promises:
            held = "<br>".join(
                f"`{test}`{' (full)' if is_full(test) else ''}{result(test)}" for test in promise.tests
            )
            parts.append(f"| {promise.says} | {held} | {promise.gap} |")
        parts.append("")
    return "\n".join(parts)


def results(file: Path) -> dict[str, Counter[str]]:
    """What became of each test in a run: by ``folder/file.py::test``, how many of its cases passed, failed or were skipped."""
    found: dict[str, Counter[str]] = {}
    for case in ElementTree.parse(file).iter("testcase"):
        place = case.get("classname", "").removeprefix("tests.").replace(".", "/") + ".py"
        ended = next(
            (said for said in ("failure", "error", "skipped") if case.find(said) is not None), "passed"
        )
        for name in (place, f"{place}::{case.get('name', '').partition('[')[0]}"):
            found.setdefault(name, Counter())[ended] += 1
    return found


def said_of(found: dict[str, Counter[str]], test: str) -> str:
    """The result of a test in words; a test of which nothing is known was not run."""
    counts = found.get(test)
    return (
        " **not run**"
        if counts is None
        else " " + ", ".join(f"{n} {how}" for how, n in sorted(counts.items()))
    )


def main() -> None:
    """Write the page, or print it with results."""
    if len(sys.argv) < 2:
        PAGE.write_text(page(), encoding="utf-8")
        return
    if sys.argv[1] == "--every-run":
        sys.stdout.write("\n".join(every_run()) + "\n")
        return
    found = results(Path(sys.argv[1]))
    skipped = sum(counts["skipped"] for name, counts in found.items() if "::" in name)
    sys.stdout.write(page(lambda test: said_of(found, test)) + f"\nSkipped in this run: {skipped}.\n")


if __name__ == "__main__":
    main()
