"""A small sound template, and a way to make one mistake in it."""

from __future__ import annotations

from schema.problem import Problem
from schema.template.loader import Loaded, load_template
from schema.template.model import Template

TEMPLATE = """\
template: small
version: 1
title: Small
sections:
  - key: report
    label: Report
    fields:
      - key: region
        kind: choice
        label: Region
        codelist: region
        missing: [not_known]
      - key: year
        kind: integer
        label: Year
        limits: {min: 1900, max: 2100}
      - key: published
        kind: partial_date
        label: Published
      - key: origin
        kind: choice
        label: Origin
        codelist: origin
      - key: minoritised
        kind: derived
        label: Minoritised
        codelist: yes_no
        derive: {from: origin, attribute: minoritised}
      - key: band
        kind: derived
        label: Band
        codelist: band
        derive: {from: year, bands: [{value: early, max: 1999}, {value: late, min: 2000}]}
      - key: note
        kind: text
        label: Note
        visible_when: {field: region, equals: east}
      - key: rows_said
        kind: integer
        label: Rows said
  - key: points
    label: Points
    repeats: {one: point, min: 0, max: 5, summary: [themes]}
    fields:
      - key: themes
        kind: choices
        label: Themes
        codelist: theme
      - key: subthemes
        kind: choices
        label: Sub-themes
        codelist: {list: subtheme, groups: [T1, T2]}
        visible_when: {field: themes, contains: T1}
      - key: wording
        kind: long_text
        label: Wording
        match: anchor
  - key: closing
    label: Closing
    fields:
      - key: agreed
        kind: yes_no
        label: Agreed
      - key: weight
        kind: decimal
        label: Weight
rules:
  - {key: follow, kind: belongs, section: points, parent: themes, child: subthemes, message: Both.}
  - {key: counted, kind: count, section: report, field: rows_said, group: points, severity: warning, message: Count.}
  - {key: ordered, kind: order, section: report, earlier: year, later: published, message: Order.}
  - {key: sure, kind: confirm, section: report, when: {field: year, below: 1950}, message: Sure.}
  - {key: needs, kind: requires, section: report, when: {field: region, equals: wales}, field: note, message: Why.}
  - {key: both, kind: exactly_when, section: report, left: {field: region, equals: east},
     right: {field: origin, equals: a}, message: Exactly.}
"""

CODELISTS = {
    "missing": """\
codelist: missing
title: Missing
options:
  - {value: not_reported, code: -9, label: Not reported}
  - {value: not_known, code: -8, label: Not known}
  - {value: not_applicable, code: -1, label: Not applicable, attributes: {set_by: routing}}
  - {value: none_described, code: 0, label: None described, attributes: {only_for: choices}}
""",
    "yes_no": """\
codelist: yes_no
title: Yes or no
options:
  - {value: "yes", code: 1, label: Yes it is}
  - {value: "no", code: 0, label: No it is not}
""",
    "region": """\
codelist: region
title: Region
options:
  - {value: east, code: 1, label: East}
  - {value: wales, code: 2, label: Wales}
  - {value: past, code: 3, label: Past, retired: true}
""",
    "origin": """\
codelist: origin
title: Origin
options:
  - {value: a, code: 1, label: A, attributes: {minoritised: "no"}}
  - {value: b, code: 2, label: B, attributes: {minoritised: "yes"}}
  - {value: c, code: 3, label: C, attributes: {minoritised: not_known}}
""",
    "band": """\
codelist: band
title: Band
options:
  - {value: early, code: 1, label: Early}
  - {value: late, code: 2, label: Late}
""",
    "theme": """\
codelist: theme
title: Theme
options:
  - {value: T1, code: 1, label: One}
  - {value: T2, code: 2, label: Two}
""",
    "subtheme": """\
codelist: subtheme
title: Sub-theme
options:
  - {value: T1.1, code: 11, label: One one, group: T1}
  - {value: T2.1, code: 21, label: Two one, group: T2}
  - {value: T3.1, code: 31, label: Three one, group: T3}
""",
}


def edited(text: str, *edits: tuple[str, str]) -> str:
    """The text with each first occurrence replaced; the old part must be there."""
    for old, new in edits:
        assert old in text, f"the text has no {old!r}"
        text = text.replace(old, new, 1)
    return text


def read(*edits: tuple[str, str], codelists: dict[str, str] | None = None, file: str = "") -> Loaded:
    """Load the small template with edits; code lists given replace those of the same name."""
    return load_template(edited(TEMPLATE, *edits), {**CODELISTS, **(codelists or {})}, file=file)


def made(*edits: tuple[str, str], codelists: dict[str, str] | None = None) -> Template:
    """The small template with edits that are no mistakes."""
    return read(*edits, codelists=codelists).needed()


def problems(*edits: tuple[str, str], codelists: dict[str, str] | None = None) -> tuple[Problem, ...]:
    """The problems that the edits make."""
    return read(*edits, codelists=codelists).problems


def line_of(text: str, mark: str = "# here") -> int:
    """1-based number of the line that carries the mark; 0 where none does."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if mark in line), 0)
