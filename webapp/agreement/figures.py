"""The figures as a file or as plain values.

The spreadsheet library, which the columns bring with them, is heavy, so that it is imported where they are written and
nothing else waits for it at the start.
"""

from __future__ import annotations

from typing import Any

from schema.store.agreement_read import StudyAgreement


def as_csv(found: StudyAgreement) -> str:
    """All figures as CSV, with the columns of the workbook's sheet."""
    from exports.agreement_figures import agreement_csv

    return agreement_csv(found.report, found.plan)


def as_json(found: StudyAgreement) -> dict[str, Any]:
    """All figures as plain JSON values."""
    from exports.agreement_figures import agreement_json

    return agreement_json(found)
