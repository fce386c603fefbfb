"""`tandem framework check FILE` lists every problem with code, line and remedy, and asks for a database only where it must."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config import frameworks_dir
from webapp.cli import main

NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"
HEAD = "framework: f\ntitle: T\ntemplate: dhr-childrens-services\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TANDEM_DATABASE_URL", NO_DATABASE)
    return tmp_path / "own.yaml"


def check(file: Path, text: str, *more: str) -> Result:
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(main, ["framework", "check", str(file), *more])


@pytest.mark.parametrize("path", sorted(frameworks_dir().glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_framework_passes(path: Path, file: Path) -> None:
    result = check(file, path.read_text(encoding="utf-8"))
    assert (result.exit_code, result.output.count("\n")) == (0, 1), result.output
    assert f"no problems. Framework {path.stem} for {path.stem}@" in result.output


def test_every_problem_is_printed_with_place_code_and_remedy(file: Path) -> None:
    text = (
        HEAD
        + "indicators:\n  - {key: a, where: {field: homicide.nothing, equals: x}}\n  - {key: b}\ntable: []\n"
    )
    result = check(file, text)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == f"{file}:5: FRW-005 There is no field “homicide.nothing”."
    assert lines[1] == "    Check the field keys of template “dhr-childrens-services”."
    assert lines[2].startswith(f"{file}:6: FRW-014 ")
    assert lines[4].startswith(f"{file}:7: FRW-002 ")
    assert lines[5] == "    Did you mean “tables”?"
    assert lines[-1] == "3 problems."


@pytest.mark.parametrize(
    ("text", "code"),
    [("framework: [", "FRW-001"), ("framework: f\ntitle: T\n", "FRW-004"), ("", "FRW-001")],
)
def test_a_file_that_names_no_template_says_why_with_its_line(file: Path, text: str, code: str) -> None:
    result = check(file, text)
    assert result.exit_code == 1
    assert f": {code} " in result.output
    assert result.output.endswith("1 problem.\n")


def test_another_template_can_be_named(file: Path) -> None:
    assert check(file, HEAD, "--template", "dhr-childrens-services@1").exit_code == 0
    other = check(file, HEAD, "--template", "sar-learning@1")
    assert other.exit_code == 1
    assert ":3: FRW-015 " in other.output


def test_a_template_that_nobody_has_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_DATA_DIR", str(tmp_path / "data"))
    result = check(tmp_path / "own.yaml", HEAD, "--template", "nobodys@7")
    assert (result.exit_code, "FRW-026" in result.output) == (2, True)


@pytest.mark.parametrize("wanted", ["Not a key", "dhr-childrens-services@x", "@1"])
def test_what_is_no_name_of_a_template_is_refused(file: Path, wanted: str) -> None:
    result = check(file, HEAD, "--template", wanted)
    assert (result.exit_code, "FRW-025" in result.output) == (2, True)


def test_nothing_but_a_file_in_utf8_is_read(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    result = CliRunner().invoke(main, ["framework", "check", str(file)])
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("places", [".inf", "99", "-1", "1.5", ".nan"])
def test_decimals_are_a_small_whole_number(file: Path, places: str) -> None:
    result = check(file, HEAD + f"percent_places: {places}\n")
    assert (result.exit_code, ":4: FRW-017 " in result.output) == (1, True)
