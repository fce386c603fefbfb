"""A column, once given, stays in its place for good."""

from __future__ import annotations

import pytest

from schema.template.catalogue import catalogue
from tests.unit.template.writing import made

WEIGHT = "        label: Weight\n"
FIRST = made()
SECOND = made(
    ("version: 1", "version: 2"),
    ("- key: region", "- {key: newcomer, kind: text, label: Newcomer}\n      - key: region"),
    (WEIGHT, f"{WEIGHT}        retired: true\n"),
    ("        label: Year\n", "        label: Year of the death\n"),
    ("rules:\n", "  - {key: extra, label: Extra, fields: [{key: x, kind: text, label: X}]}\nrules:\n"),
)


def test_one_version_is_its_own_catalogue() -> None:
    alone = catalogue([FIRST])
    assert [section.key for section in alone.sections] == list(FIRST.by_key)
    assert [column.path for section in alone.sections for column in section.fields] == list(FIRST.by_path)
    assert alone.versions == (1,)


def test_a_later_version_moves_no_column_and_adds_its_own_at_the_end() -> None:
    before = [column.path for column in catalogue([FIRST]).section("report").fields]
    after = [column.path for column in catalogue([FIRST, SECOND]).section("report").fields]
    assert after == [*before, "report.newcomer"]
    assert [section.key for section in catalogue([FIRST, SECOND]).sections][-1] == "extra"


def test_a_retired_column_stays_in_place_and_is_marked() -> None:
    agreed, weight = catalogue([FIRST, SECOND]).section("closing").fields
    assert (weight.key, weight.versions, weight.retired) == ("weight", (1,), True)
    assert (agreed.key, agreed.versions, agreed.retired) == ("agreed", (1, 2), False)


def test_the_newest_wording_is_shown() -> None:
    year = catalogue([FIRST, SECOND]).section("report").fields[1]
    assert year.field.label == "Year of the death"


def test_the_order_in_which_versions_are_given_makes_no_difference() -> None:
    assert catalogue([SECOND, FIRST]) == catalogue([FIRST, SECOND])


def test_groups_know_what_one_of_their_rows_is_called() -> None:
    joined = catalogue([FIRST, SECOND])
    assert [(group.key, group.one) for group in joined.groups()] == [("points", "point")]
    assert [section.key for section in joined.plain_sections()] == ["report", "closing", "extra"]


def test_a_column_that_a_version_dropped_outright_still_stands_marked() -> None:
    without = made(
        ("version: 1", "version: 2"), ("      - key: weight\n        kind: decimal\n" + WEIGHT, "")
    )
    assert catalogue([FIRST, without]).section("closing").fields[1].retired


@pytest.mark.parametrize(
    "templates",
    [[FIRST, FIRST], [FIRST, made(("template: small", "template: other"), ("version: 1", "version: 2"))]],
)
def test_only_different_versions_of_one_template_are_joined(templates: list) -> None:
    with pytest.raises(ValueError, match="one template"):
        catalogue(templates)
