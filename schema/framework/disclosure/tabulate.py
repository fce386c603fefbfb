"""From the evaluated tables to cells and sums: every number that is printed, and what it tells beside itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from schema.framework.behind import lines_of
from schema.framework.disclosure.cells import (
    BASE,
    COUNT,
    MISSING,
    WITHIN,
    WITHIN_BASE,
    Cell,
    Numbering,
    Place,
    Tabulation,
)
from schema.framework.disclosure.nesting import nested
from schema.framework.disclosure.rule import Rule
from schema.framework.figures import Evaluation, Line, Source, TableResult
from schema.framework.model import Block

WITHOUT_ANSWER = ".missing"


def tabulate(
    evaluation: Evaluation,
    versions: Mapping[str, str],
    numbering: Numbering,
    rule: Rule,
    left_out: Collection[tuple[str, str]] = (),
) -> Tabulation:
    """Build the cells of an evaluation. ``versions``: the hash of each case's extract; ``left_out``: (table, line) not printed at all."""
    made = Tabulation(rule)
    counted = [Source(case.reference) for case in evaluation.counted]
    every = numbering.units(counted, versions)
    made.public |= {cell for cell in (made.cell(every),) if cell}
    reader = Reader(made, evaluation, versions, numbering, frozenset(left_out))
    for result, table in zip(evaluation.tables, evaluation.framework.tables, strict=True):
        for block in table.blocks:
            reader.block(result, block)
    reader.nestings()
    reader.same_answers()
    made.units = every | reader.seen
    return made


