"""Files lie in a folder or in a bucket, and nobody who uses them notices which: both are real, the bucket over HTTP."""

from __future__ import annotations

import dataclasses
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from schema.problem import Refused
from schema.store import kept_backups, running
from schema.store.kept_backups import Kept
from schema.store.models import Audit, ExportFile, ReportFile
from tests.support.entry_desk import Desk, build_desk
from tests.support.policing import PolicingClient
from tests.support.reports import small_report, upload
from tests.support.s3 import ObjectStore, object_store
from tests.support.world import PASSWORD, World, build_world
from webapp.access import share
from webapp.access.share import MOST
from webapp.backups import schedule
from webapp.cli import main
from webapp.health.operations import examine
from webapp.health.readiness import ASK_AGAIN_SECONDS, EXTENSION, Readiness
from webapp.jobs import Worker
from webapp.place import Place, read_bucket
from webapp.reports import files
from webapp.settings import Settings, from_environment
from webapp.shelves import DOCUMENTS, Lost, Shelf, bucket, name_for, shelf_at, shelf_of, shelves
from webapp.shelves.bucket import HURRIED, Patience

KEY = "a key of this installation, long enough: 0123456789"
AWAY = {"ready": False, "database": True, "migrations": True, "worker": True, "files": False}
CONTENT = b"%PDF-1.7 what was stored \x00\xff" * 100
HASH = sha256(CONTENT).hexdigest()
Row = TypeVar("Row", ReportFile, ExportFile)


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store() as made:
        yield made


