"""A manager makes the master workbook on a page or by command, and fetches it; nobody else does."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from exports.written import BANNER
from schema.problem import Refused
from schema.store.cases import new_case
from schema.store.database import utc_now
from schema.store.jobs import SILENCE
from schema.store.models import Audit, ExportFile, Job, Project, User
from schema.store.people import actor_for
from schema.store.projects import add_member, end_membership
from schema.store.readmodel import project_templates
from tests.support.casework import start_case
from tests.support.policing import PolicingClient
from tests.support.signed_off import signed_off_case
from tests.support.world import PASSWORD, SYSTEM, World
from webapp.cli import main
from webapp.downloads.formats import FORMATS, Options, read_options
from webapp.downloads.making import make, run
from webapp.downloads.operations import ask_for_export
from webapp.downloads.views import LINES
from webapp.jobs import Work, Worker

ClientFor = Callable[[str], PolicingClient]
EXPORTS = "/projects/pilot/exports"
REASON = "For the frozen copy of the analysis"


def work(world: World) -> None:
    """Do what is queued, as the worker beside the server does."""
    Worker(world.database, world.settings).run_all()


def made_file(world: World) -> ExportFile:
    with world.reading() as session:
        return session.scalars(select(ExportFile)).one()


def ask(client_for: ClientFor, key: str = "xlsx") -> str:
    """Press the button, with the password; gives the address of the page of the job."""
    answer = client_for("dana").submit(EXPORTS, {"format": key, "password": PASSWORD})
    assert answer.status_code == 303
    return answer.headers["Location"]


def fetch(client: PolicingClient, file: ExportFile) -> TestResponse:
    """Take a file away: at once where it says nothing about a single case, else with the password and a reason."""
    address = f"{EXPORTS}/{file.id}"
    if not read_options(json.loads(file.options)).is_identifying:
        return client.get(address)
    return client.submit(address, {"password": PASSWORD, "reason": REASON})


def test_a_manager_makes_a_workbook_and_fetches_it(world: World, client_for: ClientFor) -> None:
    signed_off_case(world, "DHR-001")
    start_case(world, "DHR-002")
    address = ask(client_for)
    assert "Waiting for its turn" in client_for("dana").page(address).words
    assert client_for("dana").get(address + "/progress").get_json()["finished"] is False
    work(world)
    page = client_for("dana").page(address)
    assert "The file is ready: 1 signed-off case." in page.words
    assert client_for("dana").get(address + "/progress").get_json()["finished"] is True
    (link,) = (href for text, href in page.links.items() if text.startswith("Download"))
    assert "What it is for" in client_for("dana").page(link).words
    answer = client_for("dana").submit(link, {"password": PASSWORD, "reason": REASON})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"].startswith("no-")
    book = load_workbook(BytesIO(answer.data))
    assert [cell.value for cell in book["cases"]["A"]] == ["case", "DHR-001"]


def test_the_page_says_what_is_in_and_what_is_out_and_why(world: World, client_for: ClientFor) -> None:
    signed_off_case(world, "DHR-001")
    start_case(world, "DHR-002", {})
    shown = client_for("dana").page(EXPORTS).words
    assert "1 signed-off case" in shown
    assert "DHR-002 Registered Nobody has been assigned yet." in shown


def test_of_many_cases_that_are_left_out_the_page_lists_a_hundred(
    world: World, client_for: ClientFor
) -> None:
    with world.writing() as session:
        for number in range(LINES + 2):
            new_case(session, SYSTEM, world.project, f"DHR-{number:03}")
    page = client_for("dana").page(EXPORTS)
    assert page.text.count('<th scope="row">DHR-') == LINES
    assert "2 more cases: the workbook lists all of them." in page.words


def test_files_stay_and_are_listed(world: World, client_for: ClientFor) -> None:
    ask(client_for)
    work(world)
    file = made_file(world)
    page = client_for("dana").page(EXPORTS)
    assert file.file_name in page.links
    assert file.content_hash[:16] in page.words


def test_a_second_press_leads_to_the_workbook_that_is_being_made(world: World, client_for: ClientFor) -> None:
    assert ask(client_for) == ask(client_for)
    with world.reading() as session:
        assert len(session.scalars(select(Job)).all()) == 1


def test_the_file_is_kept_under_a_random_name_for_its_owner_alone(
    world: World, client_for: ClientFor
) -> None:
    ask(client_for)
    work(world)
    file = made_file(world)
    path = world.settings.data_dir / "exports" / file.stored_name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == [file.stored_name]
    assert "pilot" not in file.stored_name
    assert file.size == path.stat().st_size


def test_making_and_fetching_are_logged_with_the_hash(world: World, client_for: ClientFor) -> None:
    ask(client_for)
    work(world)
    file = made_file(world)
    fetch(client_for("dana"), file)
    with world.reading() as session:
        rows = session.scalars(select(Audit).where(Audit.action.like("export.%")).order_by(Audit.seq)).all()
    assert [row.action for row in rows] == ["export.make", "export.fetch"]
    assert all(file.sha256 in row.detail and row.object_id == file.id for row in rows)
    assert {row.actor_id for row in rows} == {world.user("dana").id}
    assert json.loads(rows[1].detail)["reason"] == REASON


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"password": "not hers at all", "reason": REASON}, "password", "That is not your password."),
        ({"password": "", "reason": REASON}, "password", "Enter your password."),
        ({"password": PASSWORD, "reason": "  "}, "reason", "Say what the file is for."),
        ({"password": PASSWORD, "reason": "x" * 501}, "reason", "At most 500 characters."),
    ],
)
def test_a_file_of_cases_is_fetched_with_the_password_and_a_reason_alone(
    world: World, client_for: ClientFor, sent: dict[str, str], field: str, said: str
) -> None:
    ask(client_for)
    work(world)
    address = f"{EXPORTS}/{made_file(world).id}"
    page = client_for("dana").page(address)
    assert "attachment" not in page.response.headers.get("Content-Disposition", "")
    answer = client_for("dana").submit(address, sent)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert said in answer.text
    assert (sent["reason"].strip() or "Say what") in answer.text, "what was typed stays"
    with world.reading() as session:
        assert not session.scalars(select(Audit).where(Audit.action == "export.fetch")).all()


@pytest.mark.parametrize("name", ["amara", "carol", "victor"])
def test_other_members_make_and_fetch_nothing(world: World, client_for: ClientFor, name: str) -> None:
    address = ask(client_for)
    work(world)
    client = client_for(name)
    for path in (EXPORTS, address, address + "/progress", f"{EXPORTS}/{made_file(world).id}"):
        assert client.get(path).status_code == 403
    assert client.submit(EXPORTS, page="/account").status_code == 403
    sent = {"password": PASSWORD, "reason": REASON}
    assert client.submit(f"{EXPORTS}/{made_file(world).id}", sent, page="/account").status_code == 403


@pytest.mark.parametrize("name", ["root", "ines"])
def test_who_is_no_member_finds_nothing(world: World, client_for: ClientFor, name: str) -> None:
    world.add_person("ines", project=world.project)
    address = ask(client_for)
    work(world)
    for path in (EXPORTS, address, f"{EXPORTS}/{made_file(world).id}"):
        assert client_for(name).get(path).status_code == 404


def test_files_and_jobs_of_another_project_are_not_found(world: World, client_for: ClientFor) -> None:
    address = ask(client_for)
    work(world)
    other = world.another_project()
    world.add_person("ola", "manager", project=other)
    client = client_for("ola")
    for path in (address, f"{EXPORTS}/{made_file(world).id}"):
        assert client.get(path.replace("/pilot/", "/other/")).status_code == 404


def test_a_job_does_nothing_for_somebody_who_lost_the_role_meanwhile(
    world: World, client_for: ClientFor
) -> None:
    second = world.add_person("mona", "manager")
    with world.writing() as session:
        job = ask_for_export(
            session, actor_for(session, session.get_one(User, second.id)), world.project, Options()
        )
        end_membership(session, SYSTEM, world.project, session.get_one(User, second.id), "manager")
    work(world)
    with world.reading() as session:
        assert session.get_one(Job, job.id).state == "failed"
        assert session.scalars(select(ExportFile)).all() == []
    page = client_for("dana").page(f"{EXPORTS}/jobs/{job.id}")
    assert "You may no longer export this project." in page.words


def test_a_worker_whose_job_was_taken_up_by_another_keeps_nothing(
    world: World, client_for: ClientFor
) -> None:
    ask(client_for)
    with world.writing() as session:
        job = session.scalars(select(Job)).one()
        job.state, job.attempt = "running", 2
    slow = Work(
        world.database,
        world.settings,
        job.id,
        world.project.id,
        world.actor("dana"),
        json.loads(job.params),
        lambda *_: None,
        attempt=1,
    )
    with pytest.raises(Refused):
        run(slow)
    with world.reading() as session:
        assert session.scalars(select(ExportFile)).all() == []
    assert list((world.settings.data_dir / "exports").iterdir()) == []


def test_a_job_whose_worker_dies_when_its_file_is_kept_is_done_and_not_done_again(
    world: World, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The worker is gone from one statement to the next."""

    def die(*_: object) -> None:
        raise Killed

    ask(client_for)
    with monkeypatch.context() as dying:
        dying.setattr(Worker, "_note", die)
        with pytest.raises(Killed):
            work(world)
    with world.writing() as session:
        session.execute(update(Job).values(seen_at=utc_now() - 2 * SILENCE))
    work(world)
    with world.reading() as session:
        job = session.scalars(select(Job)).one()
        assert (job.state, job.attempt) == ("done", 1)
        assert job.message.startswith("The file is ready")
        assert len(session.scalars(select(ExportFile)).all()) == 1


