"""Where the template asks for a reason with every decision on a question, the pages say so, and nothing passes without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import sqlite_database
from tests.support.policing import Page
from tests.support.reconciling import address, as_second, comparison, extract, submitted_case
from tests.support.world import World, populate, small_template

ASKED = "The template asks for a reason with every decision on this question."
DEMAND = (
    ("{key: region, kind: choice,", "{key: region, kind: choice, decision: reason,"),
    ("key: published, kind: partial_date,", "key: published, kind: partial_date, decision: reason,"),
)
A = extract({"region": "north", "death_year": 2016, "published": "2018"})
B = as_second(extract({"region": "south", "death_year": 2017}))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    source = small_template()[0]
    for old, new in DEMAND:
        assert old in source
        source = source.replace(old, new)
    database = sqlite_database(tmp_path / "tandem.sqlite3")
    with database.writing() as session:
        populate(session, source)
    yield World(database, tmp_path)
    database.dispose()


def decided(world: World, case_id: str) -> dict[str, tuple[str, str]]:
    """Choice and reason of every live decision, by path."""
    return {one.path: (one.choice, one.reason) for one in comparison(world, case_id).decisions}


def test_the_pages_ask_for_the_reason_that_the_template_wants(world: World) -> None:
    case_id = submitted_case(world, A, B)
    carol = world.client_for("carol")
    carol.most_statements = 60  # several decisions are written, each with a row in the audit trail
    revision = comparison(world, case_id).row.revision
    carol.submit(address(case_id, "/rows/confirm"), {"revision": revision}, page=address(case_id, "/rows"))

    at = address(case_id, "/resolve")
    assert ASKED in carol.page(f"{at}?at=report.region").words
    free = carol.page(f"{at}?at=report.death_year").words
    assert ASKED not in free
    assert "A reason is needed where you leave what the coders said" in free
    sent = {"path": "report.region", "choice": "a", "revision": comparison(world, case_id).row.revision}
    refused = Page(carol.submit(at, sent, page=f"{at}?at=report.region"))
    assert "Region: the template asks for a reason" in refused.words
    assert "Comment or reason (optional)" not in refused.words
    summary = [
        one.get("href") for one in refused.root.iter("a") if "asks for a reason" in "".join(one.itertext())
    ]
    assert summary == ["#reason"]
    assert decided(world, case_id) == {}

    section = address(case_id, "/resolve/section/report")
    page = carol.page(section)
    assert page.words.count(ASKED) == 2
    assert page.words.count("Comment or reason (optional)") == 1
    number = {value: name.split("-")[0] for name, value in page.values().items() if name.endswith("-path")}
    form = page.values() | {"item": list(number.values())}
    form |= {f"{number['report.region']}-choice": "b", f"{number['report.death_year']}-choice": "b"}
    again = Page(carol.submit(section, form, page=section))
    assert "Region: the template asks for a reason" in again.words
    assert decided(world, case_id) == {"report.death_year": ("b", "")}

    together = address(case_id, "/together")
    assert "reason asked for by the template" in carol.page(f"{together}?kind=one").words
    revision = comparison(world, case_id).row.revision
    batch = {
        "kind": "one",
        "path": ["report.published"],
        "revision": revision,
        "reason": "B overlooked page 2.",
    }
    carol.submit(together, batch, page=f"{together}?kind=one")
    sent |= {"reason": "Page 1 names the council.", "revision": revision + 1}
    carol.submit(at, sent, page=f"{at}?at=report.region")
    assert decided(world, case_id) == {
        "report.death_year": ("b", ""),
        "report.published": ("a", "B overlooked page 2."),
        "report.region": ("a", "Page 1 names the council."),
    }