@dataclass
class Reader:
    """Reads the blocks of an evaluation into a tabulation."""

    made: Tabulation
    evaluation: Evaluation
    versions: Mapping[str, str]
    numbering: Numbering
    left_out: frozenset[tuple[str, str]]
    seen: int = 0
    layers: dict[str, int] = field(default_factory=dict)
    indicators: dict[str, Cell] = field(default_factory=dict)
    bases: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    larger: list[tuple[str, Cell, Cell | None]] = field(default_factory=list)
    answers: dict[tuple[object, ...], dict[int, tuple[str, ...]]] = field(default_factory=dict)
    _sets: dict[int, tuple[Sequence[Source], int]] = field(default_factory=dict)

    def block(self, table: TableResult, block: Block) -> None:
        """Read the lines of a block that are printed."""
        wanted = [table.by_key[key] for key in lines_of(block) if key in table.by_key]
        lines = [line for line in wanted if (table.key, line.key) not in self.left_out]
        if block.kind == "statistics":
            self._statistics(table, block, lines)
            return
        for line in lines:
            self._line(table, block, line)
        if block.kind == "distribution":
            self._answers(block, lines)
            self._list(table, [line for line in lines if not line.key.endswith(WITHOUT_ANSWER)])

    def _line(self, table: TableResult, block: Block, line: Line) -> None:
        passed, base = self._set(line.sources), self._set(line.base_sources)
        place = Place(table.key, line.key, COUNT)
        layer = self._layer(line, passed, base)
        without = line.key.endswith(WITHOUT_ANSWER)
        own = self.made.cell(passed, "" if without else str(place), layer)
        total = self.made.cell(base)
        if block.kind == "indicators" and own is not None:
            self.indicators.setdefault(line.key, own)
        if line.base is None:
            self._print(place, total if passed == base else own)
            return
        self._print(place, own)
        self._print(Place(table.key, line.key, BASE), total)
        if without:
            self.made.add_up(total, own, self.made.cell(base & ~passed))
        else:
            self._complement(place, total, own, base & ~passed)
            self._missing(table, line, base)
        if line.within is not None:
            self._within(table, line, own, total)

    def _missing(self, table: TableResult, line: Line, base: int) -> None:
        missing = self._set(line.missing_sources)
        self._print(Place(table.key, line.key, MISSING), self.made.cell(missing))
        self.made.add_up(self.made.cell(base | missing), self.made.cell(base), self.made.cell(missing))

    def _within(self, table: TableResult, line: Line, own: Cell | None, base: Cell | None) -> None:
        inside, larger = self._set(line.within_sources), self._set(line.within_base_sources)
        wider = self.evaluation.framework.by_key[line.key].within
        place = Place(table.key, line.key, WITHIN)
        layer = own.layer if own is not None and own.units == inside else 0
        part = self.made.cell(inside, str(place), layer)
        whole = self.made.cell(
            larger, str(Place(table.key, line.key, WITHIN_BASE)), self.layers.get(wider, 0)
        )
        self._print(place, part)
        self._print(Place(table.key, line.key, WITHIN_BASE), whole)
        if whole is not None:
            self.larger.append((wider, whole, base))
        self._complement(place, whole, part, larger & ~inside)
        if own is not None and part is not None and own != part:
            self.made.add_up(own, part, self._rest(own, own.units & ~inside, f"{place} beside"))

    def _list(self, table: TableResult, lines: Sequence[Line]) -> None:
        """Categories that exclude each other add up to their total, together with what is not listed."""
        sets = [self._set(line.sources) for line in lines]
        together = 0
        for held in sets:
            if together & held:
                return
            together |= held
        if not lines:
            return
        base = self._set(lines[0].base_sources)
        places = tuple(Place(table.key, line.key, COUNT) for line in lines)
        parts = [self.made.printed.get(place) for place in places]
        whole = self.made.cell(base)
        rest = self._rest(whole, base & ~together, "")
        self.made.add_up(whole, *parts, rest)
        self.made.implied |= {rest} if rest else set()
        self.made.lists.append(places)

    def _statistics(self, table: TableResult, block: Block, lines: Sequence[Line]) -> None:
        """A mean tells how many it is of; of two means of one field the one tells the other's difference."""
        for line in lines:
            base = self._set(line.base_sources)
            place = Place(table.key, line.key, BASE)
            self._print(place, self.made.cell(base))
            self._missing(table, line, base)
            self.made.means.add(place)
        if not lines:
            return
        own = self._set(lines[0].base_sources)
        self._same(block, "number", own)
        for other in self.bases.setdefault((block.unit, block.field), []):
            for wide, narrow in ((own, other), (other, own)):
                if narrow & ~wide == 0 and narrow != wide:
                    self._differ(wide, narrow)
        self.bases[block.unit, block.field].append(own)

    def _differ(self, wide: int, narrow: int) -> None:
        between = self.made.cell(wide & ~narrow)
        self.made.add_up(self.made.cell(wide), self.made.cell(narrow), between)
        self.made.implied |= {between} if between else set()

    def _answers(self, block: Block, lines: Sequence[Line]) -> None:
        """Note who gave which answer: another table may count the same answers of more units, or of fewer."""
        codes = {f"{block.key}.{one.key}": (one.values, one.least, one.most) for one in block.categories}
        for line in lines:
            answer = "missing" if line.key.endswith(WITHOUT_ANSWER) else codes.get(line.key)
            if answer is not None and not block.precedence:
                self._same(block, answer, self._set(line.sources))
                self._same(block, "base" if answer != "missing" else "all", self._set(line.base_sources))

    def _same(self, block: Block, answer: object, units: int) -> None:
        groups = self.evaluation.framework.groups_of(block.unit)
        if units:
            self.answers.setdefault((block.field, answer), {}).setdefault(units, groups)

    def same_answers(self) -> None:
        """An answer of some units is an answer of all: people are victims and perpetrators, and one primary victim is a victim.

        Of a wider count each group's part may be told elsewhere; what is left of it is then as plain as the parts.
        """
        for held in self.answers.values():
            for wide, groups in held.items():
                parts = [
                    [
                        0,
                        *(
                            one
                            for one, own in held.items()
                            if own == (group,) and one != wide and not one & ~wide
                        ),
                    ]
                    for group in groups
                ]
                for told in product(*parts):
                    self._split(wide, [part for part in told if part])

    def _split(self, wide: int, parts: Sequence[int]) -> None:
        if not parts:
            return
        rest = self.made.cell(wide & ~sum(parts))
        self.made.add_up(self.made.cell(wide), *(self.made.cell(part) for part in parts), rest)
        self.made.implied |= {rest} if rest else set()

    def nestings(self) -> None:
        """Note which printed indicators lie within which, and that a larger category is one of them, or a part of it."""
        for wider, part, base in self.larger:
            for whole in (self.indicators.get(wider), base):
                if whole and part != whole and part.units & ~whole.units == 0:
                    self.made.add_up(
                        whole, part, self._rest(whole, whole.units & ~part.units, f"{wider} rest")
                    )
        for narrow, wide in nested(self.evaluation.framework):
            self._nest(self.indicators.get(wide), self.indicators.get(narrow), f"{wide} without {narrow}")

    def _nest(self, whole: Cell | None, part: Cell | None, name: str) -> None:
        """Note that a part cannot exceed a whole, if it does not in truth either."""
        if whole and part and whole != part and part.units & ~whole.units == 0:
            self.made.add_up(whole, part, self._rest(whole, whole.units & ~part.units, name))

    def _rest(self, whole: Cell | None, units: int, name: str) -> Cell | None:
        """What is left of a whole; where nothing was taken from it, it is still another cell than the whole."""
        if whole is not None and units == whole.units and units and self.made.rule.zeros:
            return Cell(units, 1 + whole.layer, name)
        return self.made.cell(units, name)

    def _print(self, place: Place, cell: Cell | None) -> None:
        if cell is not None:
            self.made.printed[place] = cell

    def _complement(self, place: Place, whole: Cell | None, part: Cell | None, rest: int) -> None:
        """N - n is as plain as n."""
        if self.made.rule.zeros:  # another count that happens to be the same set is known to be so by nobody
            other: Cell | None = Cell(rest, 1, f"{place} rest")
        else:
            other = self.made.cell(rest)
        self.made.add_up(whole, part, other)
        self.made.implied |= {other} if other else set()

    def _layer(self, line: Line, passed: int, base: int) -> int:
        """How many totals the count fills to the last unit, one within the other."""
        layer = 1 if passed and passed == base else 0
        wider = self.evaluation.framework.by_key.get(line.key)
        if line.within is not None and wider is not None and passed:
            larger = self._set(line.within_base_sources)
            if passed == larger:
                layer = max(layer, 1 + self.layers.get(wider.within, 0))
        self.layers[line.key] = layer
        return layer

    def _set(self, sources: Sequence[Source]) -> int:
        """The set of some sources; lines of a block share their totals, which are read once."""
        held = self._sets.get(id(sources))
        if held is None or held[0] is not sources:
            held = self._sets[id(sources)] = (sources, self.numbering.units(sources, self.versions))
            self.seen |= held[1]
        return held[1]
