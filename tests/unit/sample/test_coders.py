"""Pairs of coders disagree as real pairs do: often enough to reconcile, seldom enough to be the same report."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from webapp.sample.coders import coder_entries
from webapp.sample.study import SampleCase, cases_of, jsonl, study, truth_jsonl

Entry = dict[str, Any]
THEMES = ("T1", "T2", "T3", "T4", "T5")
SCALARS = {
    "report": (
        "region",
        "death_year",
        "published",
        "review_type",
        "document_type",
        "pages",
        "recommendations_total",
    ),
    "homicide": ("homicide_type", "separated", "children_present"),
    "victims": ("age", "sex", "ethnicity", "relationship"),
    "perpetrators": ("age", "sex", "ethnicity"),
    "equality": ("treatment",),
}


@pytest.fixture(scope="module")
def many() -> list[SampleCase]:
    return list(cases_of(study(660, 5)))


@pytest.fixture(scope="module")
def paired(many: list[SampleCase]) -> list[tuple[Entry, Entry]]:
    """Recommendations of two coders that are one passage: same printed page and number, each found once by either."""
    return [pair for case in many for pair in same_passages(*case.entries)]


def same_passages(one: Entry, other: Entry) -> Iterator[tuple[Entry, Entry]]:
    first, second = by_number(one), by_number(other)
    yield from ((first[number], second[number]) for number in first.keys() & second.keys())


def by_number(entry: Entry) -> dict[str, Entry]:
    rows = entry["answers"]["recommendations"]
    numbers = [row["number"] for row in rows]
    return {
        row["number"]: row
        for row in rows
        if numbers.count(row["number"]) == 1 and row["number"] != "unnumbered"
    }


# ----------------------------------------------------------------------------------------- determinism


def digest(lines: Iterator[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert digest(jsonl(study(40, 3))) == digest(jsonl(study(40, 3)))
    assert digest(truth_jsonl(study(40, 3))) == digest(truth_jsonl(study(40, 3)))


def test_another_seed_gives_another_study() -> None:
    assert digest(jsonl(study(40, 3))) != digest(jsonl(study(40, 4)))


def test_a_case_does_not_depend_on_the_size_of_the_study() -> None:
    small = study(2, 8).cases
    large = list(itertools.islice(cases_of(study(200, 8)), 2))
    assert [case.truth["answers"] for case in small] == [case.truth["answers"] for case in large]


def test_large_studies_are_produced_case_by_case() -> None:
    references = [case.reference for case in itertools.islice(cases_of(study(20_000, 1)), 3)]
    assert references == ["DHR-00001", "DHR-00002", "DHR-00003"]


@pytest.mark.parametrize("size", [1, 2, 32, 33, 34, 100])
def test_any_size_is_possible(size: int) -> None:
    cases = study(size).cases
    assert len(cases) == size
    assert len({case.reference for case in cases}) == size


def test_texts_are_varied(many: list[SampleCase]) -> None:
    texts = [row["text"] for case in many for row in case.truth["answers"]["recommendations"]]
    assert len(set(texts)) > 0.9 * len(texts)


@pytest.mark.parametrize("cases", [0, -1])
def test_a_study_without_cases_is_refused(cases: int) -> None:
    with pytest.raises(ValueError, match="at least one case"):
        study(cases)


def test_one_person_cannot_be_both_coders() -> None:
    with pytest.raises(ValueError, match="two different coders"):
        study(3, coders=(("amara", "amara"),))


def test_coders_are_those_named() -> None:
    cases = study(3, coders=(("one", "two"), ("three", "four"))).cases
    assert [tuple(entry["coder"] for entry in case.entries) for case in cases] == [
        ("one", "two"),
        ("three", "four"),
        ("one", "two"),
    ]


# ---------------------------------------------------------------------------------------- independence


def test_the_two_entries_differ_from_each_other_and_from_the_truth(many: list[SampleCase]) -> None:
    for case in many:
        one, other = (entry["answers"] for entry in case.entries)
        assert one != other
        assert one != case.truth["answers"]


def test_no_row_id_is_shared_between_entries(many: list[SampleCase]) -> None:
    ids = [
        row["id"]
        for case in many
        for entry in (case.truth, *case.entries)
        for part in entry["answers"].values()
        if isinstance(part, list)
        for row in part
    ]
    assert len(ids) == len(set(ids))


def test_coders_leave_the_truth_as_it_was() -> None:
    case = study(1).cases[0]
    before = repr(case.truth)
    coder_entries(case.truth, Random(1))
    assert repr(case.truth) == before


# ----------------------------------------------------------------------------------------- disagreement


def scalar_pairs(cases: list[SampleCase], section: str, field: str) -> list[tuple[Any, Any]]:
    def answer(entry: Entry) -> Any:
        part = entry["answers"][section]
        return (part[0] if isinstance(part, list) else part).get(field)

    return [(answer(case.entries[0]), answer(case.entries[1])) for case in cases]


@pytest.mark.parametrize(
    ("section", "field"), [(section, field) for section, fields in SCALARS.items() for field in fields]
)
def test_single_answers_mostly_agree(section: str, field: str, many: list[SampleCase]) -> None:
    pairs = scalar_pairs(many, section, field)
    agreed = sum(one == other for one, other in pairs) / len(pairs)
    assert 0.8 <= agreed < 1


def test_overall_agreement_on_single_answers_is_85_to_95_percent(many: list[SampleCase]) -> None:
    pairs = [
        pair
        for section, fields in SCALARS.items()
        for field in fields
        for pair in scalar_pairs(many, section, field)
    ]
    assert 0.85 <= sum(one == other for one, other in pairs) / len(pairs) <= 0.95


def kappa(pairs: list[tuple[bool, bool]]) -> float:
    """Cohen's kappa of two coders and two categories (Cohen 1960)."""
    observed = sum(one == other for one, other in pairs) / len(pairs)
    first, second = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
    expected = first * second + (1 - first) * (1 - second)
    return (observed - expected) / (1 - expected)


