"""The room's blueprint, and what its pages share: the comparison of the case, addresses, drawing a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from schema.answers.document import Note
from schema.answers.summary import row_summary
from schema.coding.align import NearestMiss, nearest_misses
from schema.problem import Problem
from schema.report.quotes import Quotable
from schema.store.asking import asked_paths
from schema.store.loaded import LoadedComparison, coders_of, load
from schema.store.models import ReportFile, User
from schema.store.notes import notes_of_sides
from schema.store.reports_read import quotable_reports
from webapp.access.guard import current_actor
from webapp.access.policy import can
from webapp.access.subjects import CaseSubject
from webapp.unit_of_work import reading

room = Blueprint("reconciliation", __name__)
BASE = "/projects/<project_key>/cases/<case_id>/comparison"
Answer = str | Response | tuple[str, int]
Problems = tuple[Problem, ...]


#: How many groups' nearest rows are kept in a process.
NEAREST_MOST = 256
_NEAREST: dict[tuple[object, ...], Mapping[str, NearestMiss]] = {}


@dataclass(frozen=True)
class Table:
    """A comparison on the reconciler's table, as the page that is being drawn sees it."""

    subject: CaseSubject
    loaded: LoadedComparison

    @property
    def revision(self) -> int:
        """The revision that acts on this page are based on."""
        return self.loaded.row.revision

    @property
    def state(self) -> str:
        """The comparison's state."""
        return self.loaded.row.state

    @property
    def matched(self) -> bool:
        """Whether the pairing has been confirmed."""
        return self.state in ("resolving", "resolved", "signed_off")

    @cached_property
    def may_work(self) -> bool:
        """Whether the person may change anything here, as the comparison now stands."""
        return self.state != "signed_off" and can(current_actor(), "comparison.work", self.subject)

    @cached_property
    def reports(self) -> list[tuple[ReportFile, Quotable]]:
        """The reports of the case that quotations are looked for in."""
        return quotable_reports(reading(), self.subject.case.id)

    @cached_property
    def notes(self) -> dict[str, Mapping[str, Note]]:
        """What the coders of sides A and B noted for themselves, by the paths of their own entries."""
        return notes_of_sides(reading(), self.loaded.row)

    @cached_property
    def row_lines(self) -> Mapping[tuple[str, str, str], str]:
        """Every row of both entries in a numbered line, by side (A or B), group and row id."""
        return {
            (letter, section.key, row.id): f"{number}. {row_summary(section, row)}"
            for letter, document in (("A", self.loaded.a), ("B", self.loaded.b))
            for section in self.loaded.template.groups()
            for number, row in enumerate(document.rows(section.key), 1)
        }

    def misses(self, group: str) -> Mapping[str, NearestMiss]:
        """Of every row of a group that stands alone the nearest row of the other entry, by pair id.

        Looked for once for as long as the group is paired as it is: what was submitted never changes.
        """
        loaded, row = self.loaded, self.loaded.row
        pairs = tuple(pair for pair in loaded.pairs if pair.group == group)
        paired = (row.snapshot_1_id, row.snapshot_2_id, row.template_version_id, group, pairs)
        found = _NEAREST.get(paired)
        if found is None:
            if len(_NEAREST) >= NEAREST_MOST:
                _NEAREST.clear()
            found = _NEAREST[paired] = nearest_misses(loaded.template, loaded.a, loaded.b, pairs)
        return found

    @cached_property
    def asked(self) -> frozenset[str]:
        """The positions on which coders have been asked and the thread is open."""
        return asked_paths(reading(), self.loaded.row.id)

    @cached_property
    def names(self) -> dict[str, str]:
        """Display names of the coders and of everybody who decided, by user id."""
        ids = set(self.coders.values())
        ids |= {decision.decided_by for decision in self.loaded.decisions}
        ids |= {self.loaded.row.signed_off_by or "", self.loaded.row.reopened_by or ""}
        found = reading().scalars(select(User).where(User.id.in_(ids)))
        return {user.id: user.display_name for user in found}

    @property
    def unnamed(self) -> bool:
        """Whether the project shows coders as A and B, without names."""
        return self.subject.project.coders_unnamed

    @cached_property
    def coders(self) -> dict[str, str]:
        """The ids of the coders of sides a and b."""
        return coders_of(reading(), self.loaded.row)

    def coder(self, letter: str) -> str:
        """Who coded side A or B; empty where coders are unnamed."""
        return "" if self.unnamed else self.names.get(self.coders[letter.lower()], "")

    def slot(self, letter: str) -> int:
        """The slot of side A or B; 0 where the entry was handed on since."""
        coder = self.coders[letter.lower()]
        return next((entry.slot for entry in self.subject.entries if entry.coder_id == coder), 0)

    def address(self, endpoint: str, **values: object) -> str:
        """The address of one of the room's pages for this case."""
        return address(self.subject, endpoint, **values)


def table_of(subject: CaseSubject) -> Table:
    """Lay out the live comparison of the case; 404 where it has none."""
    if subject.comparison is None:
        abort(404)
    return Table(subject, load(reading(), subject.comparison))


def comparison_id(subject: CaseSubject) -> str:
    """The id of the live comparison; 404 where the case has none."""
    if subject.comparison is None:
        abort(404)
    return subject.comparison.id


def address(subject: CaseSubject, endpoint: str, **values: object) -> str:
    """The address of one of the room's pages for a case."""
    names = {"project_key": subject.project.key, "case_id": subject.case.id}
    return url_for(f"reconciliation.{endpoint}", **names, **values)  # type: ignore[arg-type]


def page(
    template: str, subject: CaseSubject, status: int = 200, *, problems: Problems = (), **values: Any
) -> tuple[str, int]:
    """Draw a page of this room under its trail."""
    trail = [*_trail(subject), *values.pop("below", ())]
    drawn = render_template(
        f"reconciliation/{template}.html", subject=subject, trail=trail, problems=problems, **values
    )
    return drawn, status


def _trail(subject: CaseSubject) -> list[tuple[str, str]]:
    project, case = subject.project, subject.case
    trail = [
        ("Your work", "/"),
        (project.title, url_for("projects.project_page", project_key=project.key)),
        (case.reference, url_for("cases.case_page", project_key=project.key, case_id=case.id)),
    ]
    if can(current_actor(), "comparison.view", subject):
        trail.append(("Comparison", address(subject, "overview_page")))
    return trail
