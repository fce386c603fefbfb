"""Page models of the coding frame: its codes with their rows, the acts so far, and the crosswalk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from schema.framework.frame.census import Census, Crossing, Original, counts
from schema.framework.frame.model import Code, Frame
from schema.store.consensus import originals
from schema.store.frames import Frames, recorded_acts
from schema.store.models import Project
from webapp.frame.done import ActView, acts_done
from webapp.frame.operations import Board
from webapp.frame.reading import framed_fields, question, titles
from webapp.frame.rows import Found, FramedRow, find_rows, framed_row

ENDED = {"merge": "merged into", "split": "split into", "retire": "retired"}
VERBS = {
    "describe": "Describe",
    "merge": "Merge",
    "split": "Split",
    "move": "Move",
    "retire": "Retire",
}
MEANS = {
    "describe": "The code stays; its label and notes change.",
    "merge": "Every row that carries it will carry the other code in its place.",
    "split": "Every row that carries it waits until somebody chooses among the new codes.",
    "move": "Every row that carries it will carry the code that it comes to belong to.",
    "retire": "Every row that carries it waits until somebody chooses other codes.",
}


@dataclass(frozen=True, slots=True)
class CodeView:
    """A code with how many answers carry it, in how many cases. ``ended``: how it went out of use, in words."""

    code: Code
    rows: int
    cases: int
    ended: str
    members: tuple[CodeView, ...] = ()


@dataclass(frozen=True, slots=True)
class ListView:
    """A list of the frame."""

    title: str
    codes: tuple[CodeView, ...]


@dataclass(frozen=True)
class FramePage:
    """The frame: its lists, what waits, what no longer fits, and the acts, the newest first."""

    frames: Frames
    lists: tuple[ListView, ...]
    waiting: int
    stale: tuple[tuple[int, str], ...]
    acts: tuple[ActView, ...]
    cases: int


@dataclass(frozen=True)
class CodePage:
    """One code: its words, its examples, and the rows that carry it."""

    view: CodeView
    title: str
    questions: tuple[str, ...]
    examples: tuple[FramedRow, ...]
    found: Found


def frame_page(session: Session, project: Project, board: Board) -> FramePage:
    """Lay the frame out."""
    frame, frames = board.counted.layer.frame, board.frames
    tops = [name for name in frame.lists if name not in frame.parents]
    lone = [name for name, above in frame.parents.items() if above not in frame.lists]
    names = titles(frames)
    return FramePage(
        frames,
        tuple(ListView(names[name], tuple(_codes(frame, name, board.counted))) for name in (*tops, *lone)),
        len(board.counted.waiting),
        tuple((number, ", ".join(held)) for number, held in board.counted.stale.items()),
        acts_done(recorded_acts(session, project), board.references),
        len(board.cases),
    )


def code_view(frame: Frame, code: Code, counted: Census) -> CodeView:
    """One code with its figures."""
    ended = " ".join(filter(None, (ENDED.get(code.ended, ""), ", ".join(code.into))))
    members = (held for held in frame.codes if _belongs(frame, held, code))
    made = tuple(code_view(frame, held, counted) for held in members)
    return CodeView(code, *counts(counted.by_code, code.codelist, code.value), ended, made)


def code_page(session: Session, board: Board, code: Code, number: int) -> CodePage | None:
    """One code with a page of its rows; ``None`` where there is no such page."""
    layer, frames = board.counted.layer, board.frames
    found = find_rows(layer, originals(session, board.cases), code, "", number)
    if found.number != number:
        return None
    asked = framed_fields(frames, layer.base.lists)
    return CodePage(
        code_view(layer.frame, code, board.counted),
        titles(frames)[code.codelist],
        tuple(question(frames, held) for held in asked if held.path in code.fields),
        tuple(_examples(session, board, code)),
        found,
    )


def waiting_codes(session: Session, board: Board) -> tuple[Found, ...]:
    """The codes that were split or retired and that rows still carry, each with these rows."""
    layer = board.counted.layer
    held = {(row.codelist, row.value) for row in board.counted.waiting}
    codes = [code for code in layer.frame.codes if (code.codelist, code.value) in held]
    cases = tuple(originals(session, board.cases)) if codes else ()
    return tuple(find_rows(layer, cases, code, "", 1) for code in codes)


def crosswalk(board: Board) -> tuple[Crossing, ...]:
    """What became of every code."""
    return board.counted.crossings()


def find_original(session: Session, board: Board, case_id: str) -> Original | None:
    """A signed-off case by its id."""
    cases = [case for case in board.cases if case.case_id == case_id]
    return next(iter(originals(session, cases)), None)


def _codes(frame: Frame, codelist: str, counted: Census) -> Iterator[CodeView]:
    for code in frame.of(codelist):
        yield code_view(frame, code, counted)
    known = {code.value for code in frame.of(codelist)}
    for child, above in frame.parents.items():
        homeless = [held for held in frame.of(child) if above == codelist and held.parent not in known]
        yield from (code_view(frame, held, counted) for held in homeless)


def _belongs(frame: Frame, held: Code, code: Code) -> bool:
    return frame.parents.get(held.codelist) == code.codelist and held.parent == code.value


def _examples(session: Session, board: Board, code: Code) -> Iterator[FramedRow]:
    for one in code.examples:
        case = find_original(session, board, one.case_id)
        row = framed_row(board.counted.layer, case, one.place) if case else None
        if row:
            yield row
