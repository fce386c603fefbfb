"""What the page “How much fits” says: every limit of :mod:`schema.limits`, by what somebody is about to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schema import limits


@dataclass(frozen=True)
class Topic:
    """Limits of one kind: each with what it is of, and how much that is."""

    title: str
    lines: Sequence[tuple[str, str]]


TOPICS: Final[Sequence[Topic]] = (
    Topic(
        "One answer",
        (
            ("A text, a quotation or a memo", f"{limits.TEXT_CHARACTERS:,} characters"),
            ("Codes in one answer", f"{limits.CODES:,}"),
            ("A number", f"{limits.NUMBER_DIGITS} digits"),
        ),
    ),
    Topic(
        "One entry",
        (
            ("Rows of one group, where the questionnaire names no smaller number", f"{limits.GROUP_ROWS:,}"),
            ("Rows pasted at once", f"{limits.PASTED_ROWS:,} rows, {limits.PASTED_CHARACTERS:,} characters"),
            ("A workbook filled in offline", limits.megabytes(limits.OFFLINE_BYTES)),
            ("New rows of one group in such a workbook", f"{limits.OFFLINE_NEW_ROWS:,}"),
        ),
    ),
    Topic(
        "Files",
        (
            ("A report (PDF)", f"{limits.megabytes(limits.REPORT_BYTES)}, {limits.REPORT_PAGES:,} pages"),
            ("A list of cases", limits.megabytes(limits.LIST_BYTES)),
            ("A workbook, unpacked", limits.megabytes(limits.UNPACKED_BYTES)),
            (
                "A questionnaire and its code lists, each",
                (
                    f"{limits.megabytes(limits.QUESTIONNAIRE_BYTES)}, {limits.QUESTIONNAIRE_CHARACTERS:,} characters, "
                    f"{limits.QUESTIONNAIRE_PARTS:,} keys, values and lists"
                ),
            ),
            (
                "A draft whose figures are checked",
                f"{limits.megabytes(limits.DRAFT_BYTES)}, {limits.DRAFT_CHARACTERS:,} characters",
            ),
            ("Figures of it that are looked at", f"the first {limits.DRAFT_FIGURES:,}"),
        ),
    ),
    Topic(
        "Many things in one act",
        (
            ("Cases assigned by lot", f"{limits.ASSIGNED_CASES:,}"),
            ("Cases of one pilot round", f"{limits.PILOT_CASES:,}"),
            ("Cases given to be coded again", f"{limits.REPEATED_CASES:,}"),
            ("Rows recoded together", f"{limits.RECODED_ROWS:,}"),
        ),
    ),
    Topic(
        "Anything that is sent",
        (
            ("With files", limits.megabytes(limits.REQUEST_BYTES)),
            ("A form without files", f"{limits.megabytes(limits.FORM_BYTES)}, {limits.FORM_FIELDS:,} fields"),
        ),
    ),
    Topic(
        "Signing in",
        (
            ("A password, at least", f"{limits.PASSWORD_CHARACTERS} characters"),
            (
                "A password beside a second step, at least",
                f"{limits.PASSWORD_CHARACTERS_BESIDE_A_CODE} characters",
            ),
            ("A password, at most", f"{limits.PASSWORD_BYTES:,} bytes; most letters take one"),
            (
                "Attempts for one account",
                f"{limits.ATTEMPTS} in {limits.ATTEMPT_MINUTES} minutes; the wait grows, and nobody is locked out for good",
            ),
            (
                "Wrong passwords or codes in a row",
                f"{limits.ATTEMPTS_IN_A_ROW}; then only in a browser in which the person has signed in before, or with a one-time code",
            ),
        ),
    ),
)
