"""The formats that a project can be exported in, and what somebody asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from schema.framework.disclosure.rule import USUAL
from schema.problem import refuse
from schema.store.frames import ADOPTED


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what it is called, what is in it, how its files end, and their media type."""

    key: str
    label: str
    sentence: str
    ending: str
    mimetype: str
    noun: str


ZIP = "application/zip"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS: Mapping[str, Format] = {
    held.key: held
    for held in (
        Format(
            "xlsx",
            "Master workbook (Excel)",
            "Everything in one file: cases, groups, discrepancies, agreement, framework, findings, codebook.",
            ".xlsx",
            EXCEL,
            "master",
        ),
        Format(
            "csv",
            "CSV files",
            "Wide and long tables, data dictionary, scripts that load them in R and SPSS.",
            ".zip",
            ZIP,
            "csv",
        ),
        Format(
            "sav",
            "SPSS data files",
            "One .sav for each table, with labels, missing codes and levels of measurement.",
            ".zip",
            ZIP,
            "spss",
        ),
        Format(
            "dta",
            "Stata data files",
            "One .dta for each table, with labels.",
            ".zip",
            ZIP,
            "stata",
        ),
        Format(
            "json",
            "JSON",
            "Every value with both entries, what comparing found, the decision, its reason and the evidence.",
            ".zip",
            ZIP,
            "json",
        ),
        Format(
            "codebook",
            "Codebook (Word)",
            "Every question with its guidance and codes, to print; no answers.",
            ".docx",
            WORD,
            "codebook",
        ),
        Format(
            "codebook-xlsx",
            "Codebook (Excel)",
            "Every column of every file and every code; no answers.",
            ".xlsx",
            EXCEL,
            "codebook",
        ),
        Format(
            "methods",
            "Methods paragraph (Word)",
            "How the data were collected, for a paper: counted from the project, ready to edit; no answers.",
            ".docx",
            WORD,
            "methods",
        ),
        Format(
            "methods-text",
            "Methods paragraph (plain text)",
            "The same as plain text.",
            ".txt",
            "text/plain",
            "methods",
        ),
    )
}

WITH_ENTRIES = ("xlsx", "csv")
WITHOUT_ANSWERS = ("codebook", "codebook-xlsx", "methods", "methods-text")
"""Formats that say nothing about a single case."""
INTERNAL, SHARED = "internal", "shared"
MODES = (INTERNAL, SHARED)
SHARED_FORMATS = ("xlsx", "csv")
"""Formats of shared mode; all others are made of rows about cases."""


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody asked for.

    ``bom``: whether CSV files begin with a byte order mark, which Excel needs for UTF-8. ``entries``: whether both entries
    stand beside the consensus; workbook and CSV files can hold them. ``frame``: under which coding frame the cases are
    read, ``adopted`` or ``original`` (the questionnaire's own). ``mode``: ``internal`` (everything) or
    ``shared`` (the figures of a release by the rule of ``threshold`` and ``zeros``).
    """

    format: str = "xlsx"
    bom: bool = False
    entries: bool = False
    frame: str = ADOPTED
    mode: str = INTERNAL
    threshold: int = USUAL
    zeros: bool = False

    @property
    def how(self) -> Format:
        """The format itself."""
        return FORMATS[self.format]

    @property
    def is_shared(self) -> bool:
        """Whether only figures that may leave the team are written."""
        return self.mode == SHARED

    @property
    def is_identifying(self) -> bool:
        """Whether the file holds what is known about single cases."""
        return not self.is_shared and self.format not in WITHOUT_ANSWERS

    @property
    def noun(self) -> str:
        """What the file is, for its name: its mode, and the format's own word."""
        if self.is_shared:
            return f"shared-{self.format}"
        return f"{INTERNAL}-{self.how.noun}" if self.is_identifying else self.how.noun

    @property
    def label(self) -> str:
        """The format, with its mode where that is not what is usual."""
        return f"{self.how.label}, shared figures" if self.is_shared else self.how.label

    def as_dict(self) -> dict[str, object]:
        """Plain, for a job and for the record; what does not apply is left out."""
        held: dict[str, object] = {"format": self.format}
        if self.bom and self.format == "csv":
            held["bom"] = True
        if self.entries and self.format in WITH_ENTRIES:
            held["entries"] = True
        if self.frame != ADOPTED:
            held["frame"] = self.frame
        if self.is_shared:
            held |= {"mode": SHARED, "threshold": self.threshold, "zeros": self.zeros}
        return held

    def as_json(self) -> str:
        """The same as canonical JSON."""
        return json.dumps(self.as_dict(), sort_keys=True)


def read_options(held: Mapping[str, object]) -> Options:
    """Read :meth:`Options.as_dict` back; jobs of older versions named no format and made workbooks."""
    return Options(
        str(held.get("format", "xlsx")),
        bool(held.get("bom", False)),
        bool(held.get("entries", False)),
        str(held.get("frame", ADOPTED)),
        str(held.get("mode", INTERNAL)),
        int(str(held.get("threshold", USUAL))),
        bool(held.get("zeros", False)),
    )


def check_options(options: Options) -> None:
    """Raise ``Refused`` where the format cannot hold what was asked for (EXP-005), or is made of rows in shared mode (EXP-008)."""
    if options.is_shared and options.format not in SHARED_FORMATS:
        raise refuse(
            "EXP-008",
            f"{options.how.label}: there is no such file in shared mode.",
            f"Choose {' or '.join(SHARED_FORMATS)}. The other formats are made of rows about cases, which would tell what shared "
            "figures withhold; the codebook needs no mode.",
            where="format",
        )
    if options.is_shared and options.entries:
        raise refuse("EXP-005", "Shared figures hold no entries.", "Leave that out.", where="entries")
    if options.entries and options.format not in WITH_ENTRIES:
        raise refuse(
            "EXP-005",
            f"{options.how.label}: this format has no place for both entries beside the consensus.",
            "Choose the master workbook or CSV files. JSON always holds both entries.",
            where="entries",
        )
