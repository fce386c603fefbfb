"""An entry workbook as it comes back: read in a process of its own, and refused where it is not this entry's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from schema.answers.offline import FORMAT, Made
from schema.limits import OFFLINE_BYTES, megabytes
from schema.problem import Refused, refuse
from schema.store.models import Entry
from schema.template.model import Template
from webapp.children import TooSlow
from webapp.spreadsheets import SIGNATURE, Swelling, Unreadable, look_at, read_apart

SECTION = "section:"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sheet: its number and its cells."""

    number: int
    cells: tuple[str, ...]

    def cell(self, index: int) -> str:
        """The text of a cell (from 0); empty past the end."""
        return self.cells[index] if index < len(self.cells) else ""


@dataclass(frozen=True)
class Returned:
    """A workbook: what it says of itself, and the lines of each section's sheet with the sheet's present name."""

    facts: Mapping[str, str]
    sheets: Mapping[str, tuple[str, tuple[Line, ...]]] = field(default_factory=dict)


def read_workbook(content: bytes) -> Returned:
    """Read an entry workbook. Raises ``Refused`` (OFFLINE-001 to OFFLINE-004) for anything else."""
    if not content:
        raise _refused("OFFLINE-001", "No file was chosen.", "Choose the workbook that you filled in.")
    if len(content) > OFFLINE_BYTES:
        raise _refused(
            "OFFLINE-002",
            f"The file is larger than {megabytes(OFFLINE_BYTES)}.",
            "Take pictures out of it.",
        )
    sheets: dict[str, list[Line]] = {}
    for line in _lines(content):
        held = json.loads(line)
        sheets.setdefault(held["sheet"], []).append(Line(held["row"], tuple(held["cells"])))
    facts = next((found for lines in sheets.values() if (found := _facts(lines)).get("format")), {})
    if facts.get("format") != FORMAT:
        raise _not_ours()
    return Returned(facts, dict(filter(None, (_section(title, lines) for title, lines in sheets.items()))))


def check_made_for(returned: Returned, entry: Entry, template: Template) -> int:
    """The revision that the workbook was made from.

    Raises ``Refused`` (409): OFFLINE-005 for another case or coder, OFFLINE-006 for another version of the questionnaire.
    """
    facts = returned.facts
    wanted = Made(entry.id, "", template.key, template.version, template.source_hash, entry.revision).facts()
    if facts.get("entry") != wanted["entry"]:
        raise _refused(
            "OFFLINE-005",
            "This workbook was made for another case, or for another coder.",
            "Upload it on the page of the entry that it was downloaded from.",
        )
    if any(facts.get(name) != wanted[name] for name in ("template", "version", "hash")):
        raise _refused(
            "OFFLINE-006",
            f"This workbook was made for version {facts.get('version', '?')[:10]} of the questionnaire; "
            f"your entry uses version {template.version}.",
            "Download a new workbook and copy your answers into it.",
        )
    revision = facts.get("revision", "")
    if not (revision.isascii() and revision.isdigit()) or int(revision[:10]) > entry.revision:
        raise _not_ours()
    return int(revision[:10])


def _lines(content: bytes) -> list[str]:
    if content[:4] != SIGNATURE:
        raise _not_ours()
    try:
        look_at(content)
        return read_apart(content, "book")
    except Unreadable as error:
        raise _not_ours() from error
    except Swelling as error:
        raise _refused(
            "OFFLINE-004",
            "The workbook unpacks to far more than an entry needs.",
            "Take out what you added to it.",
        ) from error
    except TooSlow as error:
        raise _refused(
            "OFFLINE-004", "Reading the workbook took too long.", "Take out what you added to it."
        ) from error


def _facts(lines: list[Line]) -> dict[str, str]:
    return {line.cell(0): line.cell(1) for line in lines if line.cell(0) and line.cell(1)}


def _section(title: str, lines: list[Line]) -> tuple[str, tuple[str, tuple[Line, ...]]] | None:
    head = lines[0]
    if head.number != 1 or not head.cell(0).startswith(SECTION):
        return None
    return head.cell(0).removeprefix(SECTION), (title, tuple(lines))


def _not_ours() -> Refused:
    return _refused(
        "OFFLINE-003",
        "This is not an entry workbook that can be read.",
        "Choose the .xlsx file that you downloaded here and filled in; save it as an Excel workbook, without macros and password.",
    )


def _refused(code: str, message: str, remedy: str) -> Refused:
    return refuse(code, message, remedy, where="file", status=409 if code > "OFFLINE-004" else 422)