def test_a_file_that_has_gone_from_the_disk_is_explained(world: World, client_for: ClientFor) -> None:
    ask(client_for)
    work(world)
    file = made_file(world)
    (world.settings.data_dir / "exports" / file.stored_name).unlink()
    assert file.content_hash in client_for("dana").page(f"{EXPORTS}/{file.id}", status=410).words


def test_a_manager_who_codes_learns_nothing_of_the_case_from_the_exports(
    world: World, client_for: ClientFor
) -> None:
    with world.writing() as session:
        add_member(session, SYSTEM, world.project, session.get_one(User, world.user("dana").id), "coder")
    start_case(world, "DHR-009", {"coder_1": "dana", "coder_2": "ben", "reconciler": "carol"})
    shown = client_for("dana").page(EXPORTS).words
    assert "DHR-009 Not signed off" in shown
    assert "Assigned" not in shown


def tandem(world: World, *words: str) -> Result:
    environment = {
        "TANDEM_DATA_DIR": str(world.folder),
        "TANDEM_DATABASE_URL": world.settings.database_url,
        "TANDEM_SECRET_KEY": None,
    }
    return CliRunner().invoke(main, words, env=environment, catch_exceptions=False)


def test_the_command_writes_the_same_data_as_the_page(
    world: World, client_for: ClientFor, tmp_path: Path
) -> None:
    signed_off_case(world, "DHR-001", victims=[{"age": 43, "sex": "female"}])
    ask(client_for)
    work(world)
    out = tmp_path / "master.xlsx"
    said = tandem(world, "export", "pilot", "--out", str(out))
    assert said.exit_code == 0, said.output
    assert made_file(world).content_hash in said.output
    assert "1 signed-off case." in said.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    book = load_workbook(out)
    rows = list(book["discrepancies"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[3], row[7], row[8], row[9], row[12]) for row in rows] == [
        ("DHR-001", "age", "34", "43", "a", "judgement")
    ]


