"""The page of assurance: tests that exist, every clause answered, and what became of each test in its last run."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.assurance.asvs import ASVS
from tests.assurance.clauses import Answer
from tests.assurance.good_practice import ALCOA, E6
from tests.assurance.page import PAGE, clauses, every_run, is_full, named_tests, page, promises, said
from tests.assurance.promises import TOPICS
from tests.assurance.results import ROOT, Result, counted, keep, kept

#: Promises that only a full run holds; a new line is a decision.
ONLY_FULL = [
    "Losing the machine of the database loses no acknowledged save; servers go on with its standby",
    "A server connects to nobody outside the machine and starts no shell, whatever is walked over, sent or made",
]
#: ASVS 5.0.0 (May 2025): of each section the clauses of level 1 and those that level 2 adds, from the standard's own CSV.
ASVS_CLAUSES = """
1.1 - 1-2
1.2 1-5 6-9
1.3 1-2 3-11
1.4 - 1-3
1.5 1 2
2.1 1 2-3
2.2 1-2 3
2.3 1 2-4
2.4 - 1
3.2 1-2 -
3.3 1 2-4
3.4 1-2 3-6
3.5 1-3 4-5
3.7 - 1-2
4.1 1 2-3
4.2 - 1
4.3 - 1-2
4.4 1 2-4
5.1 - 1
5.2 1-2 3
5.3 1-2 -
5.4 - 1-3
6.1 1 2-3
6.2 1-8 9-12
6.3 1-2 3-4
6.4 1-2 3-4
6.5 - 1-5
6.6 - 1-3
6.8 - 1-4
7.1 - 1-3
7.2 1-4 -
7.3 - 1-2
7.4 1-2 3-5
7.5 - 1-2
7.6 - 1-2
8.1 1 2
8.2 1-2 3
8.3 1 -
8.4 - 1
9.1 1-3 -
9.2 1 2-4
10.1 - 1-2
10.2 - 1-2
10.3 - 1-4
10.4 1-5 6-11
10.5 - 1-5
10.6 - 1-2
10.7 - 1-3
11.1 - 1-2
11.2 - 1-3
11.3 1-2 3
11.4 1 2-4
11.5 - 1
11.6 - 1
12.1 1 2-3
12.2 1-2 -
12.3 - 1-4
13.1 - 1
13.2 - 1-5
13.3 - 1-2
13.4 1 2-5
14.1 - 1-2
14.2 1 2-4
14.3 1 2-3
15.1 1 2-3
15.2 1 2-3
15.3 1 2-7
16.1 - 1
16.2 - 1-5
16.3 - 1-4
16.4 - 1-3
16.5 - 1-3
17.1 - 1
17.2 - 1-4
17.3 - 1-2
"""
RUN = """<testsuites><testsuite>
<testcase classname="tests.web.test_a" name="test_one[x]"/><testcase classname="tests.web.test_a" name="test_one[y]"><skipped/></testcase>
<testcase classname="tests.web.test_a" name="test_two"><failure/></testcase>
</testsuite></testsuites>"""


def _span(words: str) -> range:
    """The numbers of ``2-4``, ``7`` or ``-``, which is none."""
    if words == "-":
        return range(0)
    first, _, last = words.partition("-")
    return range(int(first), int(last or first) + 1)


def _result(day: int, passed: int, failed: int = 0, skipped: int = 0) -> Result:
    return Result(date(2026, 1, day), "abc", "Python", passed, failed, skipped)


@pytest.mark.parametrize("test", named_tests())
def test_every_test_that_is_named_exists(test: str) -> None:
    file, _, name = test.partition("::")
    assert f"def {name}{'(' if name else ''}" in (ROOT / "tests" / file).read_text(encoding="utf-8")


def test_every_promise_is_held_by_something_and_has_a_key_of_its_own() -> None:
    assert [promise.says for _, promise in promises() if not promise.tests] == []
    keys = Counter(promise.key for _, promise in promises())
    assert [key for key, times in keys.items() if times > 1] == []


def test_every_run_holds_every_promise_but_those_that_take_minutes() -> None:
    lacking = [
        promise.says
        for topic in TOPICS
        for promise in topic.promises
        if all(is_full(test) for test in promise.tests)
    ]
    assert lacking == ONLY_FULL
    assert len(every_run()) > 150


def test_every_clause_of_asvs_of_levels_one_and_two_is_answered_once() -> None:
    due = Counter(
        (f"{section}.{clause}", level)
        for section, *levels in map(str.split, ASVS_CLAUSES.split("\n")[1:-1])
        for level, span in enumerate(levels, 1)
        for clause in _span(span)
    )
    answered = Counter(
        (clause.number, clause.level) for chapter in ASVS.chapters for clause in chapter.clauses
    )
    assert answered == due


def test_every_word_of_alcoa_is_answered_and_no_clause_twice() -> None:
    words = "Attributable Legible Contemporaneous Original Accurate Complete Consistent Enduring Available"
    assert [clause.number for chapter in ALCOA.chapters for clause in chapter.clauses] == words.split()
    numbers = Counter(clause.number for chapter in E6.chapters for clause in chapter.clauses)
    assert [number for number, times in numbers.items() if times > 1] == []
    assert {"3.16.1 (f)", "3.16.1 (g)(i)", "4.1.1", "4.1.4", "4.2.2 (b)", "4.3.8 (c)"} <= set(numbers)


def test_a_clause_is_held_by_promises_or_pages_that_exist_or_says_why_it_is_not() -> None:
    keys = {promise.key for _, promise in promises()}
    for clause in clauses():
        assert set(clause.promises) <= keys, f"{clause.number} names a promise that there is not"
        if clause.answer in (Answer.HELD, Answer.PARTLY):
            assert clause.by, f"{clause.number} is held by nothing"
        assert bool(clause.says) == (clause.answer is not Answer.HELD), clause.number


def _anchors(file: Path) -> set[str]:
    """The anchors of a page's headings, as they are made from them: lower case, hyphens for spaces, without punctuation."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_pages_that_clauses_name_have_that_heading() -> None:
    for clause in clauses():
        for named in clause.pages:
            file, _, anchor = named.partition("#")
            assert (PAGE.parent / file).is_file(), f"{clause.number}: there is no docs/{file}"
            assert not anchor or anchor in _anchors(PAGE.parent / file), (
                f"{clause.number}: no heading {named}"
            )


