"""What a worker does about notices: tells of deadlines that are near, and sends each daily digest once.

Mails name cases by their references and nothing else about them. What goes wrong is logged without addresses.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from itertools import groupby

from schema.actor import SCHEDULE
from schema.store import running
from schema.store.database import Database, now
from schema.store.digests import Digest, due_people, note_refused, note_sent, take_up
from schema.store.notices import NoticeLine, notice_deadlines
from webapp import mail
from webapp.mail import MailServer
from webapp.notices.ending import ending_mark
from webapp.notices.wording import words_of
from webapp.settings import Settings
from webapp.wording import count

LOG = logging.getLogger("tandem.notices")
#: A link is not broken over lines, in the head of a mail or in its text. Servers take 998 characters (RFC 5322, 2.1.1).
WHOLE_LINES = policy.default.clone(max_line_length=500)
BEHIND_STEP = (
    "something waits for you in Tandem. A project of yours asks people with your part to sign in with a second step: "
    "set it up under “Your account” first."
)
DEADLINES_EVERY = timedelta(hours=1)


def note_deadlines(database: Database, _: Settings) -> None:
    """Tell people of deadlines that are near, once an hour by one of several workers."""
    with database.reading() as session:
        noted = running.noted(session, running.DEADLINES_NOTED)
        if noted is not None and timedelta(0) <= now(session) - noted < DEADLINES_EVERY:
            return
    with database.writing() as session:
        if running.claim(session, running.DEADLINES_NOTED, DEADLINES_EVERY):
            notice_deadlines(session, SCHEDULE)


def send_digests(database: Database, settings: Settings) -> None:
    """Send the digests of today that nobody has taken up, where mail is set up and the hour has come."""
    server = settings.mail
    if server is None:
        return
    with database.reading() as session:
        moment = now(session)
        people = due_people(session, moment.date()) if moment.hour >= server.digest_hour else []
    for user_id in people:
        with database.writing() as session:
            digest = take_up(session, user_id, moment.date())
        if digest is not None:
            _send(database, settings, server, digest)


def _send(database: Database, settings: Settings, server: MailServer, digest: Digest) -> None:
    mark = ending_mark(settings, digest.user_id, digest.since)
    try:
        mail.send(server, message_of(server, digest, mark))
    except mail.NotTaken as error:
        LOG.warning("a digest was not taken by the mail server (%s); it is tried again", error)
        with database.writing() as session:
            note_refused(session, digest)
    except mail.Unknown as error:
        LOG.warning("the mail server broke off (%s); whether a digest was taken is not known", error)
    else:
        with database.writing() as session:
            note_sent(session, digest)


def message_of(server: MailServer, digest: Digest, mark: str) -> EmailMessage:
    """The mail of a digest. ``mark``: see :func:`webapp.notices.ending.ending_mark`."""
    message = EmailMessage(policy=WHOLE_LINES)
    message["From"], message["To"] = server.sender, digest.address
    message["Subject"] = (
        f"Tandem: {count(digest.in_all, 'notice') if digest.in_all else 'something waits for you'}"
    )
    message["Date"] = format_datetime(digest.at)
    message["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    if server.link:
        message["List-Unsubscribe"] = f"<{_ending(server, mark)}>"
    message.set_content("\n".join(_lines(server, digest, mark)) + "\n")
    return message


def _ending(server: MailServer, mark: str) -> str:
    return f"{server.link}/notices/digest/end/{mark}"


def _lines(server: MailServer, digest: Digest, mark: str) -> Iterator[str]:
    yield f"Hello {digest.name},"
    yield ""
    if digest.waits:
        yield BEHIND_STEP
        yield ""
    if digest.lines:
        yield "this is new for you in Tandem:"
        yield from _told(digest)
        yield ""
    yield f"Sign in to see them: {server.link}/notices" if server.link else "Sign in to Tandem to see them."
    yield ""
    yield "You get this once a day at most, because you asked for it."
    if server.link:
        yield f"To have no more of it, open {_ending(server, mark)}"
    else:
        yield "To have no more of it, sign in and open the page Notices."
    yield "No answers are ever sent by mail."


def _told(digest: Digest) -> Iterator[str]:
    """The notices, project by project."""

    def project(line: NoticeLine) -> str:
        return line.project_title

    for title, held in groupby(sorted(digest.lines, key=project), key=project):
        yield ""
        yield title
        yield from (f"- {line.reference}: {words_of(line)}" for line in held)
    if digest.in_all > len(digest.lines):
        yield ""
        yield f"{digest.in_all - len(digest.lines)} more are on the page Notices."