@pytest.mark.parametrize("theme", THEMES)
def test_themes_agree_substantially_and_not_perfectly(theme: str, paired: list[tuple[Entry, Entry]]) -> None:
    value = kappa([(theme in one["themes"], theme in other["themes"]) for one, other in paired])
    assert 0.6 <= value <= 0.85


def test_rows_are_missed_split_and_lumped(many: list[SampleCase]) -> None:
    true = sum(len(case.truth["answers"]["recommendations"]) for case in many)
    for place in (0, 1):
        lengths = [len(case.entries[place]["answers"]["recommendations"]) for case in many]
        truths = [len(case.truth["answers"]["recommendations"]) for case in many]
        assert any(length < truth for length, truth in zip(lengths, truths, strict=True))
        assert any(length > truth for length, truth in zip(lengths, truths, strict=True))
        assert 0.9 * true < sum(lengths) < 1.02 * true


def test_some_coders_enter_rows_in_another_order(many: list[SampleCase]) -> None:
    moved = 0
    for case in many:
        first, second = (whole_rows(case, entry, "recommendations") for entry in case.entries)
        common = [name for name in first if name in second]
        moved += common != [name for name in second if name in first]
    assert 0.15 * len(many) < moved < 0.5 * len(many)


def test_most_coders_keep_the_order_of_the_report(many: list[SampleCase]) -> None:
    printed = [[row["id"] for row in case.truth["answers"]["recommendations"]] for case in many]
    entered = [whole_rows(case, case.entries[0], "recommendations") for case in many]
    kept = sum(
        [name for name in true if name in own] == own for true, own in zip(printed, entered, strict=True)
    )
    assert 0.7 * len(many) < kept < len(many)


