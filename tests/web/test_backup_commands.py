"""``tandem backup``, ``verify``, ``restore`` and ``move``, as they are typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.cli import main

KEY = "a key of this installation, long enough: 0123456789"
Tandem = Callable[..., Result]


@pytest.fixture
def tandem(tmp_path: Path) -> Tandem:
    """Run a command in the installation named ``here``, unless another folder is named."""

    def run(*words: str, data: str = "here", **others: str) -> Result:
        given = {
            "TANDEM_DATA_DIR": str(tmp_path / data),
            "TANDEM_SECRET_KEY": KEY,
            "TANDEM_DATABASE_URL": None,
        }
        return CliRunner().invoke(main, words, env=given | others)

    assert run("user", "add", "rowan", "--admin").exit_code == 0
    return run


def test_a_backup_is_made_verified_and_restored_elsewhere(tandem: Tandem, tmp_path: Path) -> None:
    path = str(tmp_path / "one.backup")
    made = tandem("backup", path)
    assert made.exit_code == 0, made.output
    acts = int(tandem("audit", "head").output.split()[0])
    assert "The backup holds." in tandem("verify", path).output
    assert "Restored." in tandem("restore", path, data="there").output
    assert tandem("user", "list", data="there").output == tandem("user", "list").output
    # Making it is on record here, restoring it there.
    assert f"holds: {acts} rows" in tandem("audit", "verify", data="there").output


def test_the_address_to_move_to_stays_out_of_the_list_of_processes(tandem: Tandem, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'there.sqlite3'}"
    moved = tandem("move", TANDEM_MOVE_TO=address)
    assert "Moved: every table is the same on both sides." in moved.output, moved.output
    assert "rowan" in tandem("user", "list", TANDEM_DATABASE_URL=address).output
    assert "TANDEM_MOVE_TO" in tandem("move").output
