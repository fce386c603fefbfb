"""Rows of a repeating group as one coder entered them: missed, split, lumped, out of order, coded differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from webapp.sample.codes import AGENCIES, ordered, theme_of, themes_of
from webapp.sample.consistency import is_missing
from webapp.sample.dice import chance, row_id
from webapp.sample.evidence import VERBATIM
from webapp.sample.figures import SUBTHEME_DHRS
from webapp.sample.slips import slipped
from webapp.sample.transcription import split_in_two, transcribed

Row = dict[str, Any]

MISSED: Final = 0.04
SPLIT: Final = 0.1  # of the passages that can be split at all
LUMPED: Final = 0.025
MOVED: Final = 0.2
_MISSED_PERPETRATOR: Final = 0.2

# What a sub-theme is most often taken for; any other sub-theme of T1 to T5 may be ticked besides.
_TAKEN_FOR: Final = {
    "T1.1": ("T5.4", "T1.2", "T3.1"),
    "T1.2": ("T1.1", "T4.2", "T2.1"),
    "T1.3": ("T5.3", "T4.1"),
    "T1.4": ("T5.3", "T2.2", "T1.1"),
    "T1.5": ("T4.1", "T5.5"),
    "T1.6": ("T3.1", "T5.3"),
    "T1.7": ("T4.2", "T5.3"),
    "T2.1": ("T5.5", "T4.1", "T2.2"),
    "T2.2": ("T5.2", "T3.1", "T2.1"),
    "T2.3": ("T3.1", "T5.2"),
    "T3.1": ("T2.2", "T1.1", "T5.8"),
    "T3.2": ("T4.2", "T5.7", "T2.1"),
    "T3.3": ("T5.3", "T1.3"),
    "T4.1": ("T5.1", "T1.3", "T4.3"),
    "T4.2": ("T3.2", "T5.8", "T4.4"),
    "T4.3": ("T5.2", "T4.1"),
    "T4.4": ("T5.8", "T4.2"),
    "T5.1": ("T4.1", "T2.1", "T5.2"),
    "T5.2": ("T2.2", "T4.3", "T5.1"),
    "T5.3": ("T3.3", "T1.4", "T5.6"),
    "T5.4": ("T1.1", "T1.2"),
    "T5.5": ("T2.1", "T1.5"),
    "T5.6": ("T5.3", "T1.1"),
    "T5.7": ("T3.2", "T5.5"),
    "T5.8": ("T4.4", "T5.3"),
}


@dataclass(frozen=True)
class Reading:
    """A row as entered, and the ids of the true rows it stands for: two where a coder lumped them."""

    row: Row
    of: tuple[str, ...]


def readings(
    rng: Random, group: str, rows: list[Row], careful: frozenset[str] = frozenset()
) -> list[Reading]:
    """Return the rows of a group as one coder entered them.

    True rows named in `careful` are neither missed nor split nor lumped: the other coder already stumbled there, and what
    neither coder has, no reconciliation can bring back.
    """
    found = [Reading(_row(rng, group, row), (row["id"],)) for row in _found(rng, group, rows, careful)]
    if group in VERBATIM:
        found = _regrouped(rng, VERBATIM[group], found, careful)
    return _reordered(rng, found) if group in VERBATIM or group == "children" else found


def with_text(rng: Random, answers: Row, field: str) -> Row:
    """Return the answers with one passage copied the way coders copy, where there is such a passage."""
    return answers | {field: transcribed(rng, answers[field])} if field in answers else answers


def _found(rng: Random, group: str, rows: list[Row], careful: frozenset[str]) -> list[Row]:
    """The rows a coder noticed; the primary victim and perpetrator are never overlooked."""
    if group == "victims":
        return rows
    first = 1 if group == "perpetrators" else 0
    rate = _MISSED_PERPETRATOR if group == "perpetrators" else MISSED
    return [*rows[:first], *(row for row in rows[first:] if row["id"] in careful or not chance(rng, rate))]


def _row(rng: Random, group: str, row: Row) -> Row:
    entered = slipped(rng, group, row) | {"id": row_id(rng)}
    if group in VERBATIM:
        entered = with_text(rng, entered, VERBATIM[group]) | {"page": _page(rng, entered["page"])}
    if group in ("learning", "recommendations"):
        entered = _recoded(rng, entered)
    if group == "children" and "afterwards" in entered:
        entered = with_text(rng, entered, "afterwards")
    return _recommendation(rng, entered, row) if group == "recommendations" else entered


def _page(rng: Random, page: Any) -> Any:
    if is_missing(page):
        return page
    number, comma, paragraph = page.partition(",")
    if chance(rng, 0.08):
        number = str(max(1, int(number) + rng.choice((-1, 1))))
    if chance(rng, 0.05):
        return number
    return {"missing": "not_reported"} if chance(rng, 0.01) else f"{number}{comma}{paragraph}"


def _recoded(rng: Random, row: Row) -> Row:
    """See other themes in the same words: exchange one, add one, drop one. National topics stay as they are."""
    topics = [code for code in row["subthemes"] if theme_of(code) in SUBTHEME_DHRS]
    national = [code for code in row["subthemes"] if code not in topics]
    throw, place = rng.random(), rng.randrange(len(topics))
    other = rng.choice(_TAKEN_FOR[topics[place]])
    if throw < 0.12:
        topics[place] = other
    elif throw < 0.2:
        topics.append(other)
    elif throw < 0.28 and len(topics) > 1:
        topics.pop(place)
    subthemes = sorted({*topics, *national})
    return row | {"themes": themes_of(subthemes), "subthemes": subthemes}


def _recommendation(rng: Random, row: Row, printed: Row) -> Row:
    row = row | {"number": _number(rng, row["number"])}
    if printed["level"] == "national":
        row["level"] = "local_multi" if chance(rng, 0.05) else "national"
    doubtful = 0.2 if row["subthemes"] != printed["subthemes"] else 0.03
    row["confidence"] = (
        "uncertain" if chance(rng, doubtful) else rng.choice(("clear", "clear", "clear", "inferred"))
    )
    return row


def _number(rng: Random, number: str) -> str:
    if not chance(rng, 0.06):
        return number
    if number.startswith("Recommendation "):
        return number.replace("Recommendation", "Rec.")
    return (
        "unnumbered"
        if number != "unnumbered" and chance(rng, 0.2)
        else f"{number}.".replace("unnumbered.", "none")
    )


def _regrouped(rng: Random, field: str, found: list[Reading], careful: frozenset[str]) -> list[Reading]:
    """Enter a passage as two rows, or two successive passages as one; `field` holds the passage."""
    waiting, entered = list(reversed(found)), []
    while waiting:
        reading = waiting.pop()
        if waiting and chance(rng, LUMPED) and _may_lump(reading, waiting[-1], careful):
            entered.append(_lumped(field, reading, waiting.pop()))
        elif chance(rng, SPLIT) and careful.isdisjoint(reading.of):
            entered.extend(_split(rng, field, reading))
        else:
            entered.append(reading)
    return entered


def _may_lump(one: Reading, other: Reading, careful: frozenset[str]) -> bool:
    same_level = (one.row.get("level") == "national") == (other.row.get("level") == "national")
    return same_level and careful.isdisjoint((*one.of, *other.of))


def _lumped(field: str, one: Reading, other: Reading) -> Reading:
    first, second = one.row, other.row
    codes = {key: sorted({*first[key], *second[key]}) for key in ("themes", "subthemes") if key in first}
    agencies = _joint_agencies(first["agencies"], second["agencies"])
    row = first | codes | {field: f"{first[field]} {second[field]}", "agencies": agencies}
    return Reading(row, (*one.of, *other.of))


def _joint_agencies(first: Any, second: Any) -> Any:
    lists = [answer for answer in (first, second) if not is_missing(answer)]
    return ordered((code for codes in lists for code in codes), AGENCIES) if lists else first


def _split(rng: Random, field: str, reading: Reading) -> list[Reading]:
    parts = split_in_two(reading.row[field])
    if parts is None:
        return [reading]
    second = reading.row | {field: parts[1], "id": row_id(rng)}
    return [Reading(reading.row | {field: parts[0]}, reading.of), Reading(second, reading.of)]


def _reordered(rng: Random, found: Sequence[Reading]) -> list[Reading]:
    """Mostly the order of the report; otherwise one block is entered first, or all in no order."""
    if len(found) < 2 or not chance(rng, MOVED):
        return list(found)
    if chance(rng, 0.5):
        cut = rng.randrange(1, len(found))
        return [*found[cut:], *found[:cut]]
    return rng.sample(found, len(found))
