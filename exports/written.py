"""What every writer of exports is told, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from schema.framework.figures import Evaluation
from schema.framework.model import Framework
from schema.problem import Problem
from schema.store.master import MasterStudy

Progress = Callable[[int, int], None]
BANNER = "INTERNAL: identifying data. It stays in the team."
"""Stands in every file of internal mode."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: ``content_hash`` is over the data alone; ``cases`` counts those included."""

    path: Path
    content_hash: str
    cases: int
    evaluation: Evaluation | None


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Order:
    """What is to be written: a study, the framework that fits it, and how.

    ``framework`` is ``None`` for a template that has none, or one that does not fit (``problems`` say why).
    ``progress`` hears (cases done, cases in all). ``bom``: whether CSV files begin with a byte order mark.
    ``entries``: whether both entries stand beside the consensus.
    """

    study: MasterStudy
    framework: Framework | None = None
    problems: Sequence[Problem] = ()
    progress: Progress = no_progress
    bom: bool = False
    entries: bool = False
