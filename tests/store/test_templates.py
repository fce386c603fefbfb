"""Template versions are published in order, once, for good; what would change given answers is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE
from schema.problem import Refused
from schema.store import templates
from schema.store.audit_chain import write
from schema.store.database import Database
from schema.store.models import Audit
from schema.store.templates import (
    compiled,
    ensure_shipped,
    find_version,
    latest_version,
    latest_versions,
    publish,
    retire,
    versions,
)
from schema.template.loader import Loaded, load_template
from schema.template.shipped import shipped_keys
from tests.support.databases import sqlite_database

SUPPORT = Path(__file__).parents[1] / "support"
SOURCE = (SUPPORT / "small-template.yaml").read_text(encoding="utf-8")
LISTS = {path.stem: path.read_text(encoding="utf-8") for path in (SUPPORT / "codelists").glob("*.yaml")}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database = sqlite_database(tmp_path / "tandem.sqlite3")
    with database.writing() as opened:
        yield opened
    database.dispose()


def _next(source: str = SOURCE, number: int = 2) -> str:
    return source.replace("version: 1", f"version: {number}")


def _code(caught: pytest.ExceptionInfo[Refused]) -> str:
    return caught.value.problems[0].code


def _publish(session: Session, source: str, lists: Mapping[str, str] = LISTS, reason: str = "") -> None:
    publish(session, COMMAND_LINE, source, lists, reason)


def test_a_published_version_keeps_its_source_and_reads_the_same_later(database: Database) -> None:
    with database.writing() as session:
        row = publish(session, COMMAND_LINE, SOURCE, {**LISTS, "unused": "codelist: unused"})
    with database.reading() as session:
        found = find_version(session, "small", 1)
        assert found is not None
        assert (found.source, found.state, found.title) == (SOURCE, "published", "Small review extraction")
        assert sorted(json.loads(found.codelists)) == sorted(LISTS)
        template = compiled(session, row.id)
    assert (template.key, template.version, template.source_hash) == ("small", 1, row.source_hash)


def test_every_problem_of_a_bad_source_is_told(session: Session) -> None:
    with pytest.raises(Refused) as caught:
        _publish(session, SOURCE.replace("kind: text", "kind: txet").replace("small_region", "no_such_list"))
    assert len(caught.value.problems) >= 2
    assert versions(session, "small") == []


@pytest.mark.parametrize("number", [1, 3])
def test_a_version_that_is_not_the_next_is_refused(session: Session, number: int) -> None:
    _publish(session, SOURCE)
    with pytest.raises(Refused) as caught:
        _publish(session, _next(number=number), reason="because")
    assert (_code(caught), caught.value.status) == ("TPL-201", 409)


def test_a_change_of_words_is_published_without_more_ado(session: Session) -> None:
    _publish(session, SOURCE)
    _publish(session, _next(SOURCE.replace("label: Area", "label: Area of the review")))
    assert [row.version for row in versions(session, "small")] == [1, 2]


def test_a_field_that_changes_its_kind_is_refused_whatever_the_reason(session: Session) -> None:
    _publish(session, SOURCE)
    with pytest.raises(Refused) as caught:
        _publish(
            session,
            _next(SOURCE.replace("{key: area, kind: text", "{key: area, kind: long_text")),
            reason="so",
        )
    assert caught.value.status == 409
    assert len(versions(session, "small")) == 1


def test_a_tightened_rule_asks_for_a_reason_and_keeps_it(session: Session) -> None:
    _publish(session, SOURCE)
    tightened = _next(SOURCE.replace("max: 2035", "max: 2030"))
    with pytest.raises(Refused) as caught:
        _publish(session, tightened)
    assert _code(caught) == "TPL-203"
    _publish(session, tightened, reason="No later deaths are in scope.")
    latest = latest_version(session, "small")
    assert latest is not None
    assert (latest.version, latest.reason) == (2, "No later deaths are in scope.")


def test_publishing_is_on_record_with_its_differences(session: Session) -> None:
    _publish(session, SOURCE)
    _publish(session, _next(SOURCE.replace("label: Area", "label: Area of the review")))
    write(session)
    details = [json.loads(detail) for detail in session.scalars(select(Audit.detail).order_by(Audit.seq))]
    assert [detail["template"] for detail in details] == ["small@1", "small@2"]
    assert details[0]["differences"] == []
    assert any("area" in line for line in details[1]["differences"])


def test_a_retired_version_stays_readable(session: Session) -> None:
    _publish(session, SOURCE)
    row = versions(session, "small")[0]
    with pytest.raises(Refused):
        retire(session, COMMAND_LINE, row, " ")
    retire(session, COMMAND_LINE, row, "Replaced.")
    assert compiled(session, row.id).version == 1
    with pytest.raises(Refused):
        retire(session, COMMAND_LINE, row, "Again.")


def test_an_unknown_version_is_not_found(session: Session) -> None:
    with pytest.raises(Refused) as caught:
        compiled(session, "nothing")
    assert caught.value.status == 404


@pytest.mark.parametrize(("key", "version"), shipped_keys())
def test_a_shipped_template_is_published_once(session: Session, key: str, version: int) -> None:
    first = ensure_shipped(session, COMMAND_LINE, key, version)
    assert ensure_shipped(session, COMMAND_LINE, key, version) is first
    assert (first.key, first.version) == (key, version)
    assert [row.key for row in latest_versions(session)] == [key]


def test_a_template_that_is_not_shipped_is_refused(session: Session) -> None:
    with pytest.raises(Refused) as caught:
        ensure_shipped(session, COMMAND_LINE, "no-such-template", 1)
    assert caught.value.status == 404


def test_a_version_that_many_ask_for_at_once_is_read_once(database: Database, monkeypatch) -> None:
    with database.writing() as session:
        version = publish(session, COMMAND_LINE, f"{SOURCE}\n# once on {database.dialect}\n", LISTS).id
    read, begun, go_on = [], Event(), Event()

    def slowly(*given: Any) -> Loaded:
        read.append(given)
        begun.set()
        assert go_on.wait(30)
        return load_template(*given)

    def ask() -> None:
        with database.reading() as session:
            compiled(session, version)

    monkeypatch.setattr(templates, "load_template", slowly)
    first, second = Thread(target=ask), Thread(target=ask)
    first.start()
    assert begun.wait(30)
    second.start()
    second.join(0.2)  # it would have begun to read by now
    go_on.set()
    for one in (first, second):
        one.join()
    assert len(read) == 1
