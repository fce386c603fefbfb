"""The master workbook: against openpyxl with the same cells, against pandas, and against itself as a study grows."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from exports.book import Book, Column
from schema.actor import COMMAND_LINE
from schema.store.database import Database, utc_now
from schema.store.projects import find_project
from tests.bench.measuring import Duel, Figure, Work, growth, seconds
from tests.bench.studies import KEY, Copied, copied
from tests.bench.studio import Studio
from webapp.downloads.making import make

SEEDS, SMALL, MEDIUM, LARGEST = SIZES = (11, 100, 1_000, 10_000)
TIMES = LARGEST // MEDIUM
WRITER, PROPORTION = (
    "openpyxl write_only, same cells in memory",
    f"openpyxl, {TIMES} times what it took for {MEDIUM:,}",
)
OPENPYXL, SHEETS, PANDAS, MEGABYTES, EXPONENT = 1.2, 0.5, 0.25, 20.0, 1.05
CHILD = "import sys; from tests.bench.workbook import weigh; weigh(*sys.argv[1:])"
BOUND = (
    "The export also reads and checks the frozen cases, compares both entries of each for the sheet of agreement with its 1,000 "
    "draws, evaluates the framework and writes its live formulas; its sheets alone are the lines below. Each case is read and compared "
    "once, what was decided on 25 of them by one statement: 41 statements for 100 cases, where there were 660. Of the time of a "
    "profile of 1,000 cases, reading and comparing took three tenths, nearly half of it for what was decided; writing all rows with their hash three "
    "tenths, choosing what goes into them an eighth; agreement a sixth, nearly all of it to count; compressing the file a fifteenth."
)
WEIGHT = (
    "What is held grows by 1.1 KiB for each case: 0.35 are the case and the kind of outcome of every position, from which agreement is drawn, in as "
    "few bytes as their numbers need; 0.3 the rows that the findings are counted from, with their ids; 0.2 the indicators, a byte each; the rest what "
    "the figures are made of. 0.5 more is the list of the cases. While intervals are drawn there is also 1 KB for each case, a byte for each of 1,000 "
    "draws, and 0.4 KB of them as numbers: that bounds it, because each question is drawn from the same cases. What does not grow is the rows of "
    "25 cases and the answers of 100, beside which a study of 11 cases has fewer."
)
Sheets = Sequence[tuple[str, list[list[Any]]]]


def run(place: Studio) -> Iterator[Figure]:
    """Studies up to 10,000 cases as they are exported; one of 1,000 against its peers, each of which takes long enough to be run once."""
    studies = [copied(place, size) for size in SIZES]
    taken, peaks = _grown(studies)
    sheets = read(_written_to(studies[SIZES.index(MEDIUM)].file))
    out = place.folder / "out.xlsx"
    work = partial(exported, studies[SIZES.index(SMALL)], out)
    yield from _against_peers(sheets, out, taken[SIZES.index(MEDIUM) :], work)
    ends = (taken[SIZES.index(SMALL)], taken[-1])
    yield growth(f"{SMALL} to {LARGEST:,} cases", (SMALL, LARGEST), ends, EXPONENT, linear=True)
    for size in (MEDIUM, LARGEST):
        what = f"memory for {size:,} cases over that for {SEEDS}"
        yield Figure(what, "itself", peaks[SIZES.index(size)] - peaks[0], MEGABYTES, unit="MB", remark=WEIGHT)


def _against_peers(sheets: Sheets, out: Path, taken: Sequence[float], work: Work) -> Iterator[Figure]:
    """Two exports, of which the smaller holds these sheets, and the cells of the sheets alone."""
    frames = [(title, pd.DataFrame(rows[1:], columns=rows[0])) for title, rows in sheets]
    cells = seconds(partial(written, sheets, out))
    openpyxl = seconds(partial(raw, sheets, out))
    pandas = seconds(partial(by_pandas, frames, out))
    number = sum(len(rows[0]) * len(rows) for _, rows in sheets)
    for what, against, ours, theirs, goal in (
        (f"{MEDIUM:,} cases, from the database ({number:,} cells)", WRITER, taken[0], openpyxl, OPENPYXL),
        (f"{LARGEST:,} cases, from the database", PROPORTION, taken[1], openpyxl * TIMES, OPENPYXL),
        (f"the sheets of {MEDIUM:,} cases alone", WRITER, cells, openpyxl, SHEETS),
        (f"the sheets of {MEDIUM:,} cases alone", "pandas.to_excel, same frames", cells, pandas, PANDAS),
    ):
        yield Duel((ours,), (theirs,), work).figure(what, against, goal, BOUND)


def _grown(studies: Sequence[Copied]) -> tuple[Sequence[float], Sequence[float]]:
    """The seconds of a processor that each export takes, the smallest first, in one process, and its peak of memory in MB by then."""
    files = [str(study.file) for study in studies]
    done = subprocess.run([sys.executable, "-c", CHILD, *files], check=True, capture_output=True, text=True)
    taken, peaks = zip(*json.loads(done.stdout), strict=True)
    return taken, peaks


def exported(study: Copied, out: Path) -> None:
    """The product's export."""
    made = make(study.database, study.actor, study.project(), out, lambda _done, _total: None)
    assert made.cases == study.cases


def read(path: Path) -> Sheets:
    """All cells of a workbook."""
    book = CalamineWorkbook.from_path(str(path))
    return [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]


def written(sheets: Sheets, out: Path) -> None:
    """The same cells through the product's seam."""
    book = Book()
    for number, (title, rows) in enumerate(sheets):
        columns = [Column(f"{place}", kind="any") for place, _ in enumerate(rows[0])]
        book.write_sheet(f"{number} {title}"[:31], columns, ([_cell(one) for one in row] for row in rows[1:]))
    book.save(out, utc_now())


def raw(sheets: Sheets, out: Path) -> None:
    """The same cells through openpyxl alone."""
    book = Workbook(write_only=True)
    for title, rows in sheets:
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(out)


def by_pandas(frames: Sequence[tuple[str, Any]], out: Path) -> None:
    """The same frames through pandas."""
    with pd.ExcelWriter(out, engine="openpyxl") as book:
        for title, frame in frames:
            frame.to_excel(book, sheet_name=title, index=False)


def weigh(*files: str) -> None:
    """Print for each database the seconds that its export took, and the process's peak of memory after it in MB."""
    found = []
    for file in map(Path, files):
        database = Database(f"sqlite:///{file}")
        with database.reading() as session:
            project = find_project(session, KEY)
        assert project is not None
        out = _written_to(file)
        taken = seconds(partial(make, database, COMMAND_LINE, project, out, lambda _done, _total: None))
        found.append((taken, _peak()))
    sys.stdout.write(json.dumps(found))


def _peak() -> float:
    """The peak of this process's memory in MB.

    Linux hands ``ru_maxrss`` on to whatever a process starts, so that a small export would weigh as much as the whole benchmark before it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS counts bytes


def _written_to(file: Path) -> Path:
    """Where the workbook of a study is written: beside its database."""
    return file.with_suffix(".xlsx")


def _cell(value: Any) -> Any:
    return (
        int(value)
        if isinstance(value, float) and value.is_integer()
        else value
        if isinstance(value, str | float)
        else str(value)
    )
