"""How this installation is set up: environment variables, with a safe embedded default."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from schema.problem import Problem, Refused, refuse
from schema.store.database import sqlite_address
from schema.store.models import ROLES
from schema.store.two_step import ADMINISTRATOR, EVERYONE
from webapp.mail import MailServer, read_mail
from webapp.place import Bucket, Place, is_bucket, read_bucket
from webapp.secret_key import SHORTEST_KEY, is_weak, read_earlier_keys, read_secret_key
from webapp.sign_on import LOOPBACK, SignOn, read_sign_on

DATABASE_FILE = "tandem.sqlite3"
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
SHORTEST_PASSPHRASE = 15  # characters, of backups
LOGS = ("text", "json")
MODES = ("production", "development")
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True)
class Settings:
    """What the application needs to know about where it runs.

    ``https`` says that browsers reach it over HTTPS, through one proxy in front: cookies are Secure and carry the __Host- name,
    and the proxy's forwarding headers are believed. ``earlier_secret_keys`` are those that the present key replaced, the latest first:
    what they signed and sealed is still recognised, and nothing new is signed with them. ``lost_secret_keys`` names those that nobody has any more. ``two_step`` names whom a second step is
    asked of at signing in: everyone, administrator, or roles. ``hosts`` are the names that it answers to; any where there are none.
    ``files`` is where reports and exports lie, the data directory where it is None. ``database_owner_url`` leads to the same database
    as the owner of its tables, where another role serves; empty where one role does both.
    """

    database_url: str = field(repr=False)  # may hold a password
    secret_key: str = field(repr=False)
    data_dir: Path
    production: bool = True
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    https: bool = False
    session_idle: timedelta = timedelta(minutes=30)
    session_absolute: timedelta = timedelta(hours=12)
    earlier_secret_keys: tuple[str, ...] = field(default=(), repr=False)
    lost_secret_keys: tuple[str, ...] = ()
    files: Place | None = None
    backup_dir: Place | None = None
    backup_every: timedelta = timedelta(hours=6)
    backup_keep: int = 28
    backup_passphrase: str = field(default="", repr=False)
    two_step: frozenset[str] = frozenset()
    metrics_token: str = field(default="", repr=False)
    log: str = "text"
    sign_on: SignOn = field(default_factory=SignOn)
    hosts: tuple[str, ...] = ()
    mail: MailServer | None = None
    database_owner_url: str = field(default="", repr=False)

    @property
    def files_place(self) -> Place:
        """Where stored files lie, each kind in a folder of its own; :mod:`webapp.shelves` reaches them."""
        return self.files or self.data_dir

    @property
    def audit_heads(self) -> Path:
        """The file of heads of the audit trail that were printed, one hash in a line: outside the database."""
        return self.data_dir / "audit-heads"

    @property
    def pictures_dir(self) -> Path:
        """The folder of drawn pages, inside the data directory; they can be drawn again, so no backup needs them."""
        return self.data_dir / "page-pictures"


def from_environment(
    environ: Mapping[str, str], data_dir: Path | None = None, *, make: bool = True, make_key: bool = True
) -> Settings:
    """Read the settings; create the data directory (0700) and, at the first start, the key file (0600).

    ``data_dir`` comes before TANDEM_DATA_DIR. Without ``make`` nothing is created, without ``make_key`` no key, and what is not there is a
    problem. Raises Refused with every problem found, each with its remedy; in production a weak key and a key file that others can read are
    problems.
    """
    problems: list[Problem] = []
    mode = environ.get("TANDEM_ENV", "production")
    if mode not in MODES:
        problems.append(
            _problem("SET-001", "TANDEM_ENV", f"{mode!r} is not a mode.", f"Use {' or '.join(MODES)}.")
        )
    folder = data_dir or Path(environ.get("TANDEM_DATA_DIR") or default_data_dir(environ)).expanduser()
    if make:
        _make(folder)
    _require_there(folder)
    _require_own(folder)
    read = {
        "port": _whole(environ, "TANDEM_PORT", DEFAULT_PORT, 65_535, problems),
        "idle": _whole(environ, "TANDEM_SESSION_IDLE_MINUTES", 30, 24 * 60, problems),
        "absolute": _whole(environ, "TANDEM_SESSION_HOURS", 12, 24 * 7, problems),
    }
    https = _flag(environ, "TANDEM_HTTPS", problems)
    sign_on = read_sign_on(environ, _flag(environ, "TANDEM_SSO_CREATE", problems), problems)
    second_step = _names(environ, "TANDEM_TWO_STEP", (EVERYONE, ADMINISTRATOR, *ROLES), problems)
    key = read_secret_key(environ, folder, mode != "development", problems, make=make and make_key)
    earlier = read_earlier_keys(environ, mode != "development", problems)
    operating, mail = _operating(environ, problems), read_mail(environ, problems)
    owner_url = _owner_url(environ, problems)
    if problems:
        raise Refused(problems)
    return Settings(
        database_url=environ.get("TANDEM_DATABASE_URL") or sqlite_address(folder.absolute() / DATABASE_FILE),
        secret_key=key,
        data_dir=folder.absolute(),
        production=mode == "production",
        host=environ.get("TANDEM_HOST") or DEFAULT_HOST,
        port=read["port"],
        https=https,
        session_idle=timedelta(minutes=read["idle"]),
        session_absolute=timedelta(hours=read["absolute"]),
        earlier_secret_keys=earlier,
        lost_secret_keys=tuple(re.findall(r"\w+", environ.get("TANDEM_LOST_SECRET_KEYS", ""))),
        two_step=second_step,
        **operating,
        sign_on=sign_on,
        hosts=_hosts(environ, https),
        mail=mail,
        database_owner_url=owner_url,
    )


def _owner_url(environ: Mapping[str, str], problems: list[Problem]) -> str:
    """The owner's address; roles are PostgreSQL's, so both addresses lead to one database there."""
    given = environ.get("TANDEM_DATABASE_OWNER_URL", "").strip()
    owned = _postgresql_name(given)
    if given and (owned is None or owned != _postgresql_name(environ.get("TANDEM_DATABASE_URL", ""))):
        problems.append(
            _problem(
                "SET-017",
                "TANDEM_DATABASE_OWNER_URL",
                "This does not lead to the database of TANDEM_DATABASE_URL on PostgreSQL.",
                "Give the same address with the name and password of the owner, or leave it out.",
            )
        )
    return given


def _postgresql_name(address: str) -> str | None:
    """The name of the database that an address of PostgreSQL leads to, empty where it says none; None for any other address."""
    try:
        url = make_url(address.strip())
    except (ArgumentError, ValueError):
        return None
    return (url.database or "") if url.get_backend_name() in ("postgres", "postgresql") else None


def _operating(environ: Mapping[str, str], problems: list[Problem]) -> dict[str, Any]:
    """Read what concerns backups, numbers and the log."""
    token = environ.get("TANDEM_METRICS_TOKEN", "")
    if token and is_weak(token):
        problems.append(
            _problem(
                "SET-009",
                "TANDEM_METRICS_TOKEN",
                "This token can be guessed.",
                f"Give {SHORTEST_KEY} random characters.",
            )
        )
    passphrase = environ.get("TANDEM_BACKUP_PASSPHRASE", "")
    if 0 < len(passphrase) < SHORTEST_PASSPHRASE:
        problems.append(
            _problem(
                "SET-060",
                "TANDEM_BACKUP_PASSPHRASE",
                "This passphrase is too short to keep anybody out.",
                f"Use {SHORTEST_PASSPHRASE} characters or more: four or five words that do not belong together.",
            )
        )
    log = environ.get("TANDEM_LOG") or "text"
    if log not in LOGS:
        problems.append(
            _problem("SET-001", "TANDEM_LOG", f"{log!r} is not a kind of log.", f"Use {' or '.join(LOGS)}.")
        )
    return {
        "files": _place(environ, "TANDEM_FILES", problems),
        "backup_dir": _place(environ, "TANDEM_BACKUP_DIR", problems),
        "backup_every": timedelta(hours=_whole(environ, "TANDEM_BACKUP_EVERY", 6, 24 * 31, problems)),
        "backup_keep": _whole(environ, "TANDEM_BACKUP_KEEP", 28, 9_999, problems),
        "backup_passphrase": passphrase,
        "metrics_token": token,
        "log": log,
    }


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise refuse(
            "SET-007",
            f"{folder} cannot be the data directory: {error.strerror}.",
            "Name a folder that can be made or written to.",
            where="TANDEM_DATA_DIR",
        ) from error


def _require_there(folder: Path) -> None:
    if not folder.is_dir():
        raise refuse(
            "SET-049",
            f"There is no folder {folder}.",
            "Name the one that Tandem has its data in; tandem serve makes it at the first start.",
            where="TANDEM_DATA_DIR",
        )


def _require_own(folder: Path) -> None:
    """Refuse root where the folder is another account's, which could not read what root leaves there."""
    if sys.platform != "win32" and os.geteuid() == 0 and (owner := folder.stat().st_uid):
        name = _account(owner)
        raise refuse(
            "SET-046",
            f"{folder} belongs to {name}, who could not read what root leaves there.",
            f"Run the command as {name}: runuser -u {name} -- …; or as docs/deploying.md says, One server.",
            where="TANDEM_DATA_DIR",
        )


