"""Figures are found in running text in the forms in which reports state them, and nothing else is taken for one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from schema.framework.claims import find_claims, flowing, lone_percentages


def found(text: str) -> list[tuple[int, int | None, str]]:
    return [
        (claim.count, claim.base, "" if claim.percent is None else f"{claim.percent}")
        for claim in find_claims(flowing(text))
    ]


@pytest.mark.parametrize(
    "text",
    [
        "24/33 (73%)",
        "24/33, 73%",
        "24/33; 73%",
        "24/33 = 73%",
        "24/33 – 73%",
        "24/33 73%",
        "24/33 [73%]",
        "24 / 33 (73 %)",
        "(24/33, 73%)",
        "24/33 DHRs (73%)",
        "24 of 33 (73%)",
        "24 out of 33 (73%)",
        "24 of the 33 reviews (73%)",
        "24 of all 33 reviews published (73 per cent)",
        "73% (24/33)",
        "73% (24 of 33)",
        "73% (n = 24/33)",
        "73% of DHRs (24/33)",
        "73 percent, 24 out of 33",
        "24/33⁴ (73%)",
        "24/33\n(73%)",
        "24\u00a0of\u00a033 (73%)",
    ],
)
def test_count_total_and_percentage_are_read_in_any_order(text: str) -> None:
    assert found(f"It was {text}. Then more.") == [(24, 33, "73")]


@pytest.mark.parametrize(
    "text", ["29 (88%)", "29 women (88%)", "29 of them (88%)", "88% (n = 29)", "88% (29)"]
)
def test_a_count_with_a_percentage_needs_no_total(text: str) -> None:
    assert found(f"There were {text} in all.") == [(29, None, "88")]


@pytest.mark.parametrize("text", ["21/32", "21 of 32", "21 of the 32", "21 out of 32"])
def test_a_count_with_a_total_needs_no_percentage(text: str) -> None:
    assert found(f"In {text} reviews.") == [(21, 32, "")]


def test_decimals_and_thousands_are_read() -> None:
    assert found("1,204/2,000 (60.2%) and 13/80 (16.25%)") == [(1204, 2000, "60.2"), (13, 80, "16.25")]


def test_the_decimals_of_a_percentage_are_known() -> None:
    (claim,) = find_claims("13/80 (16.30%)")
    assert (claim.percent, claim.places) == (Decimal("16.30"), 2)


@pytest.mark.parametrize(
    "text",
    [
        "help 24/7",
        "in 2017/18 and 2018/19",
        "on 3/12/2018",
        "in 2018 (70%)",
        "T1 (73%)",
        "£30 (5%)",
        "from 2017-19 (58%)",
        "section 3.2 (10%)",
        "about 47% of them",
        "three of four",
        "version 1.2/3.4",
        "1234567890/1234567891 (5%)",
    ],
)
def test_what_is_no_figure_is_left_alone(text: str) -> None:
    assert found(f"We saw {text}, as before.") == []


def test_a_percentage_belongs_to_the_figure_beside_it() -> None:
    text = "Of 24 of 33 DHRs, and in a second study 58%. Then 12/33 (36%), 14/33 (42%)."
    assert found(text) == [(24, 33, ""), (12, 33, "36"), (14, 33, "42")]


def test_paragraphs_are_not_run_together() -> None:
    assert found("There were 24/33\n\n(73%)") == [(24, 33, "")]


def test_the_sentence_around_a_figure_is_kept() -> None:
    (claim,) = find_claims(flowing("First. Training was named in 19/33 (58%) of reviews. Last."))
    assert claim.context == "Training was named in 19/33 (58%) of reviews."
    assert claim.text == "19/33 (58%)"


def test_a_bracket_around_the_whole_is_not_part_of_it() -> None:
    assert [claim.text for claim in find_claims("so (24/33, 73%) and (21/32) and 29 (88%)")] == [
        "24/33, 73%",
        "21/32",
        "29 (88%)",
    ]


def test_percentages_that_stand_alone_are_counted() -> None:
    assert lone_percentages("47% of them, 24/33 (73%), 12.5 per cent") == 2


def test_a_hostile_text_takes_no_longer_than_its_length() -> None:
    assert found("1 " * 20_000 + "of " * 20_000 + "(" * 20_000) == []
    assert len(found("24/33 " * 5_000)) == 5_000
