"""``tandem backup``, ``verify``, ``restore`` and ``move``, as they are typed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from schema.store.database import Database
from tests.store.installation import SECRET, fill, keyed
from tests.support.nodes import ROOT, TANDEM, as_anybody
from webapp.cli import main
from webapp.secret_key import KEY_FILE
from webapp.settings import DATABASE_FILE

Tandem = Callable[..., Result]


@pytest.fixture
def tandem(tmp_path: Path) -> Tandem:
    """Run a command in the installation named ``here``, unless another folder is named."""

    def run(*words: str, data: str = "here", **others: str | None) -> Result:
        given = {
            "TANDEM_DATA_DIR": str(tmp_path / data),
            "TANDEM_SECRET_KEY": SECRET,
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


def test_a_backup_without_a_stored_file_says_so_when_it_is_made_verified_and_restored(
    tandem: Tandem, tmp_path: Path
) -> None:
    stored, path = _with_an_export(tmp_path / "here"), tmp_path / "one.backup"
    assert tandem("backup", str(path)).exit_code == 0
    stored.unlink()
    lacking = str(tmp_path / "lacking.backup")
    for ran in (
        tandem("backup", lacking),
        tandem("verify", lacking),
        tandem("restore", lacking, data="there"),
    ):
        assert ran.exit_code == 1
        assert "NOT IN ORDER: exports/0123abcd.xlsx is missing." in ran.stderr
        assert "This backup is not complete: 1 stored file not in order." in ran.stderr
        assert "The backup holds." not in ran.output
    assert (tandem("verify", str(path)).exit_code, Path(lacking).is_file()) == (0, True)
    assert tandem("user", "list", data="there").output == tandem("user", "list").output


def test_a_new_machine_makes_no_key_that_would_stand_in_the_way_of_the_one_to_come(
    tandem: Tandem, tmp_path: Path
) -> None:
    path, key = str(tmp_path / "one.backup"), tmp_path / "there" / KEY_FILE
    assert tandem("backup", path).exit_code == 0
    for words in (("verify", path), ("restore", path)):
        ran = tandem(*words, data="there", TANDEM_SECRET_KEY=None)
        assert (ran.exit_code, ran.stderr.startswith("SET-050")) == (2, True), ran.output
        assert "--unverified" in ran.stderr
        assert not key.exists()
    key.write_text(SECRET, encoding="ascii")
    key.chmod(0o600)
    assert "Restored." in tandem("restore", path, data="there", TANDEM_SECRET_KEY=None).output
    lost = tandem("restore", path, "--unverified", data="lost", TANDEM_SECRET_KEY=None)
    assert "Not verified: sealed with the key" in lost.stderr
    assert tandem("user", "list", data="lost", TANDEM_SECRET_KEY=None).exit_code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="setpriv is Linux")
def test_a_folder_of_stored_files_that_may_not_be_read_is_not_an_empty_one(
    tandem: Tandem, tmp_path: Path
) -> None:
    stored = _with_an_export(tmp_path / "here")
    stored.parent.chmod(0)
    given = {"TANDEM_DATA_DIR": str(tmp_path / "here"), "TANDEM_SECRET_KEY": SECRET}
    command = as_anybody([sys.executable, "-c", TANDEM, "backup", str(tmp_path / "one.backup")])
    ran = subprocess.run(
        command, env=os.environ | given, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    stored.parent.chmod(0o700)
    assert (ran.returncode, "Written: " in ran.stdout) == (1, True), ran.stderr
    assert "NOT IN ORDER: exports/0123abcd.xlsx cannot be read: Permission denied." in ran.stderr


@pytest.mark.skipif(os.name != "posix", reason="limits of a process are set on POSIX")
@pytest.mark.parametrize(
    ("what", "locked", "said"),
    [
        (
            "verify",
            ["--encrypt"],
            "DB-507: There is no room left to save anything. Make room on the disk, then",
        ),
        (
            "restore",
            [],
            "BAK-022: The backup cannot be put here: File too large. Nothing was changed. Make room",
        ),
    ],
)
def test_a_disk_without_room_is_not_taken_for_a_damaged_backup(
    tandem: Tandem, tmp_path: Path, what: str, locked: list[str], said: str
) -> None:
    path, given = str(tmp_path / "one.backup"), {"TANDEM_BACKUP_PASSPHRASE": "violet kettle harbour nineteen"}
    (tmp_path / "here" / "exports").mkdir()
    (tmp_path / "here" / "exports" / "large.xlsx").write_bytes(b"0" * 3 * 2**20)
    assert tandem("backup", path, *locked, **given).exit_code == 0
    given |= {"TANDEM_DATA_DIR": str(tmp_path / "there"), "TANDEM_SECRET_KEY": SECRET}
    full = ["sh", "-c", 'ulimit -f 2048; exec "$@"', "sh", sys.executable, "-c", TANDEM, what, path]
    ran = subprocess.run(
        full, env=os.environ | given, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.stderr.startswith(said)
    assert ("damaged" in ran.stderr, ran.returncode) == (False, 2)


@pytest.mark.skipif(os.name != "posix", reason="a session without a terminal is POSIX's")
def test_without_a_terminal_the_passphrase_is_to_be_set(tandem: Tandem, tmp_path: Path) -> None:
    path, secret = tmp_path / "one.backup", "violet kettle harbour nineteen"
    assert tandem("backup", str(path), "--encrypt", TANDEM_BACKUP_PASSPHRASE=secret).exit_code == 0
    given = {"TANDEM_DATA_DIR": str(tmp_path / "here"), "TANDEM_SECRET_KEY": SECRET}
    for words in (["verify", str(path)], ["backup", str(tmp_path / "two.backup"), "--encrypt"]):
        ran = subprocess.run(
            [sys.executable, "-c", TANDEM, *words],
            env=os.environ | given,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (ran.returncode, ran.stderr) == (
            2,
            "BAK-040: There is no terminal on which the passphrase could be asked for. Set TANDEM_BACKUP_PASSPHRASE.\n",
        )


def _with_an_export(folder: Path) -> Path:
    """Put work into the installation, with an exported file, and return the file."""
    database = keyed(Database(f"sqlite:///{folder / DATABASE_FILE}"), folder)
    fill(database, folder)
    database.dispose()
    return folder / "exports" / "0123abcd.xlsx"


def test_the_address_to_move_to_stays_out_of_the_list_of_processes(tandem: Tandem, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'there.sqlite3'}"
    moved = tandem("move", TANDEM_MOVE_TO=address)
    assert "Moved: every table is the same on both sides." in moved.output, moved.output
    assert "rowan" in tandem("user", "list", TANDEM_DATABASE_URL=address).output
    assert "TANDEM_MOVE_TO" in tandem("move").output
