"""What each kind of field reads, refuses and shows: numbers are plain digits, dates exist, text is clean."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.template.kinds import KINDS, clean, fault_in, kind_of
from schema.template.kinds.partial_date import MONTHS
from schema.template.model import CodeList, Field, Limits, Option
from schema.template.value import Answer, Invalid, Missing, Value

COLOURS = CodeList(
    "colour",
    "Colour",
    (
        Option("red", 1, "Red"),
        Option("blue", 2, "Blue"),
        Option("no", 3, "None"),
        Option("old", 4, "Old", retired=True),
    ),
)
YES_NO = CodeList("yes_no", "Yes or no", (Option("yes", 1, "Yes, stated"), Option("no", 0, "No, stated")))


def field(kind: str, **settings: object) -> Field:
    lists = {"yes_no": YES_NO, "choice": COLOURS, "choices": COLOURS, "derived": YES_NO}
    return Field("report", "asked", kind, "Asked", codelist=lists.get(kind), **settings)  # type: ignore[arg-type]


def read(asked: Field, *texts: str) -> Value:
    return kind_of(asked).read(asked, texts)


def fault(asked: Field, value: Value) -> str:
    found = fault_in(asked, value)
    return found.code if found else ""


# ------------------------------------------------------------------------------------------------ numbers

NOT_NUMBERS = [
    "NaN", "nan", "inf", "-inf", "Infinity", "1e999999", "1e3", "1_000", "٣", "²", "1,5", "0x1F", "1 000",
    "--1", "+", ".5", "5.", "1" * 400, "12a", "½", "１２",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_NUMBERS)
@pytest.mark.parametrize("kind", ["integer", "decimal"])
def test_what_is_not_plain_digits_is_no_number_and_is_kept_as_typed(kind: str, text: str) -> None:
    asked = field(kind)
    assert read(asked, text) == Invalid(text)
    assert fault(asked, Invalid(text)) in ("INTEGER", "DECIMAL")


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("-0", 0), ("+7", 7), ("-3", -3), (" 34 ", 34), ("007", 7)]
)
def test_a_whole_number_is_digits_with_an_optional_sign(text: str, number: int) -> None:
    value = read(field("integer"), text)
    assert value == number
    assert type(value) is int


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("-0", "0.0"),
        ("-0.001", "0.0"),
        ("7", "7.0"),
        ("0.125", "0.13"),
        ("-0.125", "-0.13"),
        ("+1.005", "1.01"),
    ],
)
def test_a_decimal_is_rounded_half_up_and_has_one_zero(text: str, number: str) -> None:
    assert repr(read(field("decimal"), text)) == number


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), float("-inf"), 1e300, True, "7", ("7",), 10**13]
)
def test_a_decimal_from_json_is_a_finite_number(value: Answer) -> None:
    assert fault(field("decimal"), value) == "DECIMAL"


@pytest.mark.parametrize("value", [7.0, 7.5, True, False, "7", float("nan"), ("7",)])
def test_a_whole_number_from_json_is_an_integer(value: Answer) -> None:
    assert fault(field("integer"), value) == "INTEGER"


@pytest.mark.parametrize("value", [10**15, -(10**15), 2**63, 10**400])
def test_a_whole_number_has_at_most_fifteen_digits(value: int) -> None:
    assert fault(field("integer"), value) == "RANGE"
    assert fault(field("integer"), 10**15 - 1) == ""
    assert fault(field("integer"), 2**31) == ""


def test_a_decimal_keeps_no_more_places_than_its_field() -> None:
    asked = field("decimal", limits=Limits(places=1))
    assert fault(asked, 0.5) == ""
    assert fault(asked, 0.55) == "DECIMAL"


@pytest.mark.parametrize(("value", "code"), [(0, ""), (110, ""), (-1, "RANGE"), (111, "RANGE")])
@pytest.mark.parametrize("kind", ["integer", "decimal"])
def test_both_limits_belong_to_the_range(kind: str, value: int, code: str) -> None:
    assert fault(field(kind, limits=Limits(0, 110)), value) == code


@pytest.mark.parametrize(
    ("limits", "says"),
    [(Limits(0, 110), "from 0 to 110"), (Limits(minimum=1), "1 or more"), (Limits(maximum=9), "9 or less")],
)
def test_a_refused_number_is_told_the_range(limits: Limits, says: str) -> None:
    outside = -5 if limits.minimum is not None else 50
    found = fault_in(field("integer", limits=limits), outside)
    assert found is not None
    assert says in found.message


# 12 months, 52 weeks or 365 days make a year; two places, half up.
AGES = [
    ("6 months", 0.5), ("3 weeks", 0.06), ("1 year 3 months", 1.25), ("18 months", 1.5), ("10 days", 0.03), ("2y", 2.0),
    ("2 yrs and 6 mths", 2.5), ("9 Months old", 0.75), ("1 year, 1 month", 1.08), ("0.5 years", 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), AGES)
def test_ages_in_months_and_weeks_are_read_where_the_unit_is_years(text: str, number: float) -> None:
    assert read(field("decimal", unit="years"), text) == number
    assert read(field("decimal"), text) == Invalid(text)


@pytest.mark.parametrize(
    "text", ["months", "6 moons", "about 6 months", "6 months?", "5 yesterday", "1 year 3", "-6 months"]
)
def test_what_only_looks_like_an_age_is_kept_as_typed(text: str) -> None:
    assert read(field("decimal", unit="years"), text) == Invalid(text)


@pytest.mark.parametrize(
    ("value", "shown"), [(7.0, "7"), (0.5, "0.5"), (1234567.25, "1234567.25"), (100.0, "100"), (7, "7")]
)
def test_a_decimal_is_shown_with_all_its_digits(value: float, shown: str) -> None:
    assert kind_of(field("decimal")).show(field("decimal"), value) == shown


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_float_makes_the_check_fall_over_and_those_accepted_come_back_from_their_text(
    value: float,
) -> None:
    asked = field("decimal")
    if fault(asked, value) == "":
        assert read(asked, kind_of(asked).show(asked, value)) == value


# -------------------------------------------------------------------------------------------------- dates

DATES = [
    ("2018", "2018"), ("2018-05", "2018-05"), ("2018-05-03", "2018-05-03"), ("May 2018", "2018-05"), ("Sept 2018", "2018-09"),
    ("3 May 2018", "2018-05-03"), ("03/05/2018", "2018-05-03"), ("5/2018", "2018-05"), ("29 February 2016", "2016-02-29"),
    ("31.12.2100", "2100-12-31"), ("1900", "1900"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "stored"), DATES)
def test_dates_are_read_as_the_reports_write_them_day_before_month(text: str, stored: str) -> None:
    asked = field("partial_date")
    assert read(asked, text) == stored
    assert fault(asked, stored) == ""


NO_DATES = [
    "30 February 2018", "2018-02-30", "1900-02-29", "29/02/2017", "2018-13", "13/2018", "2018-00", "2018-05-00", "0/2018", "1", "0001",
    "9999", "10000", "1899", "2101", "18-05-03", "2018/05/03", "05/13/2018", "May", "Ma 2018", "2018-5", "٢٠١٨", "soon", "3 Mayhem 2018",
    "2018-05-03T10:00", "J 2018",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_DATES)
def test_a_date_that_does_not_exist_or_is_not_plain_is_kept_as_typed(text: str) -> None:
    asked = field("partial_date")
    assert read(asked, text) == Invalid(text)
    assert fault(asked, text) == "DATE"


def test_a_full_date_needs_its_day() -> None:
    asked = field("date")
    assert read(asked, "3 May 2018") == "2018-05-03"
    assert read(asked, "May 2018") == Invalid("May 2018")
    assert fault(asked, "2018-05") == "DATE"


def test_a_date_is_kept_no_finer_than_its_field_says() -> None:
    asked = field("partial_date", limits=Limits(parts=2))
    assert [read(asked, text) for text in ("2018", "2018-05", "3 May 2018")] == [
        "2018",
        "2018-05",
        Invalid("3 May 2018"),
    ]
    assert fault(asked, "2018-05-03") == "DATE"


def test_limits_of_dates_are_years() -> None:
    asked = field("partial_date", limits=Limits(2004, 2035))
    assert [fault(asked, year) for year in ("2003-12", "2004", "2035-12-31", "2036")] == [
        "RANGE",
        "",
        "",
        "RANGE",
    ]


@given(st.dates())
def test_every_date_of_the_two_centuries_comes_back_from_what_is_shown(day: object) -> None:
    asked, text = field("date"), str(day)
    inside = 1900 <= int(text[:4]) <= 2100
    assert (read(asked, text) == text) is inside
    if inside:
        assert read(asked, kind_of(asked).show(asked, text)) == text


@pytest.mark.parametrize(
    ("stored", "shown"), [("2018", "2018"), ("2018-05", "May 2018"), ("2018-05-03", "3 May 2018")]
)
def test_a_date_is_shown_as_people_write_it(stored: str, shown: str) -> None:
    assert kind_of(field("partial_date")).show(field("partial_date"), stored) == shown


def test_every_month_is_known_by_its_first_letters() -> None:
    for number, month in enumerate(MONTHS, 1):
        assert read(field("partial_date"), f"{month[:3]} 2018") == f"2018-{number:02d}"


# --------------------------------------------------------------------------------------------------- text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\x00b\x0bc\x1bd\x7fe\x9f", "abcde"),
        ("a\ufffeb\uffffc\ud800d\ufdd0", "abcd"),
        ("e\u0301", "é"),
        ("  \u00a0\u200b\ufeffx\u2060 ", "x"),
        ("\u200b \ufeff", ""),
        ("=1+1", "=1+1"),
        ("👩‍👧 و", "👩‍👧 و"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_text_is_cleaned_once_where_it_enters(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@given(st.text(alphabet=st.characters(), max_size=200))
def test_cleaning_twice_changes_nothing_and_leaves_what_every_store_and_file_can_hold(text: str) -> None:
    kept = clean(text)
    assert clean(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    kept.encode("utf-8")
    assert not set(kept) & {"\x00", "\x0b", "\x1b", "\ufffe", "\uffff", "\r"}


def test_one_line_folds_its_spaces_and_paragraphs_keep_theirs() -> None:
    assert read(field("text"), " a \n\t b ") == "a b"
    assert read(field("long_text"), " a\r\n\r\n  b ") == "a\n\n  b"


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("texts", [(), ("",), ("  \n ",), ("\u200b",), ("\x00",)])
def test_nothing_visible_is_blank_never_an_answer(kind: str, texts: tuple[str, ...]) -> None:
    assert read(field(kind), *texts) is None


@pytest.mark.parametrize(("kind", "most"), [("text", 1_000), ("long_text", 20_000)])
def test_text_has_an_end(kind: str, most: int) -> None:
    assert fault(field(kind), "x" * most) == ""
    assert fault(field(kind), "x" * (most + 1)) == "TEXT-LONG"
    assert fault(field(kind, limits=Limits(length=5)), "x" * 6) == "TEXT-LONG"


@pytest.mark.parametrize("value", [7, 7.5, True, ("a",), " a", "a ", "a\x00", "a\nb", "a  b", ""])
def test_text_from_json_is_clean_text(value: Answer) -> None:
    assert fault(field("text"), value) == "TEXT"


def test_text_is_measured_after_cleaning_and_never_cut() -> None:
    long = "x" * 20_001
    assert read(field("long_text"), long) == long


# ------------------------------------------------------------------------------------------------ choices


@pytest.mark.parametrize("value", ["green", "RED", "Red", " red", "", 1, True, ("red",)])
def test_a_choice_is_one_of_its_codes_letter_by_letter(value: Answer) -> None:
    assert fault(field("choice"), value) == "CODE"
    assert fault(field("choice"), "red") == ""


@pytest.mark.parametrize("value", [True, False, "true", "Yes", "1", 1, 0])
def test_yes_and_no_are_codes_not_truth_values(value: Answer) -> None:
    assert fault(field("yes_no"), value) == "CODE"
    assert fault(field("yes_no"), "no") == ""


@pytest.mark.parametrize("value", [(), ("green",), ("blue", "red"), ("red", "red"), "red", ["red"]])
def test_several_codes_are_known_ones_each_once_in_the_order_of_the_list(value: Answer) -> None:
    assert fault(field("choices"), value) == "CODES"
    assert fault(field("choices"), ("red", "blue")) == ""


def test_ticked_codes_are_put_in_order_and_unknown_ones_are_kept_to_be_told() -> None:
    asked = field("choices")
    assert read(asked, "blue", "", "red", "blue") == ("red", "blue")
    assert read(asked, "green", "red") == ("red", "green")
    assert fault(asked, read(asked, "green", "red")) == "CODES"


def test_an_option_retired_since_is_still_an_answer() -> None:
    assert fault(field("choice"), "old") == ""


def test_choices_are_shown_by_their_labels() -> None:
    assert kind_of(field("choice")).show(field("choice"), "red") == "Red"
    assert kind_of(field("choices")).show(field("choices"), ("red", "no")) == "Red; None"
    assert kind_of(field("choice")).show(field("choice"), "gone") == "gone"


@pytest.mark.parametrize("value", ["yes", 1, ("yes",)])
def test_a_derived_value_is_never_typed(value: Answer) -> None:
    assert fault(field("derived"), value) == "DERIVED"


# ------------------------------------------------------------------------------------------------ missing


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_missing_code_is_an_answer_only_where_the_field_offers_it(kind: str) -> None:
    offering = field(kind, missing=("not_known",))
    assert fault(offering, Missing("not_known")) == ""
    assert fault(offering, Missing("withheld")) == "MISSING-CODE"
    assert fault(field(kind), Missing("not_known")) == "MISSING-CODE"
    assert fault(offering, None) == ""


@given(st.text(max_size=60))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_whatever_is_read_without_fault_is_a_storable_value(kind: str, text: str) -> None:
    asked = field(kind)
    value = read(asked, text)
    assert value is None or fault(asked, value) != "" or isinstance(value, str | int | float | tuple)
    if isinstance(value, Invalid):
        assert fault(asked, value) != ""
