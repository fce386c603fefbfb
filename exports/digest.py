"""The content hash: over data alone, so that the same data give the same hash, whoever exports them and whenever."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Protocol

from exports.cells import Cell


class Kinded(Protocol):
    """Anything with a kind of content, as a column has it."""

    @property
    def kind(self) -> str:
        """text, label, whole, number, date, moment or any."""


class RowsHash:
    """SHA-256 over rows as they go by."""

    def __init__(self, columns: Sequence[Kinded], names: Sequence[str]) -> None:
        """Begin with the names of the columns."""
        self.columns = columns
        self._hash = sha256(canonical(list(names)))

    def add(self, row: Sequence[Cell]) -> None:
        """Take one row."""
        self._hash.update(canonical(lasting(self.columns, row)))

    def hexdigest(self) -> str:
        """The hash so far."""
        return self._hash.hexdigest()


def joined_hash(parts: Mapping[str, str]) -> str:
    """One hash over the hashes of named parts."""
    return sha256(canonical(dict(parts))).hexdigest()


def lasting(columns: Sequence[Kinded], row: Sequence[Cell]) -> list[object]:
    """The cells of a row that belong to the content: neither moments, when something was done, nor formulas, which follow."""
    return [
        value if value is None or isinstance(value, str | int) else str(value)
        for column, value in zip(columns, row, strict=True)
        if column.kind not in ("moment", "formula")
    ]


def canonical(held: object) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
