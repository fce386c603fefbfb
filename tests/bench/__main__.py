"""``python -m tests.bench [name ...]``: measures, prints, and ends with 1 where a goal was missed.

Without a name everything is measured. What was measured goes to its section of docs/benchmarks.md.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.bench.catalogue import BENCHMARKS, Benchmark
from tests.bench.machine import load
from tests.bench.measuring import Figure
from tests.bench.profiling import profile
from tests.bench.report import Outcome, lines, page, section, sections_of
from tests.bench.studio import Studio, studio

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def main(names: Sequence[str]) -> int:
    """Measure what is named, or everything."""
    known = {benchmark.name: benchmark for benchmark in BENCHMARKS}
    if unknown := [name for name in names if name not in known]:
        sys.stderr.write(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(known)}.\n")
        return 2
    before, outcomes, sections = load(), [], sections_of(PAGE.read_text("utf-8")) if PAGE.exists() else {}
    with studio() as place:
        for benchmark in [known[name] for name in names] or BENCHMARKS:
            outcomes.append(measured(benchmark, place))
            sys.stdout.write("\n".join(lines(outcomes[-1])) + "\n")
            sys.stdout.flush()
            sections[benchmark.title] = section(outcomes[-1], before)
            in_order = {one.title: sections[one.title] for one in BENCHMARKS if one.title in sections}
            PAGE.write_text(
                page(in_order), encoding="utf-8"
            )  # each time: a run that is cut short is not lost
    return 0 if all(outcome.met for outcome in outcomes) else 1


def measured(benchmark: Benchmark, place: Studio) -> Outcome:
    """Run one benchmark; what goes wrong in it is its outcome, and the others still run."""
    began = time.perf_counter()
    try:
        figures = tuple(benchmark.run(place))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is printed and fails the run
        traceback.print_exc()
        return Outcome(benchmark.name, benchmark.title, (), {}, time.perf_counter() - began, repr(error))
    return Outcome(benchmark.name, benchmark.title, figures, profiles(figures), time.perf_counter() - began)


def profiles(figures: Sequence[Figure]) -> dict[str, list[str]]:
    """Where the time goes in what is missed: for each bound, in what is furthest from its goal."""
    missed = sorted((one for one in figures if not one.met and one.work), key=lambda one: one.over)
    worst = {figure.remark: figure for figure in missed}  # the last one of each
    return {figure.what: profile(figure.work) for figure in worst.values() if figure.work}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
