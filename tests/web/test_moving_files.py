"""Stored files move to another place whole, as the database knows them, or it is said which does not and nothing is copied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from schema.problem import Refused
from schema.store.models import ReportFile
from tests.support.entry_desk import build_desk
from tests.support.reports import small_report, upload
from tests.support.world import World
from webapp.backups.moving_files import move_files


@pytest.fixture
def filed(world: World) -> Path:
    """The one report of a case, where it is stored."""
    room = f"/projects/pilot/cases/{build_desk(world).case_id}/reports"
    assert upload(world.client_for("dana"), room, small_report()).status_code == 303
    with world.reading() as session:
        name = session.scalars(select(ReportFile.stored_name)).one()
    return world.settings.data_dir / "documents" / name


def _move(world: World, place: Path) -> int:
    return move_files(world.database, world.settings, place)


def _refused(world: World, place: Path) -> list[str]:
    with pytest.raises(Refused) as caught:
        _move(world, place)
    return [f"{one.code} {one.message}" for one in caught.value.problems]


def _there(place: Path) -> dict[str, bytes]:
    return {
        path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()
    }


def test_files_move_into_a_folder_that_is_made(world: World, filed: Path, tmp_path: Path) -> None:
    place = tmp_path / "new" / "folder"
    assert _move(world, place) == 1
    assert _there(place) == {f"documents/{filed.name}": small_report()}
    assert place.stat().st_mode & 0o777 == 0o700
    assert filed.exists()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(b"%PDF-changed"), "was changed"),
        (Path.unlink, "is missing"),
    ],
    ids=["changed", "missing"],
)
def test_a_file_that_is_not_as_the_database_knows_it_is_named_and_nothing_is_copied(
    world: World, filed: Path, tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    (filed.parent / "another.pdf").write_bytes(b"that no row knows")
    spoil(filed)
    assert _refused(world, tmp_path / "new") == [f"BAK-025 {filed} {said}, so nothing was copied."]
    assert not (tmp_path / "new").exists()


def test_what_an_interrupted_run_copied_counts_and_what_it_spoilt_is_copied_again(
    world: World, filed: Path, tmp_path: Path
) -> None:
    (filed.parent / "another.pdf").write_bytes(b"that no row knows")
    place = tmp_path / "new"
    assert _move(world, place) == 2
    (place / "documents" / filed.name).write_bytes(b"%PDF-half")
    kept = (place / "documents" / "another.pdf").stat().st_ino
    assert _move(world, place) == 2
    assert (place / "documents" / filed.name).read_bytes() == small_report()
    assert (place / "documents" / "another.pdf").stat().st_ino == kept


def test_a_place_with_other_files_or_where_the_files_are_now_is_refused(
    world: World, filed: Path, tmp_path: Path
) -> None:
    others = tmp_path / "others"
    (others / "exports").mkdir(parents=True)
    (others / "exports" / "of-somebody.xlsx").touch()
    assert _refused(world, others)[0].startswith("BAK-019")
    data = world.settings.data_dir
    for place in (data, data / "documents", data / "documents" / "deep" / "er"):
        assert _refused(world, place)[0].startswith("BAK-026")
    assert list(filed.parent.iterdir()) == [filed]
