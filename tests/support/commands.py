"""All commands of ``tandem``, from the modules that hold them, not from the list by which they are found."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

ROOT = Path(__file__).resolve().parents[2]


class Held(NamedTuple):
    """A command with its group's name before its own, and the module whose ``commands`` holds it."""

    name: str
    module: str
    command: click.Command


def held_commands() -> Iterator[Held]:
    """Every command that is no group, of the service and of every room."""
    modules = [
        "webapp.service_commands",
        *(f"webapp.{path.parent.name}.commands" for path in (ROOT / "webapp").glob("*/commands.py")),
    ]
    for module in modules:
        for command in importlib.import_module(module).commands:
            for name, inner in _leaves(command, str(command.name)):
                yield Held(name, module, inner)


def _leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    for part, inner in command.commands.items():
        yield from _leaves(inner, f"{name} {part}")
