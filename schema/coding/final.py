"""One coder's entry beside the consensus, compared by the same rules as the two entries were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from schema.answers.document import Document
from schema.coding.compare import compare
from schema.coding.model import AGREEING, Comparison, Pair, Position, Verdict
from schema.template.kinds import kind_of
from schema.template.model import Template

#: Nothing was asked of one of the two, so that neither is right or wrong.
NOT_COMPARED = frozenset({Verdict.NOT_ASKED, Verdict.IGNORED})


def against_final(
    template: Template,
    own: Document,
    final: Document,
    pairs: Sequence[Pair],
    side: Literal["a", "b"],
    *,
    own_template: Template,
) -> Comparison:
    """Compare an entry (as A) with the consensus (as B); paths are those of the case's own comparison.

    ``pairs`` are the case's pairs, ``side`` whose entry it is. A row that neither the coder nor the consensus has is
    left out.
    """
    return compare(
        template, own, final, tuple(_pairs(final, pairs, side)), template_a=own_template, template_b=template
    )


def compared_with_final(comparison: Comparison) -> tuple[Position, ...]:
    """The positions on which an entry can agree with the consensus or not; what follows from others is left out."""
    return tuple(
        position
        for position in comparison.positions
        if position.verdict not in NOT_COMPARED and (position.field is None or kind_of(position.field).stores)
    )


def same_as_final(position: Position) -> bool:
    """Whether the coder's answer and the final one count as the same."""
    return position.verdict in AGREEING


def _pairs(final: Document, pairs: Sequence[Pair], side: Literal["a", "b"]) -> Iterator[Pair]:
    for pair in pairs:
        own_row = pair.row_a if side == "a" else pair.row_b
        final_row = pair.id if final.row(pair.group, pair.id) else ""
        if own_row or final_row:
            yield Pair(pair.id, pair.group, own_row, final_row)
