"""What drift reads: the compared cases of a project in the order in which both entries stood submitted."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.coding.agreement.by_field import is_measured
from schema.coding.agreement.drift import DriftReport, Watched, outcomes_of, watch
from schema.problem import refuse
from schema.store.agreement_read import compared_in_time
from schema.store.models import Project
from schema.template.model import Field


def study_drift(session: Session, actor: Actor, project: Project, *, most: int | None = None) -> DriftReport:
    """Drift over all compared cases that the actor may know of; open cases that they code are left out.

    Raises ``Refused`` (DRIFT-001, 409) where there are more than ``most``.
    """
    number, cases = compared_in_time(session, actor, project)
    if most is not None and number > most:
        raise refuse(
            "DRIFT-001",
            f"{number:,} compared cases are too many to follow while a page waits.",
            f"Run: tandem drift {project.key}",
            status=409,
        )
    fields: dict[str, Field] = {}

    def watched() -> Iterator[Watched]:
        for reference, case in cases:
            newest = {held.path: held for held in case.comparison.template.fields() if is_measured(held)}
            fields.update(newest)
            yield Watched(reference, case.coders, outcomes_of(case.comparison))

    seen = tuple(watched())
    return watch(seen, tuple(fields.values()))
