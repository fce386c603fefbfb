"""What both coders answered before a question was retired and they lifted: not settled, not lost."""

from __future__ import annotations

from datetime import UTC, datetime

from exports.provenance import TracedCase
from schema.coding.compare import compare
from schema.coding.consensus import build_consensus
from schema.store.master import MasterCase, Trace
from schema.template.loader import load_template
from tests.support.reconciling import as_second, extract
from tests.support.world import small_template


def test_the_answers_stay_on_both_sides_of_the_provenance_and_the_master_has_none() -> None:
    source, lists = small_template()
    later = source.replace("version: 1", "version: 2").replace(
        "label: Region,", "label: Region, retired: true,"
    )
    template = load_template(later, lists).needed()
    a, b = extract({"region": "wales"}), as_second(extract({"region": "south"}))
    comparison = compare(template, a, b, ())
    assert "report.region" not in {position.path for position in comparison.positions}
    consensus = build_consensus(comparison, a, b, ())
    assert consensus.get("report.region") is None
    trace, signed_off_at = Trace(comparison, a, b), datetime(2026, 11, 2, tzinfo=UTC)
    case = MasterCase("DHR-1", "", "", template, consensus, "Amara", "Ben", "Carol", signed_off_at, "", trace)
    record = TracedCase(case).record()
    values = record["values"]
    assert isinstance(values, list)
    region = next(value for value in values if value["path"] == "report.region")
    assert (region["value"], region["a"]["value"], region["b"]["value"]) == (None, "wales", "south")
    assert region["mode"] is None
