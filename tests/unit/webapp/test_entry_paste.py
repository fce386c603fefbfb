"""A pasted block becomes rows: numbered items, paragraphs, lines, columns."""

from __future__ import annotations

import pytest

from schema.limits import PASTED_CHARACTERS, PASTED_ROWS
from schema.problem import Refused
from schema.template.model import CodeList, Field, Option, Repeats, Section
from schema.template.value import Invalid
from webapp.entry.paste import propose, read_block

THEMES = CodeList("theme", "Themes", (Option("T1", 1, "Multi-agency work"), Option("T2", 2, "Assessment")))
SECTION = Section(
    "recommendations",
    "Recommendations",
    (
        Field("recommendations", "number", "text", "Number as printed", match="anchor"),
        Field("recommendations", "text", "long_text", "Full wording", match="anchor"),
        Field("recommendations", "themes", "choices", "Theme(s)", codelist=THEMES),
    ),
    repeats=Repeats("recommendation"),
)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("4.2 review it\n4.3 train all", [("4.2", "review it"), ("4.3", "train all")]),
        ("R1: one\nR2: two", [("R1", "one"), ("R2", "two")]),
        ("Recommendation 3 – one\nRecommendation 4: two", [("3", "one"), ("4", "two")]),
        ("1. one\n2) two\n(3) three", [("1", "one"), ("2", "two"), ("3", "three")]),
        ("10.1.1.2 Review.", [("10.1.1.2", "Review.")]),
        ("1. Within\n12 months, train.\n2. Two", [("1", "Within\n12 months, train."), ("2", "Two")]),
        ("Recommendation 1\nThe board should act.", [("1", "The board should act.")]),
        ("1. One\n\n2. Two", [("1", "One"), ("2", "Two")]),
    ],
)
def test_numbered_items_are_recognised(text: str, rows: list[tuple[str, str]]) -> None:
    block = read_block(SECTION, text)
    assert block.columns == ("number", "text")
    assert list(block.rows) == rows


def test_without_numbers_each_paragraph_or_else_each_line_is_a_row() -> None:
    assert read_block(SECTION, "One\nmore\n\nTwo").rows == (("One more",), ("Two",))
    assert read_block(SECTION, "One\nTwo").rows == (("One",), ("Two",))


def test_columns_are_named_by_a_heading_or_guessed() -> None:
    named = read_block(SECTION, "Full wording\tnumber\nReview\t1")
    assert (named.columns, named.rows) == (("text", "number"), (("Review", "1"),))
    guessed = read_block(SECTION, "1\tA long wording\tp. 3\n2\tAnother long one\tp. 4")
    assert guessed.columns == ("number", "text", "")


def test_codes_are_read_by_value_label_or_number_and_what_cannot_be_read_is_kept() -> None:
    block = read_block(SECTION, "number\tTheme(s)\n1\tT1; assessment\n2\t2\n3\tpurple")
    values = [row.values[1][1] for row in propose(SECTION, block, block.columns)]
    assert values == [("T1", "T2"), ("T2",), Invalid("purple")]


def test_so_much_is_pasted_at_once_and_no_more() -> None:
    lines = [f"{number}. Train" for number in range(1, PASTED_ROWS + 2)]
    assert len(read_block(SECTION, "\n".join(lines[:-1])).rows) == PASTED_ROWS
    assert len(read_block(SECTION, "1. " + "x" * (PASTED_CHARACTERS - 3)).rows) == 1
    for text, code in (("\n".join(lines), "PASTE-003"), ("x" * (PASTED_CHARACTERS + 1), "PASTE-002")):
        with pytest.raises(Refused) as refused:
            read_block(SECTION, text)
        assert [one.code for one in refused.value.problems] == [code]
