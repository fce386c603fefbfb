"""What a solver can work out from shared figures: every number that is withheld keeps an interval as wide as was promised."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from schema.answers.derive import with_derived
from schema.answers.interchange import read_entry
from schema.framework.disclosure.cells import Numbering, Place
from schema.framework.disclosure.figures import WITHHELD, read_figures
from schema.framework.disclosure.memory import read as remember
from schema.framework.disclosure.memory import written
from schema.framework.disclosure.net import Published
from schema.framework.disclosure.release import Release, make_release
from schema.framework.disclosure.rule import Rule, checked_rule
from schema.framework.evaluate import CaseExtract, evaluate
from schema.framework.figures import Evaluation
from schema.framework.loader import load_framework
from schema.framework.shipped import framework_for
from schema.problem import Refused
from schema.template.shipped import load_shipped
from tests.support.attacker import Attacker, compare, read, withheld
from tests.unit.framework.test_sar_framework import TEMPLATE as ADULTS
from tests.unit.framework.test_sar_framework import review
from webapp.sample.study import cases_of, study

REVIEWS = load_shipped("dhr-childrens-services", 1)
Numbers = Mapping[tuple[str, ...], int]


@cache
def reviews() -> tuple[CaseExtract, ...]:
    """Sixty-six synthetic homicide reviews."""
    read_cases = (
        read_entry(REVIEWS, case.truth, choose_id=lambda: secrets.token_hex(6))
        for case in cases_of(study(66))
    )
    return tuple(
        CaseExtract(f"DHR-{number}", with_derived(REVIEWS, held.document), REVIEWS)
        for number, held in enumerate(read_cases)
    )


@cache
def adults(many: int, seed: str = "sar") -> tuple[CaseExtract, ...]:
    """Random reviews of adults, with answers missing everywhere."""
    return tuple(review(Random(f"{seed} {number}"), number) for number in range(many))


EVALUATED: dict[tuple[str, ...], Evaluation] = {}


def evaluated(cases: tuple[CaseExtract, ...]) -> Evaluation:
    """The shipped framework over the cases, once for the same ones."""
    key = (cases[0].template.key, *(case.reference for case in cases))
    if key not in EVALUATED:
        framework = framework_for(cases[0].template)
        assert framework is not None
        EVALUATED[key] = evaluate(framework, cases)
    return EVALUATED[key]


def released(
    cases: tuple[CaseExtract, ...],
    rule: Rule,
    earlier: Sequence[Published] = (),
    numbering: Numbering | None = None,
    versions: Mapping[str, str] | None = None,
) -> Release:
    versions = versions or {case.reference: "1" for case in cases}
    return make_release(
        evaluated(cases), cases[0].template, versions, rule, numbering or Numbering(), earlier
    )


def truth(cases: tuple[CaseExtract, ...]) -> Numbers:
    held: dict[tuple[str, ...], int] = {}
    for table in evaluated(cases).tables:
        for line in table.lines:
            inside, larger = line.within or (None, None)
            parts = {
                "count": line.count,
                "base": line.base,
                "missing": line.missing,
                "within": inside,
                "within_base": larger,
            }
            held |= {
                (table.key, line.key, part): number for part, number in parts.items() if number is not None
            }
    return held


def is_wide(span: tuple[int, int], rule: Rule, name: tuple[str, ...] = ()) -> bool:
    """The promise; that nobody is without an answer is always told, so where it is not, somebody is."""
    told = any(word in part for part in name for word in ("missing", "base"))
    least = 1 if told else rule.least_told
    return span[0] <= least and span[1] >= rule.threshold - 1


STUDIES = pytest.mark.parametrize(
    ("read_cases", "rule"),
    [
        pytest.param(reviews, Rule(10), id="homicide reviews, threshold 10"),
        pytest.param(reviews, Rule(3), id="homicide reviews, threshold 3", marks=pytest.mark.full),
        pytest.param(reviews, Rule(5), id="homicide reviews, threshold 5", marks=pytest.mark.full),
        pytest.param(reviews, Rule(5, zeros=True), id="homicide reviews, zeros too", marks=pytest.mark.full),
        pytest.param(
            lambda: adults(120), Rule(10), id="reviews of adults, threshold 10", marks=pytest.mark.full
        ),
        pytest.param(lambda: adults(90), Rule(5, zeros=True), id="reviews of adults, zeros too"),
    ],
)


@STUDIES
def test_a_solver_finds_no_withheld_count(read_cases, rule) -> None:
    cases = read_cases()
    release = released(cases, rule)
    attacker = Attacker()
    read(attacker, "1", release.figures, evaluated(cases).framework, cases[0].template)
    true = truth(cases)
    hidden = list(withheld(release.figures))
    small = [name for name in hidden if rule.protects(true[name])]
    assert len(small) > 5
    assert len(small) < len(hidden)
    for name in hidden:
        least, most = attacker.span({("1", *name): 1})
        assert least < most, f"{name} is known to be {least}"
        if name in small:
            assert is_wide((least, most), rule, name), f"{name} lies between {least} and {most}"


@STUDIES
def test_what_is_left_of_a_total_is_protected_too(read_cases, rule) -> None:
    cases = read_cases()
    release = released(cases, rule)
    attacker = Attacker()
    read(attacker, "1", release.figures, evaluated(cases).framework, cases[0].template)
    true = truth(cases)
    checked = 0
    for table, line, part in true:
        whole = {"count": "base", "within": "within_base"}.get(part, "")
        if (table, line, whole) not in true or ("1", table, line, part) not in attacker.least:
            continue
        if rule.protects(true[table, line, whole] - true[table, line, part]):
            checked += 1
            rest = {("1", table, line, whole): 1, ("1", table, line, part): -1}
            span = attacker.span(rest)
            assert is_wide((span[0], span[1]), rule), f"{line} leaves {span}"
    assert checked or rule != Rule(10), "by a lower threshold, no total of these leaves so little"


@STUDIES
def test_no_small_count_is_printed(read_cases, rule) -> None:
    cases = read_cases()
    release = released(cases, rule)
    for table in release.figures.tables:
        for line in table.lines:
            for part in ("count", "base", "within", "within_base", "missing"):
                number = getattr(line, part)
                if isinstance(number, int) and part != "missing":
                    assert not 0 < number < rule.threshold
                if (
                    isinstance(number, int)
                    and part in ("count", "within")
                    and not line.key.endswith(".missing")
                ):
                    assert number or not rule.zeros
            if WITHHELD in (line.count, line.base):
                assert line.percent(0) in ("", WITHHELD)


def test_without_secondary_suppression_the_solver_would_succeed() -> None:
    """The attack has teeth: with the small counts alone withheld, some of them can be worked out."""
    cases, rule = reviews(), Rule(10)
    release = released(cases, rule)
    true = truth(cases)
    attacker = Attacker()
    read(attacker, "1", release.figures, evaluated(cases).framework, cases[0].template)
    for name in withheld(release.figures):
        if not rule.protects(true[name]):
            attacker.know(("1", *name), true[name], true[name])
    spans = [
        attacker.span({("1", *name): 1}) for name in withheld(release.figures) if rule.protects(true[name])
    ]
    assert any(least == most for least, most in spans)


@pytest.mark.parametrize(
    ("rule", "sizes"),
    [
        pytest.param(Rule(5), (40, 60), id="zeros told"),
        pytest.param(Rule(5, zeros=True), (25, 40), id="zeros withheld", marks=pytest.mark.full),
    ],
)
def test_two_releases_together_tell_no_small_difference(rule: Rule, sizes: tuple[int, int]) -> None:
    before, after = (adults(size) for size in sizes)
    numbering = Numbering()
    first = released(before, rule, numbering=numbering)
    second = released(after, rule, [first.published], numbering)
    attacker = Attacker()
    framework = evaluated(after).framework
    read(attacker, "1", first.figures, framework, ADULTS)
    read(attacker, "2", second.figures, framework, ADULTS)
    old, new = truth(before), truth(after)
    checked = 0
    for name, growth in list(compare(attacker, "1", "2", first.figures, second.figures)):
        if 0 < new[name] - old[name] < rule.threshold and name[2] in ("count", "within"):
            checked += 1
            span = attacker.span(growth)
            assert span[0] <= 1, f"{name} grew by at least {span[0]}"
            assert span[1] >= rule.threshold - 1, f"{name} grew by at most {span[1]}"
    for number, release, true in (("1", first, old), ("2", second, new)):
        for name in (name for name in withheld(release.figures) if rule.protects(true[name])):
            span = attacker.span({(number, *name): 1})
            assert is_wide(span, rule, name), f"{name} lies between {span}"
    assert checked > 3


def test_two_releases_made_apart_would_tell_a_small_difference() -> None:
    before, after = adults(50), adults(80)
    rule = Rule(5)
    first, second = released(before, rule), released(after, rule)
    old, new = truth(before), truth(after)
    told = [
        name
        for name in old
        if 0 < new[name] - old[name] < 5
        and Place(*name) in first.published.tabulation.printed.keys() - first.published.withheld
        and Place(*name) in second.published.tabulation.printed.keys() - second.published.withheld
    ]
    assert told


@pytest.mark.full
def test_a_number_that_was_withheld_for_a_difference_stays_withheld() -> None:
    rule, numbering = Rule(5), Numbering()
    first = released(adults(30), rule, numbering=numbering)
    second = released(adults(45), rule, [first.published], numbering)
    alone = released(adults(45), rule)
    for_difference = second.published.withheld - alone.published.withheld
    assert for_difference
    again = released(adults(45), rule, [first.published, second.published], numbering)
    assert again.published.withheld >= for_difference
    assert again.figures == second.figures


@pytest.mark.parametrize("more", [1, 9])
def test_a_release_that_differs_in_few_cases_is_refused(more: int) -> None:
    rule, numbering = Rule(5), Numbering()
    base = [case for case in adults(60) if case.document.rows("lessons")]
    others = [case for case in adults(100)[60:] if case.document.rows("lessons")]
    first = released(tuple(base), rule, numbering=numbering)
    with pytest.raises(Refused) as refused:
        released(tuple(base + others[:more]), rule, [first.published], numbering)
    assert refused.value.problems[0].code == "SDC-004"
    assert "10 are needed" in refused.value.problems[0].message


def test_a_single_correction_does_not_make_a_release_of_its_own() -> None:
    rule, numbering, cases = Rule(5), Numbering(), adults(60)
    first = released(cases, rule, numbering=numbering)
    versions = {case.reference: "1" for case in cases}
    corrected = next(case.reference for case in cases if case.document.rows("lessons"))
    with pytest.raises(Refused) as refused:
        released(cases, rule, [first.published], numbering, {**versions, corrected: "2"})
    assert refused.value.problems[0].code == "SDC-004"


@pytest.mark.parametrize(
    ("before", "after"), [(Rule(10), Rule(5)), (Rule(10, zeros=True), Rule(10))], ids=["lower", "zeros"]
)
def test_a_looser_rule_after_a_stricter_one_is_refused(before: Rule, after: Rule) -> None:
    numbering, cases = Numbering(), adults(60)
    first = released(cases, before, numbering=numbering)
    with pytest.raises(Refused) as refused:
        released(cases, after, [first.published], numbering)
    assert refused.value.problems[0].code == "SDC-003"


def test_fewer_cases_than_twice_the_threshold_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        released(adults(20), Rule(10))
    assert refused.value.problems[0].code == "SDC-002"


@pytest.mark.parametrize("threshold", [4, 0, -1, 1_001])
def test_the_threshold_has_bounds(threshold: int) -> None:
    with pytest.raises(Refused) as refused:
        checked_rule(threshold)
    assert refused.value.problems[0].where == "threshold"


def test_least_and_most_and_what_stays_in_the_team_are_not_printed_at_all() -> None:
    release = released(reviews(), Rule(10))
    keys = {(table.key, line.key) for table in release.figures.tables for line in table.lines}
    assert ("children", "unborn") in keys
    assert not any(line.endswith((".least", ".most")) for _, line in keys)
    internal = {field.path for field in REVIEWS.fields() if field.sensitive == "internal"}
    assert "children.age" in internal
    assert ("children", "age.mean") not in keys  # made of an answer that stays in the team
    assert ("children", "age_reported") not in keys


MEANS = """
framework: years
title: Years
template: sar-learning
tables:
  - key: years
    title: Years
    unit: case
    unit_label: reviews
    blocks:
      - {kind: statistics, key: years, label: "Self-neglect in years", field: review.self_neglect_years}
