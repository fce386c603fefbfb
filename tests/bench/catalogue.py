"""All benchmarks, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.bench import (
    agreeing,
    comparing,
    counting,
    drawing,
    growing,
    load,
    matching,
    reading,
    reconciling,
    requests,
    saving,
    starting,
    storm,
    workbook,
)
from tests.bench.measuring import Figure
from tests.bench.studio import Studio


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A part of the run: its name on the command line, its heading, and what measures it."""

    name: str
    title: str
    run: Callable[[Studio], Iterable[Figure]]


BENCHMARKS: Sequence[Benchmark] = (
    Benchmark("drawing", "Drawing the largest section page", drawing.run),
    Benchmark("requests", "Asking for a section page", requests.run),
    Benchmark("saving", "Saving one answer, in the data layer", saving.run),
    Benchmark("comparing", "Comparing two entries", comparing.run),
    Benchmark("matching", "Matching rows", matching.run),
    Benchmark("storm", "Saving over HTTP, many at once", storm.run),
    Benchmark("load", "People at work, a crowd, and what goes wrong", load.run),
    Benchmark("reconciling", "The reconciliation page", reconciling.run),
    Benchmark("agreeing", "Agreement", agreeing.run),
    Benchmark("reading", "Reading all submitted entries", reading.run),
    Benchmark("workbook", "The master workbook", workbook.run),
    Benchmark("counting", "Findings", counting.run),
    Benchmark("growing", "Lists, dashboards and queues as a project grows", growing.run),
    Benchmark("starting", "Starting", starting.run),
)
