"""The agreement plan: what it may name, and the figures beside what was planned."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schema.coding.agreement import Compared, build_report
from schema.coding.agreement.plan import (
    AgreementPlan,
    PlannedField,
    measures_of,
    plan_faults,
    plannable,
    results,
    share_coded,
)
from schema.coding.compare import compare
from schema.template.loader import load_template
from schema.template.model import Template
from tests.support.reconciling import as_second, extract
from tests.support.verifying import verified_source
from tests.support.world import small_template

WHEN = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template(verified_source(), small_template()[1]).needed()


def plan(*fields: PlannedField) -> AgreementPlan:
    return AgreementPlan(1, fields, 100, "", after_coding=False, recorded_at=WHEN, recorded_by="Dana Price")


def test_a_plan_names_what_is_measured_and_coded_twice(template: Template) -> None:
    paths = [field.path for field in plannable(template)]
    assert "report.region" in paths
    assert not [path for path in paths if path.startswith("setting.")], "a checked section has no agreement"
    assert "report.area" not in paths, "it has no measure"


def test_each_question_offers_the_measures_that_it_has(template: Template) -> None:
    offered = {field.path: measures_of(field) for field in plannable(template)}
    assert offered["report.death_year"] == ("alpha", "percent")
    assert offered["report.region"] == ("alpha", "ac1", "kappa", "percent")
    assert offered["recommendations.themes"] == ("alpha", "ac1", "kappa", "percent")


FAULTS = [
    ((), 100, [("PLAN-001", "")]),
    ((PlannedField("report.death_year", "kappa", 0.8),), 100, [("PLAN-003", "report.death_year")]),
    ((PlannedField("setting.rural", "ac1", 0.8),), 100, [("PLAN-003", "setting.rural")]),
    ((PlannedField("report.region", "ac1", 1.5),), 100, [("PLAN-004", "report.region")]),
    ((PlannedField("report.region", "ac1", 0.8),), 0, [("PLAN-004", "share")]),
    ((PlannedField("report.region", "ac1", 1.0),), 20, []),
]


@pytest.mark.parametrize(("fields", "share", "codes"), FAULTS)
def test_what_does_not_fit_is_said_at_its_question(
    template: Template, fields: tuple[PlannedField, ...], share: int, codes: list[tuple[str, str]]
) -> None:
    found = list(plan_faults(template, fields, share))
    assert [(fault.code, fault.where) for fault in found] == codes
    assert all(fault.remedy for fault in found)


def test_the_figure_stands_beside_what_was_planned(template: Template) -> None:
    """Regions agree in three of four cases: 75% by hand."""
    pairs = [("wales", "wales"), ("wales", "wales"), ("south", "south"), ("wales", "south")]
    held = [(extract({"region": a}), as_second(extract({"region": b}))) for a, b in pairs]
    report = build_report(Compared(compare(template, a, b, ()), ("amara", "ben"), "2026-11") for a, b in held)
    low, high = PlannedField("report.region", "percent", 0.7), PlannedField("report.region", "percent", 0.8)
    never = PlannedField("recommendations.themes", "alpha", 0.8)
    found = results(plan(low, high, never), report)
    assert [one.met for one in found] == [True, False, None]
    assert found[0].figure == found[1].figure
    assert found[0].figure.n == 4
    assert getattr(found[0].figure, "value", None) == pytest.approx(0.75)


def test_the_share_of_cases_coded_twice_is_of_all_cases() -> None:
    assert share_coded(3, 12).n == 12
    assert getattr(share_coded(3, 12), "value", None) == pytest.approx(0.25)
    assert not hasattr(share_coded(0, 0), "value")
