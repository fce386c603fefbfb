"""Frames: a sheet of answers as variables, filled case by case, and the indicators of the framework as one more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from exports.analysis.naming import Names
from exports.analysis.variables import EMPTY, Reading, Variable, readings_of
from exports.cells import Cell, clean_text
from exports.digest import RowsHash, joined_hash
from exports.sheets.answers import Layout, layouts, path_of, value_of
from exports.written import Order
from schema.answers.visibility import visible
from schema.framework.evaluate import CaseExtract, Evaluator
from schema.framework.figures import Evaluation
from schema.framework.model import Framework
from schema.store.master import MasterCase
from schema.template.catalogue import catalogue

FRAMEWORK = "framework"


@dataclass
class Frame:
    """Variables and their rows, by column: ``columns[i]`` holds the cells of ``variables[i]``."""

    name: str
    label: str
    variables: tuple[Variable, ...]
    columns: list[list[Cell]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with empty columns."""
        self.columns = [[] for _ in self.variables]
        self.hash = RowsHash(self.variables, [variable.name for variable in self.variables])

    def append(self, row: Sequence[Cell]) -> None:
        """Take one row."""
        self.hash.add(row)
        for column, cell in zip(self.columns, row, strict=True):
            column.append(cell)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[0]) if self.columns else 0

    def lines(self) -> Iterator[tuple[Cell, ...]]:
        """The rows again."""
        return zip(*self.columns, strict=True)


@dataclass(frozen=True)
class AnswerFrame:
    """Fills the frame of one sheet of answers."""

    layout: Layout
    readings: tuple[Reading, ...]
    frame: Frame

    def add(self, case: MasterCase) -> None:
        """Take a case's row, or its rows."""
        seen = visible(case.template, case.document)
        for leading, row in self.layout.rows_of(case):
            cells = [_leading(cell) for cell in leading]
            for reading in self.readings[len(leading) :]:
                assert reading.place is not None
                assert reading.read is not None
                held = reading.place.field
                value = value_of(case, seen, held, row)
                evidence = case.document.evidence.get(path_of(held, row), EMPTY)
                cells.append(_clean(reading.read(value, evidence)))
            self.frame.append(cells)


@dataclass(frozen=True)
class Study:
    """All frames of a study; ``evaluation`` is ``None`` where there is no framework."""

    frames: tuple[Frame, ...]
    evaluation: Evaluation | None

    def content_hash(self) -> str:
        """SHA-256 over all frames."""
        return joined_hash({frame.name: frame.hash.hexdigest() for frame in self.frames})


def frames_of(order: Order, names: Callable[[], Names]) -> Study:
    """Read the study once into frames: cases, each repeating group, and the framework's indicators."""
    study = order.study
    plan = layouts(catalogue(study.templates), study.templates)
    answers = [_answer_frame(layout, order, names()) for layout in plan]
    counting = CountingFrame(order.framework, names()) if order.framework else None
    for done, case in enumerate(study.cases, 1):
        for frame in answers:
            frame.add(case)
        if counting:
            counting.add(case)
        order.progress(done, study.included)
    held = tuple(answer.frame for answer in answers)
    if counting is None:
        return Study(held, None)
    return Study((*held, counting.frame), counting.evaluator.result())


def _answer_frame(layout: Layout, order: Order, names: Names) -> AnswerFrame:
    readings = readings_of(layout, order.study.newest.missing, names)
    variables = tuple(reading.variable for reading in readings)
    return AnswerFrame(layout, readings, Frame(layout.name, layout.label, variables))


class CountingFrame:
    """Evaluates the framework while the cases go by: 1, 0, a count, or nothing where it cannot be known."""

    def __init__(self, framework: Framework, names: Names) -> None:
        """Name the indicators."""
        own = tuple(
            Variable(names.take(held.key), held.label, "number", held.key) for held in framework.indicators
        )
        first = Variable(names.take("case"), "Case reference", "text", "case")
        self.frame = Frame(FRAMEWORK, "Indicators of the framework, one row a case", (first, *own))
        self.evaluator = Evaluator(framework, lambda made: self.frame.append((made.reference, *made.values)))

    def add(self, case: MasterCase) -> None:
        """Count one case."""
        self.evaluator.add(CaseExtract(case.reference, case.document, case.template))


def _clean(cell: Cell) -> Cell:
    return clean_text(cell) if isinstance(cell, str) else cell


def _leading(cell: Cell) -> Cell:
    """Statistics programs get moments as ISO text: their own have no zone."""
    return _clean(cell.isoformat(" ", "seconds") if isinstance(cell, datetime) else cell)
