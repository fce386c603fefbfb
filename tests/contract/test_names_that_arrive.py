"""Names that arrive choose nothing by themselves: no property of an object in a script, and no source of a value on the server."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support.source import ROOT, modules

#: How a script would write under a name that it was given, or reach what all objects share.
REACHES_SHARED = re.compile(
    r"""[\w)\]]\[(?!\s*(?:\d+|"[^"]*"|'[^']*')\s*\])[^\]]+\]\s*=(?!=)|__proto__|\.prototype\b|Object\.(?:assign|setPrototypeOf)|\bReflect\.set"""
)
#: Views that take one value from the address or the form, whichever has it: which row to go to, and where to go on.
EITHER = {"webapp/entry/handing_back_routes.py", "webapp/reconciliation/section_routes.py"}


def test_no_script_writes_under_a_name_that_it_was_given() -> None:
    folder = ROOT / "webapp" / "static" / "js"
    scripts = sorted(folder.rglob("*.js"))
    found = [
        f"{path.name}: {line.strip()}"
        for path in scripts
        for line in path.read_text(encoding="utf-8").splitlines()
        if REACHES_SHARED.search(line)
    ]
    assert found == []
    assert len(scripts) > 10


@pytest.mark.parametrize(
    "line",
    [
        "kept[name] = value;",
        "a.b[c.d] = 1;",
        "x.__proto__ = y;",
        "Object.assign(a, JSON.parse(b));",
        "Array.prototype.x = 1;",
    ],
)
def test_the_search_sees_what_does(line: str) -> None:
    assert REACHES_SHARED.search(line)


@pytest.mark.parametrize(
    "line", ["const a = kept[name];", "if (a[b] === c) d();", "a[0] = 1;", 'a["b"] = 1;']
)
def test_the_search_passes_over_what_does_not(line: str) -> None:
    assert not REACHES_SHARED.search(line)


def test_values_come_from_the_address_or_the_form_and_from_either_in_named_views_only() -> None:
    found = set()
    for module in modules("webapp"):
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "values"
                and ast.unparse(node.value) == "request"
            ):
                found.add(module.place)
    assert found == EITHER
