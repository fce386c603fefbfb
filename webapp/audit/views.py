"""Page models of the audit room: one line of the trail as people read it, and the file of all lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from forms.audit import AuditFilterForm
from schema.actor import Actor
from schema.store.audit_read import (
    AuditFilter,
    AuditLine,
    audit_lines,
    audit_page,
    codes_open_cases,
    installation_lines,
    names_of,
)
from schema.store.models import Project
from webapp.audit.wording import actions_of, detail_words, sentence

COLUMNS = ("number", "when_utc", "person", "act", "words", "case", "object", "particulars", "request", "hash")
LAST_DAY = date(9999, 12, 30)
LIKE_AN_ID = re.compile(r"[a-z0-9]{16}")
LIVE = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes for a formula


@dataclass(frozen=True)
class Line:
    """One act as it is shown; ``about`` names the account that it is about, if it is about one."""

    act: AuditLine
    words: str
    about: str
    particulars: str


@dataclass(frozen=True)
class TrailView:
    """One page of the trail. ``before`` starts the next page, empty on the last.

    ``numbered``: whether numbers and head are shown; not to somebody from whom rows are kept.
    """

    lines: tuple[Line, ...]
    before: str
    numbered: bool


def wanted_of(form: AuditFilterForm) -> AuditFilter:
    """Return what a filter form asks for; what cannot be read narrows nothing."""
    form.validate()
    return AuditFilter(
        person=(form.person.data or "")[:16],
        case="" if form.case.errors else (form.case.data or "").strip(),
        actions=actions_of(form.action.data or ""),
        since=midnight(form.since.data),
        until=midnight(form.until.data, days=1),
    )


def trail_view(
    session: Session, actor: Actor, project: Project, wanted: AuditFilter, before: str
) -> TrailView:
    """Return a page of the trail in words."""
    page = audit_page(session, actor, project.id, wanted, before=before)
    ids = {found for act in page.lines for found in LIKE_AN_ID.findall(f"{act.object_id} {act.detail}")}
    names = names_of(session, ids)
    numbered = not codes_open_cases(session, actor, project.id)
    return TrailView(tuple(_line(act, names) for act in page.lines), page.before, numbered)


def csv_lines(session: Session, actor: Actor, project: Project, wanted: AuditFilter) -> Iterator[str]:
    """Give the trail as CSV, a line at a time (UTF-8 with a mark, CRLF); texts that look like formulas are quoted."""
    yield "\ufeff" + _csv(COLUMNS)
    numbered = not codes_open_cases(session, actor, project.id)
    for act in audit_lines(session, actor, project.id, wanted):
        yield _csv(_cells(act, numbered=numbered))


def installation_csv_lines(session: Session, wanted: AuditFilter) -> Iterator[str]:
    """Give what belongs to no project as the same CSV, a line at a time."""
    yield "\ufeff" + _csv(COLUMNS)
    for act in installation_lines(session, wanted):
        yield _csv(_cells(act, numbered=True))


def _cells(act: AuditLine, *, numbered: bool) -> tuple[str, ...]:
    """The cells of an act in the file."""
    return (
        str(act.seq) if numbered else "",
        act.at.isoformat(),
        act.person,
        act.action,
        sentence(act.action),
        act.case,
        act.object_id,
        act.detail,
        act.request_id,
        act.hash,
    )


def _line(act: AuditLine, names: Mapping[str, str]) -> Line:
    about = names.get(act.object_id, "")
    return Line(act, sentence(act.action), about, detail_words(act.detail, names))


def _csv(cells: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if cell.startswith(LIVE) else cell for cell in cells])
    return text.getvalue()


def midnight(day: date | None, days: int = 0) -> datetime | None:
    """Return when a day begins (UTC), or ``days`` later; None for none and where the calendar ends."""
    if day is None or day > LAST_DAY:
        return None
    return datetime.combine(day, time(), tzinfo=UTC) + timedelta(days=days)
