"""The coder's own flags and memos as a list, in the order of the questionnaire."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.access.subjects import CaseSubject
from webapp.entry.desk import Desk
from webapp.entry.drawing import asked
from webapp.entry.views import Line, named, place_of


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note: the question it stands beside, in words and as an address."""

    path: str
    place: str
    address: str
    flagged: bool
    memo: str


def note_lines(subject: CaseSubject, desk: Desk) -> tuple[NoteLine, ...]:
    """All notes of the entry whose questions are asked."""
    held = desk.document.notes
    return tuple(
        NoteLine(path, named(desk, path), place_of(subject, desk, path), held[path].flagged, held[path].memo)
        for path in _asked_paths(desk)
        if path in held
    )


def flagged_lines(subject: CaseSubject, desk: Desk) -> tuple[Line, ...]:
    """What the coder wanted to come back to, for the page before submission."""
    return tuple(Line(one.place, one.address) for one in note_lines(subject, desk) if one.flagged)


def _asked_paths(desk: Desk) -> list[str]:
    paths = []
    for section in desk.template.sections:
        places = [section.key]
        if section.repeats:
            places = [f"{section.key}.{row.id}" for row in desk.document.rows(section.key)]
        paths += [f"{place}.{question.key}" for place in places for question in asked(section)]
    return paths
