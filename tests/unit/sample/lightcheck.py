"""Checks entries against the published table of fields, without the product's own template or validation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.unit.sample.facts import FIELDS, LISTS

Answers = dict[str, Any]
SECTIONS = {row["section"]: row for row in FIELDS if not row["field"]}
ROW_ID = re.compile(r"[a-z0-9]{12}")


def problems(answers: Answers) -> list[str]:
    """Everything wrong with a submitted entry, one line for each; an empty list where it is valid."""
    return [*_strangers(answers), *(line for key in SECTIONS for line in _section(key, answers))]


def _strangers(answers: Answers) -> Iterator[str]:
    yield from (f"{key}: no such section" for key in answers if key not in SECTIONS)


def _section(key: str, answers: Answers) -> Iterator[str]:
    part = answers.get(key, {})
    if not isinstance(part, list):
        yield from _values(key, part, key)
        return
    least = int(SECTIONS[key]["limits"].removeprefix("min "))
    if len(part) < least:
        yield f"{key}: {len(part)} rows"
    if part and key == "children" and answers["childhood"]["child_details"] != "yes":
        yield "children: rows in a hidden group"
    if len({row["id"] for row in part}) < len(part):
        yield f"{key}: two rows of one name"
    for row in part:
        if not ROW_ID.fullmatch(row["id"]):
            yield f"{key}: row id {row['id']}"
        yield from _values(
            key, {field: value for field, value in row.items() if field != "id"}, f"{key}.{row['id']}"
        )
        yield from _themes(key, row)


def _values(key: str, values: Answers, where: str) -> Iterator[str]:
    fields = {row["field"]: row for row in FIELDS if row["section"] == key and row["field"]}
    yield from (f"{where}.{name}: no such field" for name in values if name not in fields)
    for name, field in fields.items():
        shown = _holds(field["visible_when"], values)
        if name in values and not shown:
            yield f"{where}.{name}: hidden, but answered"
        if name not in values and shown and field["required"] == "yes":
            yield f"{where}.{name}: required, but blank"
        if name in values and not _fits(field, values[name]):
            yield f"{where}.{name}: {values[name]!r}"


def _holds(condition: str, values: Answers) -> bool:
    if not condition:
        return True
    name, *words = condition.split()
    answer = values.get(name)
    missing = isinstance(answer, dict)
    if words == ["is", "missing"]:
        return missing
    if words == ["is", "answered"]:
        return answer is not None and not missing
    if words[:2] == ["is", "not"]:
        return answer != words[2]
    assert words[0] == "="
    return bool(answer == words[1])


def _fits(field: dict[str, str], answer: Any) -> bool:
    if isinstance(answer, dict):
        return set(answer) == {"missing"} and answer["missing"] in field["missing"].split()
    kind = field["kind"].partition(" ")[0]
    return FITS[kind](field, answer)


def _is_text(_: dict[str, str], answer: Any) -> bool:
    return isinstance(answer, str) and bool(answer.strip())


def _is_number(field: dict[str, str], answer: Any) -> bool:
    types = (int,) if field["kind"] == "integer" else (int, float)
    low, high = (
        (float(end) for end in field["limits"].split(".."))
        if field["limits"]
        else (float("-inf"), float("inf"))
    )
    return isinstance(answer, types) and not isinstance(answer, bool) and low <= answer <= high


def _is_month(_: dict[str, str], answer: Any) -> bool:
    return isinstance(answer, str) and bool(re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", answer))


def _is_choice(field: dict[str, str], answer: Any) -> bool:
    return answer in options(field["code_list"])


def _is_choices(field: dict[str, str], answer: Any) -> bool:
    known = options(field["code_list"])
    return isinstance(answer, list) and bool(answer) and answer == [code for code in known if code in answer]


def options(code_list: str) -> list[str]:
    """The codes of a list, restricted to the themes in brackets: "subtheme (T1-T5, T7)"."""
    name, _, themes = code_list.rstrip(")").partition(" (")
    if not themes:
        return LISTS[name]
    numbers = [int(number) for number in re.findall(r"\d", themes)]
    wanted = set(range(numbers[0], numbers[1] + 1)) if "-" in themes else {numbers[0]}
    return [code for code in LISTS[name] if int(code[1]) in wanted | set(numbers)]


FITS = {
    "text": _is_text,
    "long_text": _is_text,
    "integer": _is_number,
    "decimal": _is_number,
    "partial": _is_month,
    "yes_no": _is_choice,
    "choice": _is_choice,
    "choices": _is_choices,
    "derived": lambda _field, _answer: False,
}


def _themes(key: str, row: Answers) -> Iterator[str]:
    if key not in ("learning", "recommendations") or "themes" not in row:
        return
    if {code.partition(".")[0] for code in row["subthemes"]} != set(row["themes"]):
        yield f"{key}.{row['id']}: themes and sub-themes disagree"
    if key == "recommendations" and ("T7" in row["themes"]) != (row["level"] == "national"):
        yield f"{key}.{row['id']}: T7 and level disagree"
