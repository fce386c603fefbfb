"""A world whose questionnaire has a section that coder 1 extracts and coder 2 checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from schema.answers.document import Evidence
from schema.coding.verification import Checked
from schema.store.database import Database
from schema.store.models import Case, Verification
from schema.store.verification import find_verification, finish_checks, save_checks
from schema.template.value import Value
from tests.support.casework import fill, start_case, submit
from tests.support.world import World, populate, small_template

SECTION = """\
  - key: setting
    label: Setting
    mode: verify
    fields:
      - {key: county, kind: text, label: County, required: true, missing: [not_reported], evidence: true}
      - {key: household, kind: integer, label: People in the household, limits: {min: 1, max: 20}, measure: interval}
      - {key: rural, kind: yes_no, label: Was it in the country?, measure: nominal, missing: [not_reported]}
      - {key: miles, kind: integer, label: Miles to the next town, visible_when: {field: rural, equals: "yes"}}
      - {key: memo, kind: text, label: Memo, compare: ignore}
"""
BEFORE = "  - key: victims\n"
SETTING: dict[str, Any] = {
    "county": "Exampleshire",
    "household": 4,
    "rural": "yes",
    "miles": 7,
    "memo": "Check again.",
}
AGREED = Checked("agreed")
NOT_FOUND = Checked("not_found")


def verified_source(version: int = 1) -> str:
    """The small template with the section before its victims."""
    source = small_template()[0].replace(BEFORE, SECTION + BEFORE)
    return source.replace("version: 1", f"version: {version}")


def verified_world(database: Database, folder: Path) -> World:
    """The usual people, on the template with the checked section."""
    with database.writing() as session:
        populate(session, verified_source())
    return World(database, folder)


def both_submitted(world: World, reference: str, **setting: Any) -> Case:
    """A case that both coders have submitted; ``setting`` adds to what coder 1 says in the checked section."""
    case = start_case(world, reference)
    fill(world, case, "amara", setting={**SETTING, **setting})
    fill(world, case, "ben")
    submit(world, case, "amara")
    submit(world, case, "ben")
    return case


def round_of(world: World, case: Case) -> Verification:
    """The live round of checks of a case."""
    with world.reading() as session:
        row = find_verification(session, case.id)
    assert row is not None
    return row


def check(world: World, case: Case, checks: dict[str, Checked], who: str = "ben") -> int:
    """Save checks of fields of the section, by their keys."""
    row = round_of(world, case)
    with world.writing() as session:
        by_path = {f"setting.{key}": said for key, said in checks.items()}
        return save_checks(session, world.actor(who), row.id, row.revision, by_path)


def finish(world: World, case: Case, who: str = "ben") -> None:
    """Finish the checks."""
    row = round_of(world, case)
    with world.writing() as session:
        finish_checks(session, world.actor(who), row.id, row.revision)


def corrected(value: Value, comment: str = "", page: str = "") -> Checked:
    """A correction."""
    return Checked("corrected", value, comment, Evidence(page))
