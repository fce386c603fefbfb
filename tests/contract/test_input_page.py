"""The page about what is taken in says of every control that takes a file how much it takes, and names the sizes that the code has."""

from __future__ import annotations

from pathlib import Path

from schema import limits
from schema.store.people import SIGN_IN_NAME
from schema.store.projects import KEY
from tests.support.uploads import KNOWN
from webapp import spreadsheets
from webapp.access import share
from webapp.findings import docx_terms
from webapp.serving import CONNECTIONS, THREADS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "input.md").read_text(encoding="utf-8")
WORKBOOK = f"{spreadsheets.PARTS} parts and {limits.megabytes(limits.UNPACKED_BYTES)} unpacked"
REPORT = f"{limits.megabytes(limits.REPORT_BYTES)}, {limits.REPORT_PAGES:,} pages"
#: What the table of files says is taken at most, by the control that takes it.
QUESTIONNAIRE = (
    f"{limits.megabytes(limits.QUESTIONNAIRE_BYTES)}; {limits.QUESTIONNAIRE_CHARACTERS:,} characters; "
    f"{limits.QUESTIONNAIRE_PARTS:,} keys, values and lists; each"
)
TAKEN = {
    ("reports.add_now", "file"): ("the reports of a case", REPORT),
    ("reports.receive_now", "files"): ("many reports at once", REPORT),
    ("cases.import_page", "file"): (
        "a list of cases",
        f"{limits.megabytes(limits.LIST_BYTES)}; {spreadsheets.ROWS - 1:,} rows of {spreadsheets.COLUMNS} columns; {WORKBOOK}",
    ),
    ("entry.look_at_workbook", "file"): (
        "a workbook filled in offline",
        f"{limits.megabytes(limits.OFFLINE_BYTES)}; {WORKBOOK}",
    ),
    ("findings.draft_page", "file"): (
        "a draft whose figures are checked",
        (
            f"{limits.megabytes(limits.DRAFT_BYTES)}; {limits.DRAFT_CHARACTERS:,} characters; of a .docx {docx_terms.MOST_PARTS:,} parts,"
            f" and {limits.megabytes(docx_terms.PART_BYTES)} unpacked of each"
        ),
    ),
    ("questionnaires.check_or_publish", "file"): (
        "a questionnaire and its code lists",
        QUESTIONNAIRE,
    ),
    ("questionnaires.check_or_publish", "lists"): (
        "a questionnaire and its code lists",
        QUESTIONNAIRE,
    ),
}


def test_every_control_that_takes_a_file_is_on_the_page_with_its_limits() -> None:
    assert TAKEN.keys() == KNOWN
    rows = [line for line in PAGE.partition("## Files")[2].splitlines() if line.startswith("| ")]
    missing = [said for said in TAKEN.values() if not any(said[0] in row and said[1] in row for row in rows)]
    assert missing == []


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    assert f"{CONNECTIONS} connections, {THREADS} threads" in PAGE
    words = {2: "two", 3: "three"}
    assert (
        f"{words[share.MOST_OF_ONE]} uploads read, or files made or fetched from a bucket, at a time" in PAGE
    )
    assert f"{words[share.MOST]} uploads or files, those fetched from a bucket included, at a time" in PAGE
    assert "2 to 100 of a to z, 0 to 9 and `. _ @ + -`" in PAGE
    assert SIGN_IN_NAME.fullmatch("a" * 100)
    assert not [name for name in ("a", "a" * 101, "Ab", ".ab", "a b") if SIGN_IN_NAME.fullmatch(name)]
    assert "2 to 63 of a to z, 0 to 9 and `-`" in PAGE
    assert KEY.fullmatch("a" * 63)
    assert not [key for key in ("a", "a" * 64, "1a", "a_b", "Ab") if KEY.fullmatch(key)]
