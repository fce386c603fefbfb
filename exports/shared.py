"""Shared mode: files of a release, drawn from its printed figures alone, so that nothing else can get into them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from exports.archive import pack
from exports.book import Book, Column
from exports.cells import Cell, safe
from exports.datapackage import GUARDED, PROFILE, Resource, described
from exports.delimited import Delimited
from exports.sheets import cross
from exports.sheets.findings import FINDINGS
from exports.written import Written
from schema.framework.disclosure.figures import WITHHELD, Figures, ReleasedLine, ReleasedTable


def _withheld(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The same columns where a number may be withheld: then a sign stands in its place."""
    return tuple(replace(one, kind="any") if one.kind in {"whole", "number"} else one for one in columns)


MEAN = Column("mean", "A mean over valid_n units", "any")
COLUMNS = tuple(MEAN if one.name == "value" else one for one in _withheld(FINDINGS))
CROSSED = _withheld(cross.COLUMNS)
README = (
    Column("item", width=30),
    Column("value", kind="any", width=66),
    Column("note", width=80, wrap=True),
)
BANNER = "SHARED: counts below the threshold are withheld, and whatever would tell them"
MARK = f"{WITHHELD} is a number that is withheld: small itself, or one from which a small number would follow. It is no 0."


@dataclass(frozen=True)
class SharedOrder:
    """A release to be written: its figures, its number, and where it comes from.

    ``audit_head``: number of rows and hash of the audit trail when the release was made into a file.
    """

    project_key: str
    project_title: str
    rehearsal: bool
    templates: tuple[str, ...]
    figures: Figures
    number: int
    made_at: datetime
    audit_head: str
    bom: bool = False

    def facts(self) -> Iterator[tuple[str, Cell, str]]:
        """What the first sheet and the manifest say: item, value, note."""
        figures = self.figures
        yield "Mode", "shared", BANNER
        yield "Project", self.project_title, self.project_key
        if self.rehearsal:
            yield "Rehearsal", "This project is for training.", "Nothing in it is a finding."
        yield (
            "Release",
            self.number,
            "Releases of a project are made beside each other: none tells what another withholds.",
        )
        yield "Released at (UTC)", f"{safe(self.made_at)}", ""
        yield "Cases counted", figures.cases, "Signed-off cases."
        yield (
            "Threshold",
            figures.threshold,
            f"Counts from {0 if figures.zeros else 1} to {figures.threshold - 1} are withheld.",
        )
        yield "Zeros withheld", "yes" if figures.zeros else "no", ""
        yield "Numbers told", figures.told, ""
        yield "Numbers withheld", figures.withheld, MARK
        yield "Quantitative framework", figures.framework, figures.title
        for template in self.templates:
            yield "Template version", template, ""
        yield (
            "Content hash",
            figures.content_hash,
            "SHA-256 over the figures: the same release gives the same hash.",
        )
        yield "Audit trail", self.audit_head, "Number of rows and head of the trail when this file was made."


def write_shared_workbook(path: Path, order: SharedOrder) -> Written:
    """Write a workbook: what it is, the figures, and a sheet for each cross-table of them."""
    book = Book()
    readme = book.sheet("read me", README, frozen="A2", hashed=False)
    for item, value, note in order.facts():
        readme.append((item, value, note or None))
    book.write_sheet("findings", COLUMNS, shared_rows(order.figures))
    places = order.figures.places
    for table in order.figures.tables:
        held = table.grids()
        cross.write_grids(
            book, table.key, table.title, table.unit_label, held, lambda line: line.printed(places)
        )
    book.save(path, order.made_at)
    return Written(path, order.figures.content_hash, order.figures.cases, None)


