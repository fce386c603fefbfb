"""Checks a framework file against the template that it counts."""

from __future__ import annotations

import re

from schema.framework.loader import load_framework
from schema.framework.source import Reader, read_yaml
from schema.problem import Problem, Refused, refuse
from schema.store.database import Database
from schema.store.templates import compiled, find_version, latest_version
from schema.template.model import Template
from schema.template.shipped import load_shipped, shipped_keys

WANTED = re.compile(r"([a-z][a-z0-9-]*)(?:@([1-9][0-9]{0,5}))?", re.ASCII)


def named_template(source: str, file: str) -> str:
    """The template that a framework says it counts. Raises ``Refused`` where it says none that could be one."""
    reader = Reader(file)
    node = read_yaml(source, reader)
    named = reader.text(node, "template", required=True) if node else ""
    if reader.problems:
        raise Refused(reader.problems)
    return named


def shipped_template_for(wanted: str) -> Template | None:
    """The shipped template ``KEY@VERSION``, or the newest of ``KEY``; ``None`` where none of that name is shipped.

    Raises ``Refused`` (FRW-025) for what is no such name.
    """
    key, version = _parts(wanted)
    offered = [number for name, number in shipped_keys() if name == key and version in (0, number)]
    return load_shipped(key, max(offered)) if offered else None


def published_template_for(database: Database, wanted: str) -> Template:
    """The published template ``KEY@VERSION``, or the newest of ``KEY``. Raises ``Refused`` (FRW-026) for none."""
    key, version = _parts(wanted)
    with database.reading() as session:
        row = find_version(session, key, version) if version else latest_version(session, key)
        if row is None:
            remedy = "List the published ones with: tandem template list"
            raise refuse("FRW-026", f"There is no template “{wanted}”.", remedy, status=404)
        return compiled(session, row.id)


def check_framework(source: str, template: Template, file: str) -> tuple[tuple[Problem, ...], str]:
    """Every problem of a framework, and what it holds where there is none."""
    loaded = load_framework(source, template, file=file)
    made = loaded.framework
    if made is None:
        return loaded.problems, ""
    lines = sum(len(table.blocks) for table in made.tables)
    counts = f"{len(made.indicators)} indicators, {len(made.tables)} tables, {lines} blocks"
    return (), f"no problems. Framework {made.key} for {template.key}@{template.version}: {counts}."


def _parts(wanted: str) -> tuple[str, int]:
    found = WANTED.fullmatch(wanted)
    if found is None:
        remedy = "Write KEY or KEY@VERSION, for instance dhr-childrens-services@1."
        raise refuse("FRW-025", f"“{wanted}” names no template.", remedy)
    return found[1], int(found[2] or 0)
