"""A restore that is killed, wherever it is, leaves what was there, or says that it was interrupted and comes to its end when it is repeated.

The process kills itself before each act that gives or takes a name, before each commit, and before each request to a bucket; then it is looked at what
can be used, everything is restored again and compared with the backup. Of the requests every eleventh is tried here; ``make soak`` tries each.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from schema.problem import Refused
from schema.store import portable
from schema.store.audit_verify import verify
from schema.store.database import Database
from schema.store.models import User
from schema.store.people import add_user
from tests.support.nodes import ROOT, SECRET, TANDEM
from tests.support.s3 import object_store
from tests.support.world import SYSTEM
from webapp import restoring, wsgi
from webapp.backups import operations
from webapp.backups.operations import Restored
from webapp.cli import main
from webapp.opening import open_database
from webapp.place import Place
from webapp.restoring import UnderWay
from webapp.settings import Settings, from_environment
from webapp.shelves import KINDS, shelves

STRIDE = 1 if os.environ.get("TANDEM_SOAK_ROUNDS") else 11
#: Reads numbers; for each a child restores the backup and is killed as it comes to that act, or comes to the end. Says which.
DRIVER = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from webapp.backups import operations
from webapp.settings import from_environment

path = Path(sys.argv[1])
settings = from_environment(os.environ)

def count_requests(count):
    import s3fs
    ask = s3fs.S3FileSystem._call_s3
    async def counted(*asked, **how):
        count()
        return await ask(*asked, **how)
    s3fs.S3FileSystem._call_s3 = counted

def restore_until(last):
    seen = [0]
    def count(*_):
        seen[0] += 1
        if seen[0] == last:
            os.kill(os.getpid(), signal.SIGKILL)
    if os.environ.get("TANDEM_FILES"):
        count_requests(count)
    def audit(name, _):
        if name in ("os.rename", "os.link", "os.remove", "os.rmdir"):
            count()
    with operations.reading_backup(path, settings, str) as backup:
        sys.addaudithook(audit)
        event.listen(Engine, "commit", count)
        operations.restore(backup, settings, replace=True)
    os._exit(0)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        restore_until(int(line))
    _, status = os.waitpid(child, 0)
    print("killed" if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status), flush=True)
"""


class Installation(NamedTuple):
    """Settings, as the environment gives them too; a backup that was made, and what it holds."""

    given: dict[str, str]
    settings: Settings
    path: Path
    sums: dict[str, portable.Sum]
    files: dict[str, bytes]

    def tandem(self, *words: str) -> Result:
        """Run a command."""
        return CliRunner().invoke(main, words, env=self.given)

    def restore(self) -> Restored:
        """Restore the backup in the place of what is there."""
        with operations.reading_backup(self.path, self.settings, str) as backup:
            return operations.restore(backup, self.settings, replace=True)

    def work(self, number: int) -> None:
        """Do something that the backup does not have."""
        with _opened(self.settings) as database, database.writing() as session:
            add_user(session, SYSTEM, f"zoe{number}")
        for kind in KINDS:
            _put(self.settings, kind, f"{number}.pdf", b"a later one")
        self.settings.audit_heads.write_text("f" * 64)

    def users(self) -> set[str]:
        """The names of people in the database that is in its place."""
        with _opened(self.settings) as database, database.reading() as session:
            return set(session.scalars(select(User.name)))


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    try:
        yield database
    finally:
        database.dispose()


def _put(settings: Settings, kind: str, name: str, content: bytes) -> None:
    shelf = shelves(settings)[kind]
    path = shelf.unfinished(".pdf")
    path.write_bytes(content)
    shelf.put(name, path)


def _files(settings: Settings) -> dict[str, bytes]:
    found = {}
    for kind, shelf in shelves(settings).items():
        for held in shelf.held():
            with shelf.at(held.name) as path:
                found[f"{kind}/{held.name}"] = path.read_bytes()
    return found


