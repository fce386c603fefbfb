"""JSON with the provenance of every value: both entries, what comparing them found, what was decided, by whom and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from exports.archive import pack
from exports.columns import readable
from exports.digest import canonical
from exports.sheets.answers import path_of, value_of
from exports.written import BANNER, Order, Written
from schema.answers.document import Check, Document, Evidence, Row, Values
from schema.answers.visibility import visible
from schema.coding.model import Pair, Position
from schema.store.master import MasterCase, MasterStudy, PilotFact, SettledDiscrepancy, Settlement, Trace
from schema.template.model import CodeList, Field, Section, Template
from schema.template.value import Missing, Value, to_plain

MOMENTS = ("signed_off_at", "decided_at")
Json = dict[str, object]


def write_json(path: Path, order: Order) -> Written:
    """Write an archive of ``cases.jsonl`` (a case on each line) and ``manifest.json``; one case at a time is in memory."""
    study, content = order.study, sha256()
    with TemporaryDirectory(dir=path.parent, prefix=".json-") as held:
        folder = Path(held)
        with (folder / "cases.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for done, case in enumerate(study.cases, 1):
                record = TracedCase(case).record()
                content.update(canonical(without_moments(record)))
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                order.progress(done, study.included)
        manifest = _manifest(study, content.hexdigest())
        text = json.dumps(manifest, ensure_ascii=False, indent=2)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
        pack(folder, path)
    return Written(path, content.hexdigest(), study.included, None)


@dataclass(frozen=True)
class TracedCase:
    """One case with where its values come from."""

    case: MasterCase

    @property
    def trace(self) -> Trace:
        """Both entries, and what comparing them found."""
        return self.case.trace

    @cached_property
    def _positions(self) -> dict[str, Position]:
        return {position.path: position for position in self.trace.comparison.positions}

    @cached_property
    def _pairs(self) -> dict[str, Pair]:
        return {pair.id: pair for pair in self.trace.comparison.pairs}

    @cached_property
    def _settled(self) -> dict[str, SettledDiscrepancy]:
        return {held.path: held for held in self.case.discrepancies}

    def record(self) -> Json:
        """The case as one JSON object. No field's key is ever a name in it."""
        case = self.case
        return {
            "case": case.reference,
            "title": case.title,
            "source": case.source,
            "template": {"key": case.template.key, "version": case.template.version},
            "coder_a": case.coder_a,
            "coder_b": case.coder_b,
            "signed_off_by": case.signed_off_by,
            "signed_off_at": case.signed_off_at.isoformat(),
            "consensus_sha256": case.sha256,
            "groups": list(self._groups()),
            "values": list(self._values()),
            "lone_rows": list(self._lone_rows()),
        }

    def _groups(self) -> Iterator[Json]:
        for group in self.case.template.groups():
            rows = [self._pair(group.key, row) for row in self.case.document.rows(group.key)]
            yield {"group": group.key, "rows": rows}

    def _pair(self, group: str, row: Row) -> Json:
        pair = self._pairs.get(row.id, Pair(row.id, group, "", ""))
        return {
            "row_id": row.id,
            "row_a": pair.row_a or None,
            "row_b": pair.row_b or None,
            "origin": pair.origin,
        }

    def _values(self) -> Iterator[Json]:
        seen = visible(self.case.template, self.case.document)
        for section in self.case.template.sections:
            for row in self._rows(section):
                for field in section.fields:
                    if not field.export:
                        continue
                    record = self._value(field, row, value_of(self.case, seen, field, row))
                    if record:
                        yield record

    def _rows(self, section: Section) -> tuple[Row | None, ...]:
        return self.case.document.rows(section.key) if section.repeats else (None,)

    def _value(self, field: Field, row: Row | None, value: Value) -> Json | None:
        path, missing = path_of(field, row), self.case.template.missing
        sides = {side: self._side(side, field, row, missing) for side in ("a", "b")}
        evidence = self.case.document.evidence.get(path)
        if value is None and not evidence and not any(sides.values()):
            return None
        position = self._positions.get(path) or self._positions.get(_row_path(field, row))
        settled = self._settled.get(path) or self._settled.get(_row_path(field, row))
        return {
            "path": path,
            "section": field.section,
            "row_id": row.id if row else None,
            "field": field.key,
            **_told(field, value, missing),
            **self._recoded(path),
            "evidence": _evidence(evidence),
            **sides,
            "mode": position.mode if position else None,
            "check": _check(self.case.document.checks.get(path)),
            "verdict": str(position.verdict) if position else None,
            "decision": _decision(settled.settlement) if settled else None,
        }

    def _recoded(self, path: str) -> Json:
        """What the coding frame made of the value, act by act; nothing where it left it alone."""
        steps = [one for one in self.case.touched if one.path == path]
        told = [{"act": one.act, "before": list(one.before), "after": list(one.after)} for one in steps]
        return {"recoded": told} if told else {}

    def _side(self, side: str, field: Field, row: Row | None, missing: CodeList) -> Json | None:
        document: Document = getattr(self.trace, side)
        path = self._path_in(side, field, row)
        value, evidence = document.get(path) if path else None, document.evidence.get(path)
        position = self._positions.get(path_of(field, row))
        if value is None and position:  # what follows from another answer is not in the entry itself
            value = getattr(position, side)
        if value is None and not evidence:
            return None
        return {**_told(field, value, missing), "evidence": _evidence(evidence)}

    def _path_in(self, side: str, field: Field, row: Row | None) -> str:
        """Path of a value in an entry, whose rows have ids of their own; empty where the entry has no such row."""
        if row is None:
            return field.path
        pair = self._pairs.get(row.id)
        row_id = (pair.row_a if side == "a" else pair.row_b) if pair else ""
        return f"{field.section}.{row_id}.{field.key}" if row_id else ""

    def _lone_rows(self) -> Iterator[Json]:
        """Rows that only one coder had, kept or left out, with all that they held."""
        for held in self.case.discrepancies:
            if not held.field:
                yield {
                    "path": held.path,
                    "group": held.section,
                    "verdict": held.verdict,
                    "decision": _decision(held.settlement),
                    "row_a": self._row(held, held.row_a),
                    "row_b": self._row(held, held.row_b),
                }

    def _row(self, held: SettledDiscrepancy, values: Values) -> list[Json]:
        fields = self.case.template.by_key[held.section].fields
        missing = self.case.template.missing
        return [
            {"field": field.key, **_told(field, values[field.key], missing)}
            for field in fields
            if field.export and field.key in values
        ]


