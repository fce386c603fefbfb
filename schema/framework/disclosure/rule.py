"""The rule of a shared figure: how small a count may be, and whether zeros count as small."""

from __future__ import annotations

from dataclasses import dataclass

from schema.problem import refuse

USUAL = 10
LEAST = 5
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Rule:
    """Counts from 1 to below ``threshold`` are protected; with ``zeros`` also 0."""

    threshold: int = USUAL
    zeros: bool = False

    def protects(self, count: int) -> bool:
        """Whether a count is too small to be told."""
        return 0 < count < self.threshold or (self.zeros and count == 0)

    @property
    def least_told(self) -> int:
        """The least value that a protected count must be able to have."""
        return 0 if self.zeros else 1

    @property
    def least_cases(self) -> int:
        """How many cases a release needs.

        “n of N” also tells N - n; with fewer than twice the threshold one of the two is always too small.
        """
        return 2 * self.threshold

    def undoes(self, earlier: Rule) -> bool:
        """Whether figures by this rule would tell what the earlier one withheld."""
        return self.threshold < earlier.threshold or (earlier.zeros and not self.zeros)


def checked_rule(threshold: int, *, zeros: bool = False) -> Rule:
    """Build the rule; raises ``Refused`` (SDC-001) for a threshold outside the bounds."""
    if not LEAST <= threshold <= MOST:
        raise refuse(
            "SDC-001",
            f"The threshold must lie between {LEAST} and {MOST:,}.",
            f"Enter a whole number of at least {LEAST}; {USUAL} is usual.",
            where="threshold",
        )
    return Rule(threshold, zeros)
