"""Two coders at one report: the true extract as each of them entered it, with the differences that real pairs have."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from webapp.sample.codes import AGENCIES, ordered, theme_of, themes_of
from webapp.sample.consistency import consistent, is_missing
from webapp.sample.dice import chance, row_id
from webapp.sample.evidence import VERBATIM, evidence_for
from webapp.sample.figures import SUBTHEME_DHRS
from webapp.sample.slips import slipped
from webapp.sample.transcription import split_in_two, transcribed

Answers = dict[str, Any]
Entry = dict[str, Any]
Row = dict[str, Any]

MISSED: Final = 0.04
SPLIT: Final = 0.03
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


def coder_entries(
    truth: Entry, rng: Random, names: tuple[str, str] = ("coder-one", "coder-two")
) -> tuple[Entry, Entry]:
    """Return the submitted entries of two coders who read the same report independently.

    `truth` is an entry of the interchange form. Both results are valid under the template, carry row ids of their own and
    differ from the truth and from each other. `rng` alone decides how.
    """
    first, second = (_entry(truth, rng, name) for name in names)
    return first, second


def _entry(truth: Entry, rng: Random, name: str) -> Entry:
    answers = _answers(truth["answers"], rng)
    return {
        "case": truth["case"],
        "coder": name,
        "submit": True,
        "answers": answers,
        "evidence": evidence_for(rng, answers, share=0.4),
    }


def _answers(truth: Answers, rng: Random) -> Answers:
    sections = {key: slipped(rng, key, part) for key, part in truth.items() if isinstance(part, dict)}
    groups = {key: _rows(rng, key, part) for key, part in truth.items() if isinstance(part, list)}
    entered = {key: sections.get(key, groups.get(key)) for key in truth}
    entered["report"] = _report(rng, sections["report"])
    entered["childhood"] = _childhood(rng, sections["childhood"])
    entered["equality"] = _with_text(rng, sections["equality"], "extract")
    entered["closing"] = {"minutes": max(30, truth["closing"]["minutes"] + rng.randint(-60, 90))}
    return consistent(entered)


# ------------------------------------------------------------------------------------------- sections


def _report(rng: Random, section: Row) -> Row:
    csp = section["csp"]
    if chance(rng, 0.06):
        csp = csp.replace("Community Safety Partnership", "CSP").replace("Safer ", "Safer and Stronger ")
    return section | {"csp": csp, "published": _published(rng, section["published"])}


def _published(rng: Random, published: str) -> str:
    """A bare year where the month is small print, or the month of the covering letter."""
    year, _, month = published.partition("-")
    if not month or not chance(rng, 0.07):
        return published
    return year if chance(rng, 0.6) else f"{year}-{int(month) % 12 + 1:02}"


def _childhood(rng: Random, section: Row) -> Row:
    """Now and then a report without details of children is read as one with no children, or details are overlooked."""
    if section["child_details"] == "no" and chance(rng, 0.06):
        return {
            "child_details": "yes",
            "children_total": 0,
            "childhood_themes": {"missing": "none_described"},
        }
    if section["child_details"] == "yes" and chance(rng, 0.03):
        return {"child_details": "no"}
    return _with_text(rng, section, "childhood_extract")


def _with_text(rng: Random, answers: Row, field: str) -> Row:
    return answers | {field: transcribed(rng, answers[field])} if field in answers else answers


# ----------------------------------------------------------------------------------------------- rows


def _rows(rng: Random, group: str, rows: list[Row]) -> list[Row]:
    entered = [_row(rng, group, row) for row in _found(rng, group, rows)]
    if group in VERBATIM:
        entered = _regrouped(rng, group, entered)
    return _reordered(rng, entered) if group in VERBATIM or group == "children" else entered


def _found(rng: Random, group: str, rows: list[Row]) -> list[Row]:
    """The rows a coder noticed; the primary victim and perpetrator are never overlooked."""
    if group == "victims":
        return rows
    if group == "perpetrators":
        return [rows[0], *(row for row in rows[1:] if not chance(rng, _MISSED_PERPETRATOR))]
    return [row for row in rows if not chance(rng, MISSED)]


def _row(rng: Random, group: str, row: Row) -> Row:
    entered = slipped(rng, group, row) | {"id": row_id(rng)}
    if group in VERBATIM:
        entered = _with_text(rng, entered, VERBATIM[group]) | {"page": _page(rng, entered["page"])}
    if group in ("learning", "recommendations"):
        entered = _recoded(rng, entered)
    if group == "children" and "afterwards" in entered:
        entered = _with_text(rng, entered, "afterwards")
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


def _regrouped(rng: Random, group: str, rows: list[Row]) -> list[Row]:
    """Enter a passage as two rows, or two successive passages as one."""
    waiting, entered = list(reversed(rows)), []
    while waiting:
        row = waiting.pop()
        if waiting and chance(rng, LUMPED) and _same_level(row, waiting[-1]):
            entered.append(_lumped(group, row, waiting.pop()))
        elif chance(rng, SPLIT):
            entered.extend(_split(rng, group, row))
        else:
            entered.append(row)
    return entered


def _same_level(one: Row, other: Row) -> bool:
    return (one.get("level") == "national") == (other.get("level") == "national")


def _lumped(group: str, one: Row, other: Row) -> Row:
    field = VERBATIM[group]
    both = {key: sorted({*one[key], *other[key]}) for key in ("themes", "subthemes") if key in one}
    agencies = ordered((*one["agencies"], *other["agencies"]), AGENCIES)
    return one | both | {field: f"{one[field]} {other[field]}", "agencies": agencies}


def _split(rng: Random, group: str, row: Row) -> list[Row]:
    field = VERBATIM[group]
    parts = split_in_two(row[field])
    if parts is None:
        return [row]
    return [row | {field: parts[0]}, row | {field: parts[1], "id": row_id(rng)}]


def _reordered(rng: Random, rows: list[Row]) -> list[Row]:
    """Mostly the order of the report; otherwise one block is entered first, or all in no order."""
    if len(rows) < 2 or not chance(rng, MOVED):
        return rows
    if chance(rng, 0.5):
        cut = rng.randrange(1, len(rows))
        return [*rows[cut:], *rows[:cut]]
    return rng.sample(rows, len(rows))
