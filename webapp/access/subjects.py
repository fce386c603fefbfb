"""What an action is about: a project, or a case with everything that decides who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schema.actor import Actor
from schema.store.models import Case, Comparison, Entry, Project, Verification

CODER_PARTS = ("coder_1", "coder_2")


@dataclass(frozen=True)
class ProjectSubject:
    """A project. Rows come from the reading session: see :func:`webapp.unit_of_work.fresh` before changing one."""

    project: Project

    @property
    def project_id(self) -> str:
        """The project that roles are asked in."""
        return self.project.id


@dataclass(frozen=True)
class CaseSubject(ProjectSubject):
    """A case with its current parts and entries.

    ``parts``: who holds them, by ``coder_1``, ``coder_2`` and ``reconciler``; none that nobody holds.
    ``entry`` and ``comparison`` are those that the address names; where it names none, ``comparison`` is the live
    one of the case (not superseded) and ``entry`` is empty: a coder's own is :meth:`own_entry`. ``unblinded``: whether a
    manager has opened the case to its coders. ``verification`` is the live round in which coder 2 checks coder 1's values,
    finished or not. ``repeats``: entries in which a coder codes the case again, submitted or not; they are none of ``entries``.
    """

    case: Case
    parts: Mapping[str, str] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    entry: Entry | None = None
    comparison: Comparison | None = None
    unblinded: bool = False
    verification: Verification | None = None
    repeats: tuple[Entry, ...] = ()

    def part_of(self, actor: Actor) -> str:
        """The actor's current part: ``coder_1``, ``coder_2``, ``reconciler`` or nothing."""
        return next((part for part, user_id in self.parts.items() if user_id == actor.id), "")

    def is_coder(self, actor: Actor) -> bool:
        """Whether the actor is one of the two coders, by assignment or by having an entry."""
        has_entry = any(entry.coder_id == actor.id for entry in self.entries)
        return has_entry or self.part_of(actor) in CODER_PARTS

    def is_reconciler(self, actor: Actor) -> bool:
        """Whether the actor settles this case."""
        return self.part_of(actor) == "reconciler"

    def own_entry(self, actor: Actor) -> Entry | None:
        """The entry that the actor works on, if there is one: while they code the case again, that and not their first."""
        first = next((entry for entry in self.entries if entry.coder_id == actor.id), None)
        return self.repeat_of(actor) if self.is_repeating(actor) else first

    def repeat_of(self, actor: Actor) -> Entry | None:
        """The entry in which the actor codes the case again, or has done so."""
        return next((entry for entry in self.repeats if entry.coder_id == actor.id), None)

    def is_repeating(self, actor: Actor) -> bool:
        """Whether the actor is coding the case again now, so that nothing of what came of it is theirs to see."""
        again = self.repeat_of(actor)
        return again is not None and again.state != "submitted"

    @property
    def both_submitted(self) -> bool:
        """Whether both entries stand submitted: from then on the case is open to its reconciler."""
        return len([entry for entry in self.entries if entry.state == "submitted"]) == len(CODER_PARTS)

    @property
    def comparable(self) -> bool:
        """Whether both entries are submitted and nothing is left to check, so that they can be compared."""
        checking = self.verification is not None and self.verification.finished_at is None
        return self.both_submitted and not checking

    @property
    def signed_off(self) -> bool:
        """Whether the comparison at hand is signed off."""
        return self.comparison is not None and self.comparison.state == "signed_off"


Subject = ProjectSubject | CaseSubject
