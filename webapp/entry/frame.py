"""What every page of the desk begins with: the coder's own entry, its section, and the frame around the work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, request, url_for

from schema.problem import refuse
from schema.store.reports_read import first_report
from schema.store.templates import compiled
from schema.template.model import SECOND_SLOT, Section
from webapp.access.guard import current_actor
from webapp.access.subjects import CaseSubject
from webapp.entry.desk import Desk, desk_of
from webapp.entry.views import SectionLink, address, section_links
from webapp.unit_of_work import reading

room = Blueprint("entry", __name__)
CASE = "/projects/<project_key>/cases/<case_id>"
ENTRY = f"{CASE}/entry"


def own_desk(subject: CaseSubject) -> Desk:
    """The signed-in coder's own entry of the case; 404 where there is none."""
    entry = subject.own_entry(current_actor())
    if entry is None:
        abort(404)
    return desk_of(reading(), entry)


def require_same_entry(desk: Desk) -> None:
    """Whoever codes a case again has two entries at one address, one after the other: a page says which it was drawn from.

    Raises ``Refused`` (ENTRY-043, 409) where that is not the one at hand.
    """
    if request.args.get("entry", desk.entry.id) != desk.entry.id:
        raise refuse(
            "ENTRY-043",
            "This page was opened for another coding of this case.",
            "Open the case from your work; nothing of this page was saved.",
            status=409,
        )


def section_of(desk: Desk, section_key: str) -> Section:
    """The section of the entry's questionnaire; 404 where there is none."""
    section = desk.template.by_key.get(section_key)
    if section is None or section.retired:
        abort(404)
    return section


def frame(subject: CaseSubject, desk: Desk, links: Sequence[SectionLink] | None = None) -> dict[str, Any]:
    """What every page of the desk shows around its work; ``links`` where the page has made its section list already."""
    return {
        "subject": subject,
        "entry": desk.entry,
        "template": desk.template,
        "report": report_address(subject),
        "reports": url_for("reports.list_page", project_key=subject.project.key, case_id=subject.case.id),
        "guide": url_for("questionnaires.guide_page", key=desk.template.key, version=desk.template.version),
        "links": section_links(subject, desk) if links is None else links,
        "overview": address(subject, "overview_page"),
        "submit_address": address(subject, "submit_page"),
        "trail": trail(subject),
        "returned": desk.entry.returned_reason if desk.entry.state in ("returned", "in_progress") else "",
    }


def checked_later(desk: Desk) -> tuple[str, ...]:
    """The labels of the sections that this coder does not enter, because they check them later: coder 2's only."""
    if desk.entry.slot != SECOND_SLOT:
        return ()
    whole = compiled(reading(), desk.entry.template_version_id)
    return tuple(section.label for section in whole.verified_sections())


def report_address(subject: CaseSubject) -> str:
    """The first report of the case, to stand beside the form; empty where it has none."""
    found = first_report(reading(), subject.case.id)
    if not found:
        return ""
    names = {"project_key": subject.project.key, "case_id": subject.case.id, "report_id": found}
    return url_for("reports.report_page", **names)  # type: ignore[arg-type]


def case_address(subject: CaseSubject) -> str:
    """The page of the case itself."""
    return url_for("cases.case_page", project_key=subject.project.key, case_id=subject.case.id)


def trail(subject: CaseSubject) -> list[tuple[str, str]]:
    """The way back from a page of the desk."""
    return [
        ("Your work", "/"),
        (subject.project.title, url_for("projects.project_page", project_key=subject.project.key)),
        (subject.case.reference, address(subject, "overview_page")),
    ]
