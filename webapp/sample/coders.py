"""Two coders at one report: the true extract as each of them entered it, with the differences that real pairs have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from webapp.sample.consistency import consistent
from webapp.sample.dice import chance
from webapp.sample.evidence import evidence_for
from webapp.sample.readings import Reading, readings, with_text
from webapp.sample.slips import slipped

Answers = dict[str, Any]
Entry = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Coded:
    """Two entries, and for each of their row ids the ids of the true rows that it stands for."""

    entries: tuple[Entry, Entry]
    origins: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Attempt:
    sections: Answers
    groups: dict[str, list[Reading]]

    def troubled(self, truth: Answers) -> frozenset[str]:
        """The true rows that this coder did not enter as exactly one row, or with fewer fields than there are."""
        found = [reading for group in self.groups.values() for reading in group]
        times = Counter(name for reading in found for name in reading.of)
        had = _fields_had(self.answers(truth), self.groups)
        true = {row["id"]: row for part in truth.values() if isinstance(part, list) for row in part}
        return frozenset(
            name for name, row in true.items() if times[name] != 1 or row.keys() - had.get(name, set())
        )

    def answers(self, truth: Answers) -> Answers:
        rows = {key: [reading.row for reading in group] for key, group in self.groups.items()}
        return consistent({key: rows[key] if key in rows else self.sections[key] for key in truth})


def coder_entries(
    truth: Entry, rng: Random, names: tuple[str, str] = ("coder-one", "coder-two")
) -> tuple[Entry, Entry]:
    """Return the submitted entries of two coders who read the same report independently; see `coded`."""
    return coded(truth, rng, names).entries


def coded(truth: Entry, rng: Random, names: tuple[str, str]) -> Coded:
    """Return two submitted entries of one report and where their rows come from.

    `truth` is an entry of the interchange form. Both entries are valid under the template, carry row ids of their own and
    differ from the truth and from each other. Whatever the truth says, at least one of them has an answer in that place,
    and has that row as one row: so a reconciler who decides well arrives at the truth. `rng` alone decides how.
    """
    true = truth["answers"]
    first = _attempt(true, rng, frozenset())
    one = first.answers(true)
    second = _attempt(true, rng, first.troubled(true))
    other = _completed(true, one, second.answers(true), first, second)
    entries = (_entry(truth["case"], rng, names[0], one), _entry(truth["case"], rng, names[1], other))
    origins = {
        each.row["id"]: each.of
        for attempt in (first, second)
        for group in attempt.groups.values()
        for each in group
    }
    return Coded(entries, origins)


def _entry(case: str, rng: Random, name: str, answers: Answers) -> Entry:
    evidence = evidence_for(rng, answers, share=0.4)
    return {"case": case, "coder": name, "submit": True, "answers": answers, "evidence": evidence}


def _attempt(truth: Answers, rng: Random, careful: frozenset[str]) -> _Attempt:
    sections = {key: slipped(rng, key, part) for key, part in truth.items() if isinstance(part, dict)}
    sections["report"] = _report(rng, sections["report"])
    sections["childhood"] = _childhood(
        rng, sections["childhood"], any(row["id"] in careful for row in truth["children"])
    )
    sections["equality"] = with_text(rng, sections["equality"], "extract")
    sections["closing"] = {"minutes": max(30, truth["closing"]["minutes"] + rng.randint(-60, 90))}
    groups = {key: readings(rng, key, part, careful) for key, part in truth.items() if isinstance(part, list)}
    if sections["childhood"]["child_details"] == "no":
        groups["children"] = []
    return _Attempt(sections, groups)


# ------------------------------------------------------------------- what neither coder would have had


def _completed(truth: Answers, one: Answers, other: Answers, first: _Attempt, second: _Attempt) -> Answers:
    """Let the second coder be right wherever otherwise neither would have answered what the report does say."""
    whole = dict(other)
    for key, part in truth.items():
        if isinstance(part, dict) and not part.keys() <= one[key].keys() | other[key].keys():
            whole[key] = part
    had = _fields_had(one, first.groups)
    for key, group in second.groups.items():
        whole[key] = _completed_rows(truth[key], whole[key], group, had)
    return consistent(whole)


def _completed_rows(
    truth: list[Row], other: list[Row], second: list[Reading], had: dict[str, set[str]]
) -> list[Row]:
    true = {row["id"]: row for row in truth}
    origin = {reading.row["id"]: reading.of for reading in second}
    return [_completed_row(row, [true[name] for name in origin[row["id"]]], had) for row in other]


def _fields_had(answers: Answers, groups: Mapping[str, list[Reading]]) -> dict[str, set[str]]:
    """The fields that a coder answered, by true row; lumped rows do not count."""
    entered = {row["id"]: row for key in groups for row in answers[key]}
    alone = [
        each for found in groups.values() for each in found if len(each.of) == 1 and each.row["id"] in entered
    ]
    return {each.of[0]: set(entered[each.row["id"]]) for each in alone}


def _completed_row(row: Row, of: list[Row], had: dict[str, set[str]]) -> Row:
    if len(of) > 1 or of[0].keys() <= row.keys() | had.get(of[0]["id"], set()):
        return row
    return of[0] | {"id": row["id"]}


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


def _childhood(rng: Random, section: Row, careful: bool) -> Row:
    """Now and then a report without details of children is read as one with no children, or details are overlooked."""
    if section["child_details"] == "no" and chance(rng, 0.06):
        return {
            "child_details": "yes",
            "children_total": 0,
            "childhood_themes": {"missing": "none_described"},
        }
    if section["child_details"] == "yes" and not careful and chance(rng, 0.03):
        return {"child_details": "no"}
    return with_text(rng, section, "childhood_extract")
