"""What stands behind a figure in one case: the rows that made it count, and the answers that it looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import compress

from schema.answers.document import Row
from schema.framework.evaluate import CaseExtract, Chunk
from schema.framework.model import Block, Framework, Table
from schema.framework.truth import flags
from schema.template.conditions import Condition


@dataclass(frozen=True, slots=True)
class RowBehind:
    """A row of a repeating group, and which of its fields the figure looks at."""

    group: str
    row: Row
    fields: tuple[str, ...]


@dataclass
class Behind:
    """Rows, and paths of plain sections, in the order in which they were met; each once."""

    rows: dict[tuple[str, str], RowBehind] = field(default_factory=dict)
    paths: dict[str, None] = field(default_factory=dict)

    def add_row(self, group: str, row: Row, names: Iterable[str]) -> None:
        """Take a row, with the fields of it that were asked for."""
        held = self.rows.get((group, row.id))
        fields = dict.fromkeys((*(held.fields if held else ()), *(name for name in names if _own(name))))
        self.rows[group, row.id] = RowBehind(group, row, tuple(fields))

    def add_paths(self, names: Iterable[str]) -> None:
        """Take the fields of plain sections among the names."""
        self.paths.update(dict.fromkeys(name for name in names if "." in name and not name.startswith("@")))


def block_of(table: Table, line: str) -> Block | None:
    """The block that writes a line of the table."""
    return next((block for block in table.blocks if line in lines_of(block)), None)


def behind(
    framework: Framework, table: Table, block: Block, line: str, case: CaseExtract, row_ids: Iterable[str]
) -> Behind:
    """What a line rests on in one case. ``row_ids``: the rows that were counted (``""`` is the case as a whole)."""
    found = Behind()
    asked = (*_names(table.where), *_names(block.where), *_names(block.within), block.field)
    found.add_paths(asked)
    for row_id in row_ids:
        for group in framework.groups_of(block.unit):
            row = case.document.row(group, row_id)
            if row is not None:
                found.add_row(group, row, asked)
    wanted = [name[1:] for name in asked if name.startswith("@")]
    _indicators(framework, case, [*([line] if block.kind == "indicators" else []), *wanted], found)
    return found


def fields_of(framework: Framework, table: Table, block: Block, line: str) -> frozenset[str]:
    """Paths of every field that a line rests on, through the indicators that it asks for too."""
    names = [*_names(table.where), *_names(block.where), *_names(block.within), block.field]
    names += [name for condition, _ in block.treated for name in _names(condition)]
    paths = set(_paths(framework, names, block.unit))
    keys = [name[1:] for name in names if name.startswith("@")]
    keys += [line] if block.kind == "indicators" else []
    seen: set[str] = set()
    while keys:
        key = keys.pop()
        if key in seen or key not in framework.by_key:
            continue
        seen.add(key)
        indicator = framework.by_key[key]
        own = tuple(_names(indicator.where))
        paths |= set(_paths(framework, own, indicator.group))
        keys += [name[1:] for name in own if name.startswith("@")]
        keys += [indicator.within] if indicator.within else []
    return frozenset(paths)


def _paths(framework: Framework, names: Iterable[str], unit: str) -> Iterator[str]:
    """The paths that names of fields mean: a bare one is of the rows of the unit, in each of its groups."""
    groups = framework.groups_of(unit)
    for name in names:
        if name and not name.startswith("@"):
            yield from [name] if "." in name or not groups else [f"{group}.{name}" for group in groups]


def _indicators(framework: Framework, case: CaseExtract, keys: list[str], found: Behind) -> None:
    """Take the rows and answers behind indicators, and behind those that they rest on."""
    chunk = Chunk(framework, (case,))
    chunk.judge()
    seen: set[str] = set()
    while keys:
        key = keys.pop()
        if key in seen or key not in framework.by_key:
            continue
        seen.add(key)
        indicator = framework.by_key[key]
        names = tuple(_names(indicator.where))
        keys.extend(name[1:] for name in names if name.startswith("@"))
        found.add_paths(names)
        passing = chunk.units(indicator.group).known(indicator.where)
        held = chunk.rows(indicator.group)
        for group, row in compress(zip(held.groups, held.rows, strict=True), flags(passing)):
            found.add_row(group, row, names)


def lines_of(block: Block) -> Iterator[str]:
    """The keys of the lines that a block can write."""
    match block.kind:
        case "indicators":
            yield from block.indicators
        case "distribution":
            yield from (f"{block.key}.{category.key}" for category in block.categories)
            yield f"{block.key}.missing"
        case "statistics":
            yield from (f"{block.key}.{name}" for name in ("least", "most", "mean"))
        case _:
            yield block.key


def _names(condition: Condition | None) -> Iterator[str]:
    if condition is not None:
        yield from condition.names()


def _own(name: str) -> bool:
    return bool(name) and "." not in name and not name.startswith("@")
