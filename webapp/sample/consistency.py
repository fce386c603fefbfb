"""The template's routing, applied to what a coder entered: no answer in a hidden field, none missing in a shown one."""

from __future__ import annotations

from typing import Any

from webapp.sample.codes import themes_of

_BAND_CODES = ("not_reported", "not_known", "withheld", "contradictory")


def consistent(answers: dict[str, Any]) -> dict[str, Any]:
    """Return the answers with hidden fields removed and newly shown ones answered."""
    return answers | {
        "homicide": _homicide(answers["homicide"]),
        "victims": [_person(row) for row in answers["victims"]],
        "perpetrators": [_person(row) for row in answers["perpetrators"]],
        "childhood": _childhood(answers["childhood"]),
        "children": _children(answers),
        "equality": _equality(answers["equality"]),
        "recommendations": [_recommendation(row) for row in answers["recommendations"]],
    }


def is_missing(answer: object) -> bool:
    """Return True where the answer is a missing code."""
    return isinstance(answer, dict) and "missing" in answer


def _homicide(section: dict[str, Any]) -> dict[str, Any]:
    if section["homicide_type"] != "iph":
        return _without(section, "separated")
    return _with_default(section, "separated", {"missing": "not_reported"})


def _person(row: dict[str, Any]) -> dict[str, Any]:
    if not is_missing(row["age"]):
        row = _without(row, "age_band")
    elif "age_band" not in row:
        code = row["age"]["missing"]
        row = row | {"age_band": {"missing": code if code in _BAND_CODES else "not_reported"}}
    return _sourced(row)


def _sourced(row: dict[str, Any]) -> dict[str, Any]:
    if is_missing(row["ethnicity"]):
        return _without(row, "ethnicity_source")
    return _with_default(row, "ethnicity_source", "stated_in_the_report")


def _childhood(section: dict[str, Any]) -> dict[str, Any]:
    if section["child_details"] != "yes":
        return {"child_details": section["child_details"]}
    return _without(section, "childhood_extract") if is_missing(section["childhood_themes"]) else section


def _children(answers: dict[str, Any]) -> list[dict[str, Any]]:
    if answers["childhood"]["child_details"] != "yes":
        return []
    return [_child(row) for row in answers["children"]]


def _child(row: dict[str, Any]) -> dict[str, Any]:
    if row["unborn"] == "yes":
        return _sourced(_without(row, "age"))
    return _sourced(_with_default(row, "age", {"missing": "not_reported"}))


def _equality(section: dict[str, Any]) -> dict[str, Any]:
    if section["treatment"] == "not_mentioned":
        section = _without(section, "characteristics")
    elif "characteristics" not in section:
        section = section | {"characteristics": ["race"]}
    return section if section.get("assumptions") == "yes" else _without(section, "extract")


def _recommendation(row: dict[str, Any]) -> dict[str, Any]:
    """T7 stands exactly where the level is national; every theme comes from a sub-theme."""
    national = row["level"] == "national"
    subthemes = [code for code in row["subthemes"] if national or not code.startswith("T7.")]
    return row | {"subthemes": subthemes, "themes": themes_of(subthemes)}


def _with_default(row: dict[str, Any], field: str, answer: Any) -> dict[str, Any]:
    return row if field in row else row | {field: answer}


def _without(row: dict[str, Any], field: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != field}
