"""The agreement plan is versioned, and marked once coding has begun, on both databases."""

from __future__ import annotations

import json

import pytest

from schema.coding.agreement.plan import PlannedField
from schema.problem import Refused
from schema.store.agreement_plan import current_plan, plan_versions, record_plan
from schema.store.agreement_read import study_agreement
from schema.store.database import Database
from schema.store.models import Audit, Project
from schema.store.readmodel import master_study
from tests.store.double_coding import Study, build_study, entry, second

REGION = PlannedField("report.region", "ac1", 0.8)
KNOWN = PlannedField("report.children_known", "percent", 0.9)


def _record(study: Study, *fields: PlannedField, share: int = 100, reason: str = "") -> int:
    with study.writing() as session:
        project = session.get_one(Project, study.project_id)
        return record_plan(session, study.actor("carol"), project, fields, share, reason).version


def _refusal(study: Study, *fields: PlannedField, reason: str = "") -> tuple[str, int]:
    with pytest.raises(Refused) as caught:
        _record(study, *fields, reason=reason)
    return caught.value.problems[0].code, caught.value.status


def test_a_plan_has_versions_and_is_marked_once_coding_has_begun(database: Database) -> None:
    study = build_study(database)
    assert _record(study, REGION, share=20) == 1
    assert _record(study, REGION, KNOWN, share=20) == 2
    assert _refusal(study)[0] == "PLAN-001"
    study.compared(entry({"region": "wales"}), second(entry({"region": "wales"})))
    assert _refusal(study, KNOWN) == ("PLAN-002", 422)
    assert _refusal(study, KNOWN, reason="   ") == ("PLAN-002", 422)
    assert _record(study, KNOWN, reason="Region turned out to be in the register.") == 3
    assert _refusal(study, KNOWN, reason="again") == ("PLAN-005", 409)
    with database.reading() as session:
        project = session.get_one(Project, study.project_id)
        versions = plan_versions(session, project)
        assert [(one.version, one.fields, one.share, one.after_coding) for one in versions] == [
            (3, (KNOWN,), 100, True),
            (2, (REGION, KNOWN), 20, False),
            (1, (REGION,), 20, False),
        ]
        assert current_plan(session, project) == versions[0]
        assert master_study(session, study.actor("carol"), project).plan == versions[0]
        assert study_agreement(session, study.actor("carol"), project).plan == versions[0]
        recorded = session.query(Audit).filter_by(action="agreement.plan").order_by(Audit.seq)
        detail = [json.loads(row.detail) for row in recorded]
    assert [(one["version"], one["after_coding"]) for one in detail] == [(1, False), (2, False), (3, True)]
    assert detail[2]["reason"] == "Region turned out to be in the register."
