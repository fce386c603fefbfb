"""What addresses can be asked with: the names that each view reads behind the question mark, found in the code itself."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

from flask import Flask
from wtforms import Form

#: Names that applications like ours are asked with, whether or not a view of ours reads them.
USUAL = ("sort", "order", "dir", "filter", "columns", "limit", "per_page", "q", "id")


def names_asked(app: Flask, endpoint: str) -> tuple[str, ...]:
    """The names that the module of a view reads from an address; none where it reads no address at all."""
    module = sys.modules[inspect.unwrap(app.view_functions[endpoint]).__module__]
    found = _names(module)
    return (*found, *USUAL) if found else ()


@cache
def _names(module: ModuleType) -> tuple[str, ...]:
    tree = ast.parse(inspect.getsource(module))
    return tuple(dict.fromkeys(name for node in ast.walk(tree) for name in _read(node, module)))


def _read(node: ast.AST, module: ModuleType) -> Iterator[str]:
    """Names in ``request.args.get("x")``, ``request.args["x"]``, ``f(request.args, "x")`` and the fields of ``SomeForm(request.args)``."""
    if isinstance(node, ast.Subscript) and _is_args(node.value):
        yield from _texts([node.slice])
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Attribute) and _is_args(node.func.value):
        yield from _texts(node.args[:1])
    if any(_is_args(one) for one in node.args):
        yield from _texts(node.args)
        made = getattr(module, ast.unparse(node.func), None)
        if inspect.isclass(made) and issubclass(made, Form):
            form: Any = made()
            yield from form._fields


def _is_args(node: ast.AST) -> bool:
    return "request.args" in ast.unparse(node) and not isinstance(node, ast.Call)


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
