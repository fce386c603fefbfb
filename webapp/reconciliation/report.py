"""The report of a signed-off case's discrepancies, for the page, the file and the command."""

from __future__ import annotations

from sqlalchemy.orm import Session

from schema.problem import refuse
from schema.store.case_report import CaseReport, case_report
from schema.store.loaded import find_live
from schema.store.models import Case, Project
from schema.store.readmodel import signed_off_case


def discrepancy_report(session: Session, project: Project, case: Case) -> CaseReport:
    """Every position of the case that needed a person. Raises ``Refused`` (409, RESOLVE-090) before it is signed off."""
    live = find_live(session, case.id)
    if live is None or live.state != "signed_off":
        raise refuse(
            "RESOLVE-090",
            f"{case.reference} is not signed off: the report of discrepancies is made when the case is signed off.",
            "Until then the pages of reconciling show what differs.",
            status=409,
        )
    return case_report(signed_off_case(session, project, case))
