"""The page model of feedback: what was settled about one's own answers, by cause and by case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from schema.coding.model import CAUSES
from schema.store.feedback import Settled
from schema.store.readmodel import natural_order

NO_CAUSE = "No cause stated"


@dataclass(frozen=True, slots=True)
class CauseLine:
    """How many positions were settled for a cause; ``stood`` of them as the coder had answered."""

    words: str
    settled: int
    stood: int

    @property
    def changed(self) -> int:
        """Of how many the final is not what the coder gave."""
        return self.settled - self.stood


@dataclass(frozen=True, slots=True)
class CaseLine:
    """The same of one case."""

    case_id: str
    reference: str
    settled: int
    stood: int

    @property
    def changed(self) -> int:
        """Of how many the final is not what the coder gave."""
        return self.settled - self.stood


@dataclass(frozen=True, slots=True)
class Feedback:
    """The whole page: causes with most changes first, cases in natural order."""

    causes: tuple[CauseLine, ...]
    cases: tuple[CaseLine, ...]
    settled: int
    stood: int


def feedback_of(found: Sequence[Settled]) -> Feedback:
    """Count what was settled."""
    settled, stood = _counted(found, "cause")
    causes = [CauseLine(CAUSES.get(key, NO_CAUSE), settled[key], stood[key]) for key in settled]
    in_cases, stood_in = _counted(found, "case_id")
    references = {one.case_id: one.reference for one in found}
    cases = [CaseLine(key, references[key], in_cases[key], stood_in[key]) for key in in_cases]
    return Feedback(
        tuple(sorted(causes, key=lambda line: (-line.changed, -line.settled, line.words))),
        tuple(sorted(cases, key=lambda line: natural_order(line.reference))),
        len(found),
        sum(one.stood for one in found),
    )


def _counted(found: Sequence[Settled], by: str) -> tuple[Counter[str], Counter[str]]:
    settled = Counter(str(getattr(one, by)) for one in found)
    return settled, Counter(str(getattr(one, by)) for one in found if one.stood)
