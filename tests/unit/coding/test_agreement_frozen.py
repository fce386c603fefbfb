"""Frozen figures are those of the report, read back as they were, and are told from any other by their hash."""

from __future__ import annotations

import json

import pytest

from schema.coding.agreement import AgreementReport, Compared, Estimate, build_report
from schema.coding.agreement.frozen import freeze, thaw
from schema.coding.compare import compare
from schema.template.loader import load_template
from tests.support.reconciling import as_second, extract
from tests.support.world import small_template

REGIONS = ["wales", "wales", "south", "wales", "south", "south"]


def report_on(*pairs: tuple[str, str]) -> AgreementReport:
    template = load_template(*small_template()).needed()
    cases = [(extract({"region": a}), as_second(extract({"region": b}))) for a, b in pairs]
    return build_report(Compared(compare(template, a, b, ()), ("amara", "ben"), "2026-11") for a, b in cases)


@pytest.fixture(scope="module")
def report() -> AgreementReport:
    return report_on(*zip(REGIONS, reversed(REGIONS), strict=True))


def test_the_figures_are_those_of_the_report(report: AgreementReport) -> None:
    held = freeze(report)
    (region,) = (line for line in held.fields if line.path == "report.region")
    # Counted by hand: wales-south, wales-south, south-wales, wales-south, south-wales, south-wales.
    assert (held.cases, region.n, region.agreed, region.figures["percent"].value) == (6, 6, 0, 0.0)
    assert region.figures["kappa"].measure == Estimate(-1.0, 6)
    assert (region.label, held.template) == ("Region", "small, version 1")


def test_what_was_frozen_reads_back_as_it_was(report: AgreementReport) -> None:
    held = freeze(report)
    assert thaw(held.to_json()) == held
    assert thaw(held.to_json()).sha256 == held.sha256


def test_another_answer_gives_another_hash(report: AgreementReport) -> None:
    other = report_on(("wales", "wales"), *zip(REGIONS[1:], list(reversed(REGIONS))[1:], strict=True))
    assert freeze(other).sha256 != freeze(report).sha256
    assert freeze(report_on()).cases == 0


@pytest.mark.parametrize("text", ["{}", '{"format": 2}', '{"format": 1, "cases": 1}', "[]"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        thaw(text)


def test_nothing_of_an_answer_is_kept(report: AgreementReport) -> None:
    assert set(json.loads(freeze(report).to_json())["fields"][0]) == {
        "path", "label", "over", "n", "agreed", "figures",
    }  # fmt: skip
    assert "wales" not in freeze(report).to_json()
