"""The guide's chapters on PostgreSQL and on an owner apart, followed as they are written after the one for one server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.guide import Installed, commands, one_server
from tests.support.nodes import wait_until
from tests.support.reports import small_report

pytestmark = [pytest.mark.systemd, pytest.mark.nginx, pytest.mark.cluster]
#: What the guide takes for granted: PostgreSQL on db.example.org, with a certificate by an authority that the system knows.
DATABASE = """
cd "$(mktemp -d)"
authority=/usr/local/share/ca-certificates/authority.crt
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Authority -keyout ca.key -out $authority
openssl req -newkey rsa:2048 -nodes -subj /CN=db.example.org -keyout db.key -out db.csr
echo subjectAltName=DNS:db.example.org > names
openssl x509 -req -in db.csr -CA $authority -CAkey ca.key -CAcreateserial -days 2 -extfile names -out db.crt
update-ca-certificates
read -r version cluster _ <<END
$(pg_lsclusters --no-header | tail -1)
END
settings=/etc/postgresql/$version/$cluster
install -m 0644 db.crt $settings/db.crt
install -m 0600 -o postgres db.key $settings/db.key
printf "%s\\n" "ssl=on" "ssl_cert_file='$settings/db.crt'" "ssl_key_file='$settings/db.key'" >> $settings/postgresql.conf
echo 127.0.0.1 db.example.org >> /etc/hosts
systemctl start postgresql@$version-$cluster
"""
ASKED_TWICE = "PASSWORD\nPASSWORD\n"


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installed, str]]:
    """A server that was moved to PostgreSQL as the chapter says, and the id of a case."""
    with one_server(tmp_path_factory.mktemp("moved")) as installed:
        case_id = installed.with_people()
        installed.server.run("sh", "-ec", DATABASE)
        for command in commands("PostgreSQL"):
            if command.startswith("systemd-run"):
                installed.server.run("systemctl", "stop", "tandem")
            installed.follow(command, ASKED_TWICE if "--pwprompt" in command else "")
        installed.wait()
        yield installed, case_id


def test_work_goes_on_after_the_move(moved: tuple[Installed, str]) -> None:
    installed, case_id = moved
    installed.take_report(case_id, small_report())
    found = installed.doctor()
    assert {how for subject, (how, _) in found.items() if subject != "backups"} == {"ok"}
    assert found["database"][1].startswith("PostgreSQL")
    assert "owns the tables" in found["privileges"][1]


def test_a_certificate_that_nobody_vouches_for_is_refused_with_what_to_do(
    moved: tuple[Installed, str],
) -> None:
    installed, _ = moved
    address = "postgresql://tandem:PASSWORD@db.example.org/tandem?sslmode=verify-full&sslrootcert=system"
    asked = f"TANDEM_DATABASE_URL='{address}' /opt/tandem/bin/tandem user list"
    refused = installed.server.run(
        "env", "--unset=SSL_CERT_FILE", "--unset=SSL_CERT_DIR", "sh", "-c", asked, check=False
    )
    assert refused.returncode == 75
    assert "/etc/ssl/certs/ca-certificates.crt" in refused.stderr


def test_tandem_begins_when_its_database_does(moved: tuple[Installed, str]) -> None:
    installed, _ = moved
    installed.server.run("systemctl", "stop", "postgresql@*")
    installed.server.run("systemctl", "restart", "tandem")
    wait_until(lambda: int(installed.told("tandem", "NRestarts")["NRestarts"]) > 1, "it is not tried again")
    said = installed.server.run("journalctl", "--unit=tandem", "--lines=20").stdout
    assert ("SET-014" in said, "status=75" in said) == (True, True)
    installed.server.run("sh", "-ec", "systemctl start postgresql")
    installed.wait()


def test_with_an_owner_apart_the_role_that_serves_owns_nothing(moved: tuple[Installed, str]) -> None:
    installed, case_id = moved
    lines = commands("An owner apart")
    for command in lines:
        if command.startswith("systemd-run"):
            installed.server.run("systemctl", "stop", "tandem")
        installed.follow(command, ASKED_TWICE if "--pwprompt" in command else "")
    installed.server.run("systemctl", "start", "tandem")
    installed.wait()
    installed.take_report(case_id, small_report() + b"\n%")
    found = installed.doctor()
    assert {how for subject, (how, _) in found.items() if subject != "backups"} == {"ok"}
    assert "owns nothing" in found["privileges"][1]
    assert (
        "OWNER"
        not in installed.server.run(
            "cat", f"/proc/{installed.told('tandem', 'MainPID')['MainPID']}/environ"
        ).stdout
    )
