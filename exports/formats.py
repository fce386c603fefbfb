"""Which function writes which format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from exports.analysis.dta import write_dta
from exports.analysis.sav import write_sav
from exports.bundle import write_csv
from exports.printed import write_codebook
from exports.provenance import write_json
from exports.workbook import write_workbook
from exports.written import Order, Written


def write_xlsx(path: Path, order: Order) -> Written:
    """Write the master workbook."""
    return write_workbook(path, order)


#: By the name that the page and ``tandem export --format`` use.
WRITERS: Mapping[str, Callable[[Path, Order], Written]] = {
    "xlsx": write_xlsx,
    "csv": write_csv,
    "sav": write_sav,
    "dta": write_dta,
    "json": write_json,
    "codebook": write_codebook,
}
