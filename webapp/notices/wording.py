"""Notices in words, and where each leads."""

from __future__ import annotations

from collections.abc import Mapping

from schema.days import in_words
from schema.store.notices import (
    ANSWERED,
    ASSIGNED,
    DEADLINE,
    FINAL,
    HANDED_BACK,
    QUESTION,
    READY,
    REPEAT,
    REPEAT_ENDED,
    RETURNED,
    NoticeLine,
)

WORDS: Mapping[str, str] = {
    ASSIGNED: "given to you",
    RETURNED: "returned to you",
    QUESTION: "a reconciler has a question to you",
    ANSWERED: "a coder has answered your question",
    READY: "both entries are in; it is ready to reconcile",
    DEADLINE: "your part is due",
    FINAL: "signed off; you can see yours and the final",
    REPEAT: "given to you once more, to code again without looking back",
    REPEAT_ENDED: "handed back by whoever was coding it again",
    HANDED_BACK: "handed back; a part of it is free",
}


def words_of(line: NoticeLine) -> str:
    """What happened, without the case: ``your part is due 6 November 2026``."""
    words = WORDS[line.kind]
    return f"{words} {in_words(line.due)}" if line.due else words


def address_of(line: NoticeLine) -> str:
    """The page of the case, which shows what the person may see of it."""
    return f"/projects/{line.project_key}/cases/{line.case_id}"