def write_shared_csv(path: Path, order: SharedOrder) -> Written:
    """Write an archive: the figures as CSV, their data dictionary, a manifest and a text that says what it is."""
    with TemporaryDirectory(dir=path.parent, prefix=".csv-") as held:
        folder = Path(held)
        resources = [
            Resource(
                name, _file(folder, name, title, columns, rows, order), described(columns), ("table", "line")
            )
            for name, title, columns, rows in _files(order.figures)
            if rows
        ]
        _write_json(folder / "datapackage.json", _package(order, resources))
        _write_json(folder / "manifest.json", _manifest(order, [held.file for held in resources]))
        lines = [f"{item}: {value}{f' ({note})' if note else ''}" for item, value, note in order.facts()]
        (folder / "README.txt").write_text(
            "\n".join([BANNER, "", *lines, "", GUARDED]) + "\n", encoding="utf-8"
        )
        pack(folder, path)
    return Written(path, order.figures.content_hash, order.figures.cases, None)


def _files(figures: Figures) -> Iterator[tuple[str, str, Sequence[Column], list[tuple[Cell, ...]]]]:
    """Name, title, columns and lines of each file of the archive."""
    yield "findings", "All lines of all tables", COLUMNS, list(shared_rows(figures))
    yield cross.NAME, cross.TITLE, CROSSED, list(shared_cross_rows(figures))


def _file(
    folder: Path,
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[tuple[Cell, ...]],
    order: SharedOrder,
) -> Delimited:
    file = Delimited(folder, f"{name}.csv", title, columns, order.bom)
    for row in rows:
        file.append(row)
    file.close()
    return file


#: By the name of the format. Formats that are made of rows are not among them.
SHARED_WRITERS: Mapping[str, Callable[[Path, SharedOrder], Written]] = {
    "xlsx": write_shared_workbook,
    "csv": write_shared_csv,
}


def shared_rows(figures: Figures) -> Iterator[tuple[Cell, ...]]:
    """Every line of every table as it is printed."""
    for table in figures.tables:
        for line in table.lines:
            yield _row(table, line, figures.places)


def shared_cross_rows(figures: Figures) -> Iterator[tuple[Cell, ...]]:
    """Every cell of every cross-table as it is printed: the same numbers as in the lines, and no others."""
    for table in figures.tables:
        for line in table.lines:
            if line.crossing:
                place = line.crossing
                yield (
                    table.key,
                    table.title,
                    place.row,
                    place.row_label,
                    place.column,
                    place.column_label,
                    line.key,
                    line.count,
                    line.base,
                    line.percent(figures.places).removesuffix("%") or None,
                    line.printed(figures.places),
                )


def _row(table: ReleasedTable, line: ReleasedLine, places: int) -> tuple[Cell, ...]:
    return (
        table.key,
        table.title,
        line.key,
        line.heading,
        line.label,
        line.unit,
        line.count,
        line.base,
        line.percent(places).removesuffix("%") or None,
        line.missing,
        line.within,
        line.within_base,
        line.within_percent(places).removesuffix("%") or None,
        line.within_label or None,
        line.value,
        line.printed(places),
        line.note or table.note,
    )


def _package(order: SharedOrder, resources: Sequence[Resource]) -> dict[str, object]:
    return {
        "$schema": PROFILE,
        "name": f"{order.project_key}-shared",
        "title": order.project_title,
        "created": order.made_at.isoformat(),
        "description": f"{BANNER}. {MARK}",
        "contentHash": f"sha256:{order.figures.content_hash}",
        "formulaSafety": GUARDED,
        "resources": [resource.as_json() for resource in resources],
    }


def _manifest(order: SharedOrder, files: Sequence[Delimited]) -> dict[str, object]:
    held: dict[str, object] = {}
    for item, value, _ in order.facts():
        key = item.casefold().replace(" (utc)", "").replace(" ", "_")
        known = held.get(key)
        held[key] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    held["files"] = [
        {"name": file.name, "bytes": file.size, "sha256": file.sha256, "rows": file.rows} for file in files
    ]
    return held


def _write_json(path: Path, held: object) -> None:
    path.write_text(json.dumps(held, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
