"""The libraries of statistics formats, which an installation may lack: loaded where a file is written, never at the start."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from schema.problem import refuse


def library(name: str) -> Any:
    """Load a library. Raises ``Refused`` (EXP-006) where it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        raise refuse(
            "EXP-006",
            f"This installation cannot write the format: the library {name} is not there.",
            "Install it with: pip install 'tandem[analysis]'. Or take the CSV files, whose scripts load them.",
        ) from error
