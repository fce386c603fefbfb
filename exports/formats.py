"""Which function writes which format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from exports.analysis.dta import write_dta
from exports.analysis.sav import write_sav
from exports.bundle import write_csv
from exports.methods_document import write_methods, write_methods_text
from exports.printed import write_codebook
from exports.provenance import write_json
from exports.workbook import write_codebook_workbook, write_workbook
from exports.written import Order, Written

#: By the name that the page and ``tandem export --format`` use.
WRITERS: Mapping[str, Callable[[Path, Order], Written]] = {
    "xlsx": write_workbook,
    "csv": write_csv,
    "sav": write_sav,
    "dta": write_dta,
    "json": write_json,
    "codebook": write_codebook,
    "codebook-xlsx": write_codebook_workbook,
    "methods": write_methods,
    "methods-text": write_methods_text,
}
