"""A report that was written down reads back as the same report, and nothing but a report reads back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from schema.coding.agreement import AgreementReport, Compared, build_report
from schema.coding.agreement.kept import report_from_plain, report_to_plain
from schema.coding.compare import compare
from schema.template.loader import load_template
from schema.template.model import Template
from tests.support.reconciling import as_second, extract
from tests.support.world import small_template

REGIONS = ["wales", "wales", "south", "wales", "south", "south"]


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template(*small_template()).needed()


@pytest.fixture(scope="module")
def report(template: Template) -> AgreementReport:
    pairs = [
        (extract({"region": a, "death_year": 2010}), as_second(extract({"region": b, "death_year": 2011})))
        for a, b in zip(REGIONS, reversed(REGIONS), strict=True)
    ]
    return build_report(Compared(compare(template, a, b, ()), ("amara", "ben"), "2026-11") for a, b in pairs)


def test_a_report_reads_back_as_it_was(template: Template, report: AgreementReport) -> None:
    later = replace(template, version=2)
    text = json.dumps(report_to_plain(report, {1: template, 2: later}))
    assert report_from_plain(json.loads(text), {1: template, 2: later}) == report


@pytest.mark.parametrize(
    "plain",
    [
        None,
        3,
        [],
        {"class": "os", "values": {}},
        {"class": "Estimate", "values": {"value": 1.0}},
        {"class": "Estimate", "values": {"value": 1.0, "n": 1}},
        {"field": "no.thing", "version": 1},
    ],
)
def test_what_is_no_report_is_refused(template: Template, plain: Any) -> None:
    with pytest.raises(ValueError, match="no report"):
        report_from_plain(plain, {1: template})
