"""What was done to a coding frame, in words, the newest first; rows that were recoded together are one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from schema.framework.frame.model import RECODE, UNDO, Act, Codes
from schema.store.frames import Recorded

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

NAMED = 3


@dataclass(frozen=True, slots=True)
class ActView:
    """An act in words, or several that were done together: ``number`` to ``last``, each in ``parts``.

    ``state``: draft, the version it was adopted with, or what took it back.
    """

    number: int
    last: int
    words: str
    parts: tuple[str, ...]
    reason: str
    made_by: str
    made_at: datetime
    state: str
    can_be_undone: bool

    @property
    def numbers(self) -> str:
        """Its number, or the first and the last."""
        return acts_named(self.number, self.last)


def acts_done(acts: Sequence[Recorded], references: Mapping[str, str]) -> tuple[ActView, ...]:
    """The acts, the newest first. ``references``: of the cases that are signed off, by id."""
    together = (tuple(held) for _, held in groupby(acts, key=_together))
    return tuple(_view(held, references) for held in together)[::-1]


def acts_named(first: int, last: int) -> str:
    """Say which acts are meant: ``act 3``, ``acts 3 to 7``."""
    return f"act {first}" if first == last else f"acts {first} to {last}"


def acts_words(acts: Sequence[Act], references: Mapping[str, str]) -> str:
    """Acts in a sentence: a few by what they did, of many the first ones and how many more there are."""
    said = [act_words(act, references) for act in acts[:NAMED]]
    more = len(acts) - len(said)
    return "; ".join([*said, f"and {more} more"] if more else said)


def act_words(act: Act, references: Mapping[str, str]) -> str:
    """An act in a few words."""
    said = [WORDS[act.kind], act.value]
    if act.kind == UNDO:
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


def _together(one: Recorded) -> tuple[object, ...]:
    """Acts that follow each other with the same key are shown as one: recodings, or their undoing, of one moment."""
    alone = 0 if one.act.kind in (RECODE, UNDO) else one.act.number
    return one.act.kind, alone, one.made_at, one.made_by, one.version, bool(one.undone)


def _view(held: tuple[Recorded, ...], references: Mapping[str, str]) -> ActView:
    first, last = held[0], held[-1]
    words = tuple(act_words(one.act, references) for one in held)
    several = len(held) > 1
    return ActView(
        first.act.number,
        last.act.number,
        _all_of(held) if several else words[0],
        words if several else (),
        first.reason,
        first.made_by,
        first.made_at,
        _state(held),
        not first.undone and first.act.kind != UNDO,
    )


def _all_of(held: Sequence[Recorded]) -> str:
    if held[0].act.kind == UNDO:
        undone = sorted(one.act.undoes for one in held)
        return f"{WORDS[UNDO]} {acts_named(undone[0], undone[-1])}"
    cases = len({one.act.case_id for one in held})
    return f"Recoded {len(held)} rows of {cases} {'case' if cases == 1 else 'cases'}"


def _state(held: Sequence[Recorded]) -> str:
    undone = sorted(one.undone for one in held)
    if undone[0]:
        return f"taken back by {acts_named(undone[0], undone[-1])}"
    return f"in version {held[0].version}" if held[0].version else "in the draft"


def _several(codes: Codes) -> str:
    return ", ".join(codes) or "none"
