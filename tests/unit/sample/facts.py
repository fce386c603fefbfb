"""The published facts beside this file, read once: figures of the briefing, the template's fields, the code lists."""

from __future__ import annotations

import csv
from pathlib import Path

HERE = Path(__file__).parent


def rows_of(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FIGURES = rows_of("briefing-figures.csv")
FIELDS = rows_of("dhr-template.csv")
LISTS: dict[str, list[str]] = {}
GROUPS: dict[str, dict[str, str]] = {}
for _row in rows_of("code-lists.csv"):
    LISTS.setdefault(_row["list"], []).append(_row["value"])
    GROUPS.setdefault(_row["list"], {})[_row["value"]] = _row["group"]
MINORITISED = {
    row["value"]: row["note"].removeprefix("minoritised: ")
    for row in rows_of("code-lists.csv")
    if row["list"] == "ethnicity"
}
