"""``tandem audit``: the trail is checked from the command line, with the key of the installation."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.cli import main

KEY = "a key of this installation, long enough: 0123456789"
LATER = "the key that came after it, long enough: 9876543210"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with two accounts."""
    monkeypatch.setenv("TANDEM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TANDEM_SECRET_KEY", KEY)
    monkeypatch.delenv("TANDEM_DATABASE_URL", raising=False)
    assert _run("user", "add", "rowan", "--admin").exit_code == 0
    assert _run("user", "add", "amara").exit_code == 0
    return tmp_path


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def _force(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "tandem.sqlite3")
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute("DROP TRIGGER audit_no_delete")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_trail_that_nobody_touched_holds_and_its_head_is_printed(folder: Path) -> None:
    answer = _run("audit", "verify")
    assert answer.exit_code == 0
    head = _run("audit", "head").output.split()[1]
    assert head in answer.output
    assert (folder / "audit-heads").stat().st_mode & 0o777 == 0o600


def test_the_first_row_that_does_not_hold_is_named(folder: Path) -> None:
    _force(folder, "UPDATE audit SET actor_name = 'x' WHERE seq = 2")
    answer = _run("audit", "verify")
    assert answer.exit_code == 2
    assert "Row 2 " in answer.output


def test_a_cut_tail_is_noticed_by_the_head_that_was_kept(folder: Path) -> None:
    assert _run("audit", "verify").exit_code == 0
    _force(folder, "DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)")
    answer = _run("audit", "verify")
    assert answer.exit_code == 2
    assert "tail was cut off" in answer.output


def test_a_cut_tail_is_noticed_by_a_head_that_is_given(folder: Path) -> None:
    head = _run("audit", "head").output.split()[1]
    _force(folder, "DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)")
    assert _run("audit", "verify").exit_code == 0
    assert _run("audit", "verify", "--head", head).exit_code == 2


def test_a_new_key_needs_the_earlier_one_to_check_what_came_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_SECRET_KEY", LATER)
    assert _run("audit", "verify").exit_code == 2
    monkeypatch.setenv("TANDEM_EARLIER_SECRET_KEYS", KEY)
    assert _run("user", "add", "ben").exit_code == 0
    assert _run("audit", "verify").exit_code == 0


def test_with_another_key_nothing_begins_until_the_one_that_served_is_back_or_is_said_to_be_lost(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TANDEM_SECRET_KEY")  # a node whose key was forgotten makes one of its own
    for words in (("worker",), ("serve",), ("user", "add", "ben")):
        refused = _run(*words)
        assert (refused.exit_code, "AUD-002" in refused.output) == (2, True), words
    monkeypatch.setenv("TANDEM_SECRET_KEY", KEY)
    assert _run("user", "add", "ben").exit_code == 0
    assert _run("audit", "verify").exit_code == 0
    monkeypatch.setenv("TANDEM_SECRET_KEY", LATER)
    lost = re.search(r"TANDEM_LOST_SECRET_KEYS=(\w+)", _run("user", "add", "eve").output)
    assert lost
    monkeypatch.setenv("TANDEM_LOST_SECRET_KEYS", lost[1])
    assert _run("user", "add", "eve").exit_code == 0
    assert "Row 1 " in _run("audit", "verify").output


def test_a_weak_earlier_key_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_EARLIER_SECRET_KEYS", "dev")
    assert _run("audit", "verify").exit_code == 2


def test_what_belongs_to_no_project_is_listed_the_latest_first_and_that_is_on_record(folder: Path) -> None:
    assert (
        _run(
            "project", "create", "pilot", "--title", "Pilot", "--template", "dhr-childrens-services"
        ).exit_code
        == 0
    )
    first = _listed("audit", "list")
    made, named = ["user.issue_reset_code", "user.add"], ["user.set_admin"]
    assert [row["act"] for row in first] == ["template.publish", *made, *named, *made]
    assert [row["number"] for row in first] == sorted((row["number"] for row in first), key=int, reverse=True)
    second = _listed("audit", "list")
    assert [row["act"] for row in second] == ["audit.export", *(row["act"] for row in first)]


def test_the_list_is_narrowed_by_person_and_day_and_says_what_it_cannot_find(folder: Path) -> None:
    assert _listed("audit", "list", "--person", "amara") == []
    assert _listed("audit", "list", "--until", "2001-01-01") == []
    assert _listed("audit", "list", "--since", "2001-01-01") != []
    unknown = _run("audit", "list", "--person", "nobody")
    assert unknown.exit_code != 0
    assert "There is no account “nobody”." in unknown.output
    assert _run("audit", "list", "--since", "yesterday").exit_code != 0


def _listed(*words: str) -> list[dict[str, str]]:
    answer = _run(*words)
    assert answer.exit_code == 0, answer.output
    return list(csv.DictReader(io.StringIO(answer.output.removeprefix("\ufeff"))))
