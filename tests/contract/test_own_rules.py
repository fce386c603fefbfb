"""Rules about the code that no linter of ours has: where markup is made, what is not used, and that no secret is kept."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import click
import pytest

from tests.support.source import ROOMS, ROOT, modules
from webapp.cli import main

#: Where text becomes markup; each place escapes what it is given.
MAKES_MARKUP = {"webapp/entry/drawing.py", "webapp/reconciliation/stencils.py", "webapp/wording.py"}
#: Libraries that can run what they read; YAML is read with ruamel.yaml.
RUN_WHAT_THEY_READ = {
    "pickle",
    "cPickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "joblib",
    "yaml",
    "imp",
}
#: Where a statement to the database is put together from text: names of its own tables and triggers, and of settings, never what arrives.
STATEMENTS = {
    "schema/store/erasing.py",
    "schema/store/migrate.py",
    "schema/store/privileges.py",
    "schema/store/transfer.py",
    "webapp/health/ward.py",
}
#: What makes markup or code of text in a browser, or lets other pages speak to ours.
IN_A_BROWSER = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|srcdoc|eval|Function|postMessage|onmessage|WebSocket"
    r"|RTCPeerConnection|serviceWorker|document\.write|document\.domain)\b(?!:)|[\"']message[\"']"
)
#: The one place that makes markup: of a row that the server drew. The other one reads a table that the page has, to be copied.
SCRIPTS = {
    "entry/rows.js": ["questions.innerHTML = row.html;"],
    "copy-figures.js": ["return made.outerHTML;"],
}
#: Written in pieces, so that this file holds none.
SECRETS = {
    "a private key": re.compile("-----BEGIN " + r"(?:[A-Z]+ )*PRIVATE KEY-----\n[A-Za-z0-9+/=\s]{100}"),
    "a key of a cloud": re.compile(r"\bAKIA" + r"[0-9A-Z]{16}\b"),
    "a token of a forge": re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-)" + r"[A-Za-z0-9_-]{20,}"),
    "a token of a chat": re.compile(r"\bxox[abprs]-" + r"[A-Za-z0-9-]{10,}"),
    "a token of a package index": re.compile(r"\bpypi-" + r"[A-Za-z0-9_-]{50,}"),
}
TEXT = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".txt",
    ".html",
    ".js",
    ".css",
    ".csv",
    ".json",
    ".mako",
    ".conf",
    ".service",
    "",
}
LEFT_OUT = {
    ".git",
    ".venv",
    "build",
    "dist",
    "node_modules",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}


def _code() -> Iterator[tuple[str, ast.AST]]:
    for module in modules():
        yield module.place, module.tree


def _makes_markup(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) == "Markup"
        for node in ast.walk(tree)
    )


def _used(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def _runs_a_shell(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            shell = any(word.arg == "shell" and getattr(word.value, "value", True) for word in node.keywords)
            if shell or ast.unparse(node.func) in ("os.system", "os.popen"):
                return True
    return False


def _puts_a_statement_together(tree: ast.AST) -> bool:
    """Whether SQL is made with values inside: ``text`` or a driver's statement of anything but a constant."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            plain = name == "text" and isinstance(node.func, ast.Name)
            if (plain or name in ("exec_driver_sql", "executescript")) and isinstance(
                node.args[0], ast.JoinedStr | ast.BinOp | ast.Call
            ):
                return True
    return False