def _installation(database: Database, folder: Path, files: Place | None = None) -> Installation:
    database.dispose()
    given = {
        "TANDEM_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "TANDEM_DATA_DIR": str(folder / "data"),
        "TANDEM_SECRET_KEY": SECRET,
    } | ({"TANDEM_FILES": str(files)} if files else {})
    settings = from_environment(given)
    for kind in KINDS:
        _put(settings, kind, "one.pdf", f"of {kind}".encode())
    with _opened(settings) as opened:
        made = operations.make_backup(opened, settings, folder / "one.backup")
    return Installation(given, settings, made.path, made.manifest.sums, _files(settings))


@contextmanager
def _killing(made: Installation) -> Iterator[Callable[[int], str]]:
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(made.path)],
        env=os.environ | made.given,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, told = process.stdin, process.stdout

        def kill(at: int) -> str:
            asked.write(f"{at}\n")
            asked.flush()
            return told.readline().strip()

        yield kill
        asked.close()


def _is_the_backup(made: Installation) -> None:
    with _opened(made.settings) as database, database.reading() as session:
        found = portable.sums(session.connection())
        assert verify(session).holds
    assert {one: found[one] for one in found if one != "audit"} == {
        one: made.sums[one] for one in made.sums if one != "audit"
    }
    assert _files(made.settings) == made.files
    assert not made.settings.audit_heads.exists()


def _left(made: Installation) -> list[str]:
    """What belongs to an attempt and to nothing else."""
    folder = made.settings.data_dir
    around = [
        *folder.iterdir(),
        *Path(str(made.settings.database_url).removeprefix("sqlite:///")).parent.glob("*"),
    ]
    names = {path.name for path in around}
    return [one for one in names if one.startswith(".") or ".new" in one or one == restoring.NAME]


def _after(made: Installation, number: int) -> str:
    """What the killed restore left; where anything was switched, nothing but a restore uses it."""
    if restoring.under_way(made.settings) is not None:
        for words in (("user", "list"), ("report", "check"), ("backup", str(made.path.parent))):
            refused = made.tandem(*words)
            assert (refused.exit_code, "BAK-021" in refused.output) == (2, True), refused.output
        without = made.tandem("restore", str(made.path))
        assert (without.exit_code, "BAK-021" in without.output) == (2, True), without.output
        return "interrupted"
    if f"zoe{number}" in made.users():
        assert f"documents/{number}.pdf" in _files(made.settings)
        assert made.settings.audit_heads.exists()
        return "as it was"
    _is_the_backup(made)
    return "restored"


def _first_kept(made: Installation, kept: tuple[str, ...], number: int) -> None:
    """What was there before the attempt that was interrupted is kept, in the first of each kind."""
    firsts = {kind: next(one for one in kept if kind in Path(one).name) for kind in KINDS}
    for kind in KINDS:
        assert (Path(firsts[kind]) / f"{number}.pdf").read_bytes() == b"a later one"
    assert any("audit-heads" in one for one in kept)
    names: Collection[str]
    if kept[0].startswith("the schema"):
        with _opened(made.settings) as database, database.reading() as session:
            names = session.scalars(text(f"SELECT name FROM {kept[0].split()[2]}.user_account")).all()
    else:
        before = made._replace(
            settings=dataclasses.replace(made.settings, database_url=f"sqlite:///{kept[0]}")
        )
        names = before.users()
    assert f"zoe{number}" in names


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_killed_restore_leaves_what_was_there_or_is_repeated(either: Database, tmp_path: Path) -> None:
    made = _installation(either, tmp_path)
    seen, number = [], 0
    with _killing(made) as kill:
        while True:
            number += 1
            made.work(number)
            if kill(number) == "0":
                break
            seen.append(_after(made, number))
            kept = made.restore().kept
            if seen[-1] != "restored":
                _first_kept(made, kept, number)
            _is_the_backup(made)
            assert _left(made) == []
    _is_the_backup(made)
    assert set(seen) >= {"as it was", "interrupted"}
    assert seen.count("interrupted") > 3, "hardly anything was interrupted, so this test proves little"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_the_same_with_files_in_a_bucket(peopled: Callable[..., Database], tmp_path: Path) -> None:
    with object_store() as store:
        bucket, at, seen = store.folder(), 1, []
        made = _installation(peopled("sqlite"), tmp_path, bucket)
        with _killing(made) as kill:
            while True:
                made.work(at)
                if kill(at) == "0":
                    break
                seen.append(restoring.under_way(made.settings) is not None)
                made.restore()
                _is_the_backup(made)
                at += STRIDE
        assert set(seen) == {False, True}
        assert [one for one in store.raw.find(str(bucket)) if ".new" in one] == []


