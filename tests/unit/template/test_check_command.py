"""`tandem template check FILE...` lists every problem with code, line and remedy, and needs no database."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config import codelists_dir, templates_dir
from tests.unit.template.writing import CODELISTS, TEMPLATE, edited, line_of
from webapp.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of somebody's own: a template two levels down, with its code lists beside."""
    monkeypatch.setenv("TANDEM_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    lists = tmp_path / "codelists"
    lists.mkdir()
    for name, text in CODELISTS.items():
        (lists / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "templates/small").mkdir(parents=True)
    (tmp_path / "templates/small/v1.yaml").write_text(TEMPLATE, encoding="utf-8")
    return tmp_path


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["template", "check", *map(str, arguments)])


def test_a_sound_template_gets_one_line_and_ends_with_nought(folder: Path) -> None:
    file = folder / "templates/small/v1.yaml"
    result = check(file)
    assert (result.exit_code, result.output) == (
        0,
        f"{file}: no problems. Template small, version 1: 3 sections, 13 fields, 6 rules.\n",
    )


def test_every_problem_is_printed_with_place_code_and_remedy(folder: Path) -> None:
    file = folder / "templates/small/v1.yaml"
    text = edited(TEMPLATE, ("kind: decimal", "kind: decimals  # 2"), ("equals: east}", "equals: esat}  # 1"))
    file.write_text(text, encoding="utf-8")
    result = check(file)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].startswith(f"{file}:{line_of(text, '# 1')}: TPL-020 field `report.note`")
    assert lines[1] == "    Did you mean `east`?"
    assert lines[2].startswith(f"{file}:{line_of(text, '# 2')}: TPL-013 ")
    assert lines[3] == "    Did you mean `decimal`?"
    assert lines[-1] == "2 problems."


def test_a_problem_of_a_code_list_names_the_file_to_open(folder: Path) -> None:
    region = folder / "codelists/region.yaml"
    region.write_text(edited(CODELISTS["region"], ("code: 2", "code: 1")), encoding="utf-8")
    result = check(folder / "templates/small/v1.yaml")
    assert result.exit_code == 1
    assert f"{region}:5: TPL-012 " in result.output
    assert result.output.endswith("1 problem.\n")


def test_code_lists_can_lie_elsewhere(folder: Path, tmp_path: Path) -> None:
    (folder / "codelists").rename(tmp_path / "lists")
    file = folder / "templates/small/v1.yaml"
    assert check(file).exit_code == 1
    assert check(file, "--codelists", tmp_path / "lists").exit_code == 0


def test_code_lists_are_checked_too(folder: Path) -> None:
    result = check(folder / "codelists/region.yaml", folder / "codelists/band.yaml")
    assert result.exit_code == 0
    assert result.output.count("no problems. Code list") == 2


def test_all_files_are_checked_even_where_the_first_is_bad(folder: Path) -> None:
    bad = folder / "bad.yaml"
    bad.write_text("template: [", encoding="utf-8")
    result = check(bad, folder / "templates/small/v1.yaml")
    assert result.exit_code == 1
    assert "TPL-001" in result.output
    assert "no problems. Template small" in result.output


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_the_users_mistake_not_a_crash(
    folder: Path, content: bytes | None
) -> None:
    file = folder / "unreadable.yaml"
    if content is not None:
        file.write_bytes(content)
    result = check(file)
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)


def test_everything_shipped_passes() -> None:
    files = [*templates_dir().glob("*/v*.yaml"), *codelists_dir().glob("*.yaml")]
    assert check(*files).exit_code == 0
