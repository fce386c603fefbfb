"""The house keeps its shape: rooms, names, sizes, and what may not stand in code or pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from schema.template.kinds import KINDS

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "schema", "forms", "exports", "webapp")
FOLDERS = {*ROOMS, "tests", "docs"}
FILES = {"README.md", "LICENSE", "Makefile", "pyproject.toml", "constraints.txt", "CHANGELOG.md"}
LEFT_BY_TOOLS = {"build", "dist", "__pycache__"}

LAYERS_OF_A_KIND = (
    "schema/template/kinds/{}.py",
    "forms/fields/{}.py",
    "webapp/templates/fields/{}.html",
    "exports/columns/{}.py",
)

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
LONGEST_FUNCTION = 60
LONGEST_FILE = 400

JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
INLINE = {
    "inline script": re.compile(r"<script(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "inline style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "event handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript: address": re.compile(r"=\s*[\"']\s*javascript:", re.IGNORECASE),
}
UNESCAPED = re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false", re.IGNORECASE)


def _product_files(*endings: str) -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in endings and "__pycache__" not in path.parts:
                yield path


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def test_the_top_level_holds_only_what_the_customer_fixed() -> None:
    seen = [path for path in ROOT.iterdir() if not path.name.startswith(".")]
    strays = sorted(
        path.name
        for path in seen
        if path.name not in (FOLDERS | LEFT_BY_TOOLS if path.is_dir() else FILES)
        and not path.name.endswith(".egg-info")
    )
    assert strays == []
    assert {path.name for path in seen} >= {*ROOMS, "tests", "pyproject.toml"}


def test_every_kind_has_its_four_files() -> None:
    missing = [
        layer.format(kind)
        for kind in KINDS
        for layer in LAYERS_OF_A_KIND
        if not (ROOT / layer.format(kind)).is_file()
    ]
    assert missing == [], f"a field kind is not complete; write {', '.join(missing)}"


def test_every_kind_module_is_registered() -> None:
    modules = {path.stem for path in (ROOT / "schema/template/kinds").glob("*.py")} - {"__init__", "base"}
    assert modules == set(KINDS)


def test_no_file_or_folder_has_an_empty_name() -> None:
    named = [
        _short(path)
        for top in (*ROOMS, "tests")
        for path in (ROOT / top).rglob("*")
        if "__pycache__" not in path.parts and path.stem.lower() in EMPTY_NAMES
    ]
    assert named == []


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = [
        f"{_short(path)}:{node.lineno} {node.name} has {length} lines"
        for path in _product_files(".py")
        if "migrations/versions" not in path.as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_product_file_is_longer_than_four_hundred_lines() -> None:
    long = [
        f"{_short(path)} has {length} lines"
        for path in _product_files(".py", ".html", ".js")
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]
    assert long == []


def _forbidden_code(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="eval" | "exec" | "__import__" as name)):
                yield node.lineno, f"{name}()"
            case ast.Import(names=names) if any(alias.name in ("pickle", "marshal") for alias in names):
                yield node.lineno, "pickle or marshal"
            case ast.ImportFrom(module="pickle" | "marshal" as name):
                yield node.lineno, name
            case ast.Attribute(attr="render_template_string") | ast.Name(id="render_template_string"):
                yield node.lineno, "render_template_string"
            case ast.ImportFrom(names=names) if any(a.name == "render_template_string" for a in names):
                yield node.lineno, "render_template_string"


def test_code_evaluates_nothing_that_arrives_as_text() -> None:
    found = [
        f"{_short(path)}:{line} {what}"
        for path in _product_files(".py")
        for line, what in _forbidden_code(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "eval('1')",
        "exec(x)",
        "import pickle",
        "from pickle import loads",
        "from flask import render_template_string",
        "flask.render_template_string(x)",
    ],
)
def test_the_search_for_evaluation_sees_each_form(source: str) -> None:
    assert list(_forbidden_code(ast.parse(source)))


def test_only_one_place_opens_an_installations_database() -> None:
    """Elsewhere somebody would forget the keys of the audit trail."""
    opened = [
        _short(path)
        for path in _product_files(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Database"
    ]
    assert opened == ["webapp/opening.py"]


def _inline_parts(text: str) -> Iterator[tuple[int, str]]:
    # Jinja goes first, its line breaks stay: `{% set once = … %}` is not an attribute.
    plain = JINJA.sub(lambda found: "\n" * found.group().count("\n"), text)
    for what, pattern in INLINE.items():
        for found in pattern.finditer(plain):
            yield _line(plain, found.start()), what


def test_no_page_holds_inline_script_or_style() -> None:
    found = [
        f"{_short(path)}:{line} {what}"
        for path in _product_files(".html")
        for line, what in _inline_parts(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "page",
    [
        "<script>alert(1)</script>",
        "<style>p { }</style>",
        '<p style="color: red">',
        '<button {% if x %}disabled{% endif %} onclick="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_the_search_for_inline_parts_sees_each_form(page: str) -> None:
    assert list(_inline_parts(page))


@pytest.mark.parametrize("page", ['<script type="module" src="/a.js"></script>', "{% set once = 1 %}<p>"])
def test_the_search_for_inline_parts_leaves_files_and_jinja_alone(page: str) -> None:
    assert list(_inline_parts(page)) == []


def test_no_page_switches_escaping_off() -> None:
    found = [
        f"{_short(path)}:{_line(text, hit.start())}"
        for path in _product_files(".html")
        for text in [path.read_text(encoding="utf-8")]
        for hit in UNESCAPED.finditer(text)
    ]
    assert found == []


def test_config_holds_data_only() -> None:
    code = [_short(path) for path in (ROOT / "config").rglob("*.py") if path.name != "__init__.py"]
    assert code == []
