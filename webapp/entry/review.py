"""What a coder sees before submitting: what is in the way, what to confirm, what will be left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from schema.answers.validate import Finding, findings
from schema.answers.visibility import without_hidden
from schema.problem import Problem
from webapp.access.subjects import CaseSubject
from webapp.entry.desk import Desk
from webapp.entry.views import Line, named, place_of


@dataclass(frozen=True, slots=True)
class Question:
    """Something a rule wants confirmed."""

    value: str
    text: str
    address: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Review:
    """The page before submission. ``errors`` refuse it (by section or row), ``questions`` need a tick, ``warnings`` only tell."""

    errors: tuple[tuple[str, tuple[Line, ...]], ...]
    questions: tuple[Question, ...]
    warnings: tuple[Line, ...]
    dropped: tuple[Line, ...]
    refused: tuple[Line, ...] = ()
    stated: bool = False

    @property
    def ready(self) -> bool:
        """Whether nothing but confirmations stands in the way."""
        return not self.errors


def review(
    subject: CaseSubject,
    desk: Desk,
    confirmed: Collection[str] = (),
    refused: Sequence[Problem] = (),
    *,
    stated: bool = False,
) -> Review:
    """Check an entry as submission will; what was ticked before a refusal stays ticked."""
    document, dropped = without_hidden(desk.template, desk.document)
    found = findings(desk.template, document, "submit")
    errors = tuple(_by_place(subject, desk, [one for one in found if one.severity == "error"]))
    questions = tuple(
        Question(
            one.confirmation, _text(one), place_of(subject, desk, one.path), one.confirmation in confirmed
        )
        for one in found
        if one.severity == "confirm"
    )
    return Review(
        errors=errors,
        questions=questions,
        warnings=tuple(_line(subject, desk, one) for one in found if one.severity == "warning"),
        dropped=tuple(Line(named(desk, path), place_of(subject, desk, path)) for path in dropped),
        refused=() if errors or not refused else _refusals(refused, questions),
        stated=stated,
    )


def _by_place(
    subject: CaseSubject, desk: Desk, errors: Sequence[Finding]
) -> Iterator[tuple[str, tuple[Line, ...]]]:
    for place, group in groupby(errors, key=lambda error: error.place):
        yield (
            place,
            tuple(
                Line(one.message.removeprefix(f"{place}: "), place_of(subject, desk, one.path))
                for one in group
            ),
        )


def _line(subject: CaseSubject, desk: Desk, finding: Finding) -> Line:
    return Line(_text(finding), place_of(subject, desk, finding.path))


def _text(finding: Finding) -> str:
    return (
        f"{finding.place}: {finding.message.removeprefix(f'{finding.place}: ')}"
        if finding.place
        else finding.message
    )


def _refusals(refused: Sequence[Problem], questions: Sequence[Question]) -> tuple[Line, ...]:
    """Everything that still has to be ticked, at once, each line leading to its own box."""
    unticked = (
        Line(question.text, f"#confirmed-{number}")
        for number, question in enumerate(questions, 1)
        if not question.ticked
    )
    said = (
        Line(
            f"{problem.message} {problem.remedy}".strip(),
            "#statement" if problem.where == "statement" else "",
        )
        for problem in refused
        if problem.severity != "confirm"
    )
    return (*unticked, *said)
