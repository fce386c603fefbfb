"""Row detection: whether both coders found the same rows of a repeating group."""

from __future__ import annotations

from dataclasses import dataclass

from schema.coding.agreement.estimate import Estimate, Measure, Undefined
from schema.coding.model import Comparison, Verdict
from schema.template.model import Section

RowCounts = tuple[int, int, int, int]
"""Rows of A, rows of B, linked rows of A, linked rows of B."""
NOBODY_HAS_A_ROW = "neither coder has a row"
A_HAS_NO_ROW = "coder A has no row"
B_HAS_NO_ROW = "coder B has no row"


@dataclass(frozen=True, slots=True)
class RowAgreement:
    """Rows of each coder, those linked, and three shares with coder A as the measure (from 0 to 1).

    ``precision``: of B's rows, the share that A has too; ``recall``: of A's rows, the share that B has too; ``f1``: of all
    rows of both, the share that is linked, which does not depend on who is A.
    """

    section: str
    rows_a: int
    rows_b: int
    linked_a: int
    linked_b: int
    f1: Measure
    precision: Measure
    recall: Measure


def detection(section: str, counts: RowCounts) -> RowAgreement:
    """Row detection from its counts: F1 = (linked rows of A + linked rows of B) / (rows of A + rows of B).

    For rows that are linked one to one this is the F measure of van Rijsbergen, C. J. (1979), Information Retrieval,
    2 x precision x recall / (precision + recall). A row that is linked with two counts once. Each share is undefined
    where there is no row to take it of.
    """
    rows_a, rows_b, linked_a, linked_b = counts
    f1 = _share(linked_a + linked_b, rows_a + rows_b, NOBODY_HAS_A_ROW)
    precision, recall = _share(linked_b, rows_b, B_HAS_NO_ROW), _share(linked_a, rows_a, A_HAS_NO_ROW)
    return RowAgreement(section, rows_a, rows_b, linked_a, linked_b, f1, precision, recall)


def row_counts(comparison: Comparison, section: Section) -> RowCounts:
    """Count the rows of one group in one comparison; rows that the other coder was not asked for are left out."""
    unasked = {
        position.pair.id
        for position in comparison.positions
        if position.field is None and position.pair and position.verdict is Verdict.NOT_ASKED
    }
    pairs = [pair for pair in comparison.pairs if pair.group == section.key and pair.id not in unasked]
    links = [pair for pair in pairs if pair.row_a and pair.row_b]
    sides = (
        {pair.row_a for pair in pairs},
        {pair.row_b for pair in pairs},
        {pair.row_a for pair in links},
        {pair.row_b for pair in links},
    )
    all_a, all_b, linked_a, linked_b = (len(side - {""}) for side in sides)
    return all_a, all_b, linked_a, linked_b


def _share(part: int, whole: int, otherwise: str) -> Measure:
    return Estimate(part / whole, whole) if whole else Undefined(otherwise)