def _formats_by_what_arrives(tree: ast.AST) -> bool:
    """Whether a text that is no constant says how values are put into it: it could reach into the objects that it is given."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="format" | "format_map", value=ast.Constant())):
                continue
            case ast.Call(func=ast.Attribute(attr="format" | "format_map", value=ast.Name(id=name))) if (
                name.isupper()
            ):
                continue
            case ast.Call(func=ast.Attribute(attr="format" | "format_map")):
                return True
            case ast.ImportFrom(module="string", names=names) if any(
                one.name in ("Template", "Formatter") for one in names
            ):
                return True
    return False


def _secrets(text: str) -> list[str]:
    return [what for what, pattern in SECRETS.items() if pattern.search(text)]


def test_markup_is_made_in_named_places_only() -> None:
    assert {place for place, tree in _code() if _makes_markup(tree)} == MAKES_MARKUP


def test_no_library_that_runs_what_it_reads_is_used() -> None:
    assert {place: found for place, tree in _code() if (found := RUN_WHAT_THEY_READ & set(_used(tree)))} == {}


def test_no_shell_is_started() -> None:
    assert [place for place, tree in _code() if _runs_a_shell(tree)] == []


def test_statements_are_put_together_from_text_in_named_places_only() -> None:
    found = {
        place for place, tree in _code() if "migrations/" not in place and _puts_a_statement_together(tree)
    }
    assert found == STATEMENTS


def test_no_text_that_arrives_says_how_values_are_put_into_it() -> None:
    found = {
        place
        for place, tree in _code()
        if not place.startswith("webapp/sample/")  # sentences of the invented study, from lists of ours
        and "migrations/" not in place
        and _formats_by_what_arrives(tree)
    }
    assert found == {"exports/sheets/live.py", "webapp/wording.py"}  # sheets of ours; a day by its own object


def test_scripts_make_markup_only_of_what_the_server_drew() -> None:
    folder = ROOT / "webapp" / "static" / "js"
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.js")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if IN_A_BROWSER.search(line):
                found.setdefault(path.relative_to(folder).as_posix(), []).append(line.strip())
    assert found == SCRIPTS


@pytest.mark.parametrize(
    "line",
    [
        "a.innerHTML = b;",
        'addEventListener("message", f)',
        "new WebSocket(a)",
        "eval(a)",
        "document.write(a)",
    ],
)
def test_the_search_sees_what_makes_markup_or_listens(line: str) -> None:
    assert IN_A_BROWSER.search(line)


def _starts_with_all_it_has(tree: ast.AST) -> bool:
    """Whether a program is started that gets more of this process than the bare environment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "subprocess.run",
            "subprocess.Popen",
            "subprocess.check_output",
        ):
            given = {one.arg: ast.unparse(one.value) for one in node.keywords}
            if given.get("env") != "bare_environment()":
                return True
    return False


def test_what_is_started_gets_no_secret_of_this_process() -> None:
    assert [place for place, tree in _code() if _starts_with_all_it_has(tree)] == []


def test_no_command_takes_a_secret_where_everybody_on_the_machine_can_read_it() -> None:
    """A process list shows the words of every command to whoever is signed in on the machine."""
    secret = re.compile("password|passphrase|secret|token|code$")
    names = {
        parameter.name or ""
        for command in _commands(main)
        for parameter in command.params
        if not getattr(parameter, "is_flag", False)
    }
    assert len(names) > 20
    assert [name for name in names if secret.search(name)] == []


def _commands(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            held = command.get_command(click.Context(command), name)
            assert held is not None
            yield from _commands(held)


def test_no_secret_stands_in_the_project() -> None:
    read = 0
    found = {}
    for path in ROOT.rglob("*"):
        if LEFT_OUT & set(path.relative_to(ROOT).parts) or path.suffix not in TEXT or not path.is_file():
            continue
        read += 1
        if secrets := _secrets(path.read_text(encoding="utf-8", errors="replace")):
            found[path.relative_to(ROOT).as_posix()] = secrets
    assert read > 500, "hardly anything was read, so this test proves nothing"
    assert found == {}


def test_the_entries_of_a_case_are_asked_for_in_one_way() -> None:
    """By ``is_current``, which leaves out what is coded again: else a second coding counts among the entries of its case."""
    asks_otherwise = {
        "schema/store/models/entries.py",  # is_current itself
        "schema/store/repeats.py",  # these three ask for second codings
        "schema/store/repeats_read.py",
        "schema/store/worklist.py",
        "webapp/access/finding.py",  # tells both apart for the policy
    }
    found = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "entry.ended_at.is_(none)" in path.read_text(encoding="utf-8").casefold()
    }
    assert found == asks_otherwise


@pytest.mark.parametrize(
    ("source", "seen"),
    [("Markup(x)", _makes_markup), ("markupsafe.Markup(x)", _makes_markup),
     ("run(x, shell=True)", _runs_a_shell), ("os.system(x)", _runs_a_shell),
     ("import pickle", lambda tree: "pickle" in set(_used(tree))),
     ("from yaml import load", lambda tree: "yaml" in set(_used(tree))),
     ('text(f"SELECT {x}")', _puts_a_statement_together), ('text("SELECT " + x)', _puts_a_statement_together),
     ("c.exec_driver_sql(f'{x}')", _puts_a_statement_together),
     ("x.format(y)", _formats_by_what_arrives), ("from string import Template", _formats_by_what_arrives)],
)  # fmt: skip
def test_the_search_sees_each_form(source: str, seen) -> None:
    assert seen(ast.parse(source))
    assert not seen(ast.parse("run(x, shell=False)"))


@pytest.mark.parametrize(
    "text",
    ["AKIA" + "ABCDEFGHIJKLMNOP", "ghp_" + "a1" * 18, "xoxb-" + "1234567890-abc", "pypi-" + "A" * 60,
     "-----BEGIN RSA " + "PRIVATE KEY-----\n" + "A" * 120],
)  # fmt: skip
def test_the_search_sees_each_secret(text: str) -> None:
    assert _secrets(text)
