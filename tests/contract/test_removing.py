"""Where rows are removed while Tandem serves: each such table is known, because a role of the database may be allowed no other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import schema.store.models as models
from schema.store import privileges

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("schema", "webapp", "exports")
#: These work as the owner of the tables.
AS_OWNER = {"schema/store/erasing.py", "schema/store/transfer.py"}
#: Rows that were loaded before: what the session is given, and of which tables it can be.
LOADED = {
    ("schema/store/discrepancies.py", "gone"): {"discrepancy"},
    ("schema/store/reports.py", "row"): {"report_page", "report_suggestion"},
    ("schema/store/reports.py", "report"): {"report_file"},
}


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name in AS_OWNER or "/migrations/" in name:
                continue
            source = path.read_text(encoding="utf-8")
            if any(
                word in source.lower() for word in ("delete", "truncate")
            ):  # reading them all takes seconds
                yield from (
                    (name, node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)
                )


def test_rows_are_removed_only_from_the_tables_of_which_the_role_that_serves_may_remove_them() -> None:
    by_statement: set[str] = set()
    loaded: set[tuple[str, str]] = set()
    for file, call in _calls():
        match call:
            case ast.Call(func=ast.Name("delete"), args=[ast.Name(model)]):
                by_statement.add(getattr(models, model).__tablename__)
            case ast.Call(func=ast.Attribute(ast.Name("session"), "delete"), args=[ast.Name(row)]):
                loaded.add((file, row))
    assert loaded == set(LOADED)
    assert by_statement | set().union(*LOADED.values()) == privileges.REMOVED_FROM


def test_no_other_way_of_removing_rows_is_used() -> None:
    """Neither a statement in words nor one that the test above does not see through."""
    for file, call in _calls():
        match call:
            case ast.Call(func=ast.Name("delete"), args=args):
                assert len(args) == 1, file
                assert isinstance(args[0], ast.Name), file
            case ast.Call(func=ast.Attribute(_, "delete"), args=args):
                assert args, f"{file}: a table's own delete()"
            case ast.Call(args=[ast.Constant(str(said)), *_]):
                assert not said.lstrip().upper().startswith(("DELETE FROM", "TRUNCATE")), file
