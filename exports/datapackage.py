"""The data dictionary of a CSV bundle: a Frictionless data package (datapackage.org, version 2.0)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exports.book import Column
from exports.columns import columns_of, may_be_missing
from exports.delimited import Delimited
from exports.sheets.answers import Layout, Place
from exports.written import BANNER, Order
from schema.template.model import CodeList

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
TYPES = {"whole": "integer", "number": "number", "date": "date", "moment": "datetime", "any": "any"}
GUARDED = (
    "A text that begins with =, +, -, @, a tab, a line end, one of their full-width forms, or an apostrophe was written with "
    "an apostrophe before it, so that no spreadsheet runs it. To have the original back, take one apostrophe away from "
    "every text that begins with one. Numbers and days are never changed."
)


@dataclass(frozen=True)
class Described:
    """One column of a file. ``type`` is Frictionless's; ``labels``: what codes stand for; ``missing``: which say no answer."""

    name: str
    title: str
    type: str
    labels: dict[int, str] = field(default_factory=dict)
    missing: tuple[int, ...] = ()
    description: str = ""

    def as_json(self) -> dict[str, object]:
        """The field descriptor."""
        held: dict[str, object] = {"name": self.name, "type": self.type, "title": self.title}
        if self.description:
            held["description"] = self.description
        answers = {code: label for code, label in self.labels.items() if code not in self.missing}
        if answers:
            held["categories"] = [{"value": code, "label": label} for code, label in answers.items()]
        if self.missing:
            codes = [{"value": str(code), "label": self.labels[code]} for code in self.missing]
            held["missingValues"] = [{"value": "", "label": "No answer, or not asked"}, *codes]
        return held


@dataclass(frozen=True)
class Resource:
    """One file of the bundle: ``keys`` identify a row, ``parent`` names the file that ``case`` refers to."""

    name: str
    file: Delimited
    fields: tuple[Described, ...]
    keys: tuple[str, ...] = ()
    parent: str = ""

    @property
    def path(self) -> str:
        """Path inside the bundle."""
        return self.file.name

    def as_json(self) -> dict[str, object]:
        """The resource descriptor."""
        schema: dict[str, object] = {
            "fields": [held.as_json() for held in self.fields],
            "missingValues": [""],
        }
        if self.keys:
            schema["primaryKey"] = list(self.keys)
        if self.parent:
            reference = {"resource": self.parent, "fields": ["case"]}
            schema["foreignKeys"] = [{"fields": ["case"], "reference": reference}]
        return {
            "name": self.name,
            "path": self.path,
            "title": self.file.title,
            "type": "table",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": self.file.size,
            "hash": f"sha256:{self.file.sha256}",
            "rows": self.file.rows,
            "dialect": {
                "delimiter": ",",
                "lineTerminator": "\r\n",
                "quoteChar": '"',
                "doubleQuote": True,
                "header": True,
            },
            "schema": schema,
        }


def described(columns: Sequence[Column]) -> tuple[Described, ...]:
    """Columns that have no codes."""
    return tuple(_bare(column) for column in columns)


def described_layout(layout: Layout, missing: CodeList) -> tuple[Described, ...]:
    """The columns of a sheet of answers, with their codes and labels."""
    own = (
        _of_field(column, place, missing)
        for place in layout.places
        for column in columns_of(place.field, place.section)
    )
    return (*described(layout.leading), *own)


def _bare(column: Column) -> Described:
    return Described(column.name, column.label, TYPES.get(column.kind, "string"), description=column.note)


def _of_field(column: Column, place: Place, missing: CodeList) -> Described:
    field_, bare = place.field, _bare(column)
    codes = {option.code: option.label for option in missing.options}
    ending = column.name.removeprefix(field_.path)
    if ending.startswith(":"):
        return Described(bare.name, bare.title, "integer", {1: "Ticked", 0: "Not ticked"})
    if ending == ".missing":
        return Described(bare.name, bare.title, "integer", codes)
    if ending or field_.codelist is None or column.kind != "whole":
        return bare
    answers = {option.code: option.label for option in field_.codelist.options}
    apart = {code: label for code, label in codes.items() if code not in answers}
    if not (field_.derive or may_be_missing(field_, place.section)):
        apart = {}
    return Described(bare.name, bare.title, "integer", {**apart, **answers}, tuple(apart), field_.guidance)


def write_datapackage(
    path: Path, order: Order, resources: Sequence[Resource], content_hash: str, facts: Mapping[str, object]
) -> None:
    """Write ``datapackage.json``; ``facts`` are further properties of the package."""
    study = order.study
    held = {
        "$schema": PROFILE,
        "name": study.project_key,
        "title": study.project_title,
        "created": study.made_at.isoformat(),
        "contributors": [{"title": study.made_by, "roles": ["creator"]}],
        "mode": "internal",
        "notice": BANNER,
        "auditHead": study.audit_head,
        "templates": list(_templates(order)),
        "cases": study.included,
        "casesLeftOut": len(study.excluded),
        "contentHash": f"sha256:{content_hash}",
        **facts,
        "formulaSafety": GUARDED,
        "resources": [resource.as_json() for resource in resources],
    }
    path.write_text(json.dumps(held, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _templates(order: Order) -> Iterator[dict[str, object]]:
    for template in order.study.templates:
        yield {"key": template.key, "version": template.version, "sha256": template.source_hash}
