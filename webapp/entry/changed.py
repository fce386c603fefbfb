"""What the questionnaire says otherwise than when the coder last worked with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from schema.store.last_worked import last_worked_with
from schema.store.templates import compiled
from schema.template.wording import Reworded, reworded
from webapp.entry.desk import Desk


@dataclass(frozen=True, slots=True)
class Changed:
    """The changes since a version, and where they can be read."""

    version: int
    changes: tuple[Reworded, ...]
    address: str

    @property
    def labels(self) -> tuple[str, ...]:
        """The questions that the changes are about, each once."""
        return tuple(dict.fromkeys(one.label for one in self.changes))


def changed_since(session: Session, desk: Desk, section: str = "") -> Changed | None:
    """What has changed for this coder: in the whole questionnaire, or in one section. Nothing where all reads as it did."""
    earlier = last_worked_with(session, desk.entry, desk.template)
    if earlier is None:
        return None
    found = reworded(compiled(session, earlier.id).for_slot(desk.entry.slot), desk.template)
    wanted = _within(found, section) if section else found
    names = {"key": desk.template.key, "version": desk.template.version, "since": earlier.version}
    address = url_for("questionnaires.guide_page", **names, _anchor="changed")  # type: ignore[arg-type]
    return Changed(earlier.version, wanted, address) if wanted else None


def _within(found: Sequence[Reworded], section: str) -> tuple[Reworded, ...]:
    return tuple(one for one in found if one.path.partition(".")[0] == section)
