"""Where in the report an answer stands: page and quotation, keyed by the answer's path."""

from __future__ import annotations

from random import Random
from typing import Any

from webapp.sample import phrases
from webapp.sample.dice import chance

# Repeating groups with a verbatim field, whose row says on which page it stands.
VERBATIM = {"good_practice": "extract", "learning": "extract", "recommendations": "text"}
_QUOTE_LENGTH = 120


def evidence_for(rng: Random, answers: dict[str, Any], share: float = 0.5) -> dict[str, dict[str, str]]:
    """Return evidence for the homicide type, the childhood passage and a share (0..1) of the verbatim rows.

    Keys are "section.field" or "group.rowid.field"; a value has "page" (as text) and "quote".
    """
    found: dict[str, dict[str, str]] = {}
    homicide_type = answers.get("homicide", {}).get("homicide_type")
    if homicide_type in phrases.HOMICIDE_QUOTES:
        found["homicide.homicide_type"] = _noted(rng.randint(3, 9), phrases.HOMICIDE_QUOTES[homicide_type])
    if "childhood_extract" in answers.get("childhood", {}):
        quote = answers["childhood"]["childhood_extract"]
        found["childhood.childhood_extract"] = _noted(rng.randint(12, 30), quote)
    for group, field in VERBATIM.items():
        for row in answers.get(group, ()):
            if isinstance(row.get("page"), str) and chance(rng, share):
                found[f"{group}.{row['id']}.{field}"] = {"page": row["page"], "quote": _cut(row[field])}
    return found


def _noted(page: int, quote: str) -> dict[str, str]:
    return {"page": str(page), "quote": _cut(quote)}


def _cut(text: str) -> str:
    if len(text) <= _QUOTE_LENGTH:
        return text
    return text[:_QUOTE_LENGTH].rpartition(" ")[0] + " \u2026"