def test_passages_of_two_tasks_are_split_and_neighbours_lumped(many: list[SampleCase]) -> None:
    for entry in (0, 1):
        rows = [(case, row) for case in many for row in case.entries[entry]["answers"]["recommendations"]]
        names = [case.origins[row["id"]] for case, row in rows]
        single = [origin[0] for origin in names if len(origin) == 1]
        assert any(len(origin) == 2 for origin in names)
        assert len(single) > len(set(single))


def test_extracts_are_copied_differently(paired: list[tuple[Entry, Entry]]) -> None:
    same = sum(one["text"] == other["text"] for one, other in paired) / len(paired)
    assert 0.2 < same < 0.7


def test_zero_is_sometimes_assumed_where_the_report_is_silent(many: list[SampleCase]) -> None:
    silent = [
        case
        for case in many
        if case.truth["answers"]["homicide"]["children_present"] == {"missing": "not_reported"}
    ]
    assumed = [
        entry
        for case in silent
        for entry in case.entries
        if entry["answers"]["homicide"]["children_present"] == "no"
    ]
    nobody = [
        entry
        for case in many
        for entry in case.entries
        if entry["answers"]["childhood"].get("children_total") == 0
    ]
    assert assumed
    assert nobody


def test_different_missing_codes_are_chosen(many: list[SampleCase]) -> None:
    pairs = scalar_pairs(many, "homicide", "separated")
    both = [
        (one["missing"], other["missing"])
        for one, other in pairs
        if isinstance(one, dict) and isinstance(other, dict)
    ]
    assert any(one != other for one, other in both)
    assert any(one == other for one, other in both)


def test_digits_are_turned_round(many: list[SampleCase]) -> None:
    ages = [
        pair for pair in scalar_pairs(many, "victims", "age") if all(isinstance(age, int) for age in pair)
    ]
    assert any(one != other and str(one) == str(other)[::-1] for one, other in ages)


def test_some_rows_are_marked_uncertain(paired: list[tuple[Entry, Entry]]) -> None:
    share = sum("uncertain" in (one["confidence"], other["confidence"]) for one, other in paired) / len(
        paired
    )
    assert 0.03 < share < 0.3


# -------------------------------------------------------------------------------------- the way back


def test_every_row_has_an_origin_in_the_truth(many: list[SampleCase]) -> None:
    for case in many:
        for group in groups_of(case.truth):
            true = {row["id"] for row in case.truth["answers"][group]}
            for entry in case.entries:
                for row in entry["answers"][group]:
                    assert true.issuperset(case.origins[row["id"]])


def test_every_true_row_was_entered_as_one_row_by_one_of_the_two(many: list[SampleCase]) -> None:
    for case in many:
        for group in groups_of(case.truth):
            whole = {name for entry in case.entries for name in whole_rows(case, entry, group)}
            assert whole == {row["id"] for row in case.truth["answers"][group]}, (case.reference, group)


def test_every_true_answer_has_an_answer_in_one_of_the_two(many: list[SampleCase]) -> None:
    """Otherwise no position exists on which a reconciler could put it right."""
    for case in many:
        for section, part in case.truth["answers"].items():
            if isinstance(part, dict):
                either = {field for entry in case.entries for field in entry["answers"][section]}
                assert part.keys() <= either, (case.reference, section)
        for group in groups_of(case.truth):
            for row in case.truth["answers"][group]:
                assert row.keys() <= fields_entered(case, group, row["id"]), (
                    case.reference,
                    group,
                    row["id"],
                )


def groups_of(entry: Entry) -> list[str]:
    return [key for key, part in entry["answers"].items() if isinstance(part, list)]


def whole_rows(case: SampleCase, entry: Entry, group: str) -> list[str]:
    """The true rows that stand in the entry as exactly one row, alone."""
    origins = [case.origins[row["id"]] for row in entry["answers"][group]]
    return [
        names[0] for names in origins if len(names) == 1 and sum(names[0] in other for other in origins) == 1
    ]


def fields_entered(case: SampleCase, group: str, name: str) -> set[str]:
    rows = [row for entry in case.entries for row in entry["answers"][group]]
    return {field for row in rows if case.origins[row["id"]] == (name,) for field in row}
