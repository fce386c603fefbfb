"""A release as it is kept for the next one: its cells and sums, as JSON. It holds what was withheld, and never leaves the team."""

from __future__ import annotations

import json
from typing import Any

from schema.framework.disclosure.cells import Cell, Numbering, Place, Tabulation
from schema.framework.disclosure.net import Published
from schema.framework.disclosure.rule import Rule


def written(published: Published, numbering: Numbering) -> str:
    """Write a release and the numbering of its units, which later releases continue."""
    made = published.tabulation
    return json.dumps(
        {
            "units": sorted(numbering.bits, key=lambda unit: numbering.bits[unit]),
            "threshold": made.rule.threshold,
            "zeros": made.rule.zeros,
            "held": f"{made.units:x}",
            "printed": [[*place, *_cell(cell)] for place, cell in made.printed.items()],
            "implied": [_cell(cell) for cell in sorted(made.implied)],
            "sums": [[_cell(whole), *(_cell(part) for part in parts)] for whole, parts in made.sums],
            "public": [_cell(cell) for cell in sorted(made.public)],
            "lists": made.lists,
            "means": sorted(made.means),
            "withheld": sorted(published.withheld),
        },
        separators=(",", ":"),
    )


def read(text: str) -> tuple[Published, Numbering]:
    """Read :func:`written` back."""
    held: dict[str, Any] = json.loads(text)
    made = Tabulation(Rule(held["threshold"], held["zeros"]), int(held["held"], 16))
    made.printed = {Place(*row[:3]): _read(row[3:]) for row in held["printed"]}
    made.implied = {_read(row) for row in held["implied"]}
    made.sums = [(_read(whole), tuple(_read(part) for part in parts)) for whole, *parts in held["sums"]]
    made.public = {_read(row) for row in held["public"]}
    made.lists = [tuple(Place(*place) for place in places) for places in held["lists"]]
    made.means = {Place(*place) for place in held["means"]}
    numbering = Numbering({tuple(unit): number for number, unit in enumerate(held["units"])})
    return Published(made, frozenset(Place(*place) for place in held["withheld"])), numbering


def _cell(cell: Cell) -> list[object]:
    return [f"{cell.units:x}", cell.layer, cell.name]


def _read(row: list[Any]) -> Cell:
    return Cell(int(row[0], 16), row[1], row[2])