def _row_path(field: Field, row: Row | None) -> str:
    return f"{field.section}.{row.id}" if row else ""


def _told(field: Field, value: Value, missing: CodeList) -> Json:
    """A value as stored and in words; a missing code as the reason for none."""
    if isinstance(value, Missing):
        return {"value": None, "missing": value.code, "label": readable(field, value, missing)}
    return {"value": to_plain(value), "missing": None, "label": readable(field, value, missing) or None}


def _evidence(evidence: Evidence | None) -> Json | None:
    return {"page": evidence.page, "quote": evidence.quote} if evidence else None


def _check(held: Check | None) -> Json | None:
    return {"outcome": held.outcome, "comment": held.comment or None} if held else None


def _decision(settled: Settlement) -> Json | None:
    if not settled.choice:
        return None
    return {
        "choice": settled.choice,
        "value": to_plain(settled.value),
        "cause": settled.cause or None,
        "reason": settled.reason or None,
        "decided_by": settled.decided_by or None,
        "decided_at": settled.decided_at.isoformat() if settled.decided_at else None,
    }


def without_moments(held: object) -> object:
    """The same without when things were done: what the content hash is over."""
    if isinstance(held, dict):
        return {name: without_moments(part) for name, part in held.items() if name not in MOMENTS}
    return [without_moments(part) for part in held] if isinstance(held, list) else held


def _manifest(study: MasterStudy, content_hash: str) -> Json:
    return {
        "mode": "internal",
        "notice": BANNER,
        "audit_head": study.audit_head,
        "project": study.project_key,
        "title": study.project_title,
        "rehearsal": study.rehearsal,
        "made_at": study.made_at.isoformat(),
        "made_by": study.made_by,
        "cases": study.included,
        "content_hash": f"sha256:{content_hash}",
        "left_out": [
            {"case": case.reference, "state": case.state, "reason": case.reason} for case in study.excluded
        ],
        "pilot": [pilot_record(held) for held in study.pilots],
        "templates": [_template(template) for template in study.templates],
    }


def pilot_record(held: PilotFact) -> Json:
    """A round of the pilot as a plain value."""
    return {
        "round": held.number,
        "cases": held.cases,
        "signed_off": held.signed_off,
        "decision": held.decision or None,
        "decided_at": held.decided_at.isoformat() if held.decided_at else None,
        "in_master": held.in_master,
        "reason": held.reason or None,
    }


def _template(template: Template) -> Json:
    return {
        "key": template.key,
        "version": template.version,
        "sha256": template.source_hash,
        "missing": _codes(template.missing),
        "fields": [_field(field) for field in template.fields() if field.export],
    }


def _field(field: Field) -> Json:
    codes = _codes(field.codelist) if field.codelist else None
    return {"path": field.path, "kind": field.kind, "label": field.label, "codes": codes}


def _codes(codes: CodeList) -> list[Json]:
    return [{"value": option.value, "code": option.code, "label": option.label} for option in codes.options]
