"""The framework of the second shipped template counts what counting by hand gives, and is wired to nothing of the first."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from schema.answers.derive import with_derived
from schema.answers.document import Document, Row, Values
from schema.framework.evaluate import CaseExtract, evaluate
from schema.framework.percent import percent_text
from schema.framework.shipped import framework_for
from schema.template.shipped import load_shipped
from schema.template.value import Missing, Value, is_answer

TEMPLATE = load_shipped("sar-learning", 1)
CODELISTS = {field.path: field.codelist.options for field in TEMPLATE.fields() if field.codelist}
ABUSE, DOMAINS, SERVICES = (
    tuple(option.value for option in CODELISTS.get(path, ()))
    for path in ("review.abuse", "lessons.domain", "lessons.services")
)
HEALTH = {"primary_care", "hospital", "mental_health"}


def review(random: Random, number: int) -> CaseExtract:
    abuse = tuple(code for code in ABUSE if random.random() < 0.3) or Missing("not_stated")
    lessons = tuple(
        Row(
            f"r{number}x{place}",
            {
                "domain": random.choice(DOMAINS),
                "services": tuple(code for code in SERVICES if random.random() < 0.25)
                or Missing("not_stated"),
            },
        )
        for place in range(random.randrange(5))
    )
    sections: dict[str, Values] = {
        "review": {
            "basis": random.choice(("mandatory", "discretionary", Missing("not_stated"))),
            "abuse": abuse,
        },
        "adult": {
            "age": random.choice((random.randrange(18, 100), Missing("unclear"))),
            "died": random.choice(("yes", "no", Missing("unclear"))),
        },
    }
    return CaseExtract(
        f"SAR-{number}", with_derived(TEMPLATE, Document(sections, {"lessons": lessons})), TEMPLATE
    )


CASES = tuple(review(Random(f"sar {number}"), number) for number in range(80))
COUNTED = tuple(case for case in CASES if case.document.rows("lessons"))


@pytest.fixture(scope="module")
def evaluation():
    framework = framework_for(TEMPLATE)
    assert framework is not None
    return evaluate(framework, CASES)


def text(evaluation, table: str, key: str) -> str:
    return evaluation.by_key[table].by_key[key].text(1)


def figure(count: int, base: int) -> str:
    return f"{count}/{base} ({percent_text(count, base, 1)})"


def codes(value: Value) -> set[str]:
    return set(value) if isinstance(value, tuple) else set()


def answers(path: str) -> list:
    return [value for case in COUNTED if is_answer(value := case.document.get(path))]


def test_reviews_without_a_lesson_are_left_out_and_named(evaluation) -> None:
    without = [case.reference for case in CASES if not case.document.rows("lessons")]
    assert 0 < len(without) < len(CASES)
    assert [held.reference for held in evaluation.left_out] == without
    assert {held.left_out for held in evaluation.left_out} == {"The review draws no lesson"}


def test_the_basis_is_of_the_reviews_that_state_it(evaluation) -> None:
    stated = answers("review.basis")
    assert text(evaluation, "reviews", "basis.mandatory") == figure(stated.count("mandatory"), len(stated))


def test_unknown_ages_stay_in_the_total_and_in_no_group(evaluation) -> None:
    ages = answers("adult.age")
    older = sum(age >= 65 for age in ages)
    assert len(ages) < len(COUNTED)
    assert text(evaluation, "reviews", "age_group.65_and_over") == figure(older, len(COUNTED))
    assert text(evaluation, "reviews", "age_group.under_65") == figure(len(ages) - older, len(COUNTED))
    assert "age_group.missing" not in evaluation.by_key["reviews"].by_key


def test_self_neglect_comes_before_neglect_and_both_before_the_rest(evaluation) -> None:
    found = answers("review.abuse")
    first = Counter(
        "self_neglect"
        if "self_neglect" in held
        else "neglect"
        if {"neglect", "organisational"} & set(held)
        else "other"
        for held in found
    )
    assert sum(first.values()) == len(found)
    for key, count in first.items():
        assert text(evaluation, "abuse", f"first.{key}") == figure(count, len(found))
    overlapping = sum("neglect" in held for held in found)
    assert text(evaluation, "abuse", "any.neglect") == figure(overlapping, len(found))


def test_deaths_are_counted_among_those_who_neglected_themselves(evaluation) -> None:
    died = [
        case.document.get("adult.died")
        for case in COUNTED
        if "self_neglect" in codes(case.document.get("review.abuse"))
    ]
    known = [value for value in died if is_answer(value)]
    assert text(evaluation, "abuse", "died") == figure(known.count("yes"), len(known))


def test_a_review_counts_once_for_a_domain(evaluation) -> None:
    for domain in DOMAINS:
        count = sum(
            any(row.values["domain"] == domain for row in case.document.rows("lessons")) for case in COUNTED
        )
        assert text(evaluation, "domains", f"domain.{domain}") == figure(count, len(COUNTED))


def test_domain_and_service_count_only_on_the_same_lesson(evaluation) -> None:
    def same(row: Row) -> bool:
        return row.values["domain"] == "national" and bool(HEALTH & codes(row.values["services"]))

    count = sum(any(map(same, case.document.rows("lessons"))) for case in COUNTED)
    assert count
    assert evaluation.by_key["domain_sector"].by_key["domain_sector.national.health"].count == count


def test_lessons_are_counted_by_rows(evaluation) -> None:
    lessons = [row for case in COUNTED for row in case.document.rows("lessons")]
    assert text(evaluation, "lessons", "total") == str(len(lessons))
    named = [codes(row.values["services"]) for row in lessons if is_answer(row.values["services"])]
    count = sum("police" in services for services in named)
    assert text(evaluation, "lessons", "services.police") == figure(count, len(named))


def test_nothing_found_prints_as_not_available(evaluation) -> None:
    empty = evaluate(evaluation.framework, ())
    assert empty.by_key["reviews"].by_key["basis.mandatory"].text(1) == "0/0 (n/a)"
    assert empty.by_key["reviews"].by_key["age.mean"].text(1) == "n/a"
