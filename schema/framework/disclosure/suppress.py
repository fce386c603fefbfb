"""Secondary suppression: which further cells are withheld, so that every protected one keeps a wide enough interval.

For each protected cell and each end of its interval an integer programme asks for another set of counts that a reader could not
rule out, in which the cell has that value, and for which as little as possible has to be withheld. What it moves is
withheld. The sets that were found are witnesses: whoever holds the printed figures can rule none of them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from schema.framework.disclosure.net import Net
from schema.framework.disclosure.rule import Rule

FREE = 1e-3
"""The price of moving a count that is withheld anyway: nearly nothing, so that no more is moved than is needed."""


@dataclass
class Suppression:
    """What is withheld so far. ``reached``: the least and the greatest value of each protected cell that a witness shows."""

    net: Net
    rule: Rule
    withheld: set[int] = field(default_factory=set)
    reached: dict[int, tuple[int, int]] = field(default_factory=dict)
    narrow: set[int] = field(default_factory=set)

    def wanted(self, cell: int) -> tuple[int, int]:
        """The interval that a protected cell is to keep."""
        value = self.net.value(cell)
        least = max(self.rule.least_told, self.net.floors.get(cell, 0))
        return min(value, least), max(value, self.rule.threshold - 1)

    def lacks(self, cell: int) -> tuple[int, ...]:
        """The ends of its interval that no witness shows yet."""
        least, most = self.reached[cell]
        low, high = self.wanted(cell)
        return tuple(end for end, short in ((low, least > low), (high, most < high)) if short)


def suppress(net: Net, rule: Rule) -> Suppression:
    """Choose the cells to withhold: those that are protected themselves, and as few others as can be."""
    held = Suppression(net, rule, {cell for cell in net.protected if cell in net.weights})
    held.reached = {cell: (net.value(cell), net.value(cell)) for cell in net.protected}
    parts = {cell: part for part in _components(net) for cell in part.cells}
    for cell in sorted(net.protected, key=lambda one: (-net.value(one), one)):
        for end in held.lacks(cell):
            if end in held.lacks(cell):
                _reach(held, parts[cell], cell, end)
    return held


@dataclass
class Component:
    """Cells that hang together by sums, once all that is known for good is taken away, and these sums."""

    cells: list[int]
    sums: list[tuple[tuple[int, int], ...]]


def _components(net: Net) -> list[Component]:
    parent = list(range(len(net.cells)))

    def root(cell: int) -> int:
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    rows = [tuple((cell, sign) for cell, sign in row if cell not in net.fixed) for row in net.sums]
    for row in rows:
        for cell, _ in row[1:]:
            parent[root(cell)] = root(row[0][0])
    made: dict[int, Component] = {}
    for cell in range(len(net.cells)):
        if cell not in net.fixed:
            made.setdefault(root(cell), Component([], [])).cells.append(cell)
    for row in dict.fromkeys(rows):
        if row:
            made[root(row[0][0])].sums.append(row)
    return list(made.values())


def _reach(held: Suppression, part: Component, cell: int, end: int) -> None:
    """Withhold what it takes for the cell to be as small, or as large, as ``end``; as near to it as can be."""
    moved = _programme(held, part, cell, end - held.net.value(cell))
    for number, change in zip(part.cells, moved, strict=True):
        if not change:
            continue
        if number in held.net.weights:
            held.withheld.add(number)
        if number in held.reached:
            least, most = held.reached[number]
            value = held.net.value(number) + change
            held.reached[number] = min(least, value), max(most, value)
    if end in held.lacks(cell):
        _withhold_around(held, part, cell)


def _withhold_around(held: Suppression, part: Component, cell: int) -> None:
    """The interval is as wide as the known totals let it be; then nothing that is summed up with the cell is told either."""
    held.narrow.add(cell)
    beside = {number for row in part.sums for number, _ in row if any(one == cell for one, _ in row)}
    held.withheld |= {number for number in beside if number in held.net.weights}


def _programme(held: Suppression, part: Component, cell: int, wanted: int) -> Sequence[int]:
    """Solve for the changes of all cells of a component: ups first, then downs, as whole numbers that are not negative."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    net, size = held.net, len(part.cells)
    place = {number: at for at, number in enumerate(part.cells)}
    prices = [_price(held, number) for number in part.cells] * 2
    up = [float("inf")] * size
    down = [float(max(0, net.value(number) - net.floors.get(number, 0))) for number in part.cells]
    own = place[cell]
    up[own], down[own] = (float(wanted), 0.0) if wanted > 0 else (0.0, float(-wanted))
    prices[own + (0 if wanted > 0 else size)] = -10.0 * (1 + sum(net.weights.values()))
    if not part.sums:
        return [wanted if number == cell else 0 for number in part.cells]
    entries = [
        (row, place[number] + shift, sign * direction)
        for row, total in enumerate(part.sums)
        for number, sign in total
        for shift, direction in ((0, 1), (size, -1))
    ]
    rows, columns, signs = zip(*entries, strict=True)
    matrix = coo_array((signs, (rows, columns)), shape=(len(part.sums), 2 * size))
    found = milp(
        prices,
        constraints=LinearConstraint(matrix.tocsr(), 0, 0),
        bounds=Bounds([0.0] * (2 * size), up + down),
        integrality=[1] * (2 * size),
    )
    if found.x is None:
        raise RuntimeError(f"no protection could be worked out: {found.message}")
    return [round(found.x[at]) - round(found.x[at + size]) for at in range(size)]


def _price(held: Suppression, number: int) -> float:
    if number in held.net.weights and number not in held.withheld:
        return float(held.net.weights[number])
    return FREE
