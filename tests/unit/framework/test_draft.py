"""A draft's figures are worked out again and looked up. The study's own slips, 22/33 as 70% and 21/324, are caught."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.framework.claims import Claim
from schema.framework.draft import (
    ELSEWHERE,
    PROBABLE,
    RIGHT,
    UNKNOWN,
    WRONG,
    Checked,
    check_draft,
    counts_giving,
)
from schema.framework.figures import Evaluation, Line, TableResult
from schema.framework.model import Framework

LINES = {
    "Victims": (
        Line("sex.female", "Sex", "Female", "victims", 29, 33),
        Line("ethnicity.white_british", "Ethnic group", "White British", "victims", 22, 33),
    ),
    "Perpetrators": (
        Line("ethnicity.white_british", "Ethnic group", "White British", "perpetrators", 21, 32, missing=1),
        Line("age.mean", "Age", "Mean", "perpetrators", base=30, value=Decimal("41.2")),
    ),
    "Children": (
        Line("total", "", "Children reported", "children", 43),
        Line("ethnicity.minoritised", "Ethnic group", "Minoritised background", "children", 19, 40),
    ),
    "Themes": (
        Line("theme.T1", "", "T1 Multi-agency working", "DHRs", 24, 33),
        Line("theme.T4", "", "T4 Training and development", "DHRs", 19, 33),
        Line("subtheme.T4.1", "", "T4.1 Domestic abuse training", "DHRs", 15, 33, within=(15, 19)),
        Line("none", "", "Nobody at all", "DHRs", 0, 0),
    ),
}
EVALUATION = Evaluation(
    Framework("f", "F", "t", (), ()),
    (),
    tuple(TableResult(title.lower(), title, "", "", lines) for title, lines in LINES.items()),
)


def check(text: str) -> Checked:
    (one,) = check_draft(text, EVALUATION).checked
    return one


def labels(found) -> list[str]:
    return [one.label() for one in found]


def test_the_studys_own_slip_is_caught() -> None:
    one = check("Most victims, 22/33, 70%, were White British.")
    assert one.verdict == WRONG
    assert one.sayings == ("22/33 is 67% (66.67%), not 70%.", "70% of 33 would be 23.")
    assert labels(one.matches)[0] == "Victims: Ethnic group: White British"


@pytest.mark.parametrize("text", ["21/324, 66%", "21/324 (66%)", "66% (21/324)", "21/324", "21 of 324"])
def test_a_footnotes_digit_stuck_to_a_total_is_recognised(text: str) -> None:
    one = check(f"Of perpetrators, {text} were White British.")
    assert one.verdict == PROBABLE
    assert one.sayings == ("Probably 21/32, with footnote 4 stuck to it.",)
    assert one.reading is not None
    assert (one.reading.count, one.reading.base) == (21, 32)
    assert labels(one.matches)[0] == "Perpetrators: Ethnic group: White British"


def test_two_digits_of_a_footnote_are_recognised_and_on_a_lone_count_too() -> None:
    assert (
        check("In 24/3312 (73%) there was multi-agency working.")
        .sayings[0]
        .startswith("Probably 24/33, with footnote 12")
    )
    assert check("Of victims, 294 (88%) were female.").sayings[0].startswith("Probably 29, with footnote 4")


def test_a_footnote_is_probable_by_arithmetic_alone_and_then_the_figure_is_missing() -> None:
    one = check("In 17/324 (53%) of them.")
    assert one.verdict == PROBABLE
    assert one.sayings == (
        "Probably 17/32, with footnote 4 stuck to it.",
        "The findings have no such figure.",
    )


@pytest.mark.parametrize(
    "text",
    ["29/33 (88%)", "29 (88%)", "88% (29/33)", "29 of 33 (87.9%)", "29 of the 33 victims", "87.88% (n = 29)"],
)
def test_a_figure_that_holds_and_exists_is_right(text: str) -> None:
    one = check(f"Victims were female in {text}.")
    assert (one.verdict, labels(one.matches)[0]) == (RIGHT, "Victims: Sex: Female")


def test_half_up_is_the_rule_and_a_cut_percentage_does_not_hold() -> None:
    assert check("Of children, 19/40 (48%) had a minoritised background.").verdict == RIGHT
    one = check("Of children, 19/40 (47%) had a minoritised background.")
    assert (one.verdict, one.sayings) == (
        WRONG,
        ("19/40 is 48% (47.5%), not 47%.", "No count out of 40 gives 47%."),
    )


def test_a_part_of_a_larger_category_and_the_rest_are_figures_too() -> None:
    part = check("Domestic abuse training was most of it, 15/19 (79%).")
    assert labels(part.matches) == ["Themes: T4.1 Domestic abuse training: of the larger category"]
    rest = check("Of children, 21/40 (53%) had no minoritised background.")
    assert labels(rest.matches) == ["Children: Ethnic group: Minoritised background: all but these"]


def test_the_rest_is_a_figure_only_where_the_sentence_speaks_of_it() -> None:
    assert check("It was 11/33 (33%).").verdict == UNKNOWN


def test_a_figure_that_is_not_there_is_said_with_the_nearest() -> None:
    one = check("Training was raised in 20/33 (61%) of reviews.")
    assert (one.verdict, one.sayings) == (UNKNOWN, ("The findings have no such figure.",))
    assert labels(one.nearest)[0] == "Themes: T4 Training and development"


def test_a_figure_under_other_words_is_pointed_out() -> None:
    one = check("Training and development was raised in 24/33 (73%).")
    assert one.verdict == ELSEWHERE
    assert labels(one.matches) == ["Themes: T1 Multi-agency working"]
    assert labels(one.nearest)[0] == "Themes: T4 Training and development"


def test_a_count_above_its_total_is_wrong() -> None:
    assert check("It was 34/33 (103%).").verdict == WRONG
    assert check("It was 34/33 (99%).").sayings == ("34/33 counts more than there are.",)


def test_nothing_can_be_a_percentage_of_nothing() -> None:
    assert check("It was 0/0 (0%).").sayings == ("0/0 has no percentage: there is nothing to divide by.",)
    assert check("Nobody was seen in 0/0.").verdict == RIGHT


def test_a_summary_counts_what_was_found() -> None:
    held = check_draft("22/33, 70% and 29/33 (88%) and 47%.", EVALUATION)
    assert (held.number(WRONG), held.number(RIGHT), held.alone, held.cut) == (1, 1, 1, False)


def test_a_text_with_thousands_of_figures_is_cut_and_says_so() -> None:
    held = check_draft("29/33 (88%). " * 2_001, EVALUATION)
    assert (len(held.checked), held.cut) == (2_000, True)


@given(st.integers(0, 300), st.integers(1, 300), st.integers(0, 2))
def test_the_counts_that_give_a_percentage_are_those_that_hold(count: int, base: int, places: int) -> None:
    stated = (Decimal(count * 100) / base).quantize(Decimal(1).scaleb(-places))
    claim = Claim("", count, base, stated)
    giving = counts_giving(claim)
    for near in range(max(0, count - 3), count + 4):
        share = Fraction(100 * near, base)
        rounded = Fraction(int(share * 10**places + Fraction(1, 2)), 10**places)
        assert (near in giving) == (rounded == Fraction(stated))
