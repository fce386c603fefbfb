"""Findings of a study: against pandas' groupby on frames that are in memory already; and where nothing has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from schema.answers.document import NO_VALUES
from schema.store.consensus import extracts
from schema.template.model import Section
from schema.template.value import Missing
from tests.bench.measuring import Figure, alternate, seconds, settled
from tests.bench.studies import Copied, copied
from tests.bench.studio import Studio, template
from webapp.findings import operations

CASES = 10_000
COLD, INSTANT = 3.0, 50.0
BOUND = (
    "The product reads and checks the frozen cases and then judges every condition of the framework of every row in a logic of three "
    "values, so that what is not known counts for neither side. Judged row by row it took 30 times the peer's time; now each "
    "question of 200 cases is indexed once, and a condition is a few operations on sets of rows. What a figure is made of stays a set "
    "until somebody asks for its rows. The peer's frames are in memory and decoded: to decompress, check and decode the same cases "
    "alone takes nine tenths of its whole time. Making rows and typed values of them takes three quarters of it, what follows from other answers "
    "two fifths, judging and counting one and two fifths (2,000 cases, each part alone). "
    "The result is kept by the hash of what it was made of, so this is paid once after a sign-off. Whether anything has changed is "
    "one look at the project's trail, whatever the number of cases."
)


def run(place: Studio) -> Iterator[Figure]:
    """A study of 10,000 signed-off cases."""
    study = copied(place, CASES)
    frames = _frames(study)

    def cold() -> None:
        operations._KEPT._held.clear()
        study.database._info["masters"].clear()
        _found(study)

    duel = alternate(cold, lambda: _grouped(frames), rounds=3)
    yield duel.figure(f"{CASES:,} cases, from the database", "pandas groupby, frames in memory", COLD, BOUND)
    _found(study)
    with settled():
        again = seconds(lambda: _found(study), times=3) * 1000
    yield Figure(f"{CASES:,} cases, nothing changed", "itself", again, INSTANT, unit="ms")


def _found(study: Copied) -> None:
    with study.database.reading() as session:
        assert operations.findings(session, operations.study_of(session, study.project())).tables


def _frames(study: Copied) -> Mapping[str, Any]:
    """One frame for each section, a line for each case or row."""
    lines: dict[str, list[dict[str, Any]]] = {section.key: [] for section in template().sections}
    with study.database.reading() as session:
        held = operations.study_of(session, study.project())
        for case in extracts(session, held.cases, held.layer):
            for section in template().sections:
                rows = (
                    [row.values for row in case.document.rows(section.key)]
                    if section.repeats
                    else [case.document.sections.get(section.key, NO_VALUES)]
                )
                lines[section.key] += [
                    {"case": case.reference, **{key: _plain(one) for key, one in row.items()}} for row in rows
                ]
    return {key: pd.DataFrame(rows) for key, rows in lines.items()}


def _grouped(frames: Mapping[str, Any]) -> int:
    """What a script would count: for each coded question the rows and the cases of each code, and both themes with agencies."""
    counted = 0
    for section in template().sections:
        frame = frames[section.key]
        for key in _coded(section, frame):
            held = frame[["case", key]].explode(key)
            counted += len(held.groupby(key)["case"].agg(["size", "nunique"]))
    crossed = frames["recommendations"][["case", "themes", "agencies"]].explode("themes").explode("agencies")
    return counted + len(crossed.groupby(["themes", "agencies"])["case"].agg(["size", "nunique"]))


def _coded(section: Section, frame: Any) -> list[str]:
    return [
        question.key for question in section.fields if question.codelist and question.key in frame.columns
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Missing):
        return f"~{value.code}"
    return list(value) if isinstance(value, tuple) else value