def test_the_page_is_what_the_tables_and_the_kept_results_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(kept()), "write it anew: python -m tests.assurance"


def test_no_kept_result_is_a_failure_or_of_a_test_that_holds_nothing() -> None:
    assert [test for test, one in kept().items() if one.failed] == []
    assert set(kept()) <= set(named_tests())


def test_what_became_of_each_test_is_read_from_a_run(tmp_path: Path) -> None:
    report = tmp_path / "results.xml"
    report.write_text(RUN, encoding="utf-8")
    assert counted(report) == {
        "web/test_a.py": {"passed": 1, "skipped": 1, "failed": 1},
        "web/test_a.py::test_one": {"passed": 1, "skipped": 1},
        "web/test_a.py::test_two": {"failed": 1},
    }


def test_a_run_replaces_what_was_kept_of_its_tests_alone(tmp_path: Path) -> None:
    report, file = tmp_path / "results.xml", tmp_path / "kept.csv"
    report.write_text(RUN, encoding="utf-8")
    before = {
        "web/test_a.py::test_one": _result(1, 9),
        "web/test_b.py": _result(1, 4),
        "gone.py": _result(1, 1),
    }
    named = ["web/test_a.py::test_one", "web/test_a.py::test_two", "web/test_b.py", "web/test_new.py"]
    after = keep(before, [report], named, date(2026, 1, 2), file)
    assert after == kept(file)
    assert {test: (one.day.day, one.passed, one.failed, one.skipped) for test, one in after.items()} == {
        "web/test_a.py::test_one": (2, 1, 0, 1),
        "web/test_a.py::test_two": (2, 0, 1, 0),
        "web/test_b.py": (1, 4, 0, 0),
    }


def test_several_results_are_told_as_one_with_the_earliest_day_and_what_was_not_run() -> None:
    results = {"a": _result(3, 5), "b": _result(2, 1, 0, 2)}
    assert said(["a", "b"], results, day=True) == "2 January 2026: 6 passed, 2 **skipped**"
    assert said(["a", "c", "a"], results) == "5 passed, **1 not run**"
    assert said(["a", "f"], {**results, "f": _result(3, 0, 1)}) == "5 passed, 1 **failed**"
    assert said([], results) == ""
