"""Cells as a sheet's XML has them (ECMA-376 part 1, 18.3.1.4).

``place`` is the name of the cell; ``style`` is empty or the attribute that names its style, with a space before it. Texts are clean
already: they hold no character that XML forbids (:func:`exports.cells.clean_text`).
"""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

from openpyxl.utils.datetime import to_excel


def text_part(style: str, text: str) -> str:
    """What follows the place of a cell that holds a text; the text's outer spaces are kept."""
    kept = "" if text == text.strip() else ' xml:space="preserve"'
    return f'{style} t="inlineStr"><is><t{kept}>{escape(text)}</t></is></c>'


def whole_cell(place: str, number: int) -> str:
    """A whole number, of no more digits than a double has for certain."""
    return f'<c r="{place}" t="n"><v>{number}</v></c>'


def number_cell(place: str, number: float) -> str:
    """A number, with as many digits as a double has for certain and one more, as spreadsheets write them."""
    return f'<c r="{place}" t="n"><v>{number:.16g}</v></c>'


def date_cell(place: str, style: str, held: date) -> str:
    """A day or a moment: days since the end of 1899."""
    return f'<c r="{place}"{style} t="n"><v>{_days(held):.16g}</v></c>'


def _days(held: date) -> float:
    days: float = to_excel(held)  # type: ignore[no-untyped-call]
    return days


def formula_cell(place: str, style: str, formula: str) -> str:
    """A formula, which begins with an equals sign; whoever opens the file works it out."""
    return f'<c r="{place}"{style}><f>{escape(formula[1:])}</f><v></v></c>'


def row_of(number: int, cells: str, height: float | None) -> str:
    """A row; ``height`` in points, where it is not that of one line."""
    high = "" if height is None else f' ht="{height:.16g}" customHeight="1"'
    return f'<row r="{number}"{high}>{cells}</row>'
