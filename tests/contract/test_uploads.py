"""Every control that takes a file, with every hostile file: a clear refusal at that control, nothing stored, nothing beside its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

import webapp
from tests.support.bombs import BOMBS
from tests.support.casework import start_case
from tests.support.everyone import stored
from tests.support.hostile_files import KINDS, NAMES, SECRET_TEXT, made
from tests.support.policing import Page, PoliceReport, words
from tests.support.uploads import KNOWN, STUDY, UPLOADS, Upload, controls, send
from tests.support.world import World, build_world
from webapp.reports.files import clean_name
from webapp.sample import loading

EACH = pytest.mark.parametrize("upload", [pytest.param(one, id=one.title) for one in UPLOADS])

#: What no page may show of a name.
MISLEADING = ("\u202e", "\x1b", "\x00", "<img src=x")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A case of the pilot, and a project with a framework."""
    built = build_world(tmp_path_factory.mktemp("uploads"))
    start_case(built, "DHR-001")
    for name in set(loading.PEOPLE) - {"amara", "ben", "carol", "dana", "victor", "root"}:
        built.add_person(name)
    loading.load_project(built.database, STUDY, "Sample study", "Invented.")
    yield built
    built.database.dispose()


def _page(world: World, upload: Upload) -> str:
    return upload.page.replace("CASE", world.case("DHR-001").id)


def _files(world: World) -> dict[Path, int]:
    """Every file in and beside the folder of the installation, but for what SQLite and the counters write."""
    return {
        path: path.stat().st_size
        for path in world.folder.parent.rglob("*")
        if path.is_file() and "sqlite" not in path.name
    }


def _complaint(answer: TestResponse, upload: Upload) -> str:
    """What is wrong with a refusal; nothing where it is clear, stands at the control and shows no file of the server."""
    if SECRET_TEXT in answer.text:
        return "shows a file of the server"
    if answer.status_code not in (413, 422):
        return f"status {answer.status_code}"
    root = Page(answer).root
    summary = [words(one) for one in root.iter("div") if "error-summary" in (one.get("class") or "")]
    if not summary or not 60 < len(summary[0]) < 6_000:
        return f"says {summary[0][:200] if summary else 'nothing'}"
    return ""


def _wrongs(world: World, upload: Upload, files: dict[str, bytes]) -> Iterator[str]:
    client, page = world.client_for(upload.who), _page(world, upload)
    token = client.token(page)
    for name, content in files.items():
        try:
            answer = send(client, upload, page, token, content, upload.name)
        except PoliceReport as report:
            yield f"{name}: {report}"
            continue
        if upload.any_text or name in upload.fine:
            if answer.status_code not in (200, 422):
                yield f"{name}: status {answer.status_code}"
        elif complaint := _complaint(answer, upload):
            yield f"{name}: {complaint}"


def _of_kinds(kinds: tuple[str, ...]) -> dict[str, bytes]:
    return {name: made(kind, name) for kind in kinds for name in KINDS[kind]}


def _tried(world: World, upload: Upload, files: dict[str, bytes]) -> None:
    rows, lying = stored(world), _files(world)
    assert list(_wrongs(world, upload, files)) == []
    assert stored(world) == rows
    assert _files(world) == lying


@EACH
def test_a_hostile_file_is_refused_with_what_to_do_and_leaves_nothing(world: World, upload: Upload) -> None:
    own = _of_kinds(upload.kinds)
    some = {name: own[name] for name in list(own)[:: 6 if upload.same_reader else 1]}
    _tried(world, upload, {**some, **_of_kinds(("other",))})


@pytest.mark.full
@EACH
def test_whatever_file_is_sent_to_whatever_control_leaves_nothing(world: World, upload: Upload) -> None:
    swelling = {name: make() for name, make in BOMBS.items()} if "workbook" in upload.kinds else {}
    _tried(world, upload, {**_of_kinds(tuple(KINDS)), **swelling})


@EACH
def test_no_name_of_a_file_leads_anywhere(world: World, upload: Upload) -> None:
    rows, lying, wrong = stored(world), _files(world), []
    client, page = world.client_for(upload.who), _page(world, upload)
    token = client.token(page)
    for name in NAMES:
        answer = send(client, upload, page, token, made("other", "noise"), name)
        if answer.status_code not in (200, 422) or "escaped=1" in str(answer.headers):
            wrong.append(f"{name!r}: {answer.status_code}")
        if any(sign in answer.text for sign in MISLEADING):
            wrong.append(f"{name!r} is shown as it came")
    assert wrong == []
    assert (stored(world), _files(world)) == (rows, lying)


def test_a_name_is_offered_without_folders_and_marks() -> None:
    offered = [clean_name(name) for name in NAMES]
    assert all(name.endswith(".pdf") and len(name) <= 154 for name in offered)
    assert not [name for name in offered if set(name) & set('/\\:\r\n\x00\x1b\u202e"<>')]


def test_the_table_has_every_control_of_its_pages(world: World) -> None:
    seen = set()
    for upload in UPLOADS:
        page = _page(world, upload)
        seen |= set(controls(world.app, page, world.client_for(upload.who).page(page).root))
    assert seen == KNOWN


def _modules_that_read_files() -> set[str]:
    root = Path(webapp.__file__).parent
    return {
        ".".join(("webapp", *path.relative_to(root).with_suffix("").parts))
        for path in root.rglob("*.py")
        if "request.files" in path.read_text(encoding="utf-8")
    }


def test_no_view_reads_a_file_that_is_not_in_the_table(world: World) -> None:
    views = world.app.view_functions
    own = {views[one.endpoint].__module__ for one in UPLOADS}
    assert _modules_that_read_files() == own | {"webapp.errors"}  # which says that a file was not kept