def _account(number: int) -> str:
    """The name of an account of this machine, or its number where it has none."""
    if sys.platform != "win32":
        import pwd  # noqa: PLC0415 - absent on Windows

        with suppress(KeyError):
            return pwd.getpwuid(number).pw_name
    return str(number)


def default_data_dir(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Return the folder where programs of this platform keep a person's data."""
    home = Path.home()
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Tandem"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "Tandem"
    return Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "tandem"


def _whole(environ: Mapping[str, str], name: str, default: int, most: int, problems: list[Problem]) -> int:
    given = environ.get(name, "").strip()
    if not given:
        return default
    if given.isascii() and given.isdigit() and len(given) < 7 and 1 <= int(given) <= most:
        return int(given)
    problems.append(
        _problem(
            "SET-002",
            name,
            f"{given!r} is not a whole number from 1 to {most}.",
            f"Leave it out for {default}.",
        )
    )
    return default


def _place(environ: Mapping[str, str], name: str, problems: list[Problem]) -> Place | None:
    """A folder that is there, or a bucket, which is only asked when it is needed."""
    given = environ.get(name, "").strip()
    if not given:
        return None
    if is_bucket(given):
        try:
            return read_bucket_address(given, where=name)
        except Refused as refused:
            problems += refused.problems
            return None
    folder = Path(given).expanduser()
    if not folder.is_dir():
        problems.append(_problem("SET-008", name, f"{folder} is no folder.", "Make it first."))
    elif not os.access(folder, os.W_OK | os.X_OK):
        remedy = "Give it to the account that Tandem runs as; to a unit of systemd by ReadWritePaths as well, see docs/deploying.md."
        problems.append(_problem("SET-008", name, f"Nothing can be written to {folder}.", remedy))
    return folder.absolute()


def read_bucket_address(given: str, *, where: str) -> Bucket:
    """Read the address of a bucket. Raises Refused (SET-044, SET-045), also where the extra that reaches buckets is not installed."""
    found = read_bucket(given)
    if found is None:
        raise refuse(
            "SET-044",
            f"{given!r} is not the address of a folder in a bucket.",
            "Write s3://BUCKET/FOLDER, in letters, digits, dots, hyphens and underscores; the endpoint goes into AWS_ENDPOINT_URL_S3.",
            where=where,
        )
    if find_spec("s3fs") is None:
        raise refuse(
            "SET-045",
            "What reaches buckets is not installed.",
            "Install the extra s3: pip install 'tandem[s3]'.",
            where=where,
        )
    return found


def _hosts(environ: Mapping[str, str], https: bool) -> tuple[str, ...]:
    """The names that Tandem answers to: those given, or this machine's own where it is served to this machine alone."""
    given = tuple(filter(None, (one.strip().lower() for one in environ.get("TANDEM_HOSTS", "").split(","))))
    local = not https and (environ.get("TANDEM_HOST") or DEFAULT_HOST) in LOOPBACK
    return given or (tuple(sorted(LOOPBACK)) if local else ())


def _names(
    environ: Mapping[str, str], name: str, known: Sequence[str], problems: list[Problem]
) -> frozenset[str]:
    given = frozenset(filter(None, (one.strip().lower() for one in environ.get(name, "").split(","))))
    if unknown := sorted(given - set(known)):
        said = f"{', '.join(unknown)}: not known here."
        problems.append(_problem("SET-015", name, said, f"Use any of {', '.join(known)}, with commas."))
    return given & set(known)


def _flag(environ: Mapping[str, str], name: str, problems: list[Problem]) -> bool:
    given = environ.get(name, "").strip().lower()
    if given not in YES | NO:
        problems.append(_problem("SET-003", name, f"{given!r} is neither yes nor no.", "Use 1 or 0."))
    return given in YES


def _problem(code: str, where: str, message: str, remedy: str) -> Problem:
    return Problem(code, message, remedy, where)
