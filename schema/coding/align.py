"""Match rows before values: propose which row of A is which row of B.

The proposal is the optimal assignment (Kuhn 1955; scipy's ``linear_sum_assignment``) over the likeness of rows on
their anchors. It is deterministic, explains itself, and is only a proposal: people re-pair, and what they paired stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from schema.answers.document import Document, Row
from schema.coding.model import Pair
from schema.coding.similarity import Anchors, Likeness, RowGrid, contained_in
from schema.template.model import Field, Section, Template

CLEAR = 0.6
"""Rows at least as alike as this are proposed."""
FLOOR, STANDS_OUT, STEEPNESS = 0.3, 0.05, 0.3
"""Rows less alike than the floor stay alone. Between the two, rows go together only where they are more alike, by a margin,
than either is to any other row (and there is one); the margin grows with what they lack. A wrong link distorts the
agreement figures unseen, a missing one is seen and made good."""
PART = 0.7
"""A lone row whose text lies in a linked row's by this share may be a part of it."""
ORDER_HINT = 1e-4
"""Decides between equally good pairings: rows in the same order."""

Scores = list[list[float]]


@dataclass(frozen=True, slots=True)
class NearestMiss:
    """For a row that stands alone: the row of the other entry that comes nearest, and how near.

    ``part_of`` is a row of the other entry that is linked already and whose text holds most of the lone row's: perhaps one
    coder split what the other lumped. ``contained`` is the share of the text that it holds (0 to 1).
    """

    row: str
    score: float
    why: tuple[tuple[str, float], ...]
    part_of: str = ""
    contained: float = 0.0


def propose(
    template: Template, a: Document, b: Document, *, new_id: Callable[[], str], kept: Sequence[Pair] = ()
) -> tuple[Pair, ...]:
    """Propose pairs for every repeating group: each row of A and of B appears in at least one pair.

    ``kept`` are pairs that a person made; each stays as it is where the rows it names still exist, and its rows
    take no part in the proposal. ``new_id`` names each new pair, which is the consensus row.
    """
    pairs: list[Pair] = []
    for section in template.groups():
        rows_a, rows_b = a.rows(section.key), b.rows(section.key)
        pairs += _propose_group(section, rows_a, rows_b, new_id, kept) if rows_a or rows_b else ()
    return tuple(pairs)


def pairing_without(template: Template, path: str) -> Template:
    """The template with one field (``group.key``) taking no part in the pairing; everything else is as it was.

    Where a field that helps the pairing is measured itself, its agreement is reported with this beside the usual one:
    ``propose(pairing_without(template, path), …)``, then compared under ``template``. Raises ``KeyError`` for a field that the
    template does not have.
    """
    left_out = template.by_path[path]
    section = template.by_key[left_out.section]
    fields = tuple(replace(held, match="none") if held is left_out else held for held in section.fields)
    changed = replace(section, fields=fields)
    return replace(
        template, sections=tuple(changed if held is section else held for held in template.sections)
    )


def measured_anchors(template: Template) -> tuple[Field, ...]:
    """The fields that help to pair rows and on which agreement is reported: pairing on them flatters that figure."""
    return tuple(
        held
        for section in template.groups()
        for held in section.fields
        if held.match != "none"
        and held.measure != "none"
        and held.compare.rule != "ignore"
        and not held.retired
    )


def nearest_misses(
    template: Template, a: Document, b: Document, pairs: Sequence[Pair]
) -> dict[str, NearestMiss]:
    """For every pair that is a lone row, by pair id: the nearest row of the other entry, whether lone or not."""
    found: dict[str, NearestMiss] = {}
    for section in template.groups():
        lone = [pair for pair in pairs if pair.group == section.key and not (pair.row_a and pair.row_b)]
        rows_a, rows_b = a.rows(section.key), b.rows(section.key)
        if not (lone and rows_a and rows_b):
            continue
        anchors = Anchors(section, rows_a, rows_b)
        for own, others, of_side in (
            (rows_a, rows_b, {pair.row_a: pair for pair in lone if pair.row_a}),
            (rows_b, rows_a, {pair.row_b: pair for pair in lone if pair.row_b}),
        ):
            rows = [row for row in own if row.id in of_side]
            grid = anchors.grid(rows, others)
            for place, row in enumerate(rows):
                pair, miss = of_side[row.id], _nearest(grid, place, others)
                if miss is not None:
                    found[pair.id] = _with_whole(section, miss, pair, pairs, rows_a, rows_b)
    return found


def _nearest(grid: RowGrid, place: int, others: Sequence[Row]) -> NearestMiss | None:
    """The row of the other entry that is most like one row of the grid; ``None`` where nothing is alike at all."""
    scores = grid.scores[place]
    alike = grid.likeness(place, nearest := scores.index(max(scores)))
    return NearestMiss(others[nearest].id, alike.score, alike.why) if alike.score > 0 else None


