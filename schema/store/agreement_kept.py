"""Agreement reports that were counted by a job: kept by the hash of what was counted, the latest few of each project."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schema.coding.agreement import AgreementReport
from schema.coding.agreement.kept import Templates, report_from_plain, report_to_plain
from schema.store.database import new_id, now
from schema.store.models import AgreementCount, Project, TemplateVersion
from schema.store.templates import compiled

KEPT_COUNTS = 5


@dataclass(frozen=True, slots=True)
class KeptCount:
    """A report that was counted before, and when."""

    report: AgreementReport
    counted_at: datetime


def keep_count(
    session: Session, project: Project, fingerprint: str, report: AgreementReport, *, whole: bool
) -> None:
    """Keep a report. Where the same has been kept already, nothing happens; the oldest of the project go."""
    same = select(AgreementCount.id).where(
        AgreementCount.project_id == project.id, AgreementCount.fingerprint == fingerprint
    )
    if session.scalar(same) is not None:
        return
    plain = report_to_plain(report, _templates(session, project))
    session.add(
        AgreementCount(
            id=new_id(session),
            project_id=project.id,
            fingerprint=fingerprint,
            whole=whole,
            cases=report.cases,
            body=zlib.compress(json.dumps(plain).encode()),
            counted_at=now(session),
        )
    )
    session.flush()
    _forget_old(session, project)


def find_count(session: Session, project: Project, fingerprint: str) -> KeptCount | None:
    """The report with this fingerprint, if it is kept."""
    query = select(AgreementCount).where(
        AgreementCount.project_id == project.id, AgreementCount.fingerprint == fingerprint
    )
    return _read(session, project, session.scalar(query))


def last_count(session: Session, project: Project) -> KeptCount | None:
    """The latest report on all cases, whatever has changed since; only for somebody who codes none of them."""
    query = select(AgreementCount).where(AgreementCount.project_id == project.id, AgreementCount.whole)
    newest = query.order_by(AgreementCount.counted_at.desc(), AgreementCount.id).limit(1)
    return _read(session, project, session.scalar(newest))


def _read(session: Session, project: Project, row: AgreementCount | None) -> KeptCount | None:
    """A row that an earlier version of the program wrote otherwise counts as none: it is counted again."""
    if row is None:
        return None
    try:
        plain = json.loads(zlib.decompress(row.body))
        return KeptCount(report_from_plain(plain, _templates(session, project)), row.counted_at)
    except ValueError:
        return None


def _templates(session: Session, project: Project) -> Templates:
    query = select(TemplateVersion.version, TemplateVersion.id).where(
        TemplateVersion.key == project.template_key, TemplateVersion.state != "draft"
    )
    return {row.version: compiled(session, row.id) for row in session.execute(query)}


def _forget_old(session: Session, project: Project) -> None:
    mine = select(AgreementCount.id).where(AgreementCount.project_id == project.id)
    order = (AgreementCount.counted_at.desc(), AgreementCount.id)
    old = session.scalars(mine.order_by(*order).offset(KEPT_COUNTS)).all()
    if old:
        session.execute(delete(AgreementCount).where(AgreementCount.id.in_(old)))
