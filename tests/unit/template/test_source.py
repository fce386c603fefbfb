"""What is written in a file is what is read, and what YAML would change is refused."""

from __future__ import annotations

import io
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import MantissaNoDotYAML1_1Warning, YAMLError

from schema.limits import QUESTIONNAIRE_CHARACTERS, QUESTIONNAIRE_PARTS
from schema.template.lint.lists import load_codelist
from schema.template.loader import load_template
from schema.template.source import MOST_PROBLEMS, Block, Report, Scalar, read_tree, word_of
from schema.template.words import code, unmistakable
from tests.unit.template.writing import problems

# Each of these was seen to change under PyYAML (YAML 1.1), ruamel.yaml (YAML 1.2) or both.
CHANGED = [
    "yes", "no", "Yes", "NO", "on", "Off", "y", "N", "true", "False", "null", "NULL", "~",
    "0", "012", "-9", "+7", "1_000", "16_25", "0x1F", "0o17", "0b11", "1:30", "190:20:30",
    "1.1", "4.10", "1e3", "1.", ".5", ".inf", "-.INF", ".nan", "2018-05-01", "2018-5-1", "2018-05-01T10:00:00Z",
    "2001-12-14 21:59:43", "=", "<<",
]  # fmt: skip
KEPT = [
    "T1.1",
    "east",
    "over_65",
    "v1",
    "1a",
    "2018-05",
    "10.1.1.2",
    "nope",
    "yesterday",
    "_1",
    "x-ray",
    "e3",
]


def _read_by(version: tuple[int, int], text: str) -> object:
    reader = YAML(typ="safe", pure=True)
    reader.version = version
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MantissaNoDotYAML1_1Warning)
        return reader.load(io.StringIO(f"- {text}\n"))[0]


def _refused(text: str) -> bool:
    try:
        unmistakable(Scalar(text, 1))
    except PydanticCustomError:
        return True
    return False


@pytest.mark.parametrize("text", CHANGED)
def test_a_code_that_yaml_would_change_must_be_quoted(text: str) -> None:
    assert _refused(text)
    assert unmistakable(Scalar(text, 1, quoted=True)) == text


@pytest.mark.parametrize("text", KEPT)
def test_a_code_that_every_reader_keeps_needs_no_quotes(text: str) -> None:
    assert not _refused(text)
    assert _read_by((1, 1), text) == _read_by((1, 2), text) == text


@settings(max_examples=400)
@given(st.text(alphabet="0123456789_.:+-eExoObBfFaAnNtTyYsSuUlLrR~=<", min_size=1, max_size=12))
@example("0x_")
@example("1__0")
@example("-1:59.5")
def test_whatever_either_yaml_reads_as_something_else_is_refused(text: str) -> None:
    readings = []
    for version in ((1, 1), (1, 2)):
        try:
            readings.append(_read_by(version, text))
        except (YAMLError, ValueError, IndexError):
            return
    if any(isinstance(reading, dict | list) for reading in readings):
        return  # not a single word
    if any(not isinstance(reading, str) or reading != text for reading in readings):
        assert _refused(text)


@pytest.mark.parametrize("text", ["", "a b", "a/b", "é", "a" * 65, "'", "a,b", "٣", "=1+1", "@x", "a\nb"])
def test_codes_are_letters_digits_dots_dashes_and_underscores(text: str) -> None:
    with pytest.raises(PydanticCustomError) as refusal:
        code(Scalar(text, 1, quoted=True))
    assert (refusal.value.context or {})["code"] == "TPL-008"


def _tree(text: str) -> tuple[Block | None, Report]:
    report = Report()
    return read_tree(text, report), report


