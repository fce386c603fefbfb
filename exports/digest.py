"""The content hash: over data alone, so that the same data give the same hash, whoever exports them and whenever."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import compress
from typing import Protocol

from exports.cells import Cell

#: Kinds of columns that do not belong to the content: when something was done, and what follows from the rest.
PASSING = ("moment", "formula")
#: What JSON holds as it is. Anything else is hashed as its text.
PLAIN = frozenset({str, int, type(None)})
CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Kinded(Protocol):
    """Anything with a kind of content, as a column has it."""

    @property
    def kind(self) -> str:
        """text, label, whole, number, date, moment or any."""


class RowsHash:
    """SHA-256 over rows as they go by."""

    def __init__(self, columns: Sequence[Kinded], names: Sequence[str]) -> None:
        """Begin with the names of the columns."""
        self._lasting = [column.kind not in PASSING for column in columns]
        self._hash = sha256(canonical(list(names)))

    def add(self, row: Sequence[Cell]) -> None:
        """Take one row: those of its cells that belong to the content."""
        if len(row) != len(self._lasting):
            raise ValueError(f"{len(row)} cells for {len(self._lasting)} columns")
        held: list[object] = list(compress(row, self._lasting))
        if not PLAIN.issuperset(map(type, held)):
            held = [one if one is None or isinstance(one, str | int) else str(one) for one in held]
        self._hash.update(canonical(held))

    def hexdigest(self) -> str:
        """The hash so far."""
        return self._hash.hexdigest()


def joined_hash(parts: Mapping[str, str]) -> str:
    """One hash over the hashes of named parts."""
    return sha256(canonical(dict(parts))).hexdigest()


def canonical(held: object) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return CANONICAL.encode(held).encode("utf-8", "surrogatepass")
