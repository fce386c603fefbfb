"""Page model of the findings: what is counted, how it was narrowed, and the tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import url_for
from sqlalchemy.orm import Session

from schema.framework.bands import Between
from schema.framework.figures import Evaluation
from schema.framework.filters import NO_ANSWER, Selection
from schema.framework.model import Filter, Framework
from schema.problem import Problem
from schema.store.frames import ADOPTED
from webapp.findings.figure_views import COUNTED, TableView, table_views
from webapp.findings.operations import Study, findings
from webapp.findings.selection import OTHER, Asked, arguments, filled


@dataclass(frozen=True, slots=True)
class Side:
    """One selection: in words, how many cases it counts, and those that the framework leaves out, with the reason."""

    words: str
    counted: int
    left_out: tuple[tuple[str, str], ...]
    content_hash: str


@dataclass(frozen=True, slots=True)
class Control:
    """One control of a filter: a list of choices, or two numbers."""

    id: str
    label: str
    ranged: bool
    options: tuple[tuple[str, str], ...]
    value: str
    least: str
    most: str


@dataclass(frozen=True)
class FindingsPage:
    """Everything that the page of findings shows."""

    framework: Framework
    total: int
    sides: tuple[Side, ...]
    controls: tuple[Control, ...]
    other_controls: tuple[Control, ...]
    tables: tuple[TableView, ...]
    problems: tuple[Problem, ...]
    version: int
    original: bool

    @property
    def compares(self) -> bool:
        """Whether two selections stand side by side."""
        return len(self.sides) == 2

    @property
    def rounding(self) -> str:
        """The rule of the percentages."""
        places = self.framework.places
        kept = {0: "whole numbers", 1: "one decimal"}.get(places, f"{places} decimals")
        return f"Percentages are of those with an answer, rounded half up to {kept}; 0 of 0 is n/a."


def findings_page(session: Session, study: Study, asked: Asked) -> FindingsPage:
    """Evaluate what was asked for and lay it out."""
    evaluations = [findings(session, study, selection) for selection in asked.selections]
    address = partial(_address, study, asked.selections)
    other = asked.selections[1] if asked.compares else Selection()
    return FindingsPage(
        study.framework,
        len(study.cases),
        tuple(_side(study, *pair) for pair in zip(asked.selections, evaluations, strict=True)),
        _controls(study.framework, asked.selections[0], ""),
        _controls(study.framework, other, OTHER),
        tuple(table_views(evaluations, address)),
        asked.problems,
        study.adopted,
        study.which != ADOPTED,
    )


def frame_argument(study: Study) -> dict[str, str]:
    """What an address says of the coding frame: nothing for the adopted one."""
    return {} if study.which == ADOPTED else {"frame": study.which}


def _side(study: Study, selection: Selection, evaluation: Evaluation) -> Side:
    left_out = tuple((case.reference, case.left_out) for case in evaluation.left_out)
    words = selection.words(study.framework)
    return Side(words, len(evaluation.counted), left_out, evaluation.content_hash)


def _address(
    study: Study, selections: tuple[Selection, ...], side: int, table: str, line: str, part: str
) -> str:
    more = {} if part == COUNTED else {"part": part}
    return url_for(
        "findings.figure_page",
        project_key=study.project.key,
        table=table,
        line=line,
        **filled({**more, **frame_argument(study), **arguments(selections[side])}),
    )


def _controls(framework: Framework, selection: Selection, prefix: str) -> tuple[Control, ...]:
    return tuple(_control(held, selection, prefix) for held in framework.filters)


def _control(held: Filter, selection: Selection, prefix: str) -> Control:
    bounds = selection.bounds.get(held.key, Between())
    options = (
        ("", "Any"),
        *((option.key, option.label) for option in held.options),
        (NO_ANSWER, "No answer"),
    )
    return Control(
        prefix + held.key,
        held.label,
        held.ranged,
        options,
        selection.codes.get(held.key, ""),
        _bound(bounds.least),
        _bound(bounds.most),
    )


def _bound(number: float | None) -> str:
    return "" if number is None else str(number)
