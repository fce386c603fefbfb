"""Bounds of numbers: between which a case or a unit must lie, and bands of a distribution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schema.framework.model import Category
from schema.framework.source import Node, Reader
from schema.template.value import Value

RANGED = ("integer", "decimal", "date", "partial_date")
BAND_KEYS = frozenset({"key", "label", "from", "to"})


@dataclass(frozen=True, slots=True)
class Between:
    """Bounds, both included; ``None`` is open."""

    least: float | None = None
    most: float | None = None

    def __bool__(self) -> bool:
        """Whether there is any bound."""
        return self.least is not None or self.most is not None

    def holds(self, number: float) -> bool:
        """Whether the number lies between the bounds."""
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)


def number_of(value: Value) -> float | None:
    """The number, or the year of an ISO date; ``None`` where there is neither."""
    if isinstance(value, int | float):
        return value
    year = value[:4] if isinstance(value, str) else ""
    return int(year) if len(year) == 4 and year.isascii() and year.isdigit() else None


def read_bands(reader: Reader, node: Node) -> tuple[Category, ...]:
    """Read ``bands``: FRW-021 for one without bounds or upside down, FRW-022 for two that share a number."""
    read = [(inner, _band(reader, inner)) for inner in reader.nodes(node, "bands")]
    bands = [(inner.line, band) for inner, band in read if band is not None]
    for line, message in _overlaps(bands):
        reader.say("FRW-022", message, "Begin each band behind the end of the one before.", line)
    return tuple(band for _, band in bands)


def _band(reader: Reader, node: Node) -> Category | None:
    reader.allow(node, BAND_KEYS, "A band")
    least, most = (reader.number(node, end) if end in node.held else None for end in ("from", "to"))
    if least is None and most is None:
        reader.say("FRW-021", "This band has no bounds.", "Write “from”, “to” or both.", node.line)
        return None
    if least is not None and most is not None and least > most:
        reader.say("FRW-021", f"{least:g} comes after {most:g}.", "Exchange the two.", node.line)
        return None
    key, label = reader.text(node, "key", required=True), reader.text(node, "label", required=True)
    return Category(key, label, frozenset(), least=least, most=most)


def _overlaps(bands: Sequence[tuple[int, Category]]) -> Iterator[tuple[int, str]]:
    for at, (line, band) in enumerate(bands):
        for _, other in bands[:at]:
            if _begins(band) <= _ends(other) and _begins(other) <= _ends(band):
                yield line, f"“{band.key}” and “{other.key}” share numbers."


def _begins(band: Category) -> float:
    return float("-inf") if band.least is None else band.least


def _ends(band: Category) -> float:
    return float("inf") if band.most is None else band.most
