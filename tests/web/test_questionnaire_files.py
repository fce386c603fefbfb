"""A version of a questionnaire as a blank form and as a dictionary for REDCap: pages, files and commands."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import docx
from click.testing import CliRunner, Result

from schema.store.templates import compiled, latest_version
from schema.template.model import Template
from tests.support.policing import PolicingClient
from tests.support.world import World
from webapp.cli import main

ClientFor = Callable[[str], PolicingClient]
VERSION = "/questionnaires/small/1"


def template_of(world: World) -> Template:
    with world.reading() as session:
        row = latest_version(session, "small")
        assert row is not None
        return compiled(session, row.id)


def tandem(world: World, *words: str) -> Result:
    environment = {
        "TANDEM_DATA_DIR": str(world.folder),
        "TANDEM_DATABASE_URL": world.settings.database_url,
        "TANDEM_SECRET_KEY": None,
    }
    return CliRunner().invoke(main, words, env=environment, catch_exceptions=False)


def test_the_blank_form_asks_every_question_and_its_page_leads_to_the_file(
    world: World, client_for: ClientFor
) -> None:
    page = client_for("amara").page(f"{VERSION}/paper")
    for field in template_of(world).fields():
        if field.kind != "derived":
            assert field.label in page.words
    assert f"{VERSION}/paper" in client_for("amara").page(VERSION).links.values()
    answer = client_for("amara").get(page.links["Download for Word"])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="small-v1-paper-form.docx"'
    shown = [paragraph.text for paragraph in docx.Document(io.BytesIO(answer.data)).paragraphs]
    assert "What the report says about the children" in shown


def test_the_dictionary_has_a_row_for_every_question(world: World, client_for: ClientFor) -> None:
    answer = client_for("amara").get(f"{VERSION}/redcap.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="small-v1-redcap.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True)), strict=True))
    noted = {row["Field Annotation"] for row in rows}
    assert {f"Tandem: {field.path}" for field in template_of(world).fields()} <= noted


def test_a_version_that_there_is_not_is_not_found(client_for: ClientFor) -> None:
    for name in ("paper", "paper.docx", "redcap.csv"):
        assert client_for("amara").get(f"/questionnaires/small/9/{name}").status_code == 404


def test_the_commands_write_what_the_pages_give(world: World, client_for: ClientFor, tmp_path: Path) -> None:
    for command, name in (("paper", "paper.docx"), ("redcap", "redcap.csv")):
        out = tmp_path / name
        said = tandem(world, "template", command, "small", "--out", str(out))
        assert (said.exit_code, said.output) == (0, f"Wrote {out}: small, version 1.\n")
        assert out.read_bytes() == client_for("amara").get(f"{VERSION}/{name}").data


def test_bad_input_ends_with_exit_code_two_and_says_what_to_do(world: World, tmp_path: Path) -> None:
    out = str(tmp_path / "x.csv")
    for words, said in (
        (("small", "--version", "9", "--out", out), "“small, version 9” is not published here."),
        (("nothing", "--out", out), "See: tandem template list"),
        (("small", "--out", str(tmp_path / "x.pdf")), "does not end in .csv"),
        (("small", "--out", str(tmp_path / "no/x.csv")), "cannot be written"),
    ):
        result = tandem(world, "template", "redcap", *words)
        assert result.exit_code == 2
        assert said in result.output
