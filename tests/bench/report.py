"""The result of a run, for the terminal and as docs/benchmarks.md."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.bench.machine import described, load_in_words
from tests.bench.measuring import Figure

HEAD = """# Benchmarks

How fast Tandem is, against what else would do the same work: a floor (the least that the libraries beneath can do) or a peer
that people would choose instead. `make bench` measures everything below and writes this page; `python -m tests.bench NAME`
measures one part and writes its section. Both sides of a ratio run in turn in the same process on the same data, so that a slow
moment of the machine meets both, and meanwhile Python's collector of cycles leaves alone what stood before, as it does in the
server; a ratio is the median over these pairs, with its quartiles. Work that one process does alone is timed by processor time,
what waits for a disk or another process by the clock. No test asserts a time; a figure over its goal ends `make bench` with an
error and is explained here.
"""
TABLE = "| What | Against | Goal | Measured | Spread | Product : other side |\n|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one benchmark found; ``error`` where it did not come to its end; ``profiles`` of missed figures, by what they measure."""

    name: str
    title: str
    figures: tuple[Figure, ...]
    profiles: dict[str, list[str]]
    seconds: float
    error: str = ""

    @property
    def met(self) -> bool:
        """Whether it ran and reached all its goals."""
        return not self.error and all(figure.met for figure in self.figures)


def lines(outcome: Outcome) -> Iterable[str]:
    """An outcome for the terminal."""
    yield f"{outcome.title} [{outcome.name}, {outcome.seconds:.0f} s]"
    if outcome.error:
        yield f"  DID NOT RUN  {outcome.error}"
    for figure in outcome.figures:
        mark = "missed" if not figure.met else "ok" if math.isfinite(figure.goal) else "-"
        yield f"  {mark:7} {amount(figure):>12}  goal {goal(figure):>10}  {figure.what} / {figure.against}"
        yield f"          {spread(figure):>12}  {figure.sides}"
        for line in outcome.profiles.get(figure.what, ()):
            yield f"            {line}"


def section(outcome: Outcome, before: float) -> str:
    """One benchmark as a section of the page, without its heading."""
    made = f"Measured on {datetime.now(UTC):%d %B %Y} in {outcome.seconds:.0f} s. {load_in_words(before)}\n"
    if outcome.error:
        return f"{made}\nDid not run: {outcome.error}\n"
    parts = [made, TABLE, *map(_row, outcome.figures)]
    remarks = dict.fromkeys(figure.remark for figure in outcome.figures if figure.remark)
    parts += [f"\n{remark}" for remark in remarks]
    parts += [_profiled(what, held) for what, held in outcome.profiles.items()]
    return "\n".join(parts) + "\n"


def page(sections: Mapping[str, str]) -> str:
    """The whole page from its sections, by their headings."""
    rows = [row for held in sections.values() for row in held.splitlines() if "| ≤ " in row]
    missed = [row.split("|")[1].strip() for row in rows if "(missed)" in row]
    said = f"{len(rows) - len(missed)} of {len(rows)} goals reached" + (
        f"; missed: {'; '.join(missed)}." if missed else "."
    )
    head = [HEAD, *(f"{line}\n" for line in described()), f"{said}\n"]
    return "\n".join([*head, *(f"## {title}\n\n{held.strip()}\n" for title, held in sections.items())])


def sections_of(text: str) -> dict[str, str]:
    """The sections of a page that was written earlier, by their headings."""
    found = text.split("\n## ")[1:]
    return {one.partition("\n")[0]: one.partition("\n")[2] for one in found}


def _row(figure: Figure) -> str:
    measured = amount(figure) if figure.met else f"**{amount(figure)}** (missed)"
    cells = (figure.what, figure.against, goal(figure), measured, spread(figure), figure.sides)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _profiled(what: str, held: Sequence[str]) -> str:
    table = "\n".join(f"    {line}" for line in held)
    return f"\nWhere the time goes ({what}; share of the time in the function itself, calls, function):\n\n{table}"


def amount(figure: Figure) -> str:
    """The figure with its unit."""
    return _with_unit(figure.value, figure.unit)


def goal(figure: Figure) -> str:
    """The goal; a dash where there is none."""
    return f"≤ {_with_unit(figure.goal, figure.unit)}" if math.isfinite(figure.goal) else "–"


def spread(figure: Figure) -> str:
    """From the lower quartile to the upper; empty where nothing spreads."""
    if math.isnan(figure.low):
        return ""
    return f"{_number(figure.low)}–{_number(figure.high)}"


def _with_unit(value: float, unit: str) -> str:
    return f"{_number(value)}×" if unit == "x" else f"{_number(value)} {unit}".strip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"
