"""The coding frame that the cases are read under, and the crosswalk from the questionnaire's own codes to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exports.book import Column
from exports.cells import Cell
from schema.answers.document import Document
from schema.framework.frame.census import Census, Original, counts
from schema.framework.frame.layer import Layer
from schema.framework.frame.model import Code, Extract
from schema.store.master import MasterStudy

NAME, TITLE = "coding frame", "The coding frame: every code with its notes"
CROSSWALK, CROSSWALK_TITLE = "crosswalk", "What became of every code of the questionnaire"
COLUMNS = (
    Column("list", "Code list", width=16),
    Column("code", "Code", width=12),
    Column("number", "Number in the exports", "whole"),
    Column("label", "Label", width=44),
    Column("belongs_to", "The code that it belongs to", width=12),
    Column("definition", "Definition", width=40),
    Column("include", "What it includes", width=40),
    Column("exclude", "What it excludes", width=40),
    Column("examples", "Examples: case and page", width=30),
    Column("state", "In use, or how it went out of use", width=12),
    Column("went_into", "The codes that came in its place", width=20),
    Column("rows", "Answers that hold it", "whole"),
    Column("cases", "Cases with such an answer", "whole"),
)
CROSSING = (
    Column("list", "Code list", width=16),
    Column("old_code", "Code in the questionnaire; empty for what was added", width=12),
    Column("old_label", "Its label", width=40),
    Column("new_code", "Code under the frame; empty for what was taken away", width=12),
    Column("new_label", "Its label", width=40),
    Column("acts", "Numbers of the acts that led from one to the other; empty for what stayed", width=14),
    Column("how", "Kinds of these acts", width=20),
    Column("rows", "Answers that it holds for", "whole"),
    Column("cases", "Cases with such an answer", "whole"),
)
STATES = {"": "in use", "merge": "merged", "split": "split", "retire": "retired"}


@dataclass(frozen=True)
class FrameTables:
    """Both tables of one study, counted once."""

    census: Census
    pages: dict[Extract, str]

    def codes(self) -> Iterator[tuple[Cell, ...]]:
        """One row for each code of the frame."""
        for code in self.census.layer.frame.codes:
            yield self._code(code)

    def crosswalk(self) -> Iterator[tuple[Cell, ...]]:
        """One row for each old code, new code and way from one to the other."""
        layer = self.census.layer
        kinds = {act.number: act.kind for act in layer.acts}
        for one in self.census.crossings():
            yield (
                one.codelist,
                one.old,
                _label(layer, one.codelist, one.old, before=True),
                one.new,
                _label(layer, one.codelist, one.new),
                ", ".join(map(str, one.acts)),
                ", ".join(dict.fromkeys(kinds[number] for number in one.acts)),
                one.rows,
                one.cases,
            )

    def _code(self, code: Code) -> tuple[Cell, ...]:
        rows, cases = counts(self.census.by_code, code.codelist, code.value)
        examples = "; ".join(self.pages[one] for one in code.examples if one in self.pages)
        return (
            code.codelist,
            code.value,
            code.number,
            code.label,
            code.parent,
            code.definition,
            code.include,
            code.exclude,
            examples,
            STATES[code.ended],
            ", ".join(code.into),
            rows,
            cases,
        )


def frame_tables(study: MasterStudy) -> FrameTables | None:
    """Count the cases of a study under its frame; ``None`` where no frame but the questionnaire's own was adopted."""
    layer = study.layer
    if layer is None or not layer.acts:
        return None
    counted = Census(layer)
    wanted = {one for code in layer.frame.codes for one in code.examples}
    pages: dict[Extract, str] = {}
    for case in study.originals:
        counted.add(case)
        pages |= {one: _reference(case, one.place) for one in wanted if one.case_id == case.case_id}
    return FrameTables(counted, pages)


def _reference(case: Original, place: str) -> str:
    page = _page(case.document, place)
    return f"{case.reference}, page {page}" if page else case.reference


def _page(document: Document, place: str) -> str:
    """The page of a row: what its own question says, else the first page that is given for one of its answers."""
    told = document.get(f"{place}.page")
    if isinstance(told, str):
        return told
    found = (one.page for path, one in document.evidence.items() if path.startswith(f"{place}.") and one.page)
    return next(found, "")


def _label(layer: Layer, codelist: str, value: str, *, before: bool = False) -> str:
    code = (layer.base if before else layer.frame).code(codelist, value)
    return code.label if code else ""