@pytest.fixture(params=["folder", "bucket"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    place: Place = tmp_path / "files"
    if request.param == "bucket":
        store: ObjectStore = request.getfixturevalue("store")
        place = store.folder()
    return shelf_at(_settings(tmp_path), place / "documents")


def _settings(tmp_path: Path) -> Settings:
    return from_environment({"TANDEM_DATA_DIR": str(tmp_path / "data"), "TANDEM_SECRET_KEY": KEY})


@pytest.fixture
def world(store: ObjectStore, tmp_path: Path) -> Iterator[World]:
    """The test world, with its files in the bucket."""
    made = build_world(tmp_path)
    made.files = store.folder()
    yield made
    made.database.dispose()


@pytest.fixture
def desk(world: World) -> Desk:
    return build_desk(world)


def _put(shelf: Shelf, content: bytes = CONTENT) -> str:
    path = shelf.unfinished(".pdf")
    path.write_bytes(content)
    name = name_for(sha256(content).hexdigest(), ".pdf")
    shelf.put(name, path)
    assert not path.exists()
    return name


def _held(shelf: Shelf) -> list[tuple[str, int]]:
    return [(one.name, one.size) for one in shelf.held()]


def test_a_file_that_was_put_is_read_with_its_hash_compared(shelf: Shelf) -> None:
    assert _held(shelf) == []
    unfinished = shelf.unfinished(".pdf")
    name, other = _put(shelf), _put(shelf)
    assert name.startswith(HASH)
    assert name != other  # the same content twice is two files
    assert sorted(_held(shelf)) == sorted([(name, len(CONTENT)), (other, len(CONTENT))])
    with shelf.checked(name, HASH) as path:
        assert path.read_bytes() == CONTENT
    with shelf.opened(name, HASH) as file:
        assert file.read() == CONTENT
    assert shelf.sum(name) == HASH
    shelf.remove(other)
    shelf.remove(other)
    assert [one for one, _ in _held(shelf)] == [name]
    assert unfinished.stat().st_mode & 0o777 == 0o600
    shelf.check()


def test_a_file_that_is_missing_or_changed_is_lost(shelf: Shelf) -> None:
    name = _put(shelf)
    for asked, expected in ((name, "0" * 64), (f"{HASH}-none.pdf", HASH)):
        with pytest.raises(Lost):
            shelf.opened(asked, expected)


def test_what_is_put_in_place_of_all_sets_the_others_aside(shelf: Shelf, tmp_path: Path) -> None:
    old = _put(shelf)
    (kept,) = _swapped(shelf, ["before-restore-1"], b"new")
    assert "documents.before-restore-1" in kept
    _interrupted = shelf.fresh("before-restore-2")
    _interrupted.mkdir(parents=True)
    again = _swapped(shelf, ["before-restore-1", "before-restore-3"], b"newer")
    assert again == [kept, kept.replace("restore-1", "restore-3")], (
        "what was there first is not kept as it was"
    )
    assert [_beside(tmp_path, one) for one in again] == [[old], ["one.pdf"]]
    assert not _interrupted.exists()


def _swapped(shelf: Shelf, endings: list[str], content: bytes) -> list[str]:
    """Put one file in the place of all, which nobody sees before it is done; gives where the others are kept."""
    before, fresh = _held(shelf), shelf.fresh(endings[-1])
    fresh.mkdir(parents=True)
    (fresh / "one.pdf").write_bytes(content)
    shelf.prepare(endings[-1])
    assert _held(shelf) == before
    kept = shelf.swap(endings)
    shelf.clear_fresh()
    assert _held(shelf) == [("one.pdf", len(content))]
    return kept


def _beside(folder: Path, address: str) -> list[str]:
    return [one.name for one in shelf_at(_settings(folder), read_bucket(address) or Path(address)).held()]


def test_only_what_no_row_knows_is_swept_and_only_when_it_is_old(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, stray = _put(shelf), _put(shelf)
    left = shelf.unfinished(".pdf")
    os.utime(left, (0, 0))
    assert files.sweep(shelf, lambda: {known}) == []
    assert not left.exists()
    monkeypatch.setattr(files, "LEFT_BEHIND", -60)
    assert files.sweep(shelf, lambda: {known}) == [stray]
    assert [one for one, _ in _held(shelf)] == [known]


def test_reports_and_exports_in_a_bucket_are_used_like_any_other(
    world: World, desk: Desk, store: ObjectStore
) -> None:
    content, room = small_report(), f"/projects/pilot/cases/{desk.case_id}/reports"
    assert upload(world.client_for("dana"), room, content).status_code == 303
    Worker(world.database, world.settings).run_all()
    report = _only(world, ReportFile)
    amara = world.client_for("amara")
    assert "health board must train" in amara.page(f"{room}/{report.id}?page=2").words
    assert amara.get(f"{room}/{report.id}/pages/1").mimetype == "image/webp"
    with amara.get(f"{room}/{report.id}/file") as sent:
        assert (sent.data, sent.content_length) == (content, len(content))
    with amara.get(f"{room}/{report.id}/file", headers={"Range": "bytes=1-4"}) as part:
        assert (part.status_code, part.data) == (206, b"PDF-")
    exported = _export(world)
    for kind in ("documents", "exports"):
        assert not (world.settings.data_dir / kind).exists()
    assert all(one.is_dir() or "on-their-way" not in one.parts for one in world.settings.data_dir.rglob("*"))
    _damaged_are_refused(world, store, f"{room}/{report.id}/file", report, exported)


def _only(world: World, model: type[Row]) -> Row:
    with world.reading() as session:
        return session.scalars(select(model)).one()


def _export(world: World) -> ExportFile:
    answer = world.client_for("dana").submit(
        "/projects/pilot/exports", {"format": "csv", "password": PASSWORD}
    )
    assert answer.status_code == 303
    Worker(world.database, world.settings).run_all()
    made = _only(world, ExportFile)
    sent = world.client_for("dana").submit(
        f"/projects/pilot/exports/{made.id}", {"password": PASSWORD, "reason": "To look at it"}
    )
    assert sha256(sent.data).hexdigest() == made.sha256
    return made


def _damaged_are_refused(
    world: World,
    store: ObjectStore,
    address: str,
    report: ReportFile,
    made: ExportFile,
) -> None:
    root = str(world.settings.files_place).removeprefix("s3://")
    assert _failed(world) == []
    store.raw.pipe_file(f"{root}/documents/{report.stored_name}", b"%PDF-changed")
    store.raw.rm_file(f"{root}/exports/{made.stored_name}")
    assert world.client_for("amara").get(address).status_code == 410
    assert world.client_for("dana").get(f"/projects/pilot/exports/{made.id}").status_code == 410
    said = " ".join(_failed(world))
    assert f"s3://{root}/documents/{report.stored_name} was changed. Take it from a backup, or attach" in said
    assert (
        f"s3://{root}/exports/{made.stored_name} is missing. Take it from a backup, or export again." in said
    )


def _backups_said(world: World, settings: Settings) -> str:
    return " ".join(one.said for one in examine(world.database, settings) if one.check == "backups")


def _failed(world: World) -> list[str]:
    found = examine(world.database, world.settings)
    return [f"{one.said} {one.remedy}" for one in found if one.check == "files" and one.state == "failed"]


def test_a_store_that_is_away_is_said_nothing_is_recorded_and_all_goes_on_when_it_is_back(
    world: World, desk: Desk, store: ObjectStore
) -> None:
    room = f"/projects/pilot/cases/{desk.case_id}/reports"
    dana: PolicingClient = world.client_for("dana")
    dana.outages = (503,)
    upload(dana, room, small_report())
    report = _only(world, ReportFile)
    store.stop()
    try:
        answer = dana.get(f"{room}/{report.id}/file")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "cannot be reached just now" in answer.text
        refused = upload(dana, room, small_report(), kind="summary")
        assert refused.status_code == 503
        assert "cannot be reached just now" in refused.text
        assert "AWS_ENDPOINT_URL_S3" in " ".join(_failed(world))
    finally:
        store.start()
    assert _only(world, ReportFile).id == report.id
    assert (_failed(world), dana.get(f"{room}/{report.id}/file").status_code) == ([], 200)


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], socket.socket]]:
    """Lead everybody, when called, to a store that takes connections and says nothing; gives where they arrive."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        listening.settimeout(30)  # for a test that would wait for ever

        def lead() -> socket.socket:
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{listening.getsockname()[1]}")
            return listening

        yield lead


def test_a_store_that_says_nothing_is_waited_for_twice_and_not_for_long(
    world: World, desk: Desk, silent: Callable[[], socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert HURRIED.tries * max(HURRIED.connect, HURRIED.silence) <= 10
    room = f"/projects/pilot/cases/{desk.case_id}/reports"
    dana = world.client_for("dana")
    upload(dana, room, small_report())
    address = f"{room}/{_only(world, ReportFile).id}"
    monkeypatch.setattr(bucket, "HURRIED", Patience(connect=0.2, silence=0.2, tries=2))
    listening, dana.outages = silent(), (503,)
    for page in (f"{address}/file", f"{address}/pages/1"):
        answer = dana.get(page)
        assert (answer.status_code, "cannot be reached just now" in answer.text) == (503, True)
        for _ in range(2):
            listening.accept()[0].close()
    listening.setblocking(False)
    with pytest.raises(BlockingIOError):
        listening.accept()


def test_those_who_wait_for_a_store_that_says_nothing_leave_threads_for_everybody_else(
    world: World, desk: Desk, silent: Callable[[], socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = f"/projects/pilot/cases/{desk.case_id}/reports"
    upload(world.client_for("dana"), room, small_report())
    address = f"{room}/{_only(world, ReportFile).id}/file"
    monkeypatch.setattr(bucket, "HURRIED", Patience(connect=20, silence=20, tries=1))
    monkeypatch.setattr(share, "TURN_SECONDS", 0)
    people = [world.client_for(name) for name in ("dana", "ben", "carol")]
    listening, statuses = silent(), list[int]()
    for person in people:
        person.page(room)
        person.outages = (503,)
    fetching = [
        threading.Thread(target=lambda one=one: statuses.append(one.get(address).status_code))
        for one in people
    ]
    for thread in fetching:
        thread.start()
    with ExitStack() as waited_for:
        for _ in people:
            waited_for.enter_context(listening.accept()[0])
        amara = world.client_for("amara")
        assert (len(people), amara.get(address).status_code) == (MOST, 429)
        assert desk.save(amara, ("report.area", "X")).status_code == 200
        listening.close()  # whoever asks again hears so at once
    for thread in fetching:
        thread.join()
    assert statuses == [503] * MOST


def test_the_doctor_says_how_the_store_is_reached(world: World, store: ObjectStore) -> None:
    found = [one for one in examine(world.database, world.settings) if one.check == "connection"]
    assert [(one.state, "stays on this machine" in one.said) for one in found][-1:] == [("ok", True)]


def test_ready_asks_the_bucket_and_asks_it_seldom(world: World, store: ObjectStore) -> None:
    moments = [0.0]
    shelf = shelf_of(world.settings, DOCUMENTS)
    world.app.extensions[EXTENSION] = Readiness(shelf, clock=lambda: moments[-1])
    with world.database.writing() as session:
        running.note(session, running.WORKER_SEEN)
    client = world.new_client()
    client.outages = (503,)
    assert client.get("/ready").get_json()["files"] is True
    store.stop()
    try:
        assert client.get("/ready").status_code == 200  # as it was told last
        moments.append(ASK_AGAIN_SECONDS)
        answer = client.get("/ready")
        assert (answer.status_code, answer.get_json()) == (503, AWAY)
    finally:
        store.start()
    moments.append(2 * ASK_AGAIN_SECONDS)
    assert client.get("/ready").status_code == 200


def _tandem(folder: Path, *words: str, **others: str) -> Result:
    given = {"TANDEM_DATA_DIR": str(folder), "TANDEM_SECRET_KEY": KEY, "TANDEM_DATABASE_URL": None}
    return CliRunner().invoke(main, words, env=given | others)


def test_files_move_into_a_bucket_and_backups_go_there_and_come_back(
    store: ObjectStore, tmp_path: Path
) -> None:
    here, there, bucket = tmp_path / "here", tmp_path / "there", store.folder()
    assert _tandem(here, "user", "add", "rowan", "--admin").exit_code == 0
    (here / "documents").mkdir(mode=0o700)
    (here / "documents" / "one.pdf").write_bytes(CONTENT)
    moved = _tandem(here, "move", "--files-to", f"{bucket}/files")
    assert (moved.exit_code, "1 file copied" in moved.output) == (0, True), moved.output
    assert (here / "documents" / "one.pdf").read_bytes() == CONTENT
    assert "1 file copied" in _tandem(here, "move", "--files-to", f"{bucket}/files").output
    assert (
        "BAK-026"
        in _tandem(here, "move", "--files-to", f"{bucket}/files", TANDEM_FILES=f"{bucket}/files").output
    )
    setting = {"TANDEM_FILES": f"{bucket}/files"}
    made = _tandem(here, "backup", f"{bucket}/backups/one.backup", **setting)
    assert (made.exit_code, "1 file." in made.output) == (0, True), made.output
    assert "BAK-001" in _tandem(here, "backup", f"{bucket}/backups/one.backup", **setting).output
    assert "The backup holds." in _tandem(here, "verify", f"{bucket}/backups/one.backup").output
    other = {"TANDEM_FILES": f"{bucket}/other"}
    assert "Restored." in _tandem(there, "restore", f"{bucket}/backups/one.backup", **other).output
    settings = from_environment({"TANDEM_DATA_DIR": str(there), "TANDEM_SECRET_KEY": KEY, **other})
    assert shelves(settings)["documents"].sum("one.pdf") == HASH
    assert "BAK-018" in _tandem(there, "verify", f"{bucket}/backups/none.backup").output


def test_backups_by_schedule_go_into_a_bucket_and_the_oldest_goes(world: World, store: ObjectStore) -> None:
    place = store.folder() / "backups"
    settings = dataclasses.replace(world.settings, backup_dir=place, backup_keep=1)
    shelf = shelf_at(settings, place)
    store.raw.pipe_file((place / "tandem-20200101T000000Z.backup").key, b"an old one")
    store.raw.pipe_file((place / "mine.backup").key, b"mine")
    with world.writing() as session:
        old = datetime(2020, 1, 1, tzinfo=UTC)
        kept_backups.keep(session, [Kept("tandem-20200101T000000Z.backup", old)])
    schedule.make_due(world.database, settings)
    mine, made = (one.name for one in shelf.held())
    assert (mine, made > "tandem-2026") == ("mine.backup", True)
    assert "The latest is of" in _backups_said(world, settings)
    with world.reading() as session:
        acts = session.scalars(select(Audit).where(Audit.action == "backup.make")).all()
    assert [shelf.sum(made) in act.detail for act in acts] == [True]
    shelf.remove(made)
    assert f"is no longer there: {place / made}." in _backups_said(world, settings)


@pytest.mark.parametrize(
    "address", ["s3://", "s3://UPPER/x", "s3://bucket/../x", "s3://bucket//x", "s3://bucket/a b", "S3://b"]
)
def test_an_address_that_is_none_is_refused_at_the_start(address: str, tmp_path: Path) -> None:
    for name in ("TANDEM_FILES", "TANDEM_BACKUP_DIR"):
        with pytest.raises(Refused) as caught:
            from_environment({"TANDEM_DATA_DIR": str(tmp_path), "TANDEM_SECRET_KEY": KEY, name: address})
        assert [(one.code, one.where) for one in caught.value.problems] == [("SET-044", name)]


def test_files_may_lie_in_another_folder(tmp_path: Path) -> None:
    elsewhere = tmp_path / "shared"
    elsewhere.mkdir()
    given = {
        "TANDEM_DATA_DIR": str(tmp_path / "data"),
        "TANDEM_SECRET_KEY": KEY,
        "TANDEM_FILES": str(elsewhere),
    }
    shelf = shelves(from_environment(given))["exports"]
    name = _put(shelf)
    assert (elsewhere / "exports" / name).stat().st_mode & 0o777 == 0o600
