"""The page of assurance names tests that exist, and says of a run what became of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.assurance import PAGE, ROOT, page, results, said_of
from tests.support.assurance_table import TOPICS

NAMED = sorted({test for topic in TOPICS for promise in topic.promises for test in promise.tests})
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


def test_the_page_is_what_the_table_gives() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m tests.support.assurance"


def test_what_became_of_each_test_is_read_from_a_run(tmp_path: Path) -> None:
    file = tmp_path / "results.xml"
    file.write_text(RUN, encoding="utf-8")
    found = results(file)
    assert said_of(found, "web/test_a.py::test_one") == " 1 passed, 1 skipped"
    assert said_of(found, "web/test_a.py::test_two") == " 1 failure"
    assert said_of(found, "web/test_a.py") == " 1 failure, 1 passed, 1 skipped"
    assert said_of(found, "web/test_a.py::test_three") == " **not run**"
