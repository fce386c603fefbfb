"""What is reported of a field: each measure where it fits, what is left out, cautions, intervals and who mixes up what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schema.coding.agreement import (
    Compared,
    Entries,
    Estimate,
    FieldAgreement,
    Interval,
    NoInterval,
    Undefined,
    ac1,
    alpha,
    build_report,
    confusion,
    field_agreement,
    kappa,
    row_agreement,
    tally,
    weighted_kappa,
)
from schema.coding.agreement.bootstrap import (
    SELDOM_DEFINED,
    TOO_FEW_CASES,
    Drawn,
    Resampling,
    replicates,
)
from schema.coding.agreement.by_field import Cell, FieldCount
from schema.coding.compare import compare
from schema.coding.model import Comparison, Decided
from schema.coding.reconcile import build_consensus
from tests.unit.coding.study import TEMPLATE, entry, linked

MISSED = {"missing": "not_reported"}


def cases(path: str, *pairs: tuple[object, object]) -> list[Comparison]:
    section, key = path.split(".")
    return [
        compare(TEMPLATE, entry(**{section: {key: a}}), entry(**{section: {key: b}}), ()) for a, b in pairs
    ]


def of_field(comparisons: list[Comparison], path: str, *, resampled: bool = False) -> FieldAgreement:
    found = field_agreement(comparisons, resampled=resampled)
    return next(held for held in found if held.field.path == path)


def people(*bands: tuple[object, object]) -> Comparison:
    """One case whose people have these age bands, typed because nobody knows the age."""
    sides = [
        [{"id": f"{side}{number}", "age": MISSED, "band": pair[place]} for number, pair in enumerate(bands)]
        for place, side in enumerate("ab")
    ]
    links = [(f"a{number}", f"b{number}") for number in range(len(bands))]
    return compare(TEMPLATE, entry(people=sides[0]), entry(people=sides[1]), linked("people", *links))


def test_single_codes_have_kappa_ac1_and_nominal_alpha_with_missing_codes_as_codes() -> None:
    found = of_field(cases("case.type", ("iph", "iph"), ("afh", MISSED), (MISSED, MISSED)), "case.type")
    plain = [("i", "i"), ("a", "m"), ("m", "m")]
    assert (found.kappa, found.ac1, found.alpha) == (kappa(plain), ac1(plain), alpha(plain, "nominal"))
    assert (found.level, isinstance(found.weighted, Undefined)) == ("nominal", True)


def test_numbers_have_interval_alpha_over_the_positions_that_both_answered() -> None:
    found = of_field(cases("case.year", (2010, 2012), (2015, 2015), (2016, MISSED)), "case.year")
    assert found.alpha == alpha([(2010, 2012), (2015, 2015)], "interval")
    assert (found.n, isinstance(found.kappa, Undefined), isinstance(found.ac1, Undefined)) == (3, True, True)


def test_codes_in_an_order_have_weighted_kappa_and_ordinal_alpha() -> None:
    pairs = [("young", "young"), ("old", "old"), ("young", "old"), ("old", "old")]
    found = of_field([people(*pairs, (MISSED, "old"))], "people.band")
    order = ("young", "old")
    assert found.weighted == weighted_kappa(pairs, order)
    assert found.alpha == alpha(pairs, "ordinal", order)
    assert (found.level, found.n) == ("ordinal", 5)


def test_rows_made_from_suggestions_are_told_apart() -> None:
    """Without them the section has the figures of the same cases in which those rows were never there."""
    offered, typed = (
        [("old", "old"), ("young", "young")],
        [("old", "young"), ("old", "old"), ("young", "young")],
    )
    whole = [people(*offered, *typed), people(*typed)]
    suggested = frozenset(pair.id for pair in whole[0].pairs if pair.row_a in ("a0", "a1"))
    assert len(suggested) == 2
    compared = [
        Compared(whole[0], ("A", "B"), "2026-11", suggested=suggested),
        Compared(whole[1], ("A", "B"), "2026-11"),
    ]
    report = build_report(compared)
    (unaided,) = report.unaided
    assert (unaided.key, unaided.cases) == ("people", 2)
    for held in unaided.fields:
        never = of_field([people(*typed), people(*typed)], held.field.path)
        assert (held.n, held.agreed, held.kappa) == (never.n, never.agreed, never.kappa), held.field.path
    assert unaided.percent.n < next(one for one in report.sections if one.key == "people").percent.n
    assert build_report(Compared(one, ("A", "B"), "2026-11") for one in whole).unaided == ()


def test_sets_have_masi_alpha_and_mean_coefficients_of_their_options() -> None:
    pairs = [(["T1"], ["T1"]), (["T1", "T2"], ["T1"]), (["T2"], ["T2"]), (["T3"], ["T2"])]
    found = of_field(cases("case.vulnerabilities", *pairs), "case.vulnerabilities")
    assert found.alpha == alpha([(frozenset(a), frozenset(b)) for a, b in pairs], "masi")
    known = [option.ac1.value for option in found.options if isinstance(option.ac1, Estimate)]
    assert found.ac1 == Estimate(sum(known) / len(known), 4)


def test_matched_rows_stand_beside_lone_rows_counted_as_differences() -> None:
    a = entry(advice=[{"id": "a1", "national": "yes"}, {"id": "a2", "national": "no"}, {"id": "a3"}])
    b = entry(advice=[{"id": "b1", "national": "yes"}, {"id": "b4", "national": "yes"}])
    links = linked("advice", ("a1", "b1"), ("a2", ""), ("a3", ""), ("", "b4"))
    found = of_field([compare(TEMPLATE, a, b, links)], "advice.national")
    assert (found.n, found.percent) == (1, Estimate(1.0, 1))
    assert found.with_lone_rows is not None  # a3 has no answer, so it is no difference
    assert (found.with_lone_rows.n, found.with_lone_rows.percent) == (3, Estimate(1 / 3, 3))
    assert found.with_lone_rows.kappa == kappa([("y", "y"), ("n", "-"), ("-", "y")])
    assert found.excluded == {"row_alone": 3}


def test_lone_rows_stay_with_their_coder_when_the_coders_change_places() -> None:
    a = entry(
        advice=[{"id": f"a{number}", "national": answer} for number, answer in enumerate(["yes", "no", "no"])]
    )
    b = entry(advice=[{"id": "b0", "national": "yes"}, {"id": "b1", "national": "yes"}])
    comparison = compare(TEMPLATE, a, b, linked("advice", ("a0", "b0"), ("a1", "b1"), ("a2", "")))
    found = []
    for swapped in (False, True):
        counted = tally([])
        counted.add(comparison, swapped=swapped)
        held = next(held for held in counted.fields() if held.field.path == "advice.national")
        found.append(held.with_lone_rows)
    assert found[0] == found[1]
    assert found[0] is not None
    assert found[0].kappa == kappa([("y", "y"), ("n", "y"), ("n", "-")])


def test_rows_have_precision_and_recall_which_change_places_with_the_coders() -> None:
    a = entry(advice=[{"id": "a1"}, {"id": "a2"}, {"id": "a3"}])
    b = entry(advice=[{"id": "b1"}])
    links = linked("advice", ("a1", "b1"), ("a2", ""), ("a3", ""))
    found = next(held for held in row_agreement([compare(TEMPLATE, a, b, links)]) if held.section == "advice")
    assert (found.precision, found.recall, found.f1) == (
        Estimate(1.0, 1),
        Estimate(1 / 3, 3),
        Estimate(0.5, 4),
    )
    counted = tally([])
    counted.add(compare(TEMPLATE, a, b, links), swapped=True)
    other = next(held for held in counted.rows() if held.section == "advice")
    assert (other.precision, other.recall, other.f1) == (found.recall, found.precision, found.f1)


def test_a_group_that_one_coder_left_empty_has_no_precision_or_no_recall() -> None:
    comparison = compare(TEMPLATE, entry(advice=[{"id": "a1"}]), entry(), linked("advice", ("a1", "")))
    found = next(held for held in row_agreement([comparison]) if held.section == "advice")
    assert (isinstance(found.precision, Undefined), found.recall) == (True, Estimate(0.0, 1))


# ------------------------------------------------------------------------------------------ what changes a figure


def two_rows(*links: tuple[str, str]) -> Comparison:
    a = entry(
        advice=[{"id": "a1", "number": "1", "themes": ["T1"]}, {"id": "a2", "number": "2", "themes": ["T2"]}]
    )
    b = entry(
        advice=[{"id": "b1", "number": "1", "themes": ["T1"]}, {"id": "b2", "number": "2", "themes": ["T3"]}]
    )
    return compare(TEMPLATE, a, b, linked("advice", *links))


def test_no_decision_changes_a_figure_because_none_is_read() -> None:
    """Consensus is laid over the comparison; the comparison stays what it was."""
    a, b = entry(case={"type": "iph"}), entry(case={"type": "afh"})
    comparison = compare(TEMPLATE, a, b, ())
    before = field_agreement([comparison])
    consensus = build_consensus(comparison, a, b, [Decided("case.type", "b", "afh")])
    assert consensus.sections["case"]["type"] == "afh"
    assert field_agreement([comparison]) == before


def test_pairing_rows_otherwise_changes_the_matched_set_and_says_so_in_both_figures() -> None:
    as_proposed = of_field([two_rows(("a1", "b1"), ("a2", "b2"))], "advice.themes")
    apart = of_field([two_rows(("a1", "b1"), ("a2", ""), ("", "b2"))], "advice.themes")
    assert (as_proposed.percent, as_proposed.with_lone_rows) == (Estimate(0.5, 2), None)
    assert apart.percent == Estimate(1.0, 1)
    assert apart.with_lone_rows is not None
    assert apart.with_lone_rows.percent == Estimate(1 / 3, 3)


def test_which_person_or_rule_made_a_pair_changes_nothing() -> None:
    comparison = two_rows(("a1", "b1"), ("a2", "b2"))
    person = tuple(replace(pair, origin="person", score=0.0) for pair in comparison.pairs)
    by_person = replace(comparison, pairs=person)
    assert field_agreement([by_person]) == field_agreement([comparison])


def test_a_field_that_helps_the_pairing_is_also_measured_on_rows_paired_without_it() -> None:
    """Two children of one sex: paired by age they agree on it; in the order of the rows they do not."""
    a = entry(
        case={"details": "yes"},
        children=[{"id": "a1", "age": 3.0, "sex": "female"}, {"id": "a2", "age": 9.0, "sex": "male"}],
    )
    b = entry(
        case={"details": "yes"},
        children=[{"id": "b1", "age": 9.0, "sex": "female"}, {"id": "b2", "age": 3.0, "sex": "male"}],
    )
    by_age = linked("children", ("a1", "b2"), ("a2", "b1"))
    comparison = compare(TEMPLATE, a, b, by_age)
    report = build_report([Compared(comparison, ("x", "y"), "m", Entries(a, b, TEMPLATE, TEMPLATE))])
    ages = next(held for held in report.fields if held.field.path == "children.age")
    assert ages.percent == Estimate(1.0, 2)
    assert ages.without_pairing is not None
    assert ages.without_pairing.percent == Estimate(0.0, 2)
    themes = next(held for held in report.fields if held.field.path == "advice.themes")
    assert themes.without_pairing is None


# ---------------------------------------------------------------------------------------------------- cautions


def names(found: FieldAgreement) -> set[str]:
    return {caution.name for caution in found.cautions}


def test_a_prevailing_code_is_said_to_pull_kappa_down() -> None:
    skewed = [("iph", "iph")] * 27 + [("iph", "afh"), ("afh", "iph"), ("afh", "afh")]
    even = [("iph", "iph")] * 14 + [("afh", "afh")] * 14 + [("iph", "afh"), ("afh", "iph")]
    assert "one code prevails" in names(of_field(cases("case.type", *skewed), "case.type"))
    assert names(of_field(cases("case.type", *even), "case.type")) == set()


def test_few_positions_rare_codes_and_one_sided_coders_are_said() -> None:
    few = of_field(cases("case.type", *[("iph", "afh")] * 3), "case.type")
    assert names(few) == {"few positions", "rare codes", "one-sided"}
    assert few.cautions[1].sentence == "Only 3 positions were compared."


def test_rows_of_one_coder_only_are_said_to_flatter() -> None:
    a = entry(advice=[{"id": f"a{number}", "national": "yes"} for number in range(5)])
    b = entry(advice=[{"id": f"b{number}", "national": "yes"} for number in range(4)])
    links = [(f"a{number}", f"b{number}") for number in range(4)]
    found = of_field([compare(TEMPLATE, a, b, linked("advice", *links, ("a4", "")))], "advice.national")
    assert "lone rows" in names(found)


def test_nothing_compared_is_no_reason_for_a_caution() -> None:
    assert of_field([compare(TEMPLATE, entry(), entry(), ())], "case.type").cautions == ()


# --------------------------------------------------------------------------------------------------- intervals


MANY = [
    ("iph", "iph"),
    ("afh", "afh"),
    ("iph", "afh"),
    ("other", "other"),
    ("iph", "iph"),
    (MISSED, "iph"),
] * 4
MEASURES = {
    "case.type": cases("case.type", *MANY),
    "case.year": cases("case.year", *[(2010 + n % 5, 2010 + n % 4) for n in range(20)]),
    "case.vulnerabilities": cases(
        "case.vulnerabilities",
        *[(["T1"], ["T1"]), (["T1", "T2"], ["T1"]), (["T2"], ["T3"]), (["T3"], ["T3"])] * 4,
    ),
    "people.band": [
        people(("young", "young"), ("old", "young"), ("old", "old"), (MISSED, "old")) for _ in range(8)
    ],
}


@pytest.mark.parametrize("path", MEASURES)
def test_a_draw_that_takes_every_case_once_gives_the_estimates_themselves(path: str) -> None:
    comparisons = MEASURES[path]
    found = of_field(comparisons, path)
    count = FieldCount()
    for case, comparison in enumerate(comparisons):
        for position in comparison.positions:
            if position.field is not None and position.field.path == path:
                count.add(position.field, position, case)
    once = Once(len(comparisons), draws=1)
    drawn = replicates(found.field, count, once)
    estimates = {
        name: measure.value
        for name in ("percent", "kappa", "ac1", "weighted", "alpha")
        if isinstance(measure := getattr(found, name), Estimate)
    }
    assert {name: values[0] for name, values in drawn.items()} == pytest.approx(estimates, abs=1e-12)


def test_a_draw_of_every_case_gives_the_ordinal_estimates_with_more_than_two_codes_too() -> None:
    ratings = [("low", "low")] * 4 + [("mid", "high"), ("high", "high"), ("low", "mid"), ("high", "low")]
    order = ("low", "mid", "high")
    count = FieldCount()
    for case, (a, b) in enumerate(ratings):
        count.add_outcome(Cell(a, b, agreed=a == b), case)
    totals = Once(len(ratings), draws=1).totals(count.case, count.cell, len(count.cells))
    drawn = Drawn.of(count, totals).ordered(order)
    ordinal, weighted = alpha(ratings, "ordinal", order), weighted_kappa(ratings, order)
    assert isinstance(ordinal, Estimate)
    assert isinstance(weighted, Estimate)
    assert drawn.ordinal_alpha()[0] == pytest.approx(ordinal.value, abs=1e-12)
    assert drawn.weighted()[0] == pytest.approx(weighted.value, abs=1e-12)


class Once(Resampling):
    """Draws every case exactly once."""

    @property
    def weights(self) -> object:
        import numpy as np  # noqa: PLC0415 - as the code under test does

        return np.ones((self.cases, 1), dtype=np.float32)


def test_intervals_hold_the_estimate_and_are_the_same_every_time() -> None:
    first, again = (of_field(MEASURES["case.type"], "case.type", resampled=True) for _ in range(2))
    assert first.intervals == again.intervals
    assert {"percent", "kappa", "ac1", "alpha"} <= first.intervals.keys()
    for name, span in first.intervals.items():
        measure = getattr(first, name)
        assert isinstance(span, Interval)
        assert span.low <= measure.value <= span.high
        assert span.low < span.high


def test_another_seed_gives_another_interval() -> None:
    import numpy as np  # noqa: PLC0415

    values = np.array([draw.sum() for draw in Resampling(10, seed=1).weights[:5].T])
    others = np.array([draw.sum() for draw in Resampling(10, seed=2).weights[:5].T])
    assert not np.array_equal(values, others)


def test_every_draw_takes_as_many_cases_as_there_are() -> None:
    weights = Resampling(7).weights
    assert weights.shape == (7, 1000)
    assert set(weights.sum(axis=0)) == {7.0}


def test_positions_of_one_case_are_drawn_together() -> None:
    """Two cases of ten equal rows each: a draw can only give 0, a half or all of them."""
    alike = people(*[("old", "old")] * 10)
    unlike = people(*[("old", "young")] * 10)
    held = of_field([alike, unlike], "people.band").field
    count = FieldCount()
    for case, comparison in enumerate([alike, unlike]):
        for position in comparison.positions:
            if position.field is not None and position.field.path == "people.band":
                count.add(position.field, position, case)
    assert set(replicates(held, count, Resampling(2))["percent"]) == {0.0, 0.5, 1.0}


def test_few_cases_and_figures_that_seldom_exist_have_no_interval_but_a_reason() -> None:
    few = of_field(cases("case.type", *MANY[:4]), "case.type", resampled=True)
    assert set(few.intervals.values()) == {NoInterval(TOO_FEW_CASES)}
    rare = of_field(cases("case.type", *[("iph", "iph")] * 9, ("afh", "afh")), "case.type", resampled=True)
    assert rare.intervals["kappa"] == NoInterval(SELDOM_DEFINED)
    assert isinstance(rare.intervals["percent"], Interval)


# ---------------------------------------------------------------------------------------------------- confusion


def test_who_gave_what_where_is_counted_the_most_frequent_first() -> None:
    pairs = [("iph", "afh"), ("iph", "afh"), ("afh", "iph"), ("iph", "iph"), (MISSED, "other"), ("afh", None)]
    found = confusion(TEMPLATE, of_field(cases("case.type", *pairs), "case.type"))
    assert found is not None
    assert found.counts[("iph", "iph")] == 1
    assert found.worst()[0] == ("Iph", "Afh", 2)
    assert ("Not_Reported", "Other", 1) in found.worst()
    assert [code for code, _ in found.codes][:3] == ["iph", "afh", "other"]


def test_in_sets_each_option_of_one_is_set_against_each_of_the_other() -> None:
    pairs = [(["T1", "T2"], ["T1", "T3"]), (["T1"], ["T1", "T4"])]
    found = confusion(TEMPLATE, of_field(cases("case.vulnerabilities", *pairs), "case.vulnerabilities"))
    assert found is not None
    assert dict(found.counts) == {
        ("T1", "T1"): 2,
        ("T2", "T3"): 1,
        ("(nothing instead)", "T4"): 1,
    }


def test_numbers_are_not_mixed_up() -> None:
    assert confusion(TEMPLATE, of_field(cases("case.year", (2010, 2011)), "case.year")) is None


# -------------------------------------------------------------------------------------------------------- parts


def test_a_report_tells_sections_pairs_and_months_apart_and_adds_up() -> None:
    comparisons = cases("case.type", ("iph", "iph"), ("iph", "afh"), ("afh", "afh"), ("afh", "afh"))
    coders = [("amara", "ben"), ("ben", "amara"), ("amara", "esi"), ("amara", "esi")]
    months = ["2026-01", "2026-01", "2026-01", "2026-02"]
    report = build_report(
        Compared(comparison, pair, month)
        for comparison, pair, month in zip(comparisons, coders, months, strict=True)
    )
    assert [(held.label, held.cases) for held in report.pairs] == [("amara and ben", 2), ("amara and esi", 2)]
    assert [(held.key, held.cases) for held in report.months] == [("2026-01", 3), ("2026-02", 1)]
    for parts in (report.sections, report.pairs, report.months):
        assert sum(held.agreed for held in parts) == report.overall.agreed
        assert sum(held.percent.n for held in parts) == report.overall.percent.n
    assert report.overall.percent == Estimate(3 / 4, 4)


def test_within_a_pair_each_coder_keeps_their_side_whatever_their_slot() -> None:
    comparisons = cases("case.type", ("iph", "afh"), ("afh", "iph"))
    report = build_report(
        [Compared(comparisons[0], ("amara", "ben"), "m"), Compared(comparisons[1], ("ben", "amara"), "m")]
    )
    (pair,) = report.pairs
    held = next(found for found in pair.fields if found.field.path == "case.type")
    found = confusion(TEMPLATE, held)
    assert found is not None
    assert dict(found.counts) == {("iph", "afh"): 2}


def test_an_empty_study_has_no_figures_but_does_not_fail() -> None:
    report = build_report([])
    assert (report.cases, report.fields, report.pairs) == (0, (), ())
    assert isinstance(report.overall.percent, Undefined)
