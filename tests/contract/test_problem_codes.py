"""A code stands for one thing: who looks one up, or writes a rule for it, must not find two."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "schema", "forms", "exports", "webapp")
CODE = re.compile(r"[A-Z][A-Z0-9]*-[0-9]{3}")
#: Codes that several modules give, each for the one thing that stands here. A new line is a decision: is it the same thing?
SHARED = {
    "BAK-011": "what a backup would be put into is not empty",
    "BAK-012": "the database is in use",
    "BOARD-001": "no case, or too many, are chosen",
    "CHECK-005": "what was sent is no outcome of a check",
    "ENTRY-010": "there is no such entry",
    "FIL-002": "where files are kept cannot be written",
    "FORM-001": "what was sent is nothing that the field can hold",
    "FORM-002": "one field was sent twice",
    "FORM-010": "what was sent is nothing that the page sends",
    "FRM-004": "a code has no label",
    "FRM-011": "nothing would change",
    "FRM-032": "there is no coding frame",
    "FRW-004": "a key is missing",
    "FRW-005": "there is no such field",
    "FRW-007": "there is no such group",
    "FRW-008": "there is no such code",
    "FRW-009": "a field is of another kind than is needed",
    "FRW-011": "there is no such indicator",
    "FRW-013": "a key is taken",
    "MATCH-006": "there is nothing to match",
    "PLAN-003": "a measure does not fit its question",
    "PLAN-004": "a threshold or share is out of reach",
    "PRJ-006": "there is no such version",
    "PRJ-404": "there is no such project",
    "RESOLVE-046": "the page was out of date",
    "ROW-003": "no more rows are allowed",
    "RPT-012": "a file does not wait any more",
    "RPT-015": "there is no such case",
    "TPL-003": "a key is unknown",
    "TPL-005": "something else is expected, or the text cannot be held",
    "TPL-006": "a key is missing or empty",
    "TPL-014": "a code list does not exist",
    "TPL-045": "there are no sections, fields or options",
    "TPL-201": "the version is not the next one",
}


def _codes(tree: ast.Module) -> Iterator[str]:
    """The codes that a module gives: texts of that form that a call hands on before another value."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for one in node.args[:-1]:
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and CODE.fullmatch(one.value):
                    yield one.value


def _modules() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for code in _codes(ast.parse(path.read_text(encoding="utf-8"))):
                found[code].add(str(path.relative_to(ROOT)))
    return found


def test_a_code_has_one_meaning() -> None:
    found = _modules()
    several = {code: sorted(places) for code, places in found.items() if len(places) > 1}
    assert {code: places for code, places in several.items() if code not in SHARED} == {}
    assert sorted(set(SHARED) - set(several)) == [], "these are given in one module only by now"
    assert len(found) > 400


def test_the_search_finds_a_code_in_each_form() -> None:
    source = (
        'raise refuse("ABC-001", said)\nProblem("ABC-002", x, y)\nreader.say("ABC-003", x)\nf("no code", x)'
    )
    assert list(_codes(ast.parse(source))) == ["ABC-001", "ABC-002", "ABC-003"]
