"""What is said about the figures of a draft, on the page and on the command line."""

from __future__ import annotations

from collections.abc import Iterator

from schema.framework.draft import ELSEWHERE, PROBABLE, RIGHT, UNKNOWN, WRONG, Checked, DraftCheck

TITLES = {
    WRONG: "Does not hold",
    UNKNOWN: "Not in the findings",
    ELSEWHERE: "Perhaps another figure",
    PROBABLE: "Probably a footnote’s digit",
    RIGHT: "Holds",
}
MOST_MATCHES = 4


def draft_lines(check: DraftCheck, places: int) -> Iterator[str]:
    """The result as lines of text: every figure that needs a look, then the counts."""
    for one in check.checked:
        if one.verdict != RIGHT:
            yield from _claim_lines(one, places)
    counts = ", ".join(f"{check.number(verdict)} {title.lower()}" for verdict, title in TITLES.items())
    yield f"{_number(len(check.checked), 'figure')}: {counts}."
    if check.alone:
        yield f"{_number(check.alone, 'percentage')} without a count beside: not checked."
    if check.cut:
        yield "There are more figures than can be checked at once; the rest was left."


def _claim_lines(one: Checked, places: int) -> Iterator[str]:
    yield f"{TITLES[one.verdict]}: {one.claim.text}"
    yield f"    “{one.claim.context}”"
    for saying in one.sayings:
        yield f"    {saying}"
    for match in one.matches[:MOST_MATCHES]:
        yield f"    In the findings: {match.text(places)} {match.label()}"
    for near in one.nearest:
        yield f"    Nearest: {near.text(places)} {near.label()}"


def _number(number: int, one: str) -> str:
    return f"{number} {one if number == 1 else one + 's'}"
