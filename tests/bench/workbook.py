"""The master workbook: against openpyxl with the same cells, against pandas, and against itself as a study grows."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from exports.book import Book, Column
from schema.actor import COMMAND_LINE
from schema.store.database import Database, utc_now
from schema.store.projects import find_project
from tests.bench.measuring import Figure, alternate, growth, seconds
from tests.bench.studies import KEY, LARGE, Copied, copied
from tests.bench.studio import Studio
from webapp.downloads.making import make

SMALL, MEDIUM, LARGEST = 100, 1_000, 10_000
OPENPYXL, SHEETS, PANDAS, MEGABYTES, EXPONENT = 1.2, 0.5, 0.25, 20.0, 1.05
CHILD = "import sys; from tests.bench.workbook import weigh; weigh(*sys.argv[1:])"
BOUND = (
    "The export also reads and checks the frozen cases, compares both entries of each for the sheet of agreement with its 1,000 "
    "draws, evaluates the framework and writes its live formulas; its sheets alone are the lines below. Each case is read and compared "
    "once, what was decided on a hundred of them by one statement: 24 statements for 100 cases, where there were 660. Of the time of a "
    "profile, reading and comparing took a seventh, agreement a quarter (a tenth to count, the rest for its draws and figures), the cells "
    "of all rows a fifth with their hash, and opening 21 sheets with their headings and saving them, which openpyxl does and which does "
    "not grow with the cases, a fifth."
)
Sheets = Sequence[tuple[str, list[list[Any]]]]


def run(place: Studio) -> Iterator[Figure]:
    """A study of 100 cases and one of 1,000: what is exported, and its sheets alone."""
    small, large = copied(place, SMALL), copied(place, MEDIUM)
    out = place.folder / "out.xlsx"
    exported(small, out)
    sheets = read(out)
    what = f"{SMALL} cases, from the database ({sum(len(rows[0]) * len(rows) for _, rows in sheets):,} cells)"
    duel = alternate(lambda: exported(small, out), lambda: raw(sheets, out), rounds=2)
    yield duel.figure(what, "openpyxl write_only, cells in memory", OPENPYXL, BOUND)
    duel = alternate(lambda: written(sheets, out), lambda: raw(sheets, out), rounds=3)
    yield duel.figure("its sheets alone", "openpyxl write_only, same cells", SHEETS)
    frames = [(title, pd.DataFrame(rows[1:], columns=rows[0])) for title, rows in sheets]
    duel = alternate(lambda: written(sheets, out), lambda: by_pandas(frames, out), rounds=3)
    yield duel.figure("its sheets alone, again", "pandas.to_excel, same frames", PANDAS)
    sizes = (SMALL, MEDIUM, LARGEST) if LARGE else (SMALL, MEDIUM)
    taken = [seconds(lambda size=size: exported(copied(place, size), out)) for size in sizes]  # type: ignore[misc]
    yield growth(f"{SMALL} to {sizes[-1]:,} cases", sizes, taken, EXPONENT, linear=True)
    yield Figure(
        "memory over that of a study of 11 cases", "itself", _weighed(place, large), MEGABYTES, unit="MB"
    )


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


def weigh(url: str, name: str, small: str, out: str) -> None:
    """Print by how many MB the peak of memory rises from a small export to a large one."""
    peaks = []
    for file in (small, url):
        database = Database(f"sqlite:///{file}")
        with database.reading() as session:
            project = find_project(session, name)
        assert project is not None
        make(database, COMMAND_LINE, project, Path(out), lambda _done, _total: None)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    sys.stdout.write(f"{peaks[1] - peaks[0]:.1f}")


def _weighed(place: Studio, large: Copied) -> float:
    small = copied(place, 11)
    files = (
        str(large.database.url.database),
        KEY,
        str(small.database.url.database),
        str(place.folder / "w.xlsx"),
    )
    done = subprocess.run([sys.executable, "-c", CHILD, *files], check=True, capture_output=True, text=True)
    return float(done.stdout)


def _cell(value: Any) -> Any:
    return (
        int(value)
        if isinstance(value, float) and value.is_integer()
        else value
        if isinstance(value, str | float)
        else str(value)
    )
