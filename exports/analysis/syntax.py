"""SPSS syntax: what loads the CSV files, and what the format of data files has no place for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from exports.analysis.frames import Frame
from exports.analysis.naming import SPSS_LENGTH, Names
from exports.analysis.variables import Variable
from exports.cells import Cell

LONGEST_STRING = 32_767  # bytes; IBM SPSS Statistics, "String variable formats"
LONGEST_LABEL = 255  # bytes; the same, "VARIABLE LABELS"
LONGEST_VALUE_LABEL = 120  # bytes; the same, "VALUE LABELS"


def cut(text: str, most: int) -> str:
    """The text on one line, in at most ``most`` bytes of UTF-8, never inside a character."""
    held = " ".join(text.split()).encode()
    if len(held) <= most:
        return held.decode()
    return held[: most - 3].decode(errors="ignore") + "…"


def quoted(text: str, most: int = LONGEST_LABEL) -> str:
    """A text as syntax writes it: in apostrophes, those inside doubled."""
    return "'" + cut(text, most).replace("'", "''") + "'"


def user_missing(codes: Sequence[int]) -> tuple[tuple[int, int] | None, tuple[int, ...]]:
    """Missing codes as SPSS can hold them: three single ones, or a range and one.

    Gives (range, single codes). The codes are negative and no answer is, so that a range takes none in by mistake.
    """
    ordered = sorted(codes)
    if len(ordered) <= 3:
        return None, tuple(ordered)
    return (ordered[0], ordered[-2]), (ordered[-1],)


def width_of(cells: Iterable[Cell]) -> int:
    """Bytes that a string variable needs, at least 1; no more than a variable can have."""
    return min(
        max((len(str(cell).encode()) for cell in cells if cell is not None), default=1) or 1, LONGEST_STRING
    )


def format_of(variable: Variable, cells: Iterable[Cell]) -> str:
    """Print format of a variable."""
    match variable.kind:
        case "number":
            return f"F12.{variable.places}"
        case "date":
            return "SDATE10"
    return f"A{width_of(cells)}"


def loading(frame: Frame, file: str) -> Iterator[str]:
    """Commands that load one CSV file, label it and save it."""
    yield f"* {frame.label}."
    yield f"GET DATA /TYPE=TXT /FILE='{file}' /ENCODING='UTF8' /ARRANGEMENT=DELIMITED /DELIMITERS=','"
    yield "  /QUALIFIER='\"' /FIRSTCASE=2 /VARIABLES="
    for variable, cells in zip(frame.variables, frame.columns, strict=True):
        yield f"  {variable.name} {_read_format(variable, cells)}"
    yield "."
    texts = [variable.name for variable in frame.variables if variable.kind in ("text", "moment")]
    for name in texts:
        yield f'IF (SUBSTR({name}, 1, 1) = "\'") {name} = SUBSTR({name}, 2).'
    yield from labelling(frame.variables)
    yield from sets(frame.variables)
    yield "EXECUTE."
    yield f"SAVE OUTFILE='{file.removesuffix('.csv')}.sav'."
    yield ""


def _read_format(variable: Variable, cells: Iterable[Cell]) -> str:
    if variable.kind == "number":
        return f"F12.{variable.places}"
    return "SDATE10" if variable.kind == "date" else f"A{min(width_of(cells) + 1, LONGEST_STRING)}"


def labelling(variables: Sequence[Variable]) -> Iterator[str]:
    """Variable labels, value labels, missing codes and levels of measurement."""
    for variable in variables:
        yield f"VARIABLE LABELS {variable.name} {quoted(variable.label)}."
        if variable.labels:
            yield f"VALUE LABELS {variable.name}"
            for code, label in sorted(variable.labels.items()):
                yield f"  {code} {quoted(label, LONGEST_VALUE_LABEL)}"
            yield "  ."
        if variable.missing:
            yield f"MISSING VALUES {variable.name} ({_missing_values(variable.missing)})."
        if variable.measure != "unknown":
            yield f"VARIABLE LEVEL {variable.name} ({variable.measure.upper()})."


def _missing_values(codes: Sequence[int]) -> str:
    spread, single = user_missing(codes)
    held = [f"{spread[0]} THRU {spread[1]}"] if spread else []
    return ", ".join([*held, *(str(code) for code in single)])


def sets(variables: Sequence[Variable]) -> Iterator[str]:
    """Multiple-response sets: one for each field of several answers that has two options or more."""
    names = Names(SPSS_LENGTH - 1, frozenset())
    fields = dict.fromkeys(variable.flag_of for variable in variables if variable.flag_of)
    for path in fields:
        held = [variable for variable in variables if variable.flag_of == path]
        if len(held) < 2:
            continue
        label = held[0].label.removesuffix(f": {held[0].label.rpartition(': ')[2]}")
        yield f"MRSETS /MDGROUP NAME=${names.take(path)} LABEL={quoted(label)} CATEGORYLABELS=VARLABELS"
        yield f"  VARIABLES={' '.join(variable.name for variable in held)} VALUE=1."
