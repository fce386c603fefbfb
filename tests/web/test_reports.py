"""Reports: attached whole or not at all, replaced without loss, read by those who work on the case and by nobody else."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zlib import compress

import numpy as np
import pytest
from click.testing import CliRunner
from fpdf import FPDF
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.limits import REPORT_BYTES
from schema.store.models import Audit, ReportFile, ReportPage
from schema.store.reports_read import load_pages, reports_of
from tests.support.casework import start_case
from tests.support.entry_desk import Desk
from tests.support.policing import PolicingClient
from tests.support.reports import attach, scanned, sheet, small_report, upload, written
from tests.support.world import World
from webapp.cli import main
from webapp.jobs import Worker
from webapp.reports import apart, files, operations
from webapp.shelves import Shelf
from webapp.shelves.folder import FolderShelf

ClientFor = Callable[[str], PolicingClient]


def _room(desk: Desk) -> str:
    return f"/projects/pilot/cases/{desk.case_id}/reports"


def _files(world: World) -> list[Path]:
    folder = world.settings.data_dir / "documents"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _reports(desk: Desk) -> list[ReportFile]:
    with desk.world.reading() as session:
        return reports_of(session, desk.case_id)


def test_a_report_is_attached_read_and_shown(desk: Desk, client_for: ClientFor) -> None:
    content = small_report()
    answer = upload(client_for("dana"), _room(desk), content, "../../DHR 001\u202e.pdf")
    assert (answer.status_code, answer.location) == (303, _room(desk))
    (path,) = _files(desk.world)
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    (report,) = _reports(desk)
    assert (report.file_name, report.pages, report.sha256) == ("DHR 001.pdf", 2, sha256(content).hexdigest())
    assert "Its text is being read." in client_for("amara").page(_room(desk)).words
    Worker(desk.world.database, desk.world.settings).run_all()
    assert "Its text is read." in client_for("amara").page(_room(desk)).words
    page = client_for("amara").page(f"{_room(desk)}/{report.id}?page=2")
    assert page.heading == "Overview report, page 2"
    assert "health board must train its health visitors" in page.words


def test_both_coders_are_shown_the_same(desk: Desk, client_for: ClientFor) -> None:
    report = attach(desk.world, desk.world.case("DHR-001"), small_report())
    where = f"{_room(desk)}/{report.id}?find=health"
    assert client_for("amara").page(where).words == client_for("ben").page(where).words
    assert client_for("victor").get(where).status_code == 403


def test_find_lists_every_place_with_its_page(desk: Desk, client_for: ClientFor) -> None:
    report = attach(desk.world, desk.world.case("DHR-001"), small_report())
    page = client_for("carol").page(f"{_room(desk)}/{report.id}?find=HEALTH visitors")
    assert "2 places with “HEALTH visitors”" in page.words
    assert page.text.count("<mark>") == 2
    assert (
        "is not in this document" in client_for("carol").page(f"{_room(desk)}/{report.id}?find=zebra").words
    )


def test_a_page_is_found_by_the_number_printed_on_it(desk: Desk, client_for: ClientFor) -> None:
    content = written(
        *([f"What stands here {number}."] for number in range(6)), foot=lambda number: str(number + 10)
    )
    report = attach(desk.world, desk.world.case("DHR-001"), content)
    assert client_for("amara").page(f"{_room(desk)}/{report.id}?printed=p. 14").heading.endswith("page 14")
    assert (
        "What stands here 3." in client_for("amara").page(f"{_room(desk)}/{report.id}?printed=14, 5.2").words
    )
    assert (
        "No page of this document is numbered “3”"
        in client_for("amara").page(f"{_room(desk)}/{report.id}?printed=3").words
    )


def test_a_scanned_report_says_so_and_its_pictures_still_work(desk: Desk, client_for: ClientFor) -> None:
    report = attach(desk.world, desk.world.case("DHR-001"), scanned())
    assert "it was scanned" in client_for("amara").page(_room(desk)).words
    assert "There is no text on this page" in client_for("amara").page(f"{_room(desk)}/{report.id}").words
    answer = client_for("amara").get(f"{_room(desk)}/{report.id}/pages/1")
    assert answer.mimetype == "image/webp"
    picture = np.asarray(Image.open(BytesIO(answer.data)).convert("L"))
    assert picture.shape == (1754, 1240)  # A4 at 150 dots an inch
    assert picture[300, 300] < 40
    assert picture[1700, 1200] > 240
    assert client_for("amara").get(f"{_room(desk)}/{report.id}/pages/3").status_code == 404


def test_a_text_that_could_not_be_read_is_read_again_when_asked(
    desk: Desk, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    dana, room, worker = client_for("dana"), _room(desk), Worker(desk.world.database, desk.world.settings)
    assert upload(dana, room, small_report()).status_code == 303
    with monkeypatch.context() as hurried:
        hurried.setitem(apart.SECONDS, "read", 0.001)
        worker.run_all()
    assert "Its text could not be read: Reading the PDF took too long." in dana.page(room).words
    (report,) = _reports(desk)
    again = f"{room}/{report.id}/read"
    assert "Read it again" in dana.page(room).words
    assert dana.submit(again, page=room).status_code == 303
    assert "Its text is being read." in dana.page(room).words
    worker.run_all()
    assert "Its text is read." in dana.page(room).words
    assert dana.submit(again, page=room).status_code == 409


def test_a_replaced_report_is_kept(desk: Desk, client_for: ClientFor) -> None:
    dana = client_for("dana")
    upload(dana, _room(desk), small_report())
    (first,) = _reports(desk)
    assert upload(dana, _room(desk), scanned()).status_code == 303
    (second,) = _reports(desk)
    assert (second.version, len(_files(desk.world))) == (2, 2)
    assert "Overview report, version 1" in client_for("amara").page(_room(desk)).words
    answer = client_for("amara").get(f"{_room(desk)}/{first.id}/file")
    assert sha256(answer.data).hexdigest() == first.sha256
    refused = upload(dana, _room(desk), scanned())
    assert (refused.status_code, len(_files(desk.world))) == (409, 2)
    assert "attached to DHR-001 already" in refused.text
    with desk.world.reading() as session:
        acts = session.scalars(select(Audit.action).where(Audit.action.like("report.%"))).all()
    assert acts == ["report.add", "report.add"]


def test_a_file_is_served_so_that_it_can_do_nothing(desk: Desk, client_for: ClientFor) -> None:
    upload(
        client_for("dana"),
        _room(desk),
        small_report() + b"\n<html><script>alert(1)</script></html>",
        "a\u202eb.pdf",
    )
    (report,) = _reports(desk)
    answer = client_for("amara").get(f"{_room(desk)}/{report.id}/file")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=ab.pdf"
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    inline = client_for("amara").get(f"{_room(desk)}/{report.id}/file?inline=1")
    assert inline.headers["Content-Disposition"] == "inline; filename=ab.pdf"
    assert "sandbox" not in inline.headers["Content-Security-Policy"]


def _locked() -> bytes:
    pdf = sheet()
    pdf.set_encryption(owner_password="owner", user_password="reader")
    pdf.add_page()
    return bytes(pdf.output())


def _long() -> bytes:
    pdf = FPDF()
    for _ in range(1_001):
        pdf.add_page()
    return bytes(pdf.output())


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        (b"", 422, "The file is empty."),
        (b"<html><script>alert(1)</script></html>", 422, "This is not a PDF"),
        (b"PK\x03\x04 a workbook", 422, "This is not a PDF"),
        (b"%PDF-1.7\nnothing follows", 422, "This is not a PDF"),
        (small_report()[:900], 422, "This is not a PDF"),
        (_locked(), 422, "locked with a password"),
        (_long(), 422, "more than 1,000 pages"),
        (b"%PDF-" + b"x" * REPORT_BYTES, 413, "larger than 30 MB"),
    ],
    ids=["empty", "page", "zip", "head only", "cut", "locked", "too long", "too large"],
)
def test_what_is_no_good_report_is_refused_and_leaves_nothing(
    desk: Desk, client_for: ClientFor, content: bytes, status: int, sentence: str
) -> None:
    answer = upload(client_for("dana"), _room(desk), content)
    assert answer.status_code == status
    assert sentence in answer.text
    assert (_files(desk.world), _reports(desk)) == ([], [])


def _of_size(size: int) -> bytes:
    """A report of exactly so many bytes: a long remark at its end, and the end again, which leads to the same places."""
    whole = small_report()
    end = whole[whole.rindex(b"startxref") :]
    return whole + b"\n%" + b"x" * (size - len(whole) - len(end) - 3) + b"\n" + end


@pytest.mark.parametrize(("beyond", "status", "kept"), [(-1, 303, 1), (0, 303, 1), (1, 413, 0)])
def test_the_largest_report_is_taken_and_one_byte_more_is_not(
    desk: Desk, client_for: ClientFor, beyond: int, status: int, kept: int
) -> None:
    content = _of_size(REPORT_BYTES + beyond)
    assert len(content) == REPORT_BYTES + beyond
    assert upload(client_for("dana"), _room(desk), content).status_code == status
    assert [path.stat().st_size for path in _files(desk.world)] == [len(content)] * kept
    assert len(_reports(desk)) == kept


def test_what_is_kept_of_one_page_is_bounded(desk: Desk) -> None:
    """A page with 90,000 letters of the smallest print."""
    pdf = sheet()
    pdf.add_page()
    pdf.set_font_size(2)
    pdf.multi_cell(0, 0.8, "swell " * 15_000)
    report = attach(desk.world, desk.world.case("DHR-001"), bytes(pdf.output()))
    with desk.world.reading() as session:
        (page,) = load_pages(session, report.id)
    assert 40_000 < len(page.text) <= 61_000


def _swelling(unpacked: int) -> bytes:
    """One page whose drawing commands unpack to so many bytes, as a file of a thousandth of that."""
    packed = compress(b"q 1 0 0 1 0 0 cm Q\n" * (unpacked // 19), 9)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream",
    ]
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % (at, part) for at, part in enumerate(parts, 1))
    return body + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF"


def test_a_pdf_that_swells_is_stopped_by_the_limits_of_its_own_process(
    desk: Desk, client_for: ClientFor
) -> None:
    """500 MB of drawing commands from 500 kB."""
    answer = upload(client_for("dana"), _room(desk), _swelling(500_000_000))
    assert answer.status_code == 422
    assert (_files(desk.world), _reports(desk)) == ([], [])
    assert client_for("amara").get(_room(desk)).status_code == 200


def test_a_damaged_file_is_not_served(desk: Desk, client_for: ClientFor) -> None:
    upload(client_for("dana"), _room(desk), small_report())
    (report,), (path,) = _reports(desk), _files(desk.world)
    path.write_bytes(path.read_bytes().replace(b"%%EOF", b"%%eof"))
    for what in ("file", "pages/1"):
        answer = client_for("amara").get(f"{_room(desk)}/{report.id}/{what}")
        assert answer.status_code == 410
        assert "missing or damaged" in answer.text
    with desk.world.reading() as session:
        assert [one.id for one in operations.damaged(session, FolderShelf(path.parent))] == [report.id]
    Worker(desk.world.database, desk.world.settings).run_all()
    assert (
        "could not be read: The file of this document is missing or damaged"
        in client_for("dana").page(_room(desk)).words
    )


def test_only_files_that_nobody_knows_and_nobody_writes_are_swept_up(
    desk: Desk, client_for: ClientFor
) -> None:
    upload(client_for("dana"), _room(desk), small_report())
    (known,) = _files(desk.world)
    fresh, old = known.with_name("fresh.pdf"), known.with_name("old.pdf")
    for path in (fresh, old):
        path.write_bytes(b"%PDF-")
    for path in (known, old):
        os.utime(path, (1, 1))
    assert files.sweep(FolderShelf(known.parent), lambda: {known.name}) == ["old.pdf"]
    assert _files(desk.world) == sorted([known, fresh])


def test_a_report_that_comes_while_all_are_checked_is_not_swept_up(
    desk: Desk, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = operations.damaged

    def for_hours(session: Session, shelf: Shelf) -> list[ReportFile]:
        found = damaged(session, shelf)
        assert upload(client_for("dana"), _room(desk), small_report()).status_code == 303
        for path in _files(desk.world):
            os.utime(path, (1, 1))
        return found

    monkeypatch.setattr(operations, "damaged", for_hours)
    monkeypatch.setenv("TANDEM_DATA_DIR", str(desk.world.folder))
    monkeypatch.setenv("TANDEM_DATABASE_URL", desk.world.settings.database_url)
    monkeypatch.setenv("TANDEM_ENV", "development")
    said = CliRunner().invoke(main, ["report", "check"]).output
    assert said == "0 files checked, 0 missing or damaged, 0 removed.\n"
    assert len(_files(desk.world)) == 1


def test_pictures_of_a_report_that_is_no_more_are_removed_on_every_node(
    desk: Desk, client_for: ClientFor
) -> None:
    upload(client_for("dana"), _room(desk), small_report())
    (report,) = _reports(desk)
    assert client_for("amara").get(f"{_room(desk)}/{report.id}/pages/1").status_code == 200
    folder = desk.world.settings.pictures_dir
    (kept,) = folder.iterdir()
    (folder / f"{'0' * 64}-1.webp").write_bytes(b"of a report that was erased by another node")
    operations.drop_pictures(desk.world.database, desk.world.settings)
    assert list(folder.iterdir()) == [kept]


def test_a_document_taken_off_is_kept_and_can_be_attached_again(desk: Desk, client_for: ClientFor) -> None:
    dana = client_for("dana")
    upload(dana, _room(desk), small_report())
    (report,) = _reports(desk)
    dana.submit(f"{_room(desk)}/{report.id}/remove", {}, page=_room(desk))
    assert _reports(desk) == []
    assert client_for("amara").get(f"{_room(desk)}/{report.id}").status_code == 200
    assert upload(dana, _room(desk), small_report()).status_code == 303


def test_many_files_are_matched_to_cases_looked_at_and_attached(desk: Desk, client_for: ClientFor) -> None:
    dana, here = client_for("dana"), "/projects/pilot/reports"
    other = start_case(desk.world, "DHR-0010", {})
    data = {
        "csrf_token": dana.token(here),
        "files": [
            (BytesIO(small_report()), "dhr_001 overview.pdf"),
            (BytesIO(scanned()), "DHR 10 Executive Summary.pdf"),
            (BytesIO(b"no pdf"), "notes.pdf"),
        ],
    }
    answer = dana.post(here, data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "notes.pdf: This is not a PDF that can be read." in answer.text
    page = dana.page(here)
    assert "It is attached to DHR-001." in page.words
    assert "It is attached to DHR-0010." in page.words
    assert client_for("amara").get(_room(desk)).text.count("overview.pdf") == 0
    with desk.world.reading() as session:
        waiting = {one.file_name: one.id for one in session.scalars(select(ReportFile))}
    first, second = waiting["dhr_001 overview.pdf"], waiting["DHR 10 Executive Summary.pdf"]
    sent = {f"case-{first}": "DHR-001", f"kind-{first}": "overview", f"case-{second}": "DHR-99"}
    wrong = dana.submit(f"{here}/attach", sent, page=here)
    assert wrong.status_code == 422
    assert "There is no case “DHR-99”" in wrong.text
    assert f'href="#case-{second}"' in wrong.text
    assert "It is attached to DHR-99" not in wrong.text
    assert _reports(desk) == []
    sent |= {f"case-{second}": "DHR-0010", f"kind-{second}": "summary"}
    assert dana.submit(f"{here}/attach", sent, page=here).status_code == 303
    with desk.world.reading() as session:
        assert [(one.kind, one.file_name) for one in reports_of(session, other.id)] == [
            ("summary", "DHR 10 Executive Summary.pdf")
        ]
    Worker(desk.world.database, desk.world.settings).run_all()
    with desk.world.reading() as session:
        assert len(list(session.scalars(select(ReportPage)))) == 4


def test_a_file_without_a_case_can_be_thrown_away(desk: Desk, client_for: ClientFor) -> None:
    dana, here = client_for("dana"), "/projects/pilot/reports"
    data = {"csrf_token": dana.token(here), "files": [(BytesIO(small_report()), "unknown.pdf")]}
    assert dana.post(here, data=data, content_type="multipart/form-data").status_code == 303
    assert "no reference of a case stands in its name" in dana.page(here).words
    with desk.world.reading() as session:
        report = session.scalars(select(ReportFile.id)).one()
    assert dana.submit(f"{here}/{report}/discard", {}, page=here).status_code == 303
    assert _files(desk.world) == []
    Worker(desk.world.database, desk.world.settings).run_all()


def test_the_command_line_attaches_and_checks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TANDEM_DATA_DIR", str(desk.world.folder))
    monkeypatch.setenv("TANDEM_DATABASE_URL", desk.world.settings.database_url)
    monkeypatch.setenv("TANDEM_ENV", "development")
    file = tmp_path / "DHR-001.pdf"
    file.write_bytes(small_report())
    run = CliRunner().invoke
    added = run(main, ["report", "add", "DHR-001", str(file), "--project", "pilot"])
    assert (added.exit_code, added.output.splitlines()) == (
        0,
        [
            "Attached: Overview report of DHR-001, version 1.",
            "2 pages are read; 2 recommendations were recognised.",
        ],
    )
    wrong = run(main, ["report", "add", "DHR-9", str(file), "--project", "pilot"])
    assert wrong.exit_code == 2
    (path,) = _files(desk.world)
    assert run(main, ["report", "check"]).output == "1 file checked, 0 missing or damaged, 0 removed.\n"
    path.unlink()
    checked = run(main, ["report", "check"])
    assert checked.exit_code == 1
    assert "missing or damaged (DHR-001.pdf" in checked.output