def _with_whole(
    section: Section,
    miss: NearestMiss,
    pair: Pair,
    pairs: Sequence[Pair],
    rows_a: Sequence[Row],
    rows_b: Sequence[Row],
) -> NearestMiss:
    """Add the linked row of the other entry that holds most of the lone row's text, where one holds enough of it."""
    own, others = (rows_a, rows_b) if pair.row_a else (rows_b, rows_a)
    links = [other for other in pairs if other.group == section.key and other.row_a and other.row_b]
    taken = {other.row_b if pair.row_a else other.row_a for other in links}
    lone = next(row for row in own if row.id == (pair.row_a or pair.row_b))
    shares = [(contained_in(section, lone, row), row.id) for row in others if row.id in taken]
    share, whole = max(shares, key=lambda found: found[0], default=(0.0, ""))
    return replace(miss, part_of=whole, contained=round(share, 2)) if share >= PART else miss


def arrange(pairs: Sequence[Pair], rows_a: Sequence[Row], rows_b: Sequence[Row]) -> tuple[Pair, ...]:
    """Order the pairs of one group: in A's order, a row that only B has after the pair of the row before it in B."""
    place_a = {row.id: float(index) for index, row in enumerate(rows_a)}
    place_b: dict[str, float] = {}
    anchor = -1.0
    for row in rows_b:
        linked = [place_a[pair.row_a] for pair in pairs if pair.row_b == row.id and pair.row_a in place_a]
        anchor = min(linked) if linked else anchor
        place_b[row.id] = anchor
    order_b = {row.id: index for index, row in enumerate(rows_b)}

    def place(pair: Pair) -> tuple[float, bool, int]:
        at = place_a.get(pair.row_a, place_b.get(pair.row_b, -1.0))
        return at, not pair.row_a, order_b.get(pair.row_b, -1)

    return tuple(sorted(pairs, key=place))


def _propose_group(
    section: Section,
    rows_a: tuple[Row, ...],
    rows_b: tuple[Row, ...],
    new_id: Callable[[], str],
    kept: Sequence[Pair],
) -> tuple[Pair, ...]:
    standing = [pair for pair in kept if pair.group == section.key and _stands(pair, rows_a, rows_b)]
    free_a = [row for row in rows_a if all(row.id != pair.row_a for pair in standing)]
    free_b = [row for row in rows_b if all(row.id != pair.row_b for pair in standing)]
    grid = Anchors(section, rows_a, rows_b).grid(free_a, free_b)
    links = list(_links(section, free_a, free_b, grid))
    linked_a, linked_b = {row_a for row_a, _, _ in links}, {row_b for _, row_b, _ in links}
    proposed = [
        *(Pair(new_id(), section.key, row_a, row_b, alike.score, alike.why) for row_a, row_b, alike in links),
        *(Pair(new_id(), section.key, row.id, "") for row in free_a if row.id not in linked_a),
        *(Pair(new_id(), section.key, "", row.id) for row in free_b if row.id not in linked_b),
    ]
    return arrange([*(replace(pair, id=new_id()) for pair in standing), *proposed], rows_a, rows_b)


def _stands(pair: Pair, rows_a: Sequence[Row], rows_b: Sequence[Row]) -> bool:
    """Whether the rows a kept pair names still exist."""
    in_a = not pair.row_a or any(row.id == pair.row_a for row in rows_a)
    in_b = not pair.row_b or any(row.id == pair.row_b for row in rows_b)
    return in_a and in_b


def _links(
    section: Section, free_a: Sequence[Row], free_b: Sequence[Row], grid: RowGrid
) -> Iterator[tuple[str, str, Likeness]]:
    if not free_a or not free_b:
        return
    if _only_ones(section, free_a, free_b):
        yield free_a[0].id, free_b[0].id, grid.likeness(0, 0)
        return
    for index_a, index_b in _assign(grid.scores):
        if _alike_enough(grid.scores, index_a, index_b):
            yield free_a[index_a].id, free_b[index_b].id, grid.likeness(index_a, index_b)


def _alike_enough(scores: Scores, index_a: int, index_b: int) -> bool:
    score = scores[index_a][index_b]
    if score >= CLEAR or score < FLOOR:
        return score >= CLEAR
    others = [other for index, other in enumerate(scores[index_a]) if index != index_b]
    others += [line[index_b] for index, line in enumerate(scores) if index != index_a]
    return bool(others) and score - max(others) >= STANDS_OUT + STEEPNESS * (CLEAR - score)


def _only_ones(section: Section, rows_a: Sequence[Row], rows_b: Sequence[Row]) -> bool:
    """A group that every case has (one victim at least): each coder's only row is the other's only row."""
    must = section.repeats is not None and section.repeats.minimum >= 1
    return must and len(rows_a) == 1 and len(rows_b) == 1


def _assign(scores: Scores) -> Iterator[tuple[int, int]]:
    """The pairing with the greatest sum of likeness above the floor; the order of rows decides between equals.

    Of equals the square makes the pairing in order the best; the sum lets earlier rows go first.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    alike = np.array(scores)
    index_a, index_b = np.indices(alike.shape)
    apart, far = (index_a - index_b) ** 2, index_a + index_b
    nudge = -ORDER_HINT * (apart + far / 1000) / 10_000
    chosen_a, chosen_b = linear_sum_assignment(np.maximum(0.0, alike - FLOOR + nudge), maximize=True)
    yield from zip(chosen_a.tolist(), chosen_b.tolist(), strict=True)
