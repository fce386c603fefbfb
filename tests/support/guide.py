"""The guide to deploying, followed as it is written on a machine of its own (``tests/support/machine.py``)."""

from __future__ import annotations

import re
import shlex
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.support.machine import LIBRARIES, PYTHON, SOURCE, Machine, machine, why_not
from tests.support.nodes import ROOT, wait_until
from tests.support.visitor import Visitor
from tests.support.world import PASSWORD, PROJECT

NAME = "tandem.example.org"
#: What cannot be done as it is written where no package is fetched, and what does the same with what is there.
STAND_INS = {
    "python3 -m venv /opt/tandem": f"""
{PYTHON}/bin/python3 -m venv --without-pip /opt/tandem
echo {PYTHON}/lib > /etc/ld.so.conf.d/0.conf && ldconfig
""",
    "/opt/tandem/bin/python -m pip install": f"""
printf '%s\\n' {SOURCE} {LIBRARIES} > {sysconfig.get_path("purelib", vars={"base": "/opt/tandem"})}/tandem.pth
printf '%s\\n' '#!/opt/tandem/bin/python' 'from webapp.cli import main' 'raise SystemExit(main())' > /opt/tandem/bin/tandem
chmod 755 /opt/tandem/bin/tandem
""",
    "apt-get install nginx-light": f"""
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME},IP:127.0.0.1 \\
    -keyout /etc/tandem/privkey.pem -out /etc/tandem/fullchain.pem
systemctl start nginx
""",
}
#: What is asked of Tandem once it is up; the second says how a command of Tandem is run on a server.
ASKED = ("journalctl", "systemd-run")
#: A setting that the guide has written into a file.
SETTING = re.compile(r"# in (\S+)[^:]*: (\w+)=(\S+)")
#: The people of the test world, and one case with a coder.
PEOPLE = """
from pathlib import Path
from schema.store.audit_keys import keyring
from schema.store.database import Database
from tests.support.nodes import coders
from tests.support.world import populate
key = Path("/var/lib/tandem/secret-key").read_text().strip()
database = Database("sqlite:////var/lib/tandem/tandem.sqlite3", audit_keys=keyring(key))
with database.writing() as session:
    populate(session)
print(coders(database, 1)[0].case_id)
"""


def commands(heading: str) -> list[str]:
    """The commands of a chapter or part of the guide, without those of the parts in it, and the settings that it has written down."""
    page = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    chapter = page.partition(f"## {heading}\n")[2].partition("\n##")[0].replace("\\\n", "")
    return [line.strip() for line in chapter.splitlines() if line.startswith("    ")]


@dataclass(frozen=True)
class Installed:
    """A server on which the chapter for one server was followed, but for the commands that ask Tandem something."""

    server: Machine
    asking: list[str]
    certificate: Path

    def follow(self, command: str, typed: str = "") -> str:
        """Do what a line of the guide says; gives what the command said, which succeeded. ``typed`` is what it asks for."""
        if setting := SETTING.fullmatch(command):
            file, name, value = setting.groups()
            kept = f"grep -sv '^{name}=' {file} > /run/kept || true; echo {shlex.quote(f'{name}={value}')} >> /run/kept"
            command = f"{kept}; install -m 0600 /run/kept {file}"
        elif command.startswith("tandem "):
            command = self.asking[1].replace("tandem doctor", command)
        return followed(self.server, command, typed)

    def doctor(self) -> dict[str, tuple[str, str]]:
        """What ``tandem doctor`` found, for each subject: how it is, and in which words."""
        lines = [line.split(maxsplit=2) for line in self.follow(self.asking[1]).splitlines()]
        return {
            words[1]: (words[0], words[2])
            for words in lines
            if len(words) == 3 and words[0] in ("ok", "warning")
        }

    def with_people(self) -> str:
        """Put in the people of the test world, and one case, whose id it gives."""
        words = ("runuser", "-u", "tandem", "--", "/opt/tandem/bin/python", "-c", PEOPLE)
        return self.server.run(*words).stdout.strip()

    def browser(self) -> Visitor:
        """A browser in front of nginx; what it does has to be done ``within`` the server's network."""
        made = Visitor("https://127.0.0.1")
        made.client.trust_env = False  # else REQUESTS_CA_BUNDLE of whoever runs the tests would count
        made.client.verify = str(self.certificate)
        made.client.headers.update({"Host": NAME, "Referer": f"https://{NAME}/"})
        return made

    def dana(self) -> Visitor:
        """The manager's browser, signed in."""
        made = self.browser()
        assert made.send("/sign-in", {"name": "dana", "password": PASSWORD}).status_code == 303
        return made

    def take_report(self, case_id: str, content: bytes) -> None:
        """Have the manager attach a report to a case, and wait until its text is read."""
        page = f"/projects/{PROJECT}/cases/{case_id}/reports"

        def take() -> None:
            dana = self.dana()
            assert dana.send(page, {"kind": "other"}, file=content).status_code == 303
            report = re.findall(rf'href="({page}/[^/"]+)"', dana.get(page).text)[-1]
            wait_until(lambda: "Health visitors" in dana.get(report).text, "the report's text is not read")

        self.server.within(take)

    def wait(self) -> None:
        """Wait until Tandem answers through nginx."""

        def answers() -> bool:
            try:
                return self.server.within(lambda: self.browser().get("/health").status_code) == 200
            except requests.ConnectionError:
                return False

        wait_until(answers, "Tandem does not answer")

    def told(self, unit: str, *asked: str) -> dict[str, str]:
        """What systemd tells of a unit."""
        lines = self.server.run("systemctl", "show", unit, *[f"--property={name}" for name in asked]).stdout
        return dict(line.split("=", 1) for line in lines.splitlines())


def followed(server: Machine, command: str, typed: str = "") -> str:
    """What a command of the guide said; it succeeded."""
    instead = next((other for begins, other in STAND_INS.items() if command.startswith(begins)), command)
    return server.run("sh", "-ec", instead, typed=typed).stdout


@contextmanager
def one_server(folder: Path) -> Iterator[Installed]:
    """A server on which the guide's chapter was followed, and which answers; who asks for it is skipped where there can be none."""
    if reason := why_not():
        pytest.skip(f"no machine of its own: {reason}")
    lines, certificate = commands("One server"), folder / "certificate.pem"
    (folder / "machine").mkdir()
    with machine(folder / "machine") as server:
        for line in lines:
            if not line.startswith(ASKED):
                followed(server, line)
        certificate.write_text((server.root / "etc/tandem/fullchain.pem").read_text())
        made = Installed(server, [line for line in lines if line.startswith(ASKED)], certificate)
        made.wait()
        yield made
