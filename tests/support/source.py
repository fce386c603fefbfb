"""The product's own modules, as the tests that have rules about code read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "schema", "forms", "exports", "webapp")


@dataclass(frozen=True)
class Module:
    """A module: its place below the project's folder, with slashes, and its text."""

    place: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """What it says, parsed."""
        return ast.parse(self.text)


def modules(*rooms: str) -> Iterator[Module]:
    """Every module of these rooms, or of all five, by place."""
    for room in rooms or ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
