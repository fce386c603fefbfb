"""The largest section page, drawn: against a plain Jinja loop over dictionaries that gives the same HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from forms.fields import shown
from schema.store.models import Entry
from schema.template.model import Field
from tests.bench.measuring import Figure, alternate
from tests.bench.studio import LARGEST, Studio, template
from webapp.entry.desk import Desk, desk_of
from webapp.entry.drawing import Drawn, _static, asked, draw, drawn, identity

GOAL, AIM = 1.0, 0.4
BETWEEN = re.compile(r"\s*([<>])\s*")


def run(place: Studio) -> Iterator[Figure]:
    """Draw forty rows of the largest group, without an answer and with all of them."""
    for words, coding in (("empty", place.empty), ("full", place.full)):
        with coding.database.reading() as session:
            desk = desk_of(session, session.get_one(Entry, coding.entry_id))
            yield _figure(f"40 rows of {len(asked(_section()))} questions, {words}", desk)


def _section() -> Any:
    return template().by_key[LARGEST]


def _figure(what: str, desk: Desk) -> Figure:
    section, rows = _section(), desk.document.rows(LARGEST)
    values = [[_drawn(desk, question, row) for question in asked(section)] for row in rows]
    loop = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("plain_section.html")
    plain = {"fields": _fields(), "rows": [_plain(desk, row) for row in rows]}

    def ours() -> str:
        return "".join(
            draw(template(), section, held, row.id) for held, row in zip(values, rows, strict=True)
        )

    def theirs() -> str:
        return loop.render(plain)

    if _tight(ours()) != _tight(theirs()):
        raise AssertionError("the plain loop does not give the same HTML")
    duel = alternate(ours, theirs, rounds=9)
    return duel.figure(what, "a plain Jinja loop over dictionaries", AIM)


def _drawn(desk: Desk, question: Field, row: Any) -> Drawn:
    problems = desk.problems_at(f"{LARGEST}.{row.id}.{question.key}")
    return drawn(question, shown(question, desk.value(question, row)), problems=problems)


def _fields() -> list[dict[str, Any]]:
    """The questions as dictionaries; what stands in them is the same as on the product's page."""
    found = []
    for question in asked(_section()):
        static = dict(_static(template(), _section(), question))
        names = ("key", "label", "hint", "guidance", "examples", "required", "evidence")
        found.append(static | {name: getattr(question, name) for name in names})
    return found


def _plain(desk: Desk, row: Any) -> dict[str, Any]:
    """A row as a dictionary: its answers by the keys of the questions."""
    path, answers = f"{LARGEST}.{row.id}.", {}
    for question in asked(_section()):
        held, same = shown(question, desk.value(question, row)), _drawn(desk, question, row)
        answers[question.key] = {
            "text": held.text,
            "chosen": held.chosen,
            "missing": held.missing,
            "read_as": held.read_as,
            "labels": same.labels,
            "problems": same.problems,
            "tone": same.tone,
            "page": "",
            "quote": "",
            "flagged": False,
            "memo": "",
        }
    return {"id": identity(path), "path": path, "answers": answers}


def _tight(html: str) -> str:
    """HTML without the white space between tags, which no browser shows here."""
    return BETWEEN.sub(r"\1", re.sub(r"\s+", " ", html))
