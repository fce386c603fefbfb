"""The one text of a document: what is hashed, compared byte for byte and kept in snapshots.

``{"answers": {section: {key: value}, group: [{"id": …, "values": {…}}]}, "evidence": {path: {"page": …, "quote": …}}}``
with sorted keys, no white space, UTF-8 characters as they are. Empty sections, empty groups and empty evidence
are left out, so that documents that say the same have the same text. The order of rows is kept: it is meaning. Where
values were checked instead of coded twice there is also ``"checks": {path: {"outcome": …, "comment": …}}``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NoReturn

from schema.answers.document import Check, Document, Evidence, Row, Values
from schema.template.value import codes_from, from_plain, said_instead, to_plain


def to_json(document: Document) -> str:
    """Write the canonical text. Raises ``ValueError`` for NaN and infinities, which no field holds."""
    sections = {key: _plain_values(values) for key, values in document.sections.items()}
    answers: dict[str, object] = {key: values for key, values in sections.items() if values}
    answers |= {key: [_plain_row(row) for row in rows] for key, rows in document.groups.items() if rows}
    evidence = {path: _plain_evidence(held) for path, held in document.evidence.items() if held}
    checks = {
        path: {"outcome": held.outcome, "comment": held.comment} for path, held in document.checks.items()
    }
    return dump({"answers": answers, "evidence": evidence} | ({"checks": checks} if checks else {}))


def from_json(text: str) -> Document:
    """Read a canonical text back. Raises ``ValueError`` (or ``KeyError``) for a text that :func:`to_json` cannot have written."""
    body, end = DECODER.raw_decode(text)
    if end != len(text):
        raise ValueError("something stands after the document")
    sections, groups = _answers(body["answers"])
    return Document(
        sections=sections,
        groups=groups,
        evidence={path: Evidence(held["page"], held["quote"]) for path, held in body["evidence"].items()},
        checks={
            path: Check(held["outcome"], held["comment"]) for path, held in body.get("checks", {}).items()
        },
    )


def sha256(document: Document) -> str:
    """Give the SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(to_json(document).encode()).hexdigest()


def dump(body: object) -> str:
    """Write JSON the canonical way: sorted keys, compact, no NaN."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def read_values(plain: Mapping[str, object]) -> Values:
    """Read the plain values of a section or row. Raises ``ValueError`` for a shape that no value has."""
    return {
        key: value if type(value) is str else from_plain(value)  # texts are nearly all, and need no reading
        for key, value in plain.items()
    }


def _plain_values(values: Values) -> dict[str, object]:
    return {key: to_plain(value) for key, value in values.items() if value is not None}


def _plain_row(row: Row) -> dict[str, object]:
    return {"id": row.id, "values": _plain_values(row.values)}


def _plain_evidence(evidence: Evidence) -> dict[str, str]:
    return {"page": evidence.page, "quote": evidence.quote}


def _answers(decoded: Mapping[str, Any]) -> tuple[dict[str, Values], dict[str, tuple[Row, ...]]]:
    """Read the sections and the repeating groups of a document."""
    sections, groups = {}, {}
    for key, held in decoded.items():
        if type(held) is dict:
            sections[key] = _settled(held)
        elif type(held) is list:
            groups[key] = tuple(map(_row, held))
    return sections, groups


def _row(plain: Mapping[str, Any]) -> Row:
    values = plain["values"]
    if not isinstance(values, dict):
        raise ValueError("a row holds its values as an object")
    return Row(str(plain["id"]), _settled(values))


def _settled(decoded: dict[str, Any]) -> Values:
    """Read the values of a section or row where they stand: it was decoded for this alone, and its texts are read already.

    A study holds millions of values. What JSON can hold is told by its type alone, without asking what else it may be.
    """
    for key, value in decoded.items():
        kind = type(value)
        if kind is str or kind is int:
            continue
        if kind is list:
            decoded[key] = codes_from(value)
        elif kind is dict:
            decoded[key] = said_instead(value)
        else:
            decoded[key] = from_plain(value)
    return decoded


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number a field can hold")


DECODER = json.JSONDecoder(parse_constant=_no_constant)