def test_the_command_replaces_a_file_whole_and_leaves_nothing_beside_it(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    out = folder / "master.xlsx"
    out.write_bytes(b"an older file")
    assert tandem(world, "export", "pilot", "--out", str(out)).exit_code == 0
    assert load_workbook(out).sheetnames[0] == "read me"
    assert [one.name for one in folder.iterdir()] == ["master.xlsx"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere", "--out", "master.xlsx"), "There is no project “nowhere”."),
        (("pilot", "--out", "master.pdf"), "does not end in .xlsx"),
        (("pilot", "--out", "missing/master.xlsx"), "There is no folder “missing”."),
        (("pilot",), "Missing option '--out'"),
    ],
)
def test_bad_input_ends_with_exit_code_two_and_what_to_do(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = tandem(world, "export", *words)
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize("key", list(FORMATS))
def test_every_format_is_made_fetched_and_recorded_with_its_options(
    world: World, client_for: ClientFor, key: str
) -> None:
    signed_off_case(world, "DHR-001")
    ask(client_for, key)
    work(world)
    file = made_file(world)
    assert json.loads(file.options) == {"format": key}
    answer = fetch(client_for("dana"), file)
    assert answer.status_code == 200
    assert answer.mimetype == FORMATS[key].mimetype
    assert file.file_name.endswith(FORMATS[key].ending)
    assert sha256(answer.data).hexdigest() == file.sha256
    assert FORMATS[key].label in client_for("dana").page(EXPORTS).words
    with world.reading() as session:
        row = session.scalars(select(Audit).where(Audit.action == "export.make")).one()
    assert json.loads(row.detail)["format"] == key


@pytest.mark.parametrize("key", list(FORMATS))
def test_the_command_writes_every_format_with_the_same_content_hash(
    world: World, client_for: ClientFor, tmp_path: Path, key: str
) -> None:
    signed_off_case(world, "DHR-001")
    ask(client_for, key)
    work(world)
    folder = tmp_path / "out"
    folder.mkdir()
    out = folder / f"study{FORMATS[key].ending}"
    said = tandem(world, "export", "pilot", "--format", key, "--out", str(out))
    assert said.exit_code == 0, said.output
    assert made_file(world).content_hash in said.output
    assert [one.name for one in folder.iterdir()] == [out.name]


def test_a_format_that_there_is_not_is_refused_on_the_page(world: World, client_for: ClientFor) -> None:
    answer = client_for("dana").submit(EXPORTS, {"format": "pdf"})
    assert answer.status_code == 422
    with world.reading() as session:
        assert session.scalars(select(Job)).all() == []


def test_the_byte_order_mark_is_an_option_of_csv_and_is_recorded(world: World, client_for: ClientFor) -> None:
    client_for("dana").submit(EXPORTS, {"format": "csv", "bom": "y", "password": PASSWORD})
    work(world)
    file = made_file(world)
    assert json.loads(file.options) == {"format": "csv", "bom": True}
    with ZipFile(world.settings.data_dir / "exports" / file.stored_name) as bundle:
        assert bundle.read("long.csv").startswith(b"\xef\xbb\xbfcase,")


@pytest.mark.parametrize("name", ["amara", "carol", "dana", "victor"])
def test_every_member_reads_the_codebook_with_every_question_and_every_code(
    world: World, client_for: ClientFor, name: str
) -> None:
    shown = client_for(name).page("/projects/pilot/codebook")
    with world.reading() as session:
        (template,) = project_templates(session, world.project)
    for field in template.fields():
        assert field.path in shown.words
        assert field.label in shown.words
        for option in field.codelist.options if field.codelist else ():
            assert option.label in shown.words


def test_who_is_no_member_does_not_read_the_codebook(world: World, client_for: ClientFor) -> None:
    assert client_for("root").get("/projects/pilot/codebook").status_code == 404


def test_both_entries_stand_in_the_workbook_on_request_and_the_request_is_recorded(
    world: World, client_for: ClientFor, tmp_path: Path
) -> None:
    signed_off_case(world, "DHR-001", victims=[{"age": 43, "sex": "female"}])
    client_for("dana").submit(EXPORTS, {"format": "xlsx", "entries": "y", "password": PASSWORD})
    work(world)
    file = made_file(world)
    assert json.loads(file.options) == {"format": "xlsx", "entries": True}
    out = tmp_path / "study.xlsx"
    said = tandem(world, "export", "pilot", "--with-entries", "--out", str(out))
    assert file.content_hash in said.output
    rows = list(load_workbook(out)["victims together"].iter_rows(min_row=2, values_only=True))
    assert [(row[1], row[5]) for row in rows] == [("A", 34), ("B", 43), ("consensus", 34)]


def test_a_format_without_a_place_for_both_entries_says_so_at_the_box_and_on_the_command_line(
    world: World, client_for: ClientFor, tmp_path: Path
) -> None:
    answer = client_for("dana").submit(EXPORTS, {"format": "sav", "entries": "y", "password": PASSWORD})
    assert answer.status_code == 422
    assert "no place for both entries" in answer.get_data(as_text=True)
    said = tandem(
        world, "export", "pilot", "--format", "sav", "--with-entries", "--out", str(tmp_path / "x.zip")
    )
    assert said.exit_code == 2
    assert "EXP-005" in said.output
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize("key", ["xlsx", "csv", "json", "sav", "dta"])
def test_coders_that_the_project_does_not_name_are_named_in_no_file(
    world: World, tmp_path: Path, key: str
) -> None:
    with world.writing() as session:
        session.get_one(Project, world.project.id).coders_unnamed = True
    signed_off_case(world, "DHR-001", victims=[{"age": 43, "sex": "female"}])
    out = tmp_path / f"study{FORMATS[key].ending}"
    more = ("--with-entries",) if key in ("xlsx", "csv") else ()
    assert tandem(world, "export", "pilot", "--format", key, *more, "--out", str(out)).exit_code == 0
    with ZipFile(out) as archive:
        texts = b"".join(archive.read(name) for name in archive.namelist())
    for name in ("amara", "ben"):
        assert world.user(name).display_name.encode() not in texts
        assert world.user(name).id.encode() not in texts


def test_the_methods_page_says_what_the_command_writes_and_counts_people_by_their_accounts(
    world: World, client_for: ClientFor, tmp_path: Path
) -> None:
    with world.writing() as session:
        session.get_one(Project, world.project.id).coders_unnamed = True
    for number in (1, 2):
        signed_off_case(world, f"DHR-00{number}", victims=[{"age": 43, "sex": "female"}])
    start_case(world, "DHR-003", {})
    assert "It has not been written yet." in client_for("dana").page("/projects/pilot/methods").words
    ask(client_for, "methods-text")
    work(world)
    shown = client_for("dana").page("/projects/pilot/methods").words
    assert "2 of 3 registered reports" in shown
    assert "two people (2 coders in 1 pair)" in shown
    assert (
        "2 differences, 0 of them items that one coder alone had recorded, were settled by 1 reconciler"
        in shown
    )
    out = tmp_path / "methods.txt"
    assert tandem(world, "export", "pilot", "--format", "methods-text", "--out", str(out)).exit_code == 0
    assert " ".join(out.read_text(encoding="utf-8").split("\n\n")[2].split()) in shown


def test_the_codebook_as_a_workbook_lists_every_column_of_the_master_workbook(
    world: World, tmp_path: Path
) -> None:
    signed_off_case(world, "DHR-001")
    alone, master = tmp_path / "codebook.xlsx", tmp_path / "master.xlsx"
    assert tandem(world, "export", "pilot", "--format", "codebook-xlsx", "--out", str(alone)).exit_code == 0
    assert tandem(world, "export", "pilot", "--out", str(master)).exit_code == 0
    book, whole = load_workbook(alone), load_workbook(master)
    assert book.sheetnames == ["codebook", "code lists"]
    for name in book.sheetnames:
        assert list(book[name].values) == list(whole[name].values)


@pytest.mark.parametrize(
    ("password", "said"), [("", "That is not your password."), ("guess", "That is not your password.")]
)
def test_identifying_files_need_the_password_again(
    world: World, client_for: ClientFor, password: str, said: str
) -> None:
    answer = client_for("dana").submit(EXPORTS, {"format": "csv", "password": password})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    with world.reading() as session:
        assert session.scalars(select(Job)).all() == []


def test_the_codebook_needs_no_password(world: World, client_for: ClientFor) -> None:
    assert client_for("dana").submit(EXPORTS, {"format": "codebook"}).status_code == 303
    work(world)
    assert "internal" not in made_file(world).file_name


@pytest.mark.parametrize("key", ["xlsx", "csv", "json"])
def test_an_internal_file_says_so_in_its_name_and_in_itself(
    world: World, client_for: ClientFor, key: str
) -> None:
    signed_off_case(world, "DHR-001")
    ask(client_for, key)
    work(world)
    file = made_file(world)
    assert file.file_name.startswith("pilot-internal-")
    assert not {"dana", "price", "dhr-001"} & set(file.file_name.casefold().split("-"))
    path = world.settings.data_dir / "exports" / file.stored_name
    with world.reading() as session:
        trail = session.scalars(select(Audit.hash)).all()
    if key == "xlsx":
        book = load_workbook(path)
        said = " ".join(str(cell) for row in book["read me"].values for cell in row)
        sheets = [
            ElementTree.fromstring(ZipFile(path).read(name))
            for name in ZipFile(path).namelist()
            if name.startswith("xl/worksheets/sheet")
        ]
        assert len(sheets) >= len(book.sheetnames)
        for sheet in sheets:
            assert BANNER in "".join(sheet.itertext())
            assert any(one.tag.endswith("tabColor") for one in sheet.iter())
    else:
        with ZipFile(path) as bundle:
            said = bundle.read("README.txt" if key == "csv" else "manifest.json").decode()
    assert "INTERNAL" in said
    assert any(head in said for head in trail)


def test_a_file_is_of_one_moment_whatever_is_signed_off_meanwhile(world: World, tmp_path: Path) -> None:
    for reference in ("DHR-001", "DHR-002"):
        signed_off_case(world, reference)

    def sign_off_another(done: int, total: int) -> None:
        if done == 1:
            signed_off_case(world, "DHR-000")

    made = make(world.database, world.actor("dana"), world.project, tmp_path / "one.xlsx", sign_off_another)
    book = load_workbook(tmp_path / "one.xlsx")
    assert made.cases == 2
    assert [cell.value for cell in book["cases"]["A"]] == ["case", "DHR-001", "DHR-002"]
    facts = {row[0]: row[1] for row in book["read me"].values}
    assert (facts["Cases registered"], facts["Cases in this workbook"]) == (2, 2)
    later = make(world.database, world.actor("dana"), world.project, tmp_path / "two.xlsx", lambda *_: None)
    assert later.cases == 3


@pytest.mark.parametrize("key", ["sav", "dta", "json", "codebook"])
def test_formats_made_of_rows_are_refused_in_shared_mode(world: World, tmp_path: Path, key: str) -> None:
    out = tmp_path / f"x{FORMATS[key].ending}"
    said = tandem(world, "export", "pilot", "--mode", "shared", "--format", key, "--out", str(out))
    assert said.exit_code == 2
    assert "EXP-008" in said.output
    assert not out.exists()


def test_shared_mode_needs_a_framework(world: World, client_for: ClientFor, tmp_path: Path) -> None:
    said = tandem(world, "export", "pilot", "--mode", "shared", "--out", str(tmp_path / "x.xlsx"))
    assert said.exit_code == 2
    assert "no quantitative framework" in said.output
    page = client_for("dana").page(f"{EXPORTS}/shared?preview=y&threshold=10", status=409)
    assert "no quantitative framework" in page.words
