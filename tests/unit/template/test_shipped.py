"""What the program ships: the DHR template as agreed, key by key, and a second one that shares nothing with it."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

import pytest

from config import codelists_dir, templates_dir
from schema.problem import Refused
from schema.template.conditions import Condition, Not, Test
from schema.template.kinds import KINDS
from schema.template.lint.lists import Lists
from schema.template.loader import load_template, source_hash
from schema.template.model import Field, Template
from schema.template.shipped import load_shipped, shipped_codelists, shipped_keys, shipped_template

FACTS = Path(__file__).resolve().parents[1] / "sample"
KINDS_AGREED = {"partial date (year or year-month)": "partial_date", "long_text + evidence": "long_text"}
DHR = ("dhr-childrens-services", 1)


def _rows(name: str) -> list[dict[str, str]]:
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


AGREED = _rows("dhr-template.csv")
FIELDS = [row for row in AGREED if row["field"]]


@pytest.fixture(scope="module")
def dhr() -> Template:
    return load_shipped(*DHR)


def _condition(words: str) -> Condition | None:
    """The condition as the agreed table words it: `age is missing`, `unborn is not yes`, `a = b`."""
    match words.split():
        case []:
            return None
        case [name, "is", "missing" | "answered" as state]:
            return Test(name, state)
        case [name, "is", "not", value]:
            return Not(Test(name, "equals", (value,)))
        case [name, "=", value]:
            return Test(name, "equals", (value,))
    raise ValueError(words)


def _limits(field: Field) -> str:
    least, most = field.limits.minimum, field.limits.maximum
    return "" if least is None and most is None else f"{least}..{most}"


def _as_agreed(field: Field) -> dict[str, object]:
    return {
        "kind": field.kind,
        "code_list": field.codelist.name if field.codelist else "",
        "required": field.required,
        "visible_when": field.visible_when,
        "missing": field.missing,
        "limits": _limits(field),
        "compare": field.compare.rule,
        "match": field.match,
        "measure": field.measure,
        "sensitive": field.sensitive,
    }


@pytest.mark.parametrize("row", FIELDS, ids=lambda row: f"{row['section']}.{row['field']}")
def test_a_field_is_as_agreed(dhr: Template, row: dict[str, str]) -> None:
    field = dhr.by_path[f"{row['section']}.{row['field']}"]
    assert _as_agreed(field) == {
        "kind": KINDS_AGREED.get(row["kind"], row["kind"]),
        "code_list": row["code_list"].split(" ")[0],
        "required": row["required"] == "yes",
        "visible_when": _condition(row["visible_when"]),
        "missing": tuple(row["missing"].split()),
        "limits": row["limits"],
        "compare": row["compare"].replace(" ", "_"),
        "match": row["match"] or "none",
        "measure": row["measure"],
        "sensitive": row["sensitive"],
    }
    assert field.evidence or "evidence" not in row["kind"]
    assert field.limits.parts == (2 if "year-month" in row["kind"] else 3)


def test_sections_and_fields_stand_in_the_agreed_order(dhr: Template) -> None:
    assert list(dhr.by_path) == [f"{row['section']}.{row['field']}" for row in FIELDS]
    groups = [row["section"] for row in AGREED if row["kind"] == "repeating group"]
    assert [group.key for group in dhr.groups()] == groups


def test_groups_have_the_agreed_least_rows(dhr: Template) -> None:
    agreed = {
        row["section"]: int(row["limits"].removeprefix("min "))
        for row in AGREED
        if row["kind"] == "repeating group"
    }
    assert {group.key: group.repeats.minimum for group in dhr.groups() if group.repeats} == agreed


def test_children_are_asked_about_where_the_report_gives_details(dhr: Template) -> None:
    assert dhr.by_key["children"].visible_when == Test("childhood.child_details", "equals", ("yes",))


@pytest.mark.parametrize(
    ("path", "themes"),
    [
        ("good_practice.themes", ["T6"]),
        ("learning.themes", ["T1", "T2", "T3", "T4", "T5"]),
        ("learning.subthemes", ["T1", "T2", "T3", "T4", "T5"]),
        ("recommendations.themes", ["T1", "T2", "T3", "T4", "T5", "T7"]),
        ("recommendations.subthemes", ["T1", "T2", "T3", "T4", "T5", "T7"]),
    ],
)
def test_each_place_offers_its_own_themes(dhr: Template, path: str, themes: list[str]) -> None:
    codelist = dhr.by_path[path].codelist
    assert codelist is not None
    listed = [row["value"] for row in _rows("code-lists.csv") if row["list"] == codelist.name]
    assert list(codelist.by_value) == [value for value in listed if value.split(".")[0] in themes]


def test_the_code_lists_are_as_agreed() -> None:
    lists = Lists(shipped_codelists())
    for name in dict.fromkeys(row["list"] for row in _rows("code-lists.csv")):
        codelist = lists.get(name)
        assert codelist is not None
        agreed = [
            (r["value"], int(r["code"]), r["label"], r["group"])
            for r in _rows("code-lists.csv")
            if r["list"] == name
        ]
        assert [(o.value, o.code, o.label, o.group) for o in codelist.options] == agreed


def test_only_white_british_is_not_minoritised(dhr: Template) -> None:
    field = dhr.by_path["victims.ethnicity"]
    assert field.codelist is not None
    told = {value: option.attributes["minoritised"] for value, option in field.codelist.by_value.items()}
    assert [value for value, minoritised in told.items() if minoritised == "no"] == ["white_british"]
    assert [value for value, minoritised in told.items() if minoritised == "not_known"] == [
        "white_background_not_stated"
    ]
    assert {told["white_irish"], told["white_roma"], told["white_other"]} == {"yes"}


def test_the_rules_of_the_guidance_are_there(dhr: Template) -> None:
    rules = {(rule.kind, rule.section, rule.severity) for rule in dhr.rules}
    assert rules == {
        ("belongs", "learning", "error"),
        ("belongs", "recommendations", "error"),
        ("exactly_when", "recommendations", "error"),
        ("count", "childhood", "warning"),
        ("count", "report", "warning"),
        ("confirm", "victims", "confirm"),
        ("order", "report", "error"),
        ("requires", "equality", "error"),
    }


def test_every_question_for_coders_has_a_word_of_its_own(dhr: Template) -> None:
    for section in dhr.sections:
        labels = [field.label for field in section.fields]
        assert len(labels) == len(set(labels))
        assert all("TODO" not in field.guidance for field in section.fields)


def test_the_second_template_shares_no_code_list_with_the_first() -> None:
    first, second = (
        set(shipped_template(key, 1).codelists) for key in ("dhr-childrens-services", "sar-learning")
    )
    assert not first & second


def test_the_second_template_uses_every_kind() -> None:
    assert {field.kind for field in load_shipped("sar-learning", 1).fields()} == set(KINDS)


@pytest.mark.parametrize(("key", "version"), shipped_keys())
def test_a_shipped_template_lies_where_its_key_says(key: str, version: int) -> None:
    template = load_shipped(key, version)
    assert (template.key, template.version) == (key, version)


def test_every_shipped_code_list_is_sound() -> None:
    lists = Lists(shipped_codelists())
    assert [lists.get(name) for name in lists.names].count(None) == 0
    assert lists.problems == []


def test_an_unknown_template_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused) as refusal:
        shipped_template("dhr-childrens-services", 99)
    assert refusal.value.problems[0].code == "TPL-049"
    assert "sar-learning 1" in refusal.value.problems[0].remedy
    assert refusal.value.status == 404


def _locked() -> dict[str, str]:
    lines = (templates_dir().parent / "published.lock").read_text(encoding="utf-8").splitlines()
    return {line.split("  ")[1]: line.split("  ")[0] for line in lines}


def test_a_published_file_is_as_it_was_locked() -> None:
    folder = templates_dir().parent
    changed = [
        name
        for name, locked in _locked().items()
        if not (folder / name).is_file() or hashlib.sha256((folder / name).read_bytes()).hexdigest() != locked
    ]
    assert changed == [], (
        "a published template or list has changed; write a new version, or a list under a new name"
    )


def test_every_published_file_is_locked() -> None:
    files = [*templates_dir().glob("*/v*.yaml"), *codelists_dir().glob("*.yaml")]
    folder = templates_dir().parent
    assert {path.relative_to(folder).as_posix() for path in files} == set(_locked())


def test_the_hash_of_a_template_covers_the_code_lists_it_uses_and_no_others() -> None:
    shipped = shipped_template(*DHR)
    hash_now = load_shipped(*DHR).source_hash
    assert re.fullmatch(r"[0-9a-f]{64}", hash_now)
    assert hash_now == source_hash(shipped.source, shipped.codelists)
    with_more = load_template(shipped.source, shipped_codelists()).needed()
    assert with_more.source_hash == hash_now
    relabelled = {**shipped.codelists, "sex": shipped.codelists["sex"].replace('"Female"', '"Woman"')}
    assert load_template(shipped.source, relabelled).needed().source_hash != hash_now


def test_parts_of_the_hash_cannot_be_shifted_from_one_file_to_another() -> None:
    assert source_hash("ab", {"c": "d"}) != source_hash("a", {"bc": "d"})
    assert source_hash("", {"a": "bc"}) != source_hash("", {"ab": "c"})
