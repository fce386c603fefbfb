"""A second project that stands half-way: cases in every state, so that each role finds work on signing in.

This module says what each case holds; whoever loads it carries the case into the state named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from webapp.sample.coders import Entry
from webapp.sample.dice import chance, dice
from webapp.sample.study import PAIRS, SampleCase, Study, cases_of

State = Literal[
    "registered",
    "assigned",
    "coding",
    "ready to compare",
    "matching rows",
    "resolving",
    "reconciled",
    "signed off",
]
Progress = Literal["not_started", "in_progress", "submitted", "returned"]

TITLE: Final = "Follow-up study (in progress)"
SEED: Final = 2020
RETURN_REASON: Final = "Two recommendations in the appendix are missing. Please enter them and submit again."

_DRAFT_SECTIONS: Final = ("report", "homicide", "victims", "perpetrators", "childhood", "children")
_STEPS: Final[tuple[tuple[State, tuple[Progress, Progress]], ...]] = (
    ("registered", ("not_started", "not_started")),
    ("registered", ("not_started", "not_started")),
    ("assigned", ("not_started", "not_started")),
    ("coding", ("in_progress", "not_started")),
    ("coding", ("submitted", "in_progress")),
    ("coding", ("returned", "submitted")),
    ("ready to compare", ("submitted", "submitted")),
    ("ready to compare", ("submitted", "submitted")),
    ("matching rows", ("submitted", "submitted")),
    ("resolving", ("submitted", "submitted")),
    ("reconciled", ("submitted", "submitted")),
    ("signed off", ("submitted", "submitted")),
)


@dataclass(frozen=True)
class HalfwayEntry:
    """One coder's work so far; `entry` is None where the coder has not started.

    A returned entry was complete when it was submitted, so its `entry` has submit true: submit it, then return it with
    RETURN_REASON. An entry in progress has submit false and is partly answered.
    """

    coder: str
    progress: Progress
    entry: Entry | None


@dataclass(frozen=True)
class HalfwayCase:
    """A case, the state it is to be carried into, and what its coders have done. A registered case has no coders yet."""

    case: SampleCase
    state: State
    entries: tuple[HalfwayEntry, ...]


def halfway(seed: int = SEED, coders: Sequence[tuple[str, str]] = PAIRS) -> tuple[HalfwayCase, ...]:
    """Return twelve cases, at least one in every state; the same seed gives the same cases."""
    sample = Study(TITLE, len(_STEPS), seed, tuple(coders), prefix="FUP")
    return tuple(
        HalfwayCase(case, state, _entries(seed, number, case, state, progress))
        for number, (case, (state, progress)) in enumerate(zip(cases_of(sample), _STEPS, strict=True))
    )


def _entries(
    seed: int, number: int, case: SampleCase, state: State, progress: tuple[Progress, Progress]
) -> tuple[HalfwayEntry, ...]:
    if state == "registered":
        return ()
    return tuple(
        _so_far(HalfwayEntry(entry["coder"], step, entry), seed, number)
        for entry, step in zip(case.entries, progress, strict=True)
    )


def _so_far(done: HalfwayEntry, seed: int, number: int) -> HalfwayEntry:
    if done.progress == "not_started":
        return replace(done, entry=None)
    if done.progress == "in_progress" and done.entry:
        return replace(done, entry=_half_filled(done.entry, seed, number))
    return done


def _half_filled(entry: Entry, seed: int, number: int) -> Entry:
    """The first sections as they stand, the first recommendations, and some answers not given yet."""
    rng = dice(seed, "draft", number, entry["coder"])
    answers: dict[str, Any] = {key: entry["answers"][key] for key in _DRAFT_SECTIONS}
    answers["report"] = {key: value for key, value in answers["report"].items() if not chance(rng, 0.25)}
    rows = entry["answers"]["recommendations"]
    kept = rows[: max(1, len(rows) // 3)]
    answers["recommendations"] = (
        [*kept[:-1], {key: kept[-1][key] for key in ("id", "number", "text")}] if kept else []
    )
    evidence = {path: note for path, note in entry["evidence"].items() if path.startswith("homicide.")}
    return entry | {"submit": False, "answers": answers, "evidence": evidence}
