"""Counts the study's figures again with pandas, from the long CSV alone: nothing of the framework's code is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

Figures = dict[tuple[str, str], tuple[Any, ...]]
AGENCIES = {
    "childrens_social_care": {"value": ["childrens_social_care"]},
    "education": {"option_group": ["Education"]},
    "lscb": {"value": ["lscb"]},
    "csp": {"value": ["csp"]},
    "health": {"option_group": ["Health"]},
    "criminal_justice": {"option_group": ["CJS"]},
    "third_sector": {"option_group": ["third sector"]},
    "national": {"option_group": ["National"]},
}
ETHNICITY = {"white_british": "no", "minoritised": "yes"}


@dataclass(frozen=True)
class Long:
    """The long table, read as text."""

    path: Path

    @cached_property
    def lines(self) -> pd.DataFrame:
        return pd.read_csv(self.path, dtype=str, keep_default_na=False)

    @cached_property
    def cases(self) -> pd.Index:
        return pd.Index(self.lines[self.lines.what == "case"]["case"])

    def units(self, section: str) -> pd.MultiIndex:
        """(case, row) of every row of a group, in order."""
        lines = self.lines[(self.lines.what == "row") & (self.lines.section == section)]
        return pd.MultiIndex.from_frame(lines[["case", "row_id"]])

    def first(self, section: str) -> pd.MultiIndex:
        lines = self.lines[(self.lines.what == "row") & (self.lines.section == section)]
        return pd.MultiIndex.from_frame(lines[lines.row_number == "1"][["case", "row_id"]])

    def asked(self, section: str) -> pd.Index:
        """The cases whose form had the group."""
        lines = self.lines[(self.lines.what == "group") & (self.lines.section == section)]
        return pd.Index(lines[lines.code != ""]["case"])

    def values(self, section: str, field: str) -> pd.DataFrame:
        lines = self.lines
        chosen = lines[(lines.what == "value") & (lines.section == section) & (lines.field == field)]
        return chosen.set_index(["case", "row_id"])

    def one(self, section: str, field: str, units: pd.MultiIndex) -> pd.Series:
        """The answer of each unit; nothing where it is missing or blank."""
        values = self.values(section, field)
        answered = values[values.value != ""].value
        return answered.reindex(units)

    def holds(
        self, section: str, field: str, wanted: Iterable[str], units: pd.MultiIndex, column: str = "value"
    ) -> pd.Series:
        """Whether any of the codes is the answer or among the ticked ones; unknown where it is missing."""
        values = self.values(section, field)
        known = values[(values.value != "") | (values.missing == "0")]
        hit = known[column].isin(list(wanted)).groupby(level=[0, 1]).any()
        return hit.astype("boolean").reindex(units)


def any_row(held: pd.Series, asked: pd.Index, cases: pd.Index) -> pd.Series:
    """Three-valued "any row" for each case."""
    by_case = held.groupby(level=0)
    some = by_case.agg(lambda rows: bool(rows.fillna(False).any())).reindex(asked, fill_value=False)
    unknown = by_case.agg(lambda rows: bool(rows.isna().any())).reindex(asked, fill_value=False)
    return some.astype("boolean").mask(~some.astype(bool) & unknown.astype(bool)).reindex(cases)


def counted(held: pd.Series, larger: pd.Series | None = None) -> tuple[Any, ...]:
    """(n, valid n, left out, n and valid n within the larger category)."""
    within = held[larger.fillna(False).astype(bool)] if larger is not None else None
    inside = (None, None) if within is None else (int(within.sum()), int(within.notna().sum()))
    return (int(held.sum()), int(held.notna().sum()), int(held.isna().sum()), *inside)


def distribution(answers: pd.Series, categories: dict[str, str], key: str) -> dict[str, tuple[Any, ...]]:
    valid, left_out = int(answers.notna().sum()), int(answers.isna().sum())
    held = {
        f"{key}.{name}": (int((answers == value).sum()), valid, left_out, None, None)
        for name, value in categories.items()
    }
    return {**held, f"{key}.missing": (left_out, len(answers), 0, None, None)}


def statistics(numbers: pd.Series, key: str) -> dict[str, tuple[Any, ...]]:
    known = [Decimal(number) for number in numbers.dropna()]
    mean = (sum(known, Decimal(0)) / len(known)).quantize(Decimal("0.1"), ROUND_HALF_UP) if known else None
    least, most = (min(known), max(known)) if known else (None, None)
    return {f"{key}.{name}": (value,) for name, value in (("least", least), ("most", most), ("mean", mean))}


def figures(long: Long, lines: Iterable[tuple[str, str]]) -> Figures:
    """Every figure of the DHR study; ``lines`` names the tables and lines that are wanted."""
    wanted: dict[str, list[str]] = {}
    for table, line in lines:
        wanted.setdefault(table, []).append(line)
    found: Figures = {}
    for table in wanted:
        held = TABLES[table](long, wanted[table])
        found.update({(table, line): held[line] for line in wanted[table]})
    return found


def _homicide(long: Long, lines: list[str]) -> dict[str, tuple[Any, ...]]:
    answers = long.one("homicide", "homicide_type", pd.MultiIndex.from_product([long.cases, [""]]))
    return distribution(answers, _categories(lines, "type"), "type")


def _people(section: str) -> Any:
    def count(long: Long, lines: list[str]) -> dict[str, tuple[Any, ...]]:
        first = long.first(section)
        return {
            **distribution(long.one(section, "sex", first), _categories(lines, "sex"), "sex"),
            **distribution(long.one(section, "minoritised", first), ETHNICITY, "ethnicity"),
            **distribution(long.one(section, "age_band", first), _categories(lines, "age_band"), "age_band"),
            **statistics(long.one(section, "age", first), "age"),
        }

    return count


def _children(long: Long, lines: list[str]) -> dict[str, tuple[Any, ...]]:
    units = long.units("children")
    plain = pd.MultiIndex.from_product([long.cases, [""]])
    age, sex = long.one("children", "age", units), long.one("children", "sex", units)
    unborn = long.holds("children", "unborn", ["yes"], units)
    told = age.notna() | unborn.fillna(False).astype(bool)
    born = age[age.notna() | ~unborn.fillna(True).astype(bool)]
    as_zero = age.where(age.notna(), unborn.map(lambda held: "0" if held is True else None))
    return {
        "details": counted(long.holds("childhood", "child_details", ["yes"], plain)),
        "total": (len(units), None, 0, None, None),
        "age_reported": (int(told.sum()), len(units), 0, None, None),
        "unborn": counted(unborn),
        "sex_reported": (int(sex.notna().sum()), len(units), 0, None, None),
        **statistics(as_zero, "age"),
        **statistics(born, "age_born"),
        **distribution(sex, _categories(lines, "sex"), "sex"),
        **distribution(long.one("children", "minoritised", units), ETHNICITY, "ethnicity"),
    }


def _theme(long: Long, key: str, field: str = "themes", agency: str = "") -> pd.Series:
    section = "recommendations"
    units = long.units(section)
    held = long.holds(section, "for_children_services", ["yes"], units) & long.holds(
        section, field, [key], units
    )
    if agency:
        ((column, values),) = AGENCIES.get(agency, {"value": [agency]}).items()
        held = held & long.holds(section, "agencies", values, units, column)
    return any_row(held, long.asked(section), long.cases)


def _examples(long: Long) -> pd.Series:
    units = long.units("good_practice")
    return any_row(pd.Series(True, units, dtype="boolean"), long.asked("good_practice"), long.cases)


def _themes(long: Long, lines: list[str]) -> dict[str, tuple[Any, ...]]:
    keys = [line.removeprefix("theme.") for line in lines]
    return {f"theme.{key}": counted(_examples(long) if key == "T6" else _theme(long, key)) for key in keys}


def _subthemes(long: Long, lines: list[str]) -> dict[str, tuple[Any, ...]]:
    found = {}
    for line in lines:
        key = line.removeprefix("subtheme.")
        parent = key.partition(".")[0].partition("_")[0]
        found[line] = counted(_theme(long, key, "subthemes"), _theme(long, parent))
    return found


def _theme_agency(long: Long, lines: list[str]) -> dict[str, tuple[Any, ...]]:
    found = {}
    for line in lines:
        _, theme, agency = line.split(".")
        found[line] = counted(_theme(long, theme, agency=agency), _theme(long, theme))
    return found


def _national(long: Long, lines: list[str]) -> dict[str, tuple[Any, ...]]:
    bodies = {line: line.removeprefix("national_body.") for line in lines}
    return {
        line: counted(_theme(long, "T7", agency=body), _theme(long, "T7")) for line, body in bodies.items()
    }


def _good_practice(long: Long, lines: list[str]) -> dict[str, tuple[Any, ...]]:
    units = long.units("good_practice")
    held = {"dhrs": counted(_examples(long)), "examples": (len(units), None, 0, None, None)}
    for key, field in (("source", "source"), ("theme", "themes")):
        for name in _categories(lines, key):
            held[f"{key}.{name}"] = counted(long.holds("good_practice", field, [name], units))
        missing = int(long.holds("good_practice", field, [], units).isna().sum())
        held[f"{key}.missing"] = (missing, len(units), 0, None, None)
    return held


def _categories(lines: list[str], key: str) -> dict[str, str]:
    names = [line.removeprefix(f"{key}.") for line in lines if line.startswith(f"{key}.")]
    return {name: name for name in names if name != "missing"}


TABLES: dict[str, Any] = {
    "homicide_type": _homicide,
    "victims": _people("victims"),
    "perpetrators": _people("perpetrators"),
    "children": _children,
    "themes": _themes,
    "subthemes": _subthemes,
    "theme_agency": _theme_agency,
    "national": _national,
    "good_practice": _good_practice,
}
