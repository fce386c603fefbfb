"""A coder's latest changes as they read: what each save changed, from what to what, and whether it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.answers.document import Evidence, Note
from schema.store.entries import LoggedSave
from schema.store.past import AT_ONCE
from schema.store.undo import PastSave
from schema.template.value import from_plain
from webapp.access.subjects import CaseSubject
from webapp.entry.desk import Desk
from webapp.entry.reply import in_words, note_words
from webapp.entry.views import address, in_full, named, place_of

MOST_LINES, MOST_LINES_EARLIER = 6, 1_000
LONGEST_PATH = 200
ACTS = {
    "add_row": "added",
    "delete_row": "deleted",
    "restore_row": "restored",
    "move_row": "moved",
    "lift": "Moved to another version of the questionnaire",
}


@dataclass(frozen=True, slots=True)
class PastLine:
    """One change: the place, its address and that of all its changes; the value before and after, or for rows what was done."""

    place: str
    address: str
    history: str
    before: str = ""
    after: str = ""
    act: str = ""


@dataclass(frozen=True, slots=True)
class PastModel:
    """One save: its lines (``more`` further ones are not shown) and the button beside them, empty where there is none."""

    revision: int
    at: datetime
    lines: tuple[PastLine, ...]
    more: int
    state: str
    button: str


def past_models(subject: CaseSubject, desk: Desk, saves: Sequence[PastSave]) -> tuple[PastModel, ...]:
    """Put the latest saves in words, newest first."""
    return tuple(_model(subject, desk, one) for one in saves)


def earlier_models(subject: CaseSubject, desk: Desk, saves: Sequence[LoggedSave]) -> tuple[PastModel, ...]:
    """Saves however old, in words: to be read, not to be undone."""
    return tuple(
        _model(subject, desk, PastSave(one, 0, taken_back=False, possible=False), most=MOST_LINES_EARLIER)
        for one in saves
    )


def earlier_address(subject: CaseSubject, saves: Sequence[PastModel], of: str = "") -> str:
    """Where the list goes on; empty where it ends."""
    if len(saves) < AT_ONCE or saves[-1].revision <= 1:
        return ""
    return address(subject, "changes_page", before=saves[-1].revision, **({"of": of} if of else {}))


def is_place(desk: Desk, path: str) -> bool:
    """Whether a path is that of a question, or of a row that is there or was once."""
    section_key, *rest = path.split(".")
    section = desk.template.by_key.get(section_key)
    if section is None or not rest or len(path) > LONGEST_PATH:
        return False
    if section.repeats is None:
        return len(rest) == 1 and rest[0] in section.by_key
    return len(rest) == 1 or (len(rest) == 2 and rest[1] in section.by_key)


def places_of(desk: Desk, path: str) -> tuple[str, ...]:
    """The paths whose changes belong to the history of one: of an answer also its row's, of a row also its answers'."""
    if not path:
        return ()
    parts = path.split(".")
    if desk.template.by_key[parts[0]].repeats is None:
        return (path,)
    return (path, f"{path}.") if len(parts) == 2 else (path, ".".join(parts[:2]))


def _model(subject: CaseSubject, desk: Desk, past: PastSave, most: int = MOST_LINES) -> PastModel:
    lines = tuple(_lines(subject, desk, past.changes))
    return PastModel(
        revision=past.save.revision,
        at=past.save.at,
        lines=lines[:most],
        more=max(0, len(lines) - most),
        state="undone" if past.taken_back else "an undoing" if past.takes_back else "",
        button=("Put back" if past.takes_back else "Undo") if past.possible else "",
    )


def _lines(subject: CaseSubject, desk: Desk, changes: Sequence[Mapping[str, Any]]) -> Iterator[PastLine]:
    for line in changes:
        place, there = named(desk, line["path"]), place_of(subject, desk, line["path"])
        history = address(subject, "changes_page", of=line["path"]) if is_place(desk, line["path"]) else ""
        if line["what"] in ACTS:
            yield PastLine(place, there, history, act=ACTS[line["what"]])
        else:
            yield PastLine(place, there, history, _words(desk, line, "old"), _words(desk, line, "new"))


def _words(desk: Desk, line: Mapping[str, Any], side: str) -> str:
    if line["what"] == "evidence":
        return in_words(Evidence(**(line[side] or {})))
    if line["what"] == "note":
        return note_words(Note(**(line[side] or {})))
    parts = line["path"].split(".")
    question = desk.template.by_path.get(f"{parts[0]}.{parts[-1]}")
    value = from_plain(line[side])
    return in_full(desk, question, value) if question else str(line[side] or "")
