"""How this installation sends mail, if it does: settings from the environment, and one message handed to the mail server."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from schema.problem import Problem
from webapp.sign_on import LOOPBACK

STARTTLS, TLS, PLAIN = "starttls", "tls", "none"
PORTS = {STARTTLS: 587, TLS: 465, PLAIN: 25}
SECONDS = 20.0
LATEST_HOUR = 23
USUAL_HOUR = 7
KEYS = (
    "TANDEM_MAIL_HOST",
    "TANDEM_MAIL_PORT",
    "TANDEM_MAIL_SECURITY",
    "TANDEM_MAIL_USER",
    "TANDEM_MAIL_FROM",
    "TANDEM_MAIL_LINK",
    "TANDEM_DIGEST_HOUR",
)


@dataclass(frozen=True)
class MailServer:
    """The server that takes mail. ``link``: Tandem's own address as people reach it; ``digest_hour``: from which hour on, in UTC."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    link: str = ""
    digest_hour: int = USUAL_HOUR


class NotTaken(Exception):
    """The mail server surely did not take a message, so that it may be sent again."""


class Unknown(Exception):
    """The connection broke while a message was handed over: the server may have taken it."""


def read_mail(environ: Mapping[str, str], problems: list[Problem]) -> MailServer | None:
    """Read the settings of mail; None where no server is named. Adds SET-040 to SET-043 to the problems."""
    given = {key: environ.get(key, "").strip() for key in KEYS}
    if not given["TANDEM_MAIL_HOST"]:
        return None
    security = given["TANDEM_MAIL_SECURITY"].lower() or STARTTLS
    if security not in PORTS:
        known = ", ".join(PORTS)
        said = f"{security!r} is no way of keeping mail secret."
        problems.append(Problem("SET-040", said, f"Use one of {known}.", "TANDEM_MAIL_SECURITY"))
        security = STARTTLS
    if security == PLAIN and given["TANDEM_MAIL_HOST"] not in LOOPBACK:
        said = "Mail would leave this machine unencrypted."
        problems.append(
            Problem(
                "SET-041",
                said,
                f"Use {STARTTLS} or {TLS}; only a server on this machine may do without.",
                "TANDEM_MAIL_SECURITY",
            )
        )
    if "@" not in given["TANDEM_MAIL_FROM"]:
        said = "There is no address that mail comes from."
        problems.append(
            Problem("SET-042", said, "Give one, for example tandem@example.org.", "TANDEM_MAIL_FROM")
        )
    return MailServer(
        host=given["TANDEM_MAIL_HOST"],
        port=_number(given, "TANDEM_MAIL_PORT", PORTS[security], 65_535, problems),
        security=security,
        sender=given["TANDEM_MAIL_FROM"],
        user=given["TANDEM_MAIL_USER"],
        password=environ.get("TANDEM_MAIL_PASSWORD", ""),
        link=given["TANDEM_MAIL_LINK"].rstrip("/"),
        digest_hour=_number(given, "TANDEM_DIGEST_HOUR", USUAL_HOUR, LATEST_HOUR, problems),
    )


def send(server: MailServer, message: EmailMessage) -> None:
    """Hand one message over. Raises ``NotTaken`` where it was surely not taken, ``Unknown`` where nobody can tell."""
    with _connected(server) as connection:
        try:
            connection.send_message(message)
        except (
            smtplib.SMTPResponseException,
            smtplib.SMTPRecipientsRefused,
            smtplib.SMTPNotSupportedError,
        ) as error:
            raise NotTaken(type(error).__name__) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unknown(type(error).__name__) from error


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    try:
        connection = _open(server)
    except (smtplib.SMTPException, OSError) as error:
        raise NotTaken(type(error).__name__) from error
    try:
        yield connection
    finally:
        connection.close()


def _open(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == TLS:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    if server.security == STARTTLS:
        connection.starttls(context=context)
    if server.user:
        connection.login(server.user, server.password)
    return connection


def _number(given: Mapping[str, str], name: str, default: int, most: int, problems: list[Problem]) -> int:
    text = given[name]
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= most:
        return int(text)
    said = f"{text!r} is not a whole number up to {most}."
    problems.append(Problem("SET-043", said, f"Leave it out for {default}.", name))
    return default
