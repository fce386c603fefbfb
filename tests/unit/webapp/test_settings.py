"""Settings are safe without any, and what is wrong is told at once, each with its remedy."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from schema.problem import Refused
from webapp.settings import default_data_dir, from_environment

KEY = "kV3nQ8xZr1mT6bY0wL5sD9fG2hJ7pC4a"


def _codes(environ: dict[str, str], folder: Path) -> list[str]:
    with pytest.raises(Refused) as caught:
        from_environment(environ, folder)
    return [problem.code for problem in caught.value.problems]


def test_without_any_variable_everything_stands_in_one_folder_on_this_machine(tmp_path: Path) -> None:
    settings = from_environment({}, tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/tandem.sqlite3"
    assert (settings.host, settings.port, settings.production, settings.https) == (
        "127.0.0.1",
        8000,
        True,
        False,
    )
    assert (settings.session_idle, settings.session_absolute) == (timedelta(minutes=30), timedelta(hours=12))


def test_who_only_looks_makes_neither_folder_nor_key(tmp_path: Path) -> None:
    for folder, code in ((tmp_path / "mistyped", "SET-049"), (tmp_path, "SET-050")):
        with pytest.raises(Refused, match=code):
            from_environment({}, folder, make=False)
    assert list(tmp_path.iterdir()) == []


def test_the_key_is_made_at_the_first_start_and_kept(tmp_path: Path) -> None:
    first = from_environment({}, tmp_path).secret_key
    assert len(first) >= 43
    assert from_environment({}, tmp_path).secret_key == first
    assert from_environment({}, tmp_path / "other").secret_key != first


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX ones")
def test_folder_and_key_belong_to_their_owner_alone(tmp_path: Path) -> None:
    folder = from_environment({"TANDEM_DATA_DIR": str(tmp_path / "made" / "here")}).data_dir
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600


def test_variables_are_read(tmp_path: Path) -> None:
    settings = from_environment(
        {
            "TANDEM_DATABASE_URL": "postgresql://tandem@db/tandem",
            "TANDEM_SECRET_KEY": KEY,
            "TANDEM_ENV": "development",
            "TANDEM_HOST": "0.0.0.0",
            "TANDEM_PORT": "8123",
            "TANDEM_HTTPS": "1",
            "TANDEM_SESSION_IDLE_MINUTES": "10",
            "TANDEM_SESSION_HOURS": "8",
        },
        tmp_path,
    )
    assert settings.database_url == "postgresql://tandem@db/tandem"
    assert (settings.secret_key, settings.production, settings.https) == (KEY, False, True)
    assert (settings.host, settings.port) == ("0.0.0.0", 8123)
    assert (settings.session_idle, settings.session_absolute) == (timedelta(minutes=10), timedelta(hours=8))
    assert not (tmp_path / "secret-key").exists()


@pytest.mark.parametrize("key", ["", "short", "a" * 64, "abcabcabcabcabcabcabcabcabcabcabcabc"])
def test_production_refuses_a_weak_or_empty_key(tmp_path: Path, key: str) -> None:
    assert _codes({"TANDEM_SECRET_KEY": key}, tmp_path) == ["SET-004"]


def test_development_takes_a_short_key_but_not_none(tmp_path: Path) -> None:
    assert (
        from_environment({"TANDEM_ENV": "development", "TANDEM_SECRET_KEY": "dev"}, tmp_path).secret_key
        == "dev"
    )
    assert _codes({"TANDEM_ENV": "development", "TANDEM_SECRET_KEY": ""}, tmp_path) == ["SET-004"]


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX ones")
@pytest.mark.parametrize("rights", [0o640, 0o604, 0o644])
def test_production_refuses_a_key_file_that_others_can_read(tmp_path: Path, rights: int) -> None:
    from_environment({}, tmp_path)
    (tmp_path / "secret-key").chmod(rights)
    assert _codes({}, tmp_path) == ["SET-005"]


def test_an_emptied_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret-key").touch(mode=0o600)
    assert _codes({}, tmp_path) == ["SET-004"]


def test_a_passphrase_of_backups_that_is_too_short_is_refused_at_the_start(tmp_path: Path) -> None:
    assert _codes({"TANDEM_BACKUP_PASSPHRASE": "short"}, tmp_path) == ["SET-060"]
    assert from_environment({"TANDEM_BACKUP_PASSPHRASE": "x" * 15}, tmp_path).backup_passphrase == "x" * 15


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "8000.5", "٨٠٠٠", "1" * 5000])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    assert _codes({"TANDEM_PORT": port}, tmp_path) == ["SET-002"]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    wrong = {"TANDEM_ENV": "prod", "TANDEM_PORT": "x", "TANDEM_HTTPS": "maybe", "TANDEM_SECRET_KEY": "x"}
    assert sorted(_codes(wrong, tmp_path)) == ["SET-001", "SET-002", "SET-003", "SET-004"]


def test_neither_key_nor_database_password_stands_in_the_settings_when_printed(tmp_path: Path) -> None:
    settings = from_environment(
        {
            "TANDEM_SECRET_KEY": KEY,
            "TANDEM_DATABASE_URL": "postgresql://a:hush@b/c",
            "TANDEM_DATABASE_OWNER_URL": "postgresql://o:quiet@b/c",
        },
        tmp_path,
    )
    assert KEY not in repr(settings)
    assert "hush" not in repr(settings)
    assert settings.database_owner_url == "postgresql://o:quiet@b/c"
    assert "quiet" not in repr(settings)


@pytest.mark.parametrize(
    ("owner", "served"),
    [
        ("postgresql://o@b/c", ""),
        ("postgresql://o@b/c", "sqlite:////tmp/c"),
        ("postgresql://o@b/c", "postgresql://a@b/d"),
        ("sqlite:////tmp/c", "sqlite:////tmp/c"),
        ("nowhere", "nowhere"),
    ],
)
def test_an_owner_apart_is_one_of_the_same_database_on_postgresql(
    tmp_path: Path, owner: str, served: str
) -> None:
    given = {"TANDEM_DATABASE_OWNER_URL": owner, "TANDEM_DATABASE_URL": served}
    assert _codes(given, tmp_path) == ["SET-017"]


def test_each_platform_has_its_folder(tmp_path: Path) -> None:
    assert default_data_dir({"XDG_DATA_HOME": str(tmp_path)}, "linux") == tmp_path / "tandem"
    assert default_data_dir({}, "linux") == Path.home() / ".local" / "share" / "tandem"
    assert default_data_dir({"LOCALAPPDATA": str(tmp_path)}, "win32") == tmp_path / "Tandem"
    assert default_data_dir({}, "darwin") == Path.home() / "Library" / "Application Support" / "Tandem"


def test_a_data_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("not a folder")
    for folder in (tmp_path / "letter", tmp_path / "letter" / "within"):
        with pytest.raises(Refused) as refused:
            from_environment({"TANDEM_DATA_DIR": str(folder)})
        assert [problem.code for problem in refused.value.problems] == ["SET-007"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give a folder away"
)
def test_root_is_refused_where_the_data_folder_is_another_accounts(tmp_path: Path) -> None:
    os.chown(tmp_path, 54_321, -1)  # an account without a name
    with pytest.raises(Refused, match="SET-046") as refused:
        from_environment({}, tmp_path)
    assert "belongs to 54321" in str(refused.value)
    assert "runuser -u 54321" in str(refused.value)
    assert list(tmp_path.iterdir()) == []
    os.chown(tmp_path, 0, -1)
    assert from_environment({}, tmp_path).data_dir == tmp_path


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        ({}, ("127.0.0.1", "::1", "localhost")),
        ({"TANDEM_HOST": "0.0.0.0"}, ()),
        ({"TANDEM_HTTPS": "1"}, ()),
        ({"TANDEM_HOSTS": " Tandem.example.org, localhost"}, ("tandem.example.org", "localhost")),
    ],
)
def test_what_is_served_to_this_machine_alone_answers_to_its_own_names_alone(
    tmp_path: Path, given: dict[str, str], hosts: tuple[str, ...]
) -> None:
    assert from_environment(given, tmp_path).hosts == hosts


def test_whom_a_second_step_is_asked_of_is_read_and_a_slip_is_told(tmp_path: Path) -> None:
    found = from_environment({"TANDEM_TWO_STEP": "Manager, administrator"}, tmp_path)
    assert found.two_step == {"manager", "administrator"}
    with pytest.raises(Refused) as refused:
        from_environment({"TANDEM_TWO_STEP": "managers"}, tmp_path)
    assert [problem.code for problem in refused.value.problems] == ["SET-015"]
