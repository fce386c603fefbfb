"""The page of assurance names tests that exist, and says of a run what became of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.assurance.page import PAGE, ROOT, every_run, is_full, page, results, said_of
from tests.assurance.promises import TOPICS

NAMED = sorted({test for topic in TOPICS for promise in topic.promises for test in promise.tests})
#: Promises that only a full run holds; a new line is a decision.
ONLY_FULL = [
    "Losing the machine of the database loses no acknowledged save; servers go on with its standby",
    "A server connects to nobody outside the machine and starts no shell, whatever is walked over, sent or made",
]
RUN = """<testsuites><testsuite>
<testcase classname="tests.web.test_a" name="test_one[x]"/><testcase classname="tests.web.test_a" name="test_one[y]"><skipped/></testcase>
<testcase classname="tests.web.test_a" name="test_two"><failure/></testcase>
</testsuite></testsuites>"""


@pytest.mark.parametrize("test", NAMED)
def test_every_test_that_is_named_exists(test: str) -> None:
    file, _, name = test.partition("::")
    assert f"def {name}{'(' if name else ''}" in (ROOT / "tests" / file).read_text(encoding="utf-8")


def test_every_promise_is_held_by_something() -> None:
    assert [promise.says for topic in TOPICS for promise in topic.promises if not promise.tests] == []


def test_every_run_holds_every_promise_but_those_that_take_minutes() -> None:
    lacking = [
        promise.says
        for topic in TOPICS
        for promise in topic.promises
        if all(is_full(test) for test in promise.tests)
    ]
    assert lacking == ONLY_FULL
    assert len(every_run()) > 150


def test_the_page_is_what_the_table_gives() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m tests.assurance.page"


def test_what_became_of_each_test_is_read_from_a_run(tmp_path: Path) -> None:
    file = tmp_path / "results.xml"
    file.write_text(RUN, encoding="utf-8")
    found = results(file)
    assert said_of(found, "web/test_a.py::test_one") == " 1 passed, 1 skipped"
    assert said_of(found, "web/test_a.py::test_two") == " 1 failure"
    assert said_of(found, "web/test_a.py") == " 1 failure, 1 passed, 1 skipped"
    assert said_of(found, "web/test_a.py::test_three") == " **not run**"