@pytest.fixture
def marked(peopled: Callable[..., Database], tmp_path: Path) -> Installation:
    made = _installation(peopled("sqlite"), tmp_path)
    restoring.begin(made.settings, UnderWay("the backup of 1 May", ("before-restore-1",)))
    return made


@pytest.mark.parametrize(
    "words",
    [
        ("serve",),
        ("worker",),
        ("doctor",),
        ("db", "upgrade"),
        ("db", "check"),
        ("move", "--to", "sqlite:////x"),
    ],
)
def test_nothing_works_on_while_a_restore_is_under_way(marked: Installation, words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TANDEM, *words],
        env=os.environ | marked.given,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == (1 if words == ("doctor",) else 2)
    said = done.stdout + done.stderr
    assert "BAK-021" in said
    assert "Restoring the backup of 1 May" in said
    assert "tandem restore FILE --replace" in said


def test_no_other_server_begins_either_and_a_backup_can_be_verified(
    marked: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in marked.given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Refused, match="BAK-021"):
        wsgi.application()
    assert "The backup holds." in marked.tandem("verify", str(marked.path)).output
    assert "Restored." in marked.tandem("restore", str(marked.path), "--replace").output
    assert marked.tandem("user", "list").exit_code == 0


def test_of_two_restores_at_once_the_second_is_refused_and_disturbs_nothing(
    peopled: Callable[..., Database], tmp_path: Path
) -> None:
    made = _installation(peopled("sqlite"), tmp_path)
    made.work(1)
    with restoring.alone(made.settings):
        before = _files(made.settings)
        second = made.tandem("restore", str(made.path), "--replace")
        assert (second.exit_code, second.stderr.split(":")[0]) == (2, "BAK-028")
        assert _files(made.settings) == before
    made.restore()


#: Restores while no file may hold more than so many bytes, as on a full disk.
CRAMPED = f"""
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (MOST, MOST))
{TANDEM}
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is POSIX")
@pytest.mark.parametrize("lacking", ["files", "database"])
def test_a_restore_for_which_there_is_no_room_changes_nothing(
    peopled: Callable[..., Database], tmp_path: Path, lacking: str
) -> None:
    database = peopled("sqlite")
    size = Path(str(database.url.database)).stat().st_size
    if lacking == "files":
        folder = tmp_path / "data" / "documents"
        folder.mkdir(parents=True, mode=0o700)
        (folder / "large.pdf").write_bytes(os.urandom(2 * size))
    made = _installation(database, tmp_path)
    made.work(1)
    before, users = _files(made.settings), made.users()
    most = size * 3 // 2 if lacking == "files" else size // 2
    done = subprocess.run(
        [sys.executable, "-c", CRAMPED.replace("MOST", str(most)), "restore", str(made.path), "--replace"],
        env=os.environ | made.given,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "BAK-022" in done.stderr
    assert "Nothing was changed." in done.stderr
    assert (_files(made.settings), made.users(), _left(made)) == (before, users, [])
    made.restore()
    _is_the_backup(made)
