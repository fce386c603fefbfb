"""One thing that validation has to say about an entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "confirm"]
Stage = Literal["draft", "submit"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong or noteworthy, and what to do.

    ``path`` is where the coder should go: a field, a row (``group.row_id``) or a section. ``place`` names the section or
    row in words ("Child 2"). ``row_id``, ``field_key`` and ``rule_key`` are empty where none is meant.
    Errors refuse submission, confirmations ask for a tick, warnings only tell.
    """

    code: str
    path: str
    message: str
    severity: Severity
    section: str
    row_id: str = ""
    field_key: str = ""
    rule_key: str = ""
    place: str = ""

    @property
    def confirmation(self) -> str:
        """What to pass as confirmed once the coder has ticked it: the rule's key, a colon, and the row or section."""
        row = f"{self.section}.{self.row_id}" if self.row_id else self.section
        return f"{self.rule_key}:{row}"
