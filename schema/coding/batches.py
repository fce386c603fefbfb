"""Differences of one kind that may be settled together. What a person has decided or put off is never among them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from schema.coding.model import Position, Verdict
from schema.coding.normalise import words
from schema.template.kinds import kind_of

TEXTS = ("text", "long_text")
Pick = Callable[[Position], str]


@dataclass(frozen=True, slots=True)
class Alike:
    """A kind of difference. ``pick`` gives the choice that settles a position, or nothing where it is of another kind."""

    title: str
    words: str
    pick: Pick


def _same_words(position: Position) -> str:
    field, a, b = position.field, position.a, position.b
    if field is None or field.kind not in TEXTS or not isinstance(a, str) or not isinstance(b, str):
        return ""
    return "equivalent" if words(a) == words(b) else ""


def _answered_by_one(position: Position) -> str:
    if position.field is None or position.field.required:
        return ""
    return {(Verdict.ONLY_A, True): "a", (Verdict.ONLY_B, True): "b"}.get(
        (position.verdict, position.a is None or position.b is None), ""
    )


def _asked_of_one(position: Position) -> str:
    if position.field is None or position.verdict is not Verdict.APPLICABILITY_DIFFERS:
        return ""
    if (position.a is None) == (position.b is None):
        return ""
    return "b" if position.a is None else "a"


def _row_of_one(position: Position) -> str:
    return "keep_row" if position.field is None else ""


ALIKE: Mapping[str, Alike] = MappingProxyType(
    {
        "words": Alike(
            "Same words, other punctuation",
            "Two texts of the same words in the same order. They count as the same; A’s words stay.",
            _same_words,
        ),
        "one": Alike(
            "Answered by one coder only",
            "Questions that need no answer, which the other coder left blank. The answer given is taken.",
            _answered_by_one,
        ),
        "asked": Alike(
            "Asked of one coder only",
            "Questions that came up for one coder because of an answer elsewhere. The answer given is taken.",
            _asked_of_one,
        ),
        "rows": Alike(
            "Rows that only one coder has",
            "Rows without a partner. They are kept as that coder entered them.",
            _row_of_one,
        ),
    }
)


def alike(kind: str, undecided: Sequence[Position], touched: Collection[str]) -> dict[str, str]:
    """The choice for each position of a kind, by path; nothing for an unknown kind.

    Left out: paths in ``touched`` (decided or put off by a person), what a coder marked as uncertain, and values that
    follow from others.
    """
    pick = ALIKE[kind].pick if kind in ALIKE else None
    found = {p.path: pick(p) for p in undecided if pick and p.path not in touched and _may_be_settled(p)}
    return {path: choice for path, choice in found.items() if choice}


def _may_be_settled(position: Position) -> bool:
    stored = position.field is None or kind_of(position.field).stores
    return position.needs_person and stored and not position.uncertain
