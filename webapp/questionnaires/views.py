"""Page models of the questionnaires room: what each page shows, decided before it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import Problem
from schema.store.models import Project, TemplateVersion, User
from schema.store.templates import compiled, latest_versions, versions
from schema.template.model import Template
from schema.template.shipped import load_shipped, shipped_keys
from schema.template.versions import VersionChanges
from webapp.access.policy import can
from webapp.access.subjects import CaseSubject, ProjectSubject
from webapp.questionnaires.operations import difference, pinned_entries
from webapp.questionnaires.reading import Readable, readable

Trail = list[tuple[str, str]]


@dataclass(frozen=True)
class Listed:
    """One questionnaire with all its versions, the newest first."""

    title: str
    key: str
    description: str
    versions: tuple[TemplateVersion, ...]


@dataclass(frozen=True)
class VersionPage:
    """One version to read; ``changes`` is what it changed against the one before it."""

    row: TemplateVersion
    questionnaire: Readable
    published_by: str
    before: TemplateVersion | None
    after: TemplateVersion | None
    changes: VersionChanges | None


@dataclass(frozen=True)
class VersionLine:
    """One version as a project may use it; ``entries`` is None where the person may not count them."""

    row: TemplateVersion
    entries: int | None
    in_use: bool


@dataclass(frozen=True)
class ProjectPage:
    """The versions of a project's questionnaire, and the one that was asked about, with the difference."""

    current: TemplateVersion
    lines: tuple[VersionLine, ...]
    wanted: TemplateVersion | None
    changes: VersionChanges | None

    @property
    def back(self) -> bool:
        """Whether the version asked about is earlier than the one in use."""
        return self.wanted is not None and self.wanted.version < self.current.version


def listed(session: Session) -> tuple[Listed, ...]:
    """All questionnaires that are published here, by title."""
    return tuple(
        Listed(row.title, row.key, compiled(session, row.id).description, tuple(reversed(held)))
        for row in latest_versions(session)
        if (held := versions(session, row.key))
    )


def unpublished(session: Session) -> tuple[Template, ...]:
    """What Tandem ships beyond the versions published here: of each template the next one."""
    newest = {row.key: row.version for row in latest_versions(session)}
    nexts = [(key, version) for key, version in shipped_keys() if version == newest.get(key, 0) + 1]
    return tuple(load_shipped(key, version) for key, version in nexts)


def version_page(session: Session, row: TemplateVersion) -> VersionPage:
    """One version, in words."""
    neighbours = {held.version: held for held in versions(session, row.key)}
    before = neighbours.get(row.version - 1)
    return VersionPage(
        row=row,
        questionnaire=readable(compiled(session, row.id)),
        published_by=_name(session, row.published_by),
        before=before,
        after=neighbours.get(row.version + 1),
        changes=difference(session, before, row) if before else None,
    )


def project_page(session: Session, actor: Actor, subject: ProjectSubject, wanted: int) -> ProjectPage:
    """The versions that the project can use; the one with the number ``wanted`` is compared with the present one."""
    project: Project = subject.project
    rows = versions(session, project.template_key)
    counts = pinned_entries(session, actor, project) if can(actor, "case.list_all", subject) else None
    current = next(row for row in rows if row.id == project.template_version_id)
    asked = next((row for row in rows if row.version == wanted and row is not current), None)
    return ProjectPage(
        current=current,
        lines=tuple(
            VersionLine(row, None if counts is None else counts.get(row.id, 0), row is current)
            for row in reversed(rows)
        ),
        wanted=asked,
        changes=difference(session, current, asked) if asked else None,
    )


def on_line(problem: Problem, control: str) -> Problem:
    """A problem of a text that begins with its code and place, and leads to the control that holds the text."""
    message = f"{_place(problem)}: {problem.message}"
    return Problem(problem.code, message, problem.remedy, control, problem.line)


def list_trail() -> Trail:
    """Where the pages of a questionnaire hang."""
    return [("Questionnaires", url_for("questionnaires.list_page"))]


def project_trail(subject: ProjectSubject, *, member: bool) -> Trail:
    """Where a project's pages hang; an administrator without a part has no project page."""
    project = subject.project
    if not member:
        return [("Projects", url_for("projects.list_page"))]
    return [
        ("Your work", url_for("projects.home_page")),
        (project.title, url_for("projects.project_page", project_key=project.key)),
    ]


def entry_trail(subject: CaseSubject) -> Trail:
    """Where the pages of an entry hang."""
    return [*project_trail(subject, member=True), (subject.case.reference, entry_address(subject))]


def entry_address(subject: CaseSubject) -> str:
    """The entry's own page."""
    return url_for("entry.overview_page", project_key=subject.project.key, case_id=subject.case.id)


def changed_lists(given: Sequence[tuple[str, str]], held: dict[str, str]) -> dict[str, str]:
    """Those of the code lists given that differ from the ones held."""
    return {name: text for name, text in given if held.get(name) != text}


def _place(problem: Problem) -> str:
    place = problem.where.removeprefix("codelists/").removesuffix(".yaml")
    words = [problem.code, f"code list {place}" if problem.where.startswith("codelists/") else place]
    words.append(f"line {problem.line}" if problem.line else "")
    return ", ".join(word for word in words if word)


def _name(session: Session, user_id: str | None) -> str:
    name = session.scalar(select(User.display_name).where(User.id == user_id)) if user_id else None
    return name or "the command line"
