"""Which case a file belongs to, and what it is, by its name: a guess that a manager looks at."""

from __future__ import annotations

import re
from collections.abc import Collection

TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
#: Words that tell what a document is; the first that is there counts.
TELLING = (
    ("summary", ("executive", "exec", "summary")),
    ("action_plan", ("action", "actions", "plan")),
    ("overview", ("overview", "report", "dhr", "review")),
)


def tokens(text: str) -> tuple[str, ...]:
    """The words and numbers of a name; zeros before a number make no difference."""
    return tuple(
        one.lstrip("0") or "0" if one[0].isdigit() else one.casefold() for one in TOKEN.findall(text)
    )


def guess_case(file_name: str, references: Collection[str]) -> str:
    """The reference that stands in a file's name, whole; the longest where several do; empty where none or two alike do."""
    name = tokens(file_name.removesuffix(".pdf"))
    found = [(len(sought), one) for one in references if (sought := tokens(one)) and _stands_in(sought, name)]
    longest = max((length for length, _ in found), default=0)
    best = [one for length, one in found if length == longest]
    return best[0] if len(best) == 1 else ""


def guess_kind(file_name: str) -> str:
    """What a document is, by its name; an overview report where nothing tells."""
    name = set(tokens(file_name))
    return next((kind for kind, words in TELLING if name & set(words)), "overview")


def _stands_in(sought: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return any(name[at : at + len(sought)] == sought for at in range(len(name) - len(sought) + 1))