"""


def with_years(many: int, answered: int, changed: int = 0) -> Evaluation:
    """Reviews of which some state for how many years; ``changed`` of them state another number than before."""
    framework = load_framework(MEANS, ADULTS).framework
    assert framework is not None
    cases = []
    for number, case in enumerate(adults(many)):
        years = {"self_neglect_years": number % 9 + (number < changed)} if number < answered else {}
        sections = {**case.document.sections, "review": {**case.document.sections["review"], **years}}
        cases.append(replace(case, document=replace(case.document, sections=sections)))
    return evaluate(framework, cases)


def mean_of(evaluation: Evaluation, versions: Mapping[str, str], *earlier: Published, numbering: Numbering):
    made = make_release(evaluation, ADULTS, versions, Rule(5), numbering, earlier)
    (line,) = made.figures.tables[0].lines
    return line, made.published


@pytest.mark.parametrize(("answered", "value"), [(4, WITHHELD), (30, "3.7")])
def test_a_mean_is_told_only_with_its_number(answered: int, value: str) -> None:
    versions = {case.reference: "1" for case in adults(60)}
    line, _ = mean_of(with_years(60, answered), versions, numbering=Numbering())
    assert line.value == value
    assert line.base == (WITHHELD if value == WITHHELD else answered)


@pytest.mark.parametrize(("changed", "told"), [(2, False), (8, True)])
def test_a_mean_that_few_answers_moved_is_withheld(changed: int, told: bool) -> None:
    """Twelve cases are other versions, but of their answers only some belong to the mean."""
    numbering = Numbering()
    before = {case.reference: "1" for case in adults(60)}
    after = before | dict.fromkeys(
        [f"SAR-{number}" for number in (*range(changed), *range(40, 52 - changed))], "2"
    )
    _, first = mean_of(with_years(60, 30), before, numbering=numbering)
    line, _ = mean_of(with_years(60, 30, changed), after, first, numbering=numbering)
    assert line.base == 30
    assert (line.value != WITHHELD) == told


def test_a_release_of_before_cross_tables_were_shared_is_read_and_keeps_its_hash() -> None:
    figures = released(reviews(), Rule(10)).figures
    crossed = [line for table in figures.tables for line in table.lines if line.crossing]
    held = json.loads(figures.to_json())
    for table in held["tables"]:
        for line in table["lines"]:
            line.pop("crossing", None)
    before = read_figures(json.dumps(held))
    assert not any(list(table.grids()) for table in before.tables)
    assert before.content_hash == figures.content_hash
    assert before.to_json() == json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert len(crossed) == 48


def test_the_same_data_give_the_same_figures_and_are_kept_whole() -> None:
    numbering = Numbering()
    release = released(adults(90), Rule(5, zeros=True), numbering=numbering)
    assert read_figures(release.figures.to_json()) == release.figures
    published, read_numbering = remember(written(release.published, numbering))
    assert published == release.published
    assert read_numbering == numbering
    again = released(adults(90), Rule(5, zeros=True))
    assert again.figures.content_hash == release.figures.content_hash
