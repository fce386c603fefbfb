"""Carries cases of the test world to sign-off, through the same verbs as the pages use."""

from __future__ import annotations

from typing import Any

from schema.actor import Actor
from schema.store.comparisons import (
    accept_agreed,
    confirm_pairing,
    create_comparison,
    decide,
    find_live,
    load_comparison,
    sign_off,
)
from schema.store.database import Database
from schema.store.models import Case
from tests.support.casework import ready_case
from tests.support.world import World


def settle(
    database: Database,
    actor: Actor,
    comparison_id: str,
    reason: str = "Checked in the report.",
    cause: str = "judgement",
) -> None:
    """Confirm the pairing, take coder A's side of every question, accept what is agreed, and sign off."""
    with database.writing() as session:
        loaded = load_comparison(session, comparison_id)
        confirm_pairing(session, actor, comparison_id, revision=loaded.row.revision)
    while True:
        with database.writing() as session:
            loaded = load_comparison(session, comparison_id)
            questions = loaded.agenda().undecided()
            if not questions:
                accept_agreed(session, actor, comparison_id)
                break
            position = questions[0]
            own = position.pair is not None and bool(position.pair.row_a)
            choice = "a" if position.field else ("keep_row" if own else "drop_row")
            revision = loaded.row.revision
            decide(
                session,
                actor,
                comparison_id,
                position.path,
                choice,
                revision=revision,
                cause=cause,
                reason=reason,
            )
    with database.writing() as session:
        sign_off(session, actor, comparison_id, revision=load_comparison(session, comparison_id).row.revision)


def signed_off_case(world: World, reference: str, **second: Any) -> Case:
    """A case that carol has signed off with amara's values; ``second`` replaces sections of ben's answers."""
    case = ready_case(world, reference, **second)
    with world.writing() as session:
        live = find_live(session, case.id) or create_comparison(session, world.actor("ben"), case)
        comparison_id = live.id
    settle(world.database, world.actor("carol"), comparison_id)
    return case
