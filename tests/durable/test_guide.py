"""The guide for one server, followed as it is written on a machine that really starts with systemd; and Tandem at work as its units have it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import partial
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from tests.support.bombs import BOMBS
from tests.support.guide import Installed, one_server
from tests.support.machine import SOURCE
from tests.support.nodes import wait_until
from tests.support.reports import small_report
from tests.support.world import PASSWORD, PROJECT
from webapp.downloads.formats import FORMATS, Options

pytestmark = [pytest.mark.systemd, pytest.mark.nginx]
#: The units, and what their programs say when they have begun.
UNITS = {"tandem": "Serving on", "tandem-worker": "Waiting for work."}
#: In tenths, by the measure of "systemd-analyze security", from 0 to 100.
EXPOSED = 20
CODE = re.compile(r"code (\S+)")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    with one_server(tmp_path_factory.mktemp("installed")) as made:
        yield made


def test_the_first_administrator_comes_in_with_the_code_of_the_journal(installed: Installed) -> None:
    code = CODE.search(installed.follow(installed.asking[0]))
    assert code
    password = "garnet ladder seventeen moths"
    sent = {"code": code[1], "name": "ruth", "display_name": "Ruth", "password": password, "again": password}

    def begin() -> list[int]:
        browser = installed.browser()
        return [browser.send("/set-up", sent).status_code, browser.get("/").status_code]

    assert installed.server.within(begin) == [303, 200]


@pytest.fixture(scope="module")
def case_id(installed: Installed) -> str:
    return installed.with_people()


def test_the_process_has_only_what_the_unit_leaves_it(installed: Installed) -> None:
    number = installed.told("tandem", "MainPID")["MainPID"]
    told = dict(
        line.split(":\t", 1)
        for line in (installed.server.root / "proc" / number / "status").read_text().splitlines()
    )
    account = installed.server.run("id", "--user", "tandem").stdout.strip()
    assert set(told["Uid"].split()) == {account}
    assert {int(told[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")} == {0}
    assert (told["NoNewPrivs"], told["Seccomp"]) == ("1", "2"), (
        "no new privileges, and a filter of system calls"
    )


@pytest.mark.parametrize("unit", UNITS)
def test_little_is_open_to_a_unit(installed: Installed, unit: str) -> None:
    shipped = f"{SOURCE}/docs/deploying/{unit}.service"
    installed.server.run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED}", shipped)


def test_a_report_is_read_under_the_unit(installed: Installed, case_id: str) -> None:
    installed.take_report(case_id, small_report())


def test_files_of_every_format_are_made_under_the_unit(installed: Installed, case_id: str) -> None:
    page = f"/projects/{PROJECT}/exports"

    def make(form: str) -> bytes:
        dana = installed.dana()
        asked = dana.send(page, {"format": form, "password": PASSWORD})
        job = asked.headers["Location"]
        wait_until(lambda: "Download" in dana.get(job).text, f"{form} is not made")
        file = re.search(rf'href="({page}/[^/"]+)"', dana.get(job).text)
        assert file
        if Options(form).is_identifying:
            return dana.send(file[1], {"reason": "to look at it", "password": PASSWORD}).content
        return dana.get(file[1]).content

    made = {form: installed.server.within(partial(make, form)) for form in FORMATS}
    assert "cases" in load_workbook(BytesIO(made["xlsx"])).sheetnames
    assert [form for form, content in made.items() if len(content) < 500] == []


def test_lists_are_read_and_one_that_swells_is_refused_under_the_unit(
    installed: Installed, case_id: str
) -> None:
    page = f"/projects/{PROJECT}/cases/import"

    def send(content: bytes) -> tuple[int, str]:
        answer = installed.dana().send(page, {}, file=content)
        return answer.status_code, answer.text

    book, written = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet()
    for row in (("reference", "title"), ("GUIDE-1", "Adult A")):
        sheet.append(row)
    book.save(written)
    status, text = installed.server.within(lambda: send(written.getvalue()))
    assert (status, "GUIDE-1" in text) == (200, True)
    status, text = installed.server.within(lambda: send(BOMBS["many cells"]()))
    assert (status, "Reading the file took too long." in text) == (422, True)


def test_what_it_keeps_is_for_its_own_account_alone(installed: Installed, case_id: str) -> None:
    listed = installed.server.run("find", "/var/lib/tandem", "-printf", "%M %u %g %f\\n").stdout.splitlines()
    assert any(line.endswith(" tandem.sqlite3") for line in listed)
    assert [line for line in listed if not line[4:].startswith("------ tandem tandem ")] == []


def test_the_doctor_finds_nothing_wrong(installed: Installed) -> None:
    found = {subject: how for subject, (how, _) in installed.doctor().items()}
    assert found.pop("backups") == "warning", "none are made by themselves yet"
    assert set(found.values()) == {"ok"}
    assert {"settings", "database", "audit", "files", "worker"} <= set(found)


def test_a_command_as_root_is_refused_before_it_leaves_a_file_that_the_server_cannot_read(
    installed: Installed, case_id: str
) -> None:
    verify = "set -a; . /etc/tandem/environment; /opt/tandem/bin/tandem audit verify"
    refused = installed.server.run("sh", "-c", verify, check=False)
    assert (refused.returncode, "SET-046" in refused.stderr, "as tandem" in refused.stderr) == (2, True, True)
    heads = installed.server.root / "var/lib/tandem/audit-heads"
    assert not heads.exists()
    heads.write_text("")  # as root, all the same
    heads.chmod(0o600)
    stored = next((installed.server.root / "var/lib/tandem/documents").iterdir())
    owner = stored.stat()
    os.chown(stored, 0, 0)
    again = installed.server.run("sh", "-c", installed.asking[1].replace("--pty", "--pipe"), check=False)
    assert "Traceback" not in again.stdout + again.stderr
    said = {words[1]: words for words in map(str.split, again.stdout.splitlines())}
    assert again.returncode == 1
    assert {"audit", "files"} == {subject for subject, words in said.items() if words[0] == "FAILED"}
    for subject, name in (("audit", heads.name), ("files", stored.name)):
        told = " ".join(said[subject])
        assert (name in told, "cannot be read: Permission denied." in told) == (True, True)
    verify = installed.asking[1].replace("--pty", "--pipe").replace("tandem doctor", "tandem audit verify")
    unread = installed.server.run("sh", "-c", verify, check=False)
    assert (unread.returncode, "SET-047" in unread.stderr, heads.name in unread.stderr) == (2, True, True)
    heads.unlink()
    os.chown(stored, owner.st_uid, owner.st_gid)


def test_backups_are_made_where_the_unit_may_write(installed: Installed) -> None:
    folder = "/srv/tandem-backups"
    installed.server.run("install", "-d", "-m", "0700", "-o", "tandem", folder)
    installed.server.run("sh", "-ec", f"echo TANDEM_BACKUP_DIR={folder} >> /etc/tandem/environment")
    for unit in UNITS:  # what "systemctl edit" writes
        drop_in = installed.server.root / f"etc/systemd/system/{unit}.service.d/override.conf"
        drop_in.parent.mkdir()
        drop_in.write_text(f"[Service]\nReadWritePaths={folder}\n")
    installed.server.run("systemctl", "daemon-reload")
    installed.server.run("systemctl", "restart", "tandem")
    installed.wait()
    wait_until(lambda: "backup" in installed.server.run("ls", folder).stdout, "no backup is made")


def test_a_server_that_was_killed_is_started_again(installed: Installed) -> None:
    before = installed.told("tandem", "MainPID")
    installed.server.run("systemctl", "kill", "--signal=KILL", "tandem")
    wait_until(
        lambda: installed.told("tandem", "MainPID")["MainPID"] not in ("0", before["MainPID"]),
        "it stayed away",
    )
    installed.wait()


def test_a_server_with_a_wrong_setting_stays_away_until_it_is_put_right(installed: Installed) -> None:
    settings = installed.server.root / "etc/tandem/environment"
    right = settings.read_text()
    settings.write_text(f"{right}\nTANDEM_LOG=shouted\n")
    installed.server.run("systemctl", "restart", "tandem")
    wait_until(lambda: installed.told("tandem", "ActiveState")["ActiveState"] == "failed", "it goes on")
    assert installed.told("tandem", "ExecMainStatus", "NRestarts") == {
        "ExecMainStatus": "2",
        "NRestarts": "0",
    }
    assert "TANDEM_LOG" in installed.server.run("systemctl", "status", "tandem", check=False).stdout
    settings.write_text(right)
    installed.server.run("systemctl", "start", "tandem")
    installed.wait()


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_that_is_asked_to_end_ends_well(installed: Installed, unit: str) -> None:
    shipped = f"docs/deploying/{unit}.service"
    installed.server.run("install", "-m", "0644", shipped, "/etc/systemd/system/")
    installed.server.run("systemctl", "daemon-reload")
    installed.server.run("systemctl", "start", unit)
    life = installed.told(unit, "InvocationID")["InvocationID"]
    said = ("journalctl", f"_SYSTEMD_INVOCATION_ID={life}")
    wait_until(lambda: UNITS[unit] in installed.server.run(*said).stdout, "it has not begun")
    installed.server.run("systemctl", "stop", unit)
    assert installed.told(unit, "Result", "ExecMainStatus", "ActiveState") == {
        "Result": "success",
        "ExecMainStatus": "0",
        "ActiveState": "inactive",
    }
