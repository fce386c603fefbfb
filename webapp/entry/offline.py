"""What a filled-in workbook would change: cell by cell against what the workbook was made with, and against what the entry holds now.

A cell that is as it was made changes nothing, even where the entry has moved on since. Nothing is cleared and no row is deleted by a
workbook: an emptied cell is named, and left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from schema.answers.cell_text import from_cell, to_cell
from schema.answers.document import Document, Evidence
from schema.answers.intake import ROW_ID
from schema.answers.offline import ANSWER, FIRST_LINE, PAGE, QUOTE, Place, evidence_of, path_of, places
from schema.answers.paths import place_of
from schema.store.parts import plain_evidence
from schema.template.kinds import clean, fault_in
from schema.template.model import Section
from schema.template.value import Invalid, Missing, to_plain
from webapp.entry.desk import Desk
from webapp.entry.offline_file import Line, Returned
from webapp.entry.reply import in_words
from webapp.entry.views import in_full

GROUP_CELLS, DOWN_CELLS = 2, {ANSWER: 2, PAGE: 3, QUOTE: 4}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a cell stands, as a spreadsheet names it."""

    sheet: str
    row: int
    column: str

    def __str__(self) -> str:
        return f"{self.sheet}, row {self.row}, column {self.column}"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not taken in as it stands, and what to do."""

    spot: Spot
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: ``item`` as the page's own saving has it. ``since``: the entry was changed here after the workbook was made.

    ``problem``: why submission would refuse the value as it stands.
    """

    item: dict[str, Any]
    place: str
    label: str
    before: str
    after: str
    spot: Spot
    since: bool
    problem: str = ""


@dataclass
class TakenIn:
    """Everything that a workbook comes to."""

    differences: list[Difference] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Cell:
    section: Section
    row_id: str
    place: Place
    text: str
    spot: Spot
    where: str

    @property
    def path(self) -> str:
        return path_of(self.section, self.row_id, self.place.field)


def column_name(index: int) -> str:
    """The letters of a column, counted from 0: A, B … Z, AA."""
    before, last = divmod(index, 26)
    return (column_name(before - 1) if before else "") + chr(ord("A") + last)


def compared(desk: Desk, base: Document, returned: Returned, gone: Collection[str]) -> TakenIn:
    """Compare a workbook with the entry. ``base``: the answers as the workbook had them; ``gone``: deleted rows as ``group.id``."""
    found = TakenIn()
    for key, (title, lines) in returned.sheets.items():
        section = desk.template.by_key.get(key)
        if section is None or section.retired:
            spot = Spot(title, 1, "A")
            found.troubles.append(
                Trouble(
                    spot, "There is no such section in your questionnaire.", "Nothing of this sheet is read."
                )
            )
            continue
        cells = list(_cells(desk, section, title, lines, gone, found))
        for cell in cells:
            if cell.place.part == ANSWER:
                _answer(desk, base, cell, found)
        _evidence(desk, base, [cell for cell in cells if cell.place.part != ANSWER], found)
    return found


def _cells(
    desk: Desk, section: Section, title: str, lines: tuple[Line, ...], gone: Collection[str], found: TakenIn
) -> Iterator[_Cell]:
    wanted = {place.key: place for place in places(section)}
    if section.repeats is None:
        for line in lines:
            for part, index in DOWN_CELLS.items():
                suffix = "" if part == ANSWER else f":{part}"
                place = wanted.get(line.cell(0) + suffix)
                if place is not None and line.number > 1:
                    spot = Spot(title, line.number, column_name(index))
                    yield _Cell(section, "", place, clean(line.cell(index)), spot, section.label)
        return
    columns = [
        (index, wanted[key])
        for index, key in enumerate(lines[0].cells)
        if index >= GROUP_CELLS and key in wanted
    ]
    seen: set[str] = set()
    for line in (one for one in lines if one.number >= FIRST_LINE):
        filled = [(index, place, clean(line.cell(index))) for index, place in columns]
        if not any(text for *_, text in filled):
            continue
        trouble = _row_trouble(section, line, seen, gone)
        if trouble is not None:
            found.troubles.append(Trouble(Spot(title, line.number, "A"), *trouble))
            continue
        seen.add(line.cell(0))
        where = _where(desk, section, line)
        for index, place, text in filled:
            spot = Spot(title, line.number, column_name(index))
            yield _Cell(section, line.cell(0), place, text, spot, where)


def _row_trouble(
    section: Section, line: Line, seen: Collection[str], gone: Collection[str]
) -> tuple[str, str] | None:
    row_id = line.cell(0)
    if not ROW_ID.fullmatch(row_id):
        return (
            "This line has no name of its own: it was added or pasted.",
            "Copy its cells into a line that was there already.",
        )
    if row_id in seen:
        return (
            "This line was copied whole, so that it has the name of another one.",
            "Copy its cells into a line that was there already.",
        )
    if f"{section.key}.{row_id}" in gone:
        return (
            "This row has been deleted in your entry.",
            "Restore it on the page first if it should come back.",
        )
    return None


def _where(desk: Desk, section: Section, line: Line) -> str:
    if desk.document.row(section.key, line.cell(0)):
        return place_of(section, desk.document, line.cell(0))
    one = section.repeats.one if section.repeats else "row"
    return f"New {one} in row {line.number}"


def _answer(desk: Desk, base: Document, cell: _Cell, found: TakenIn) -> None:
    question, path = cell.place.field, cell.path
    was = clean(to_cell(desk.template, question, base.get(path)))
    if cell.text == was:
        return
    if not cell.text:
        found.troubles.append(_emptied(cell))
        return
    value, now = from_cell(desk.template, question, cell.text), desk.document.get(path)
    if value == now and type(value) is type(now):
        return
    if isinstance(value, Invalid) and question.codelist is not None:
        message = f"“{cell.text[:80]}” is not an answer of “{question.label}”."
        found.troubles.append(
            Trouble(cell.spot, message, "Choose from the list, or write codes with semicolons between.")
        )
        return
    fault = fault_in(question, value) if not isinstance(value, Missing) else None
    found.differences.append(
        Difference(
            item={"path": path, "value": to_plain(value)},
            place=cell.where,
            label=question.label,
            before=in_full(desk, question, now),
            after=in_full(desk, question, value),
            spot=cell.spot,
            since=base.get(path) != now,
            problem=fault.message if fault else "",
        )
    )


def _evidence(desk: Desk, base: Document, cells: list[_Cell], found: TakenIn) -> None:
    by_path: dict[str, list[_Cell]] = {}
    for cell in cells:
        by_path.setdefault(cell.path, []).append(cell)
    for path, both in by_path.items():
        now = desk.document.evidence.get(path, Evidence())
        touched = {}
        for cell in both:
            if cell.text == clean(evidence_of(base, path, cell.place.part)):
                continue
            if cell.text:
                touched[cell.place.part] = cell
            else:
                found.troubles.append(_emptied(cell))
        wanted = Evidence(**{**plain_evidence(now), **{part: cell.text for part, cell in touched.items()}})
        if not touched or wanted == now:
            continue
        first = next(iter(touched.values()))
        item = {"path": path, "value": plain_evidence(wanted), "what": "evidence"}
        since = base.evidence.get(path, Evidence()) != now
        label = f"{first.place.field.label}, evidence"
        found.differences.append(
            Difference(item, first.where, label, in_words(now), in_words(wanted), first.spot, since)
        )


def _emptied(cell: _Cell) -> Trouble:
    message = f"“{cell.place.field.label}” was emptied; the entry keeps what it has."
    return Trouble(cell.spot, message, "Clear it on the page if it should go.")
