"""Studies made by hand, without a database, to export."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from schema.answers.derive import with_derived
from schema.answers.document import Document, Evidence, Row
from schema.coding.compare import compare
from schema.coding.model import Pair
from schema.store.master import ExcludedCase, MasterCase, MasterStudy, Trace
from schema.template.loader import load_template
from schema.template.model import Template
from schema.template.value import Value, from_plain

MADE_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LISTS = {
    "missing": """
codelist: missing
title: Missing codes
options:
  - {value: "not_reported", code: -9, label: "Not reported"}
  - {value: "not_known", code: -8, label: "Not known"}
  - {value: "not_applicable", code: -1, label: "Not applicable", attributes: {set_by: "routing"}}
  - {value: "none_described", code: 0, label: "None described", attributes: {only_for: "choices"}}
""",
    "yes_no": """
codelist: yes_no
title: Yes or no
options:
  - {value: "yes", code: 1, label: "Yes, stated"}
  - {value: "no", code: 0, label: "No, stated"}
""",
    "colour": """
codelist: colour
title: Colours
options:
  - {value: "red", code: 1, label: "=Red", attributes: {warm: "yes"}}
  - {value: "blue", code: 2, label: "Blue", attributes: {warm: "no"}}
  - {value: "grey", code: 3, label: "Grey", retired: true, attributes: {warm: "no"}}
""",
}
SOURCE = """
template: every-kind
version: 1
title: Every kind of field
missing: missing
sections:
  - key: main
    label: Main
    fields:
      - {key: words, kind: text, label: Words, missing: [not_reported]}
      - {key: passage, kind: long_text, label: Passage, evidence: true}
      - {key: whole, kind: integer, label: Whole, missing: [not_reported, not_known]}
      - {key: part, kind: decimal, label: Part, missing: [not_reported]}
      - {key: day, kind: date, label: Day, missing: [not_reported]}
      - {key: month, kind: partial_date, label: Month, missing: [not_reported]}
      - {key: agreed, kind: yes_no, label: Agreed, missing: [not_reported], measure: nominal}
      - {key: colour, kind: choice, label: Colour, codelist: colour, missing: [not_reported], measure: nominal}
      - {key: warm, kind: derived, label: Warm, codelist: yes_no, derive: {from: colour, attribute: warm}}
      - {key: colours, kind: choices, label: Colours, codelist: colour, missing: [not_reported, none_described]}
      - {key: why, kind: text, label: Why, visible_when: {field: agreed, equals: "yes"}}
      - {key: secret, kind: text, label: Secret, export: false}
  - key: rows
    label: Rows
    repeats: {one: row, max: 50}
    fields:
      - {key: number, kind: text, label: Number, match: anchor}
      - {key: note, kind: long_text, label: Note}
"""


def template(source: str = SOURCE) -> Template:
    return load_template(source, LISTS).needed()


def document(
    rows: Sequence[dict[str, Any]] = (), evidence: dict[str, Evidence] | None = None, **main: Any
) -> Document:
    """A document of the template above; values in their JSON form."""
    made = tuple(Row(f"r{number}", _values(row)) for number, row in enumerate(rows, 1))
    return Document({"main": _values(main)}, {"rows": made} if made else {}, evidence or {})


def _values(plain: dict[str, Any]) -> dict[str, Value]:
    return {key: from_plain(value) for key, value in plain.items()}


def case(reference: str, held: Document, version: Template, **others: Any) -> MasterCase:
    described: dict[str, Any] = {
        "title": f"Review {reference}",
        "source": "",
        "coder_a": "Amara",
        "coder_b": "Ben",
        "signed_off_by": "Carol",
        "signed_off_at": MADE_AT,
        "sha256": "0" * 64,
        "trace": alike(held, version),
        **others,
    }
    return MasterCase(
        reference=reference, template=version, document=with_derived(version, held), **described
    )


def alike(held: Document, version: Template) -> Trace:
    """Two equal entries, each row linked with itself."""
    pairs = tuple(Pair(row.id, group, row.id, row.id) for group, rows in held.groups.items() for row in rows)
    return Trace(compare(version, held, held, pairs), held, held, month="2026-11")


def study(
    cases: Sequence[MasterCase],
    templates: Sequence[Template] = (),
    excluded: Sequence[ExcludedCase] = (),
    **others: Any,
) -> MasterStudy:
    described: dict[str, Any] = {
        "project_key": "pilot",
        "project_title": "Pilot",
        "rehearsal": False,
        "made_at": MADE_AT,
        "made_by": "Dana",
        **others,
    }
    return MasterStudy(
        template_key="every-kind",
        templates=tuple(templates) or (template(),),
        included=len(cases),
        excluded=tuple(excluded),
        cases=tuple(cases),
        **described,
    )
