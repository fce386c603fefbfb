"""A study that would break a careless writer: 300 fields, awkward labels, names that collide, every missing code."""

from __future__ import annotations

import json
from collections.abc import Iterator

from schema.answers.document import Document, Evidence, Row
from schema.store.master import MasterStudy
from schema.template.loader import load_template
from schema.template.model import Field, Template
from schema.template.value import Missing, Value
from tests.unit.exports.small_study import case, study

LABELS = (
    "=1+1", "+44", "-5", "@SUM(A1)", "'quoted'", 'a "word", then; a comma', "emoji 👩‍👧‍👦 🏴󠁧󠁢󠁷󠁬󠁳󠁿", "عربي: كم طفلا؟", "שלום",
    "back\\slash and `tick`", "100% of $x {y} <b>bold</b> & more", "#N/A", "NULL", "NA", ".", "*. END FILE.", "é" * 190,
)  # fmt: skip
TEXTS = (*LABELS, "two\nlines, and a \ttab", "_x0041_", "1E5", "007", "x" * 3000)
KINDS = (
    "text",
    "long_text",
    "integer",
    "decimal",
    "date",
    "partial_date",
    "yes_no",
    "choice",
    "choices",
    "integer",
)
MISSING = ("not_reported", "not_known", "withheld", "contradictory")
SAME_START = "a_very_long_key_that_is_cut_somewhere_"
CODES = ("a-b", "a_b", "a.b", "all", "x" * 64, "1")
ANSWERS: dict[str, Value] = {
    "integer": 7, "decimal": 0.25, "date": "1899-12-31", "partial_date": "2018-05", "yes_no": "no",
    "choice": "a.b", "choices": ("a-b", "a.b"),
}  # fmt: skip


def _field(number: int, section: str) -> dict[str, object]:
    kind = KINDS[number % len(KINDS)]
    held: dict[str, object] = {
        "key": f"{SAME_START}{number % 50}" if 100 <= number < 150 else f"{section[0]}_{number}",
        "kind": kind,
        "label": f"{LABELS[number % len(LABELS)]} {number}",
        "missing": [*MISSING, *(["none_described"] if kind == "choices" else [])],
        "evidence": number % 7 == 0,
    }
    if kind in ("choice", "choices"):
        held["codelist"] = "awkward"
    if number % len(KINDS) == 2:
        held["limits"] = {"min": 0}
    return held


def lists() -> dict[str, str]:
    missing = [
        {"value": value, "code": code, "label": f"{value} 🕳"}
        for value, code in zip(MISSING, (-9, -8, -7, -6), strict=True)
    ]
    routed: dict[str, object] = {
        "value": "not_applicable",
        "code": -1,
        "label": "n/a",
        "attributes": {"set_by": "routing"},
    }
    none: dict[str, object] = {
        "value": "none_described", "code": 0, "label": "=None", "attributes": {"only_for": "choices"},
    }  # fmt: skip
    awkward = [{"value": value, "code": code, "label": LABELS[code]} for code, value in enumerate(CODES, 1)]
    yes_no = [
        {"value": "yes", "code": 1, "label": "Yes, “stated”"},
        {"value": "no", "code": 0, "label": "No"},
    ]
    return {
        "missing": _list("missing", [*missing, routed, none]),
        "awkward": _list("awkward", awkward),
        "yes_no": _list("yes_no", yes_no),
    }


def _list(name: str, options: object) -> str:
    return json.dumps({"codelist": name, "title": name, "options": options}, ensure_ascii=True)


def template(fields: int = 300) -> Template:
    main = [_field(number, "main") for number in range(fields - 60)]
    rows = [_field(number, "rows") for number in range(60)]
    source = {
        "template": "hostile", "version": 1, "title": "=cmd()", "missing": "missing",
        "sections": [
            {"key": "main", "label": "=Main 👩‍👧", "fields": main},
            {"key": "long", "label": "صفوف", "repeats": {"one": "row", "max": 50}, "fields": rows},
        ],
    }  # fmt: skip
    return load_template(json.dumps(source, ensure_ascii=True), lists()).needed()


def answers(held: Template, section: str, shift: int) -> dict[str, Value]:
    """A value for every field: answers for shift 0, then each missing code in turn; texts of every sort."""
    return {
        field.key: _answer(number, field, shift) for number, field in enumerate(held.by_key[section].fields)
    }


def _answer(number: int, field: Field, shift: int) -> Value:
    if shift:
        return Missing(field.missing[(shift - 1) % len(field.missing)])
    return ANSWERS.get(field.kind, TEXTS[number % len(TEXTS)])


def hostile_study() -> MasterStudy:
    held = template()
    return study(
        [case(f"=DHR-{number}", document, held) for number, document in enumerate(_documents(held))], (held,)
    )


def _documents(held: Template) -> Iterator[Document]:
    for shift in range(6):
        rows = tuple(Row(f"r{number}", answers(held, "long", number)) for number in range(shift))
        evidence = {
            field.path: Evidence("=p", TEXTS[shift]) for field in held.by_key["main"].fields if field.evidence
        }
        yield Document({"main": answers(held, "main", shift)}, {"long": rows}, evidence)
    yield Document()
