"""All releases of a project as one system of sums, so that nothing follows from two of them together either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from schema.framework.disclosure.cells import BASE, MISSING, Cell, Place, Tabulation

ZEROS_TOLD = (BASE, MISSING)
"""Numbers whose 0 is always printed: that nobody is without an answer, or that there is nobody, tells of no one."""


@dataclass(frozen=True)
class Published:
    """A release as it was made: its cells, and at which places a number was withheld."""

    tabulation: Tabulation
    withheld: frozenset[Place]


@dataclass
class Net:
    """Cells by number, with what is known of each.

    ``sums``: rows of (cell, sign) that add up to 0. ``fixed``: known for good. ``protected``: must keep an interval.
    ``weights``: cells that can still be withheld, by the number of places that this would cost. ``floors``: the least value
    that a reader must reckon with.
    """

    cells: list[Cell] = field(default_factory=list)
    index: dict[Cell, int] = field(default_factory=dict)
    sums: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
    fixed: set[int] = field(default_factory=set)
    protected: set[int] = field(default_factory=set)
    weights: dict[int, int] = field(default_factory=dict)
    floors: dict[int, int] = field(default_factory=dict)

    def number(self, cell: Cell) -> int:
        """The number of a cell, a new one where it was not met before."""
        found = self.index.get(cell)
        if found is None:
            found = self.index[cell] = len(self.cells)
            self.cells.append(cell)
        return found

    def add_up(self, whole: Cell, parts: Iterable[Cell]) -> None:
        """Note a sum."""
        row = {self.number(whole): 1}
        for part in parts:
            number = self.number(part)
            row[number] = row.get(number, 0) - 1
        held = tuple((number, sign) for number, sign in row.items() if sign)
        if held:
            self.sums.append(held)

    def value(self, number: int) -> int:
        """How large the cell is in truth."""
        return self.cells[number].value


def joined(new: Tabulation, earlier: Sequence[Published]) -> Net:
    """The system of a new release and all earlier ones of the project."""
    net = Net()
    releases = [*(one.tabulation for one in earlier), new]
    regions = _regions([one.units for one in releases])
    for release in releases:
        _add(net, release, [region for region in regions if region & release.units])
    for one in earlier:
        _remember(net, one)
        _differences(net, one.tabulation, new, regions)
    for place, cell in new.printed.items():
        number = net.number(cell)
        if number not in net.fixed:
            net.weights[number] = net.weights.get(number, 0) + 1
            if _is_some(new, place, cell):
                net.floors[number] = 1
    net.protected -= net.fixed
    return net


def _is_some(tabulation: Tabulation, place: Place, cell: Cell) -> bool:
    """Whether a reader knows that the number, once withheld, is not 0: because a 0 would have been printed there."""
    if not cell.value or any(place in places for places in tabulation.lists):
        return False
    return not tabulation.rule.zeros or place.part in ZEROS_TOLD


def _regions(releases: Sequence[int]) -> list[int]:
    """The parts of all units that lie in the same releases."""
    parts: list[int] = []
    for units in releases:
        left, split = units, []
        for part in parts:
            split += [part & units, part & ~units]
            left &= ~part
        parts = [part for part in (*split, left) if part]
    return parts


def _add(net: Net, release: Tabulation, regions: Sequence[int]) -> None:
    net.protected |= {net.number(cell) for cell in release.protected()}
    net.fixed |= {net.number(cell) for cell in release.public}
    for whole, parts in release.sums:
        net.add_up(whole, parts)
    if len(regions) < 2:
        return
    cells = {*release.printed.values(), *release.implied, *release.public}
    cells |= {cell for whole, parts in release.sums for cell in (whole, *parts)}
    kept = {cell: [_among(release, cell, region) for region in regions] for cell in cells}
    for cell, held in kept.items():
        net.add_up(cell, [part for part in held if part is not None])
    for place in range(len(regions)):
        for whole, parts in release.sums:
            _add_region(net, [kept[cell][place] for cell in (whole, *parts)])
        net.fixed |= {net.number(part) for cell in release.public if (part := kept[cell][place]) is not None}


def _among(release: Tabulation, cell: Cell, region: int) -> Cell | None:
    """The part of a cell in a region; a 0 is known to everybody unless zeros are protected."""
    part = cell.among(region, f"{region:x}")
    return part if part.units or release.rule.zeros else None


def _add_region(net: Net, held: Sequence[Cell | None]) -> None:
    whole, *parts = held
    if whole is not None:
        net.add_up(whole, [part for part in parts if part is not None])


def _remember(net: Net, one: Published) -> None:
    """What was printed is known for good; what was withheld stays open."""
    for place, cell in one.tabulation.printed.items():
        number = net.number(cell)
        if place not in one.withheld:
            net.fixed.add(number)
        elif _is_some(one.tabulation, place, cell):
            net.floors[number] = 1


def _differences(net: Net, old: Tabulation, new: Tabulation, regions: Sequence[int]) -> None:
    """What came in and what went out between two releases is protected like any count."""
    for here, there in ((new, old), (old, new)):
        units = here.units & ~there.units
        within = [region for region in regions if region & units]
        if not within:
            continue
        told = {cell for place, cell in here.printed.items() if place in there.printed} | here.implied
        for cell in told - here.public:
            _protect_part(net, here, new, cell, within)


def _protect_part(net: Net, here: Tabulation, new: Tabulation, cell: Cell, regions: Sequence[int]) -> None:
    parts = [part for region in regions if (part := _among(here, cell, region)) is not None]
    units = 0
    for region in regions:
        units |= cell.units & region
    if not new.rule.protects(units.bit_count()) or not parts:
        return
    whole = parts[0] if len(parts) == 1 else Cell(units, cell.layer, "" if units else f"{parts[0].name}+")
    if len(parts) > 1:
        net.add_up(whole, parts)
    net.protected.add(net.number(whole))
