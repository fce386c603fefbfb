"""Makes a release: the figures of all signed-off cases that may leave the team, safe beside all earlier releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from schema.framework.behind import block_of, fields_of
from schema.framework.disclosure.cells import (
    BASE,
    COUNT,
    MISSING,
    WITHIN,
    WITHIN_BASE,
    Numbering,
    Place,
    Tabulation,
)
from schema.framework.disclosure.figures import WITHHELD, Figure, Figures, ReleasedLine, ReleasedTable
from schema.framework.disclosure.net import Published, joined
from schema.framework.disclosure.rule import Rule
from schema.framework.disclosure.suppress import suppress
from schema.framework.disclosure.tabulate import tabulate
from schema.framework.figures import Evaluation, Line, TableResult
from schema.framework.model import Block, Crossing, Framework
from schema.problem import refuse
from schema.template.model import Template

SMALL, SECONDARY, MEAN = "small", "secondary", "mean"
REASONS: Mapping[str, str] = {
    SMALL: "Below the threshold",
    SECONDARY: "Would tell a number that is withheld",
    MEAN: "The mean of a number of units that is withheld, or that changed by too few",
}
EXTREMES = (".least", ".most")
"""The least and the most are the answer of one person each, and never leave the team."""
INTERNAL = "internal"


@dataclass(frozen=True)
class Release:
    """A release as it was worked out.

    ``published``: what later releases must be safe beside. ``reasons``: why a number is withheld, by its place (for managers:
    a reader who knew would know more). ``left_out``: (table, line) that are not printed at all. ``narrow``: how many counts have an
    interval that known totals make narrower than the threshold.
    """

    figures: Figures
    published: Published
    reasons: Mapping[Place, str]
    left_out: tuple[tuple[str, str], ...]
    narrow: int


def make_release(
    evaluation: Evaluation,
    template: Template,
    versions: Mapping[str, str],
    rule: Rule,
    numbering: Numbering,
    earlier: Sequence[Published] = (),
) -> Release:
    """Work out what may be told. ``versions``: a hash of each case's extract; ``numbering``: that of the earlier releases, continued.

    Raises ``Refused``: SDC-002 too few cases; SDC-003 a rule that would undo an earlier release; SDC-004 too few cases changed.
    """
    left_out = tuple(_left_out(evaluation, template, rule))
    tabulation = tabulate(evaluation, versions, numbering, rule, left_out)
    _refuse_few(len(evaluation.counted), rule)
    for one in earlier:
        _refuse_beside(one, tabulation, numbering)
    net = joined(tabulation, earlier)
    held = suppress(net, rule)
    withheld = {place for place, cell in tabulation.printed.items() if net.index[cell] in held.withheld}
    reasons = {
        place: SMALL if rule.protects(tabulation.printed[place].value) else SECONDARY for place in withheld
    }
    reasons |= dict.fromkeys(_zeros_beside(tabulation, withheld), SECONDARY)
    reasons |= {place._replace(part="value"): MEAN for place in _means(tabulation, withheld, earlier)}
    figures = _figures(evaluation, rule, reasons, left_out)
    return Release(figures, Published(tabulation, frozenset(withheld)), reasons, left_out, len(held.narrow))


def _left_out(evaluation: Evaluation, template: Template, rule: Rule) -> Iterator[tuple[str, str]]:
    """Lines that rest on an answer which stays in the team, that are one person's answer, or whose being there tells of somebody.

    Where zeros are withheld, also what counts several groups together: beside one of them it would tell that the others have none.
    """
    framework = evaluation.framework
    for result, table in zip(evaluation.tables, framework.tables, strict=True):
        for line in result.lines:
            block = block_of(table, line.key)
            extreme = block is not None and block.kind == "statistics" and line.key.endswith(EXTREMES)
            paths = fields_of(framework, table, block, line.key) if block else ()
            tells = block is not None and rule.zeros and _tells(framework, block, line.key)
            if extreme or tells or any(_is_internal(template, path) for path in paths):
                yield result.key, line.key


def _tells(framework: Framework, block: Block, line: str) -> bool:
    return len(framework.groups_of(block.unit)) > 1 or _is_recoded(framework, block, line)


def _is_recoded(framework: Framework, block: Block, line: str) -> bool:
    """Whether the line is printed only while a row still holds its code: where zeros are withheld, that it stands there says “not 0”."""
    if block.kind == "indicators":
        return framework.by_key[line].recoded
    return any(held.recoded for held in block.categories if f"{block.key}.{held.key}" == line)


def _is_internal(template: Template, path: str) -> bool:
    field = template.by_path.get(path)
    return field is not None and field.sensitive == INTERNAL


def _refuse_few(cases: int, rule: Rule) -> None:
    if cases < rule.least_cases:
        raise refuse(
            "SDC-002",
            f"A shared release needs at least {rule.least_cases} cases (twice the threshold); {cases} are counted.",
            "Wait until more cases are signed off, or choose a lower threshold.",
            where="threshold",
            status=409,
        )


def _refuse_beside(one: Published, new: Tabulation, numbering: Numbering) -> None:
    old = one.tabulation
    if new.rule.undoes(old.rule):
        zeros = " with zeros withheld" if old.rule.zeros else ""
        raise refuse(
            "SDC-003",
            f"An earlier release has threshold {old.rule.threshold}{zeros}: figures by a looser rule would undo it.",
            "Choose that rule or a stricter one.",
            where="threshold",
            status=409,
        )
    changed = len(numbering.cases(old.units ^ new.units))
    if 0 < changed < new.rule.least_cases:
        raise refuse(
            "SDC-004",
            f"Since an earlier release {changed} {'case has' if changed == 1 else 'cases have'} come in, gone or changed. "
            f"The difference between the two would tell about so few; {new.rule.least_cases} are needed.",
            "Keep to the earlier release until more cases are signed off.",
            where="threshold",
            status=409,
        )


def _zeros_beside(tabulation: Tabulation, withheld: set[Place]) -> Iterator[Place]:
    """In a list that adds up, zeros are withheld along with the first number that is, so that any of them may be 0."""
    for places in tabulation.lists:
        if not withheld.isdisjoint(places):
            yield from (place for place in places if place not in tabulation.printed)


def _means(tabulation: Tabulation, withheld: set[Place], earlier: Sequence[Published]) -> Iterator[Place]:
    """A mean is told only where its number of units is, and where no difference to an earlier mean rests on few units."""
    for place in tabulation.means:
        units = tabulation.printed[place].units if place in tabulation.printed else 0
        before = [one.tabulation.printed[place].units for one in earlier if place in one.tabulation.printed]
        moved = [(units ^ other).bit_count() for other in before]
        if place in withheld or not units or any(0 < count < tabulation.rule.threshold for count in moved):
            yield place


def _figures(
    evaluation: Evaluation, rule: Rule, reasons: Mapping[Place, str], left_out: Sequence[tuple[str, str]]
) -> Figures:
    framework = evaluation.framework
    gone = set(left_out)
    tables = (
        ReleasedTable(
            table.key,
            table.title,
            table.unit_label,
            table.note,
            tuple(
                replace(_line(table, line, reasons), crossing=_crossing(framework, line))
                for line in table.lines
                if (table.key, line.key) not in gone
            ),
        )
        for table in evaluation.tables
    )
    return Figures(
        framework.key,
        framework.title,
        framework.places,
        rule.threshold,
        rule.zeros,
        len(evaluation.counted),
        tuple(table for table in tables if table.lines),
    )


def _crossing(framework: Framework, line: Line) -> Crossing | None:
    indicator = framework.by_key.get(line.key)
    return indicator.crossing if indicator else None


def _line(table: TableResult, line: Line, reasons: Mapping[Place, str]) -> ReleasedLine:
    def told(part: str, number: int | None) -> Figure:
        held = Place(table.key, line.key, part) in reasons
        return WITHHELD if held and number is not None else number

    mean = line.count is None and line.base is not None
    value = None if line.value is None else f"{line.value:f}"
    inside, larger = line.within or (None, None)
    return ReleasedLine(
        line.key,
        line.heading,
        line.label,
        line.unit,
        line.note,
        told(COUNT, line.count),
        told(BASE, line.base),
        told(MISSING, line.missing if line.base is not None else None),
        told(WITHIN, inside),
        told(WITHIN_BASE, larger),
        line.within_label,
        (WITHHELD if Place(table.key, line.key, "value") in reasons else value or "n/a") if mean else None,
    )
