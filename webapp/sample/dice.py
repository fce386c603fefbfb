"""Chance that can be repeated: every random choice of the sample study hangs on a stated seed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_ROW_ID_LENGTH = 12


def dice(*parts: object) -> Random:
    """Return a generator that depends on `parts` alone: the same parts, the same throws, on every machine."""
    return Random(":".join(str(part) for part in parts))  # noqa: S311 - repeatability is the point


def chance(rng: Random, probability: float) -> bool:
    """Return True in the given share (0..1) of throws."""
    return rng.random() < probability


def row_id(rng: Random) -> str:
    """Return twelve characters of 0-9 and a-z, the form of a repeating row's name."""
    number = rng.getrandbits(62)
    letters = []
    for _ in range(_ROW_ID_LENGTH):
        number, rest = divmod(number, 36)
        letters.append(_ALPHABET[rest])
    return "".join(letters)


def some(rng: Random, pool: Sequence[T], least: int, most: int) -> list[T]:
    """Return between `least` and `most` members of `pool`, none twice, in the pool's own order."""
    wanted = min(rng.randint(least, most), len(pool))
    chosen = sorted(rng.sample(range(len(pool)), wanted))
    return [pool[index] for index in chosen]
