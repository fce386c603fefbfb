"""Page models of the coding frame: its codes with their rows, the acts so far, and the crosswalk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from schema.framework.frame.census import Census, Crossing, Original, WaitingRow, counts, framed_answers
from schema.framework.frame.layer import list_of
from schema.framework.frame.model import Act, Code, Frame
from schema.store.consensus import originals
from schema.store.frames import Frames, Recorded, recorded_acts
from schema.store.models import Project
from webapp.frame.operations import Board
from webapp.frame.reading import framed_fields, question, titles
from webapp.frame.rows import FramedRow, framed_row

ROWS_ON_A_PAGE = 40
ENDED = {"merge": "merged into", "split": "split into", "retire": "retired"}
WORDS = {
    "add": "Added",
    "describe": "Described",
    "merge": "Merged",
    "split": "Split",
    "move": "Moved",
    "retire": "Retired",
    "recode": "Recoded a row",
    "example": "Made a row an example of",
    "undo": "Took back",
}

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


@dataclass(frozen=True, slots=True)
class ActView:
    """An act in words. ``state``: draft, the version it was adopted with, or what took it back."""

    number: int
    words: str
    reason: str
    made_by: str
    made_at: datetime
    state: str
    can_be_undone: bool


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
    rows: tuple[FramedRow, ...]
    total: int
    number: int
    pages: int


def frame_page(session: Session, project: Project, board: Board) -> FramePage:
    """Lay the frame out."""
    frame, frames = board.counted.layer.frame, board.frames
    tops = [name for name in frame.lists if name not in frame.parents]
    lone = [name for name, above in frame.parents.items() if above not in frame.lists]
    names = titles(frames)
    references = {case.case_id: case.reference for case in board.cases}
    acts = recorded_acts(session, project)
    return FramePage(
        frames,
        tuple(ListView(names[name], tuple(_codes(frame, name, board.counted))) for name in (*tops, *lone)),
        len(board.counted.waiting),
        tuple((number, ", ".join(held)) for number, held in board.counted.stale.items()),
        tuple(_act(one, references) for one in reversed(acts)),
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
    places = list(_places(session, board, code))
    pages = max(1, -(-len(places) // ROWS_ON_A_PAGE))
    if not 1 <= number <= pages:
        return None
    shown = places[(number - 1) * ROWS_ON_A_PAGE : number * ROWS_ON_A_PAGE]
    rows = [row for case, place in shown if (row := framed_row(layer, case, place))]
    asked = framed_fields(frames, layer.base.lists)
    return CodePage(
        code_view(layer.frame, code, board.counted),
        titles(frames)[code.codelist],
        tuple(question(frames, held) for held in asked if held.path in code.fields),
        tuple(_examples(session, board, code)),
        tuple(rows),
        len(places),
        number,
        pages,
    )


def waiting_rows(board: Board) -> tuple[tuple[WaitingRow, ...], int]:
    """The first rows that need a choice, each once, and how many answers wait in all."""
    once = {(row.case_id, row.place): row for row in board.counted.waiting}
    return tuple(once.values())[:ROWS_ON_A_PAGE], len(board.counted.waiting)


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


def _places(session: Session, board: Board, code: Code) -> Iterator[tuple[Original, str]]:
    layer = board.counted.layer
    for case in originals(session, board.cases):
        made = layer.recoded(case.case_id, case.template, case.document).document
        for place, _, (held, codes) in framed_answers(case.template, layer.frame, made):
            if list_of(held) == code.codelist and code.value in codes:
                yield case, place


def _examples(session: Session, board: Board, code: Code) -> Iterator[FramedRow]:
    for one in code.examples:
        case = find_original(session, board, one.case_id)
        row = framed_row(board.counted.layer, case, one.place) if case else None
        if row:
            yield row


def _act(one: Recorded, references: dict[str, str]) -> ActView:
    state = f"taken back by act {one.undone}" if one.undone else ""
    state = state or (f"in version {one.version}" if one.version else "in the draft")
    can_be_undone = not one.undone and one.act.kind != "undo"
    return ActView(
        one.act.number,
        act_words(one.act, references),
        one.reason,
        one.made_by,
        one.made_at,
        state,
        can_be_undone,
    )


def act_words(act: Act, references: dict[str, str]) -> str:
    """An act in a few words."""
    said = [WORDS[act.kind], act.value]
    if act.kind == "undo":
        said.append(f"act {act.undoes}")
    if act.into:
        said.append(f"into {', '.join(act.into)}")
    if act.parent:
        said.append(f"to {act.parent}" if act.kind == "move" else f"under {act.parent}")
    if act.case_id:
        said.append(
            f"of {references.get(act.case_id, 'a case that is not signed off now')}:" if act.changes else ""
        )
    said += [f"{_several(change.before)} to {_several(change.after)}" for change in act.changes]
    return " ".join(filter(None, said))


def _several(codes: Sequence[str]) -> str:
    return ", ".join(codes) or "none"
