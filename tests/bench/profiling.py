"""Where the time of one piece of work goes."""

from __future__ import annotations

import cProfile
import pstats
from pathlib import Path

from tests.bench.measuring import Work

ROOT = Path(__file__).resolve().parents[2]
MOST = 10


def profile(work: Work) -> list[str]:
    """The functions in which one run of ``work`` spends most time of their own, as lines: share, calls, name."""
    work()  # as it was measured: with its connections open and its statements built
    watch = cProfile.Profile()
    watch.runcall(work)
    found = pstats.Stats(watch)
    total = found.total_tt or 1.0  # type: ignore[attr-defined]
    rows = sorted(found.stats.items(), key=lambda held: -held[1][2])[:MOST]  # type: ignore[attr-defined]
    return [f"{own / total:6.1%} {calls:8,}  {_named(*where)}" for where, (_, calls, own, _, _) in rows]


def _named(file: str, line: int, name: str) -> str:
    """A function with its file: of ours from the root of the project, of others from their package."""
    path = Path(file)
    if not path.is_absolute():
        return name
    if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
        return f"{path.relative_to(ROOT)}:{line} {name}"
    parts = (
        path.parts[path.parts.index("site-packages") + 1 :]
        if "site-packages" in path.parts
        else path.parts[-1:]
    )
    return f"{'/'.join(parts)} {name}"
