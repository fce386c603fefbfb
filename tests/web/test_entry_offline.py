"""An entry as a workbook: filled in without a connection, looked at, taken in through the ordinary save."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.worksheet.worksheet import Worksheet

from schema.answers.document import Evidence
from schema.limits import OFFLINE_BYTES
from schema.problem import Refused
from schema.store.entries import pin_to_version
from schema.store.templates import publish
from schema.template.value import Missing
from tests.support.entry_desk import Desk, filled
from tests.support.policing import Page, PolicingClient
from tests.support.programs import libreoffice
from tests.support.world import small_template
from webapp.cli import main
from webapp.entry.offline_file import read_workbook

Clients = Callable[[str], PolicingClient]
HOSTILE = (
    "=HYPERLINK(\"http://example.invalid\",\"x\")",
    "+44 20 7946 0000; and “more”",
    "_x0041_ stays; [not reported] inside; 4.20",
    "<script>alert(1)</script> & {{7*7}} \u202e\u0301 🧩",
    "[Not reported]",
    "@SUM(A1)\n-second line\n\tthird",
    "0012",
    "#N/A",
)  # fmt: skip


def _book(client: PolicingClient, desk: Desk) -> openpyxl.Workbook:
    answer = client.get(desk.address + "/offline-workbook/file")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def _bytes(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _upload(client: PolicingClient, desk: Desk, content: bytes) -> Any:
    address = desk.address + "/offline-workbook"
    token = client.page(address).values()["csrf_token"]
    sent = {"csrf_token": token, "file": (io.BytesIO(content), "entry.xlsx")}
    return client.post(address, data=sent, content_type="multipart/form-data")


def _apply(client: PolicingClient, desk: Desk, preview: Page, take: list[str] | None = None) -> Any:
    boxes = [one for one in preview.root.iter("input") if one.get("name") == "take"]
    ticked = [str(one.get("value")) for one in boxes if one.get("checked") is not None]
    held = preview.values()
    sent = {name: held[name] for name in ("csrf_token", "base_revision", "items")}
    return client.post(
        desk.address + "/offline-workbook/apply", data=sent | {"take": ticked if take is None else take}
    )


def _sheet(book: openpyxl.Workbook, key: str) -> Worksheet:
    return next(sheet for sheet in book.worksheets if sheet["A1"].value == f"section:{key}")


def _down(book: openpyxl.Workbook, key: str, column: str = "C") -> Any:
    section, _, name = key.partition(".")
    sheet = _sheet(book, section)
    line = next(row for row in range(4, 60) if sheet.cell(row, 1).value == name)
    return sheet[f"{column}{line}"]


def _across(book: openpyxl.Workbook, group: str, line: int, key: str) -> Any:
    sheet = _sheet(book, group)
    column = next(number for number in range(3, 60) if sheet.cell(1, number).value == key)
    return sheet.cell(3 + line, column)


def test_a_workbook_has_a_sheet_for_each_section_with_lists_and_guidance(
    desk: Desk, amara: PolicingClient
) -> None:
    book = _book(amara, desk)
    assert [sheet.title for sheet in book.worksheets] == [
        "read me", "Report", "Victims", "Recommendations", "lists",
    ]  # fmt: skip
    assert book["lists"].sheet_state == "hidden"
    facts = {row[0].value: row[1].value for row in book["read me"].iter_rows(max_col=2)}
    assert (facts["case"], facts["hash"]) == ("DHR-001", desk.template.source_hash)
    (check,) = [
        one
        for one in book["Report"].data_validations.dataValidation
        if _down(book, "report.region").coordinate in one
    ]
    column, rows = check.formula1.removeprefix("lists!$").split("$", 1)[0], check.formula1.rsplit("$", 1)[1]
    listed = [book["lists"][f"{column}{number}"].value for number in range(1, int(rows) + 1)]
    regions = desk.template.by_path["report.region"].codelist
    assert regions is not None
    assert listed == [option.label for option in regions.options]
    assert (
        "Only if “Were children known to services?” is Yes" in _down(book, "report.children_note", "F").value
    )
    assert _across(book, "victims", 1, "age").protection.locked is False
    page = Page(_upload(amara, desk, _bytes(book)))
    assert "Nothing in the workbook differs from your entry." in page.words


def test_what_was_filled_in_is_shown_first_saved_once_and_makes_no_row_twice(
    desk: Desk, amara: PolicingClient
) -> None:
    book = _book(amara, desk)
    _down(book, "report.area").value = HOSTILE[0]
    _down(book, "report.area").data_type = "s"
    _down(book, "report.death_year").value = "[Not reported]"
    _down(book, "report.region").value = "North"
    _down(book, "report.published").value = "May 2018"
    _down(book, "report.children_note").value = "Two children."
    _down(book, "report.children_note", "D").value = "12"
    _across(book, "victims", 1, "age").value = 34
    _across(book, "victims", 1, "sex").value = "female"
    _across(book, "recommendations", 2, "text").value = "Train everybody."
    _across(book, "recommendations", 2, "themes").value = "T1; T2"
    content = _bytes(book)
    preview = Page(_upload(amara, desk, content))
    assert "New victim in row 4: Age" in preview.words
    assert desk.entry().revision == 0
    assert _apply(amara, desk, preview).status_code == 303
    document = desk.document()
    assert document.sections["report"] == {
        "area": HOSTILE[0], "death_year": Missing("not_reported"), "region": "north", "published": "2018-05",
        "children_note": "Two children.",
    }  # fmt: skip
    assert document.evidence == {"report.children_note": Evidence("12", "")}
    assert [dict(row.values) for row in document.rows("victims")] == [{"age": 34, "sex": "female"}]
    assert [dict(row.values) for row in document.rows("recommendations")] == [
        {"text": "Train everybody.", "themes": ("T1", "T2")}
    ]
    assert (desk.entry().revision, desk.entry().answered) == (1, 9)
    again = Page(_upload(amara, desk, content))
    assert "Nothing in the workbook differs from your entry." in again.words


def test_what_was_changed_here_since_is_not_overwritten_unless_the_coder_says_so(
    desk: Desk, amara: PolicingClient
) -> None:
    desk.save(amara, ("report.area", "Old"), ("report.death_year", "2015"))
    book = _book(amara, desk)
    _down(book, "report.area").value = "From the train"
    desk.save(amara, ("report.area", "From the desk"), ("report.death_year", "2016"))
    preview = Page(_upload(amara, desk, _bytes(book)))
    assert "Year of death" not in preview.words  # untouched in the workbook, so the newer answer stays
    assert "(changed here since)" in preview.words
    assert _apply(amara, desk, preview).status_code == 422
    assert desk.document().get("report.area") == "From the desk"
    assert _apply(amara, desk, preview, ["0"]).status_code == 303
    assert desk.document().sections["report"] == {"area": "From the train", "death_year": 2016}


def test_a_preview_that_another_window_has_overtaken_saves_nothing(desk: Desk, amara: PolicingClient) -> None:
    book = _book(amara, desk)
    _down(book, "report.area").value = "From the train"
    preview = Page(_upload(amara, desk, _bytes(book)))
    desk.save(amara, ("report.area", "Meanwhile"))
    answer = _apply(amara, desk, preview)
    assert answer.status_code == 409
    assert "Upload the workbook again" in answer.text
    assert desk.document().get("report.area") == "Meanwhile"


def test_each_problem_is_named_by_sheet_row_and_column_and_the_rest_is_taken_in(
    desk: Desk, amara: PolicingClient
) -> None:
    row = desk.act(amara, "victims", "add").get_json()["row"]
    desk.save(amara, (f"victims.{row}.age", "34"), ("report.area", "Kept"))
    book = _book(amara, desk)
    desk.act(amara, "victims", "delete", row)
    _down(book, "report.area").value = None
    _down(book, "report.region").value = "nowhere"
    _down(book, "report.death_year").value = "about 2016"
    sheet = _sheet(book, "recommendations")
    for line in (1, 2):
        _across(book, "recommendations", line, "text").value = f"Advice {line}"
    sheet["A5"].value = sheet["A4"].value
    sheet["A70"].value, sheet["D70"].value = "no name!", "Stray"
    preview = Page(_upload(amara, desk, _bytes(book)))
    for said in (
        "Report 4 C “Area” was emptied",
        "Report 5 C “nowhere” is not an answer of “Region”",
        "Recommendations 5 A This line was copied whole",
        "Recommendations 70 A This line has no name of its own",
        "Victims 4 A This row has been deleted in your entry.",
    ):
        assert said in preview.words
    _apply(amara, desk, preview)
    document = desk.document()
    assert document.get("report.area") == "Kept"
    assert [one.values["text"] for one in document.rows("recommendations")] == ["Advice 1"]
    assert [one.path for one in desk.findings() if one.path == "report.death_year"]


@pytest.mark.libreoffice
def test_hostile_texts_come_back_unchanged_from_libreoffice(
    desk: Desk, amara: PolicingClient, tmp_path: Path
) -> None:
    for text in HOSTILE:
        row = desk.act(amara, "recommendations", "add").get_json()["row"]
        desk.save(amara, (f"recommendations.{row}.text", text), (f"recommendations.{row}.number", "0012"))
    book = _book(amara, desk)
    _across(book, "recommendations", len(HOSTILE) + 1, "text").value = "Typed on the train"
    (tmp_path / "out").mkdir()
    (tmp_path / "entry.xlsx").write_bytes(_bytes(book))
    program = libreoffice()
    assert program is not None
    command = [
        program,
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "out"), str(tmp_path / "entry.xlsx")], check=True, timeout=120
    )
    preview = Page(_upload(amara, desk, (tmp_path / "out" / "entry.xlsx").read_bytes()))
    assert "Not taken in" not in preview.words
    assert len([one for one in preview.root.iter("input") if one.get("name") == "take"]) == 1
    assert _apply(amara, desk, preview).status_code == 303
    texts = [one.values["text"] for one in desk.document().rows("recommendations")]
    assert texts == [*HOSTILE, "Typed on the train"]


def test_a_workbook_of_another_case_coder_version_or_kind_is_refused_with_what_to_do(
    desk: Desk, amara: PolicingClient, client_for: Clients
) -> None:
    book = _book(amara, desk)
    _down(book, "report.area").value = "cnryarea"
    content = _bytes(book)
    foreign = _upload(client_for("ben"), desk, content)
    assert foreign.status_code == 409
    assert "another case, or for another coder" in foreign.text
    assert "cnryarea" not in foreign.text
    _sheet(book, "report")["A1"].value = "section:nothing"
    assert "There is no such section" in _upload(amara, desk, _bytes(book)).text
    for wrong in (
        b"",
        b"%PDF-1.7",
        b"PK\x03\x04 no zip",
        _bytes(openpyxl.Workbook()),
        content[: len(content) // 2],
    ):
        assert _upload(amara, desk, wrong).status_code == 422
    swollen = io.BytesIO(content)
    with zipfile.ZipFile(swollen, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", b" " * (61 * 2**20))
    assert "unpacks to far more" in _upload(amara, desk, swollen.getvalue()).text
    world, (source, lists) = desk.world, small_template()
    with world.writing() as session:
        later = publish(
            session,
            world.actor("root"),
            source.replace("version: 1", "version: 2").replace("Area", "Place"),
            lists,
            "Named.",
        )
        pin_to_version(session, world.actor("amara"), session.merge(desk.entry()), later.id)
    answer = _upload(amara, desk, content)
    assert "was made for version 1 of the questionnaire; your entry uses version 2" in answer.text


def test_a_workbook_of_more_than_ten_megabytes_is_refused_unread() -> None:
    with pytest.raises(Refused) as refused:
        read_workbook(b"PK\x03\x04" + b"x" * (OFFLINE_BYTES - 3))
    assert [(one.code, one.message) for one in refused.value.problems] == [
        ("OFFLINE-002", "The file is larger than 10 MB.")
    ]


def test_a_submitted_entry_takes_no_workbook(desk: Desk, amara: PolicingClient) -> None:
    book = _book(amara, desk)
    filled(desk, amara)
    preview = Page(_upload(amara, desk, _filled_area(book)))
    amara.submit(desk.address + "/submit", {"statement": "yes"})
    assert _apply(amara, desk, preview, ["0"]).status_code == 409
    assert amara.get(desk.address + "/offline-workbook/file").status_code == 409
    assert "no workbook can change it" in amara.page(desk.address + "/offline-workbook").words


def _filled_area(book: openpyxl.Workbook) -> bytes:
    _down(book, "report.region").value = "south"
    return _bytes(book)


def test_the_command_writes_one_says_what_it_would_change_and_saves_on_request(
    desk: Desk, tmp_path: Path
) -> None:
    world, out = desk.world, tmp_path / "entry.xlsx"
    environment = {"TANDEM_DATA_DIR": str(world.folder), "TANDEM_DATABASE_URL": world.settings.database_url}
    named = ["DHR-001", "--project", "pilot", "--coder", "amara"]

    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["entry", *words], env=environment, catch_exceptions=False)

    assert run("workbook", *named, "--out", str(out)).exit_code == 0
    book = openpyxl.load_workbook(out)
    _down(book, "report.area").value = "Exampleshire"
    _down(book, "report.region").value = "nowhere"
    out.write_bytes(_bytes(book))
    said = run("take-in", str(out), *named)
    assert said.exit_code == 1
    assert "Report, row 5, column C: “nowhere” is not an answer" in said.output
    assert "Report, row 4, column C: Report, Area: blank → Exampleshire" in said.output
    assert desk.document().sections == {}
    assert "Saved 1 answer." in run("take-in", str(out), *named, "--apply").output
    assert desk.document().sections["report"] == {"area": "Exampleshire"}
    assert run("take-in", str(out), "DHR-999", *named[1:]).exit_code == 2
