"""What counts are made of, kept as sets until somebody asks: ten thousand cases stand behind most of a thousand counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import overload

from schema.framework.figures import Source
from schema.framework.truth import flags


class Sources(Sequence[Source]):
    """Where a count comes from, in order: of each chunk of cases its units, and the set of those that count.

    How many there are is known without writing them out. Two are equal where they name the same sources in the same order.
    """

    __slots__ = ("_chunks", "_count", "_sets")

    def __init__(self) -> None:
        """Begin with none."""
        self._chunks: list[Sequence[Source]] = []
        self._sets: list[int] = []
        self._count = 0

    def add(self, chunk: Sequence[Source], units: int) -> None:
        """Count some units of a chunk, which stay as they are from then on."""
        if units:
            self._chunks.append(chunk)
            self._sets.append(units)
            self._count += units.bit_count()

    def so_far(self) -> Sources:
        """What has been counted up to now, which stays so whatever is counted later."""
        made = Sources()
        made._chunks, made._sets, made._count = self._chunks.copy(), self._sets.copy(), self._count
        return made

    def __len__(self) -> int:
        """How many were counted."""
        return self._count

    def __iter__(self) -> Iterator[Source]:
        """One after the other."""
        for chunk, units in zip(self._chunks, self._sets, strict=True):
            yield from compress(chunk, flags(units))

    @overload
    def __getitem__(self, place: int) -> Source: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Source, ...]: ...
    def __getitem__(self, place: int | slice) -> Source | tuple[Source, ...]:
        """Those that stand at a place; all are written out for it, so whoever wants many goes through them."""
        return tuple(self)[place]

    def __eq__(self, other: object) -> bool:
        """Whether both name the same sources."""
        return isinstance(other, Sources) and len(self) == len(other) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """As that of the same sources written out."""
        return hash(tuple(self))
