"""What each person and each pair of coders has to do and has done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from schema.store.signed_off_totals import PairTotal, later
from schema.store.standing import SIGNED_OFF, CaseStanding, ProjectStanding

ENTRY_STATES = ("not_started", "in_progress", "returned", "submitted")


@dataclass(slots=True)
class CoderLoad:
    """Entries of a coder by state; a submitted entry of a case that is signed off counts as ``signed_off`` alone."""

    name: str
    states: Counter[str] = field(default_factory=Counter)
    last_save: datetime | None = None


@dataclass(slots=True)
class ReconcilerLoad:
    """Cases of a reconciler: ``waiting`` for their coders, ``to_do``, ``signed_off``."""

    name: str
    states: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class PairLoad:
    """Cases of two coders; ``positions`` and ``agreed`` are of those that are signed off."""

    names: tuple[str, str]
    states: Counter[str] = field(default_factory=Counter)
    positions: int = 0
    agreed: int = 0

    @property
    def share(self) -> Fraction | None:
        """The share of positions that needed nobody; None before a case is signed off."""
        return Fraction(self.agreed, self.positions) if self.positions else None


def coder_loads(standing: ProjectStanding) -> list[CoderLoad]:
    """Everybody who has an entry, by name."""
    found: dict[str, CoderLoad] = {}
    for case in standing.cases:
        for entry in case.entries.values():
            load = found.setdefault(entry.coder, CoderLoad(standing.names[entry.coder]))
            load.states[entry.state] += 1
            load.last_save = later(load.last_save, entry.updated_at)
    for user_id, total in standing.signed_off.coders.items():
        load = found.setdefault(user_id, CoderLoad(standing.names[user_id]))
        load.states[SIGNED_OFF] += total.entries
        load.last_save = later(load.last_save, total.last_save)
    return sorted(found.values(), key=lambda load: load.name)


def reconciler_loads(standing: ProjectStanding) -> list[ReconcilerLoad]:
    """Everybody who reconciles a case, by name."""
    found: dict[str, ReconcilerLoad] = {}
    for case in standing.cases:
        if user_id := case.parts.get("reconciler"):
            load = found.setdefault(user_id, ReconcilerLoad(standing.names[user_id]))
            load.states["waiting" if case.comparison is None else "to_do"] += 1
    for user_id, cases in standing.signed_off.reconcilers.items():
        found.setdefault(user_id, ReconcilerLoad(standing.names[user_id])).states["signed_off"] += cases
    return sorted(found.values(), key=lambda load: load.name)


def pair_loads(standing: ProjectStanding) -> list[PairLoad]:
    """Every two people who code a case together, whoever of them is coder 1, by name."""
    held: dict[frozenset[str], list[CaseStanding]] = defaultdict(list)
    for case in standing.cases:
        if len(case.entries) == 2:
            held[frozenset(entry.coder for entry in case.entries.values())].append(case)
    done = standing.signed_off.pairs
    found = [_pair(standing, people, held[people], done.get(people)) for people in {**held, **done}]
    return sorted(found, key=lambda load: load.names)


def _pair(
    standing: ProjectStanding, people: frozenset[str], cases: Sequence[CaseStanding], done: PairTotal | None
) -> PairLoad:
    first, second = sorted(standing.names[person] for person in people)
    load = PairLoad((first, second))
    for case in cases:
        load.states["compared" if case.comparison is not None else "coding"] += 1
    if done is not None:
        load.states["signed_off"] += done.cases
        load.positions, load.agreed = done.positions, done.agreed
    return load
