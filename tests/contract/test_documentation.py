"""The documentation points at things that exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.commands import held_commands
from webapp.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
FOR_TESTS = {"TANDEM_REQUIRE_ALL"}
COMMAND = re.compile(r"^\| `tandem ([a-z -]+)` \|", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    files = [target for target in targets if "://" not in target]
    assert [target for target in files if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("command", COMMAND.findall((ROOT / "README.md").read_text(encoding="utf-8")))
def test_every_command_of_the_readme_exists(command: str) -> None:
    answer = CliRunner().invoke(main, [*command.split(), "--help"], prog_name="tandem")
    assert (answer.exit_code, f"tandem {command}" in answer.output) == (0, True), answer.output


def test_the_readme_lists_every_command() -> None:
    listed = COMMAND.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert set(listed) == {held.name for held in held_commands()}


def test_every_setting_that_is_read_is_explained_and_no_other() -> None:
    sources = [
        (ROOT / "webapp" / name).read_text(encoding="utf-8")
        for name in ("settings.py", "secret_key.py", "sign_on.py", "mail.py", "backups/commands.py")
    ]
    read = set(re.findall(r"TANDEM_[A-Z_]+", "".join(sources)))
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(TANDEM_[A-Z_]+)` \|", page, re.MULTILINE)) == read
    assert (
        set(re.findall(r"TANDEM_[A-Z_]+", (ROOT / "README.md").read_text(encoding="utf-8")))
        <= read | FOR_TESTS
    )


def test_every_module_that_loads_a_library_late_is_explained() -> None:
    ignores = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    late = {path for path, codes in ignores["per-file-ignores"].items() if codes == ["PLC0415"]}
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    table = page.partition("## What is loaded when")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and "`" in line]
    assert {path for row in rows for path in re.findall(r"`([^`]+)`", row)} == late


def test_every_extra_is_in_the_readme() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [
        one for one in project["optional-dependencies"] if f"`{one}`" not in page and f".[{one}]" not in page
    ] == []


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    assert [path.name for path in (ROOT / "docs").glob("*.md") if f"({path.name})" not in index] == [
        "README.md"
    ]


def test_every_decision_is_listed() -> None:
    index = (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    unlisted = [path.name for path in (ROOT / "docs/adr").glob("[0-9]*.md") if path.name not in index]
    assert unlisted == []
