"""Somebody who holds shared figures, knows the framework, and solves for what was withheld.

Written apart from ``schema/framework/disclosure``: it reads nothing but the printed figures and the declarations of the
framework, and asks a solver of whole numbers how small and how large each withheld number can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from schema.framework.behind import lines_of
from schema.framework.disclosure.figures import WITHHELD, Figures, ReleasedLine
from schema.framework.model import Block, Framework, Table
from schema.template.model import Template

PARTS = ("count", "base", "missing", "within", "within_base")
Name = tuple[str, ...]
Expression = Mapping[Any, int]
"""A sum: names, and how often each is taken."""


@dataclass
class Attacker:
    """Collects what is known as sums over whole numbers that are not negative."""

    least: dict[Name, int] = field(default_factory=dict)
    most: dict[Name, float] = field(default_factory=dict)
    rows: list[tuple[Expression, float, float]] = field(default_factory=list)
    _built: tuple[tuple[int, int], dict[str, object]] | None = None

    def know(self, name: Name, least: int = 0, most: float = float("inf")) -> None:
        """A number lies between two bounds."""
        self.least[name] = max(self.least.get(name, 0), least)
        self.most[name] = min(self.most.get(name, float("inf")), most)

    def equal(self, one: Expression, other: Expression) -> None:
        """Two sums are equal."""
        self._row(one, other, 0)

    def at_most(self, one: Expression, other: Expression) -> None:
        """The first sum does not exceed the second."""
        self._row(one, other, float("-inf"))

    def span(self, wanted: Expression) -> tuple[int, int]:
        """The least and the greatest value that a sum can have, capped at ten thousand."""
        return self._solve(wanted, 1), self._solve(wanted, -1)

    def _row(self, one: Expression, other: Expression, least: float) -> None:
        held: dict[Name, int] = dict(one)
        for name, sign in other.items():
            held[name] = held.get(name, 0) - sign
        for name in held:
            self.know(name)
        self.rows.append((held, least, 0))

    def _solve(self, wanted: Expression, sign: int) -> int:
        names, known = self._known()
        place = {name: at for at, name in enumerate(names)}
        prices = [0.0] * len(names)
        for name, value in wanted.items():
            prices[place[name]] += sign * value
        found = milp(prices, integrality=[1] * len(names), **known)
        assert found.x is not None, f"what is printed contradicts itself: {found.message}"
        return round(sign * found.fun)

    def _known(self) -> tuple[list[Name], dict[str, object]]:
        """All that is known, as the solver wants it; built once for as long as nothing is added."""
        names = list(self.least)
        if self._built is None or self._built[0] != (len(names), len(self.rows)):
            place = {name: at for at, name in enumerate(names)}
            cells = [
                (row, place[name], value)
                for row, (held, _, _) in enumerate(self.rows)
                for name, value in held.items()
            ]
            rows, columns, values = zip(*cells, strict=True)
            matrix = coo_array((values, (rows, columns)), shape=(len(self.rows), len(names))).tocsr()
            sums = LinearConstraint(matrix, [row[1] for row in self.rows], [row[2] for row in self.rows])
            most = [min(self.most[name], 10_000) for name in names]
            bounds = Bounds([self.least[name] for name in names], most)
            self._built = (len(names), len(self.rows)), {"constraints": sums, "bounds": bounds}
        return names, self._built[1]


def read(
    attacker: Attacker, release: str, figures: Figures, framework: Framework, template: Template
) -> None:
    """Take in a release: every printed number, and what the declarations say of those that are withheld."""
    printed = {table.key: {line.key: line for line in table.lines} for table in figures.tables}
    for table in framework.tables:
        for block in table.blocks:
            lines = [printed[table.key][key] for key in lines_of(block) if key in printed.get(table.key, {})]
            for line in lines:
                _line(attacker, release, figures, table, block, line)
            if block.kind == "distribution":
                _list(attacker, release, table, block, lines, template)
    for indicator in framework.indicators:
        _within(attacker, release, printed, framework, indicator.key)


def withheld(figures: Figures) -> Iterator[Name]:
    """The numbers that are withheld."""
    for table in figures.tables:
        for line in table.lines:
            yield from ((table.key, line.key, part) for part in PARTS if getattr(line, part) == WITHHELD)


def _line(
    attacker: Attacker, release: str, figures: Figures, table: Table, block: Block, line: ReleasedLine
) -> None:
    # In a list that adds up zeros are withheld with the rest (docs/disclosure.md), so a withheld number can be 0 there.
    could_be_none = figures.zeros or block.kind == "distribution"
    for part in PARTS:
        told = getattr(line, part)
        if told is None:
            continue
        name = (release, table.key, line.key, part)
        if told == WITHHELD:
            maybe = (could_be_none and part == "count") or (figures.zeros and part.startswith("within"))
            attacker.know(name, 0 if maybe else 1)
        else:
            attacker.know(name, told, told)
    count, base, missing = ((release, table.key, line.key, part) for part in PARTS[:3])
    if line.base is not None and line.count is not None:
        attacker.at_most({count: 1}, {base: 1})
    total = _total(attacker, release, figures, table, block)
    if line.key.endswith(".missing"):
        attacker.equal({base: 1}, {total: 1})
    elif line.base is not None and block.of == "valid":
        attacker.equal({base: 1, missing: 1}, {total: 1})
    elif line.base is not None:
        attacker.equal({base: 1}, {total: 1})
    elif block.of == "none" and block.where is None and block.kind == "count":
        attacker.equal({count: 1}, {total: 1})
    if line.within is not None:
        inside, larger = ((release, table.key, line.key, part) for part in PARTS[3:])
        attacker.at_most({inside: 1}, {larger: 1})
        attacker.at_most({inside: 1}, {count: 1})


def _total(attacker: Attacker, release: str, figures: Figures, table: Table, block: Block) -> Name:
    """All units that a block looks at: of cases, as many as are counted, unless the block narrows them."""
    narrowed = block.within is not None or (block.kind != "count" and block.where is not None)
    own = narrowed or (table.where is not None and block.unit == table.unit)
    name = (release, table.key, block.key if own else block.unit, "total")
    attacker.know(name)
    if block.unit == "case" and not own:
        attacker.know(name, figures.cases, figures.cases)
    return name


def _list(
    attacker: Attacker,
    release: str,
    table: Table,
    block: Block,
    lines: Sequence[ReleasedLine],
    template: Template,
) -> None:
    path = block.field if "." in block.field else f"{block.unit}.{block.field}"
    held = template.by_path[path]
    own = [line for line in lines if not line.key.endswith(".missing")]
    missing = [line for line in lines if line.key.endswith(".missing")]
    for line in own[1:]:
        attacker.equal(
            {(release, table.key, line.key, "base"): 1}, {(release, table.key, own[0].key, "base"): 1}
        )
    for line in missing if block.of == "valid" else ():
        attacker.equal(
            {(release, table.key, line.key, "count"): 1}, {(release, table.key, own[0].key, "missing"): 1}
        )
    if held.kind == "choices" and not block.precedence:
        return
    together = {(release, table.key, line.key, "count"): 1 for line in own}
    base = {(release, table.key, own[0].key, "base"): 1}
    listed = frozenset().union(*(category.values for category in block.categories))
    options = {option.value for option in held.codelist.options} if held.codelist else set()
    whole = block.of == "valid" and options <= listed
    (attacker.equal if whole else attacker.at_most)(together, base)


def _within(
    attacker: Attacker,
    release: str,
    printed: Mapping[str, Mapping[str, ReleasedLine]],
    framework: Framework,
    key: str,
) -> None:
    """The larger category of a line is a line too: where nobody left the narrower one open, it is the same number."""
    places = {
        line: table.key
        for table in framework.tables
        for block in table.blocks
        for line in block.indicators
        if line in printed.get(table.key, {})
    }
    wider = framework.by_key[key].within
    if key not in places or wider not in places:
        return
    line = printed[places[key]][key]
    larger = {(release, places[key], key, "within_base"): 1}
    count = {(release, places[wider], wider, "count"): 1}
    (attacker.equal if line.missing == 0 else attacker.at_most)(larger, count)


def compare(
    attacker: Attacker, first: str, second: str, old: Figures, new: Figures
) -> Iterator[tuple[Name, Expression]]:
    """Take in that the second release counts every case of the first and others besides; gives each number's growth."""
    shared = {
        (table.key, line.key, part)
        for figures in (old, new)
        for table in figures.tables
        for line in table.lines
        for part in PARTS
        if getattr(line, part) is not None
    }
    for table, line, part in sorted(shared):
        growth = {(second, table, line, part): 1, (first, table, line, part): -1}
        attacker.at_most({}, growth)
        for inner, outer in (("count", "base"), ("within", "within_base"), ("within", "count")):
            if part == inner and (table, line, outer) in shared:
                attacker.at_most(growth, {(second, table, line, outer): 1, (first, table, line, outer): -1})
        name: Name = (table, line, part)
        yield name, growth