def test_lines_count_from_one_and_belong_to_keys() -> None:
    tree, report = _tree("\n# a comment\nfirst: 1\nsecond:\n  third: 012\n")
    assert tree is not None
    second = tree["second"]
    assert isinstance(second, Block)
    assert [tree.line_of("first"), tree.line_of("second"), second.line_of("third")] == [3, 4, 5]
    assert second["third"] == Scalar("012", 5)
    assert report.problems == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("template: a\nversion: 1\n", "a"),
        ("title: template\nsections: {template: b, c: [template, d]}\ntemplate: 'e'\n", "e"),
        ("template: f\nthen: [what is never closed", "f"),
        ('template: "\\ud83e\\udde9k\\ud800\\0"\n', "🧩k"),
        ("template: [g]\n", ""),
        ("template:\n", ""),
        ("title: j\n", None),
        ("- template\n- h\n", None),
        ("template\n", None),
        ("", None),
        ("\ttemplate: i\n", None),
        (f"deep: {'[' * 100_000}{']' * 100_000}\ntemplate: l\n", None),
    ],
)
def test_what_a_file_calls_itself_is_read_though_it_is_wrong_later_on(text: str, word: str | None) -> None:
    assert word_of(text, "template") == word


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm() -> None:
    tree, report = _tree("\ufefffirst: 1\r\nsecond: 'x'\r\n")
    assert tree == {"first": Scalar("1", 1), "second": Scalar("x", 2, quoted=True)}
    assert report.problems == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("# nothing\n", "is empty"),
        ("- a\n", "is no mapping"),
        ("word\n", "is no mapping"),
        ("a: 1\n---\nb: 2\n", "several documents"),
        ("? [a]\n: b\n", "single word"),
    ],
)
def test_a_file_that_is_not_one_mapping_says_so(text: str, says: str) -> None:
    assert any(problem.code == "TPL-005" and says in problem.message for problem in _tree(text)[1].problems)


def test_a_thousandfold_repetition_by_anchors_is_refused_not_unfolded() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    tree, report = _tree(bomb)
    assert tree is not None
    assert tree["c"] == [Scalar("", 3), Scalar("", 3)]
    assert {problem.code for problem in report.problems} == {"TPL-004"}


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_nesting_without_end_is_refused_without_falling_over(opening: str) -> None:
    closing = {"[": "]", "{a: ": "}"}[opening]
    _, report = _tree(f"x: {opening * 100_000}1{closing * 100_000}\n")
    assert any("deep" in problem.message for problem in report.problems)


def test_a_file_of_any_length_is_not_read() -> None:
    tree, report = _tree("a: " + "x" * QUESTIONNAIRE_CHARACTERS)
    assert tree is None
    assert report.problems[0].code == "TPL-005"


def test_a_file_of_any_number_of_parts_is_not_read_to_its_end() -> None:
    most = "".join(f"k{number}: v\n" for number in range((QUESTIONNAIRE_PARTS - 1) // 2))
    tree, report = _tree(most)
    assert (tree is not None and len(tree), report.problems) == ((QUESTIONNAIRE_PARTS - 1) // 2, [])
    tree, report = _tree(f"{most}one: more\n{{ this is never looked at")
    assert tree is None
    (problem,) = report.problems
    assert (problem.code, problem.line) == ("TPL-005", QUESTIONNAIRE_PARTS // 2)
    assert f"{QUESTIONNAIRE_PARTS:,} keys, values and lists" in problem.message


def test_of_a_file_of_which_nothing_is_right_so_many_problems_are_told_as_can_be_put_right() -> None:
    wrong = "".join(f"k{number}: v\n" for number in range(MOST_PROBLEMS))
    for read in (lambda text: load_template(text, {}).problems, lambda text: load_codelist(text)[1]):
        found = read(wrong)
        assert len(found) == MOST_PROBLEMS + 1
        assert found[0].code == "TPL-055"
        assert len(read(wrong.partition("k100:")[0])) < MOST_PROBLEMS


def test_a_control_character_is_bad_yaml() -> None:
    assert [problem.code for problem in problems(("title: Small", "title: Sm\x07all"))] == ["TPL-001"]


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fall_over(text: str) -> None:
    tree, report = _tree(text)
    assert tree is not None or report.problems


@pytest.mark.parametrize("written", ['"\\ud800"', '"\\0"', '"\\ufffe"', '"a\\e[31m"'])
def test_what_no_database_can_hold_is_said_and_left_out_even_where_an_escape_writes_it(written: str) -> None:
    tree, report = _tree(f"title: {written}\n")
    (problem,) = report.problems
    assert (problem.code, problem.line, problem.remedy) == ("TPL-005", 1, "Take it out.")
    assert tree is not None
    assert "\x1b" not in str(tree["title"])
    assert str(tree["title"]).encode()


def test_two_escapes_that_are_one_letter_in_json_are_that_letter() -> None:
    tree, report = _tree('title: "\\ud83e\\udde9"\n')
    assert tree is not None
    assert (tree["title"], report.problems) == (Scalar("🧩", 1, quoted=True), [])


def test_a_message_quotes_the_beginning_and_the_end_of_a_long_text() -> None:
    report = Report()
    report.add("TPL-009", 1, f"“{'x' * 100_000}” cannot be a key.")
    (problem,) = report.problems
    assert len(problem.message) < 700
    assert problem.message.endswith("x” cannot be a key.")
