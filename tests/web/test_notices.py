"""People are told what happened to their cases and nothing that was entered; a digest is sent once a day, by one of several workers."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from schema.problem import Problem
from schema.store.asking import answer, ask
from schema.store.assignments import assign
from schema.store.cases import register_case
from schema.store.comparisons import confirm_pairing, find_live, load_comparison
from schema.store.deadlines import set_deadlines
from schema.store.digests import wish_of
from schema.store.models import CoderQuestion, DigestDay, Project, User
from schema.store.projects import add_member, end_membership
from schema.store.second_steps import ask_of
from tests.support.casework import fill, give_back, ready_case, start_case, submit
from tests.support.policing import Page
from tests.support.signed_off import signed_off_case
from tests.support.world import SYSTEM, World, build_world
from tests.web.test_two_step import _turn_on
from webapp.mail import MailServer, read_mail
from webapp.notices.sending import note_deadlines, send_digests
from webapp.settings import Settings

NOTICES = "/notices"
#: What is entered in the test world's cases, and must not stand in a notice or a mail.
ENTERED = ("Exampleshire", "wales", "2016", "Share what is known", "female")


class Clock:
    """A clock that the test moves; it begins on Wednesday 4 November 2026, at nine."""

    at = datetime(2026, 11, 4, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


class Mailbox:
    """A mail server's end: what it took, and what it answers."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            message = EmailMessage()
            text = envelope.content.decode().replace("\r\n", "\n")
            head, _, body = text.partition("\n\n")
            message["To"], message["Subject"] = (
                envelope.rcpt_tos[0],
                head.partition("Subject: ")[2].split("\n")[0],
            )
            message.set_content(body)
            self.taken.append(message)
        return self.answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = build_world(tmp_path, clock=clock)
    yield made
    made.database.dispose()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mailing(world: World, mailbox: Mailbox) -> Iterator[Settings]:
    """Settings with a real mail server on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        server = MailServer(
            "127.0.0.1", port, "none", "tandem@example.org", link="https://tandem.example.org"
        )
        yield dataclasses.replace(world.settings, mail=server)
    finally:
        controller.stop()


def told(world: World, name: str) -> list[str]:
    """A person's notices, the latest first: ``DHR-1 given to you``."""
    page = world.client_for(name).page(NOTICES)
    assert not [one for one in ENTERED if one in page.words]
    rows = [
        [" ".join("".join(cell.itertext()).split()) for cell in row if cell.tag in ("th", "td")]
        for body in page.root.iter("tbody")
        for row in body.iter("tr")
    ]
    return [f"{row[0]} {row[1].removesuffix(' (new)')}" for row in rows]


def want(world: World, name: str, settings: Settings) -> None:
    world.app.extensions["tandem"] = dataclasses.replace(world.app.extensions["tandem"], settings=settings)
    sent = {"address": f"{name}@example.org"}
    assert world.client_for(name).submit(f"{NOTICES}/digest", sent, page=NOTICES).status_code == 303


def test_everybody_is_told_what_happened_to_their_cases(world: World) -> None:
    case = ready_case(world, "DHR-1", report={"area": "Elsewhere", "region": "south", "children_known": "no"})
    with world.writing() as session:
        live = find_live(session, case.id)
        assert live is not None
        confirm_pairing(
            session, world.actor("carol"), live.id, revision=load_comparison(session, live.id).row.revision
        )
    with world.writing() as session:
        ask(session, world.actor("carol"), live.id, "report.area", ["a"], "Which one is it?")
    give_back(world, case, "ben")
    signed_off_case(world, "DHR-2")
    assert told(world, "amara") == [
        "DHR-2 signed off; you can see yours and the final",
        "DHR-2 given to you",
        "DHR-1 a reconciler has a question to you",
        "DHR-1 given to you",
    ]
    assert told(world, "ben") == [
        "DHR-2 signed off; you can see yours and the final",
        "DHR-2 given to you",
        "DHR-1 returned to you",
        "DHR-1 given to you",
    ]
    ready = "both entries are in; it is ready to reconcile"
    assert told(world, "carol") == [
        f"DHR-2 {ready}",
        "DHR-2 given to you",
        f"DHR-1 {ready}",
        "DHR-1 given to you",
    ]
    assert told(world, "dana") == []


def test_nobody_is_told_of_what_they_did_themselves(world: World) -> None:
    world.add_person("mo", "manager", "coder")
    for name, reference in (("mo", "DHR-1"), ("dana", "DHR-2")):
        with world.writing() as session:
            project = session.get_one(Project, world.project.id)
            case = register_case(session, world.actor(name), project, reference)
            assign(session, world.actor(name), case, "coder_1", session.get_one(User, world.user("mo").id))
    assert told(world, "mo") == ["DHR-2 given to you"]


def test_nothing_that_the_other_coder_does_is_told_to_a_coder(world: World) -> None:
    case = start_case(world, "DHR-1")
    before = told(world, "amara")
    fill(world, case, "ben")
    submit(world, case, "ben")
    assert told(world, "amara") == before == ["DHR-1 given to you"]


def test_notices_are_read_once_and_end_with_the_part_in_the_project(world: World) -> None:
    start_case(world, "DHR-1")
    amara = world.client_for("amara")
    assert "1 new notice" in amara.page("/").words
    latest = next(
        one.get("value") for one in amara.page(NOTICES).root.iter("input") if one.get("name") == "up_to"
    )
    start_case(world, "DHR-2")
    assert amara.submit(f"{NOTICES}/read", {"up_to": latest}, page=NOTICES).status_code == 303
    assert "1 new notice" in amara.page("/").words, "the one that came meanwhile is not read"
    with world.writing() as session:
        project = session.get_one(Project, world.project.id)
        end_membership(session, SYSTEM, project, session.merge(world.user("amara")), "coder")
    world._clients.pop("amara")
    assert told(world, "amara") == []


def test_a_deadline_that_is_near_is_told_once_to_those_who_are_not_done(world: World, clock: Clock) -> None:
    case = start_case(world, "DHR-1")
    fill(world, case, "ben")
    submit(world, case, "ben")
    with world.writing() as session:
        project = session.get_one(Project, world.project.id)
        set_deadlines(session, world.actor("dana"), project, {case.id}, {"": date(2026, 11, 12)})
    for _ in range(3):
        note_deadlines(world.database, world.settings)
        clock.at += timedelta(days=1)  # on the 4th the 12th is eight days ahead
    assert told(world, "amara") == ["DHR-1 your part is due 12 November 2026", "DHR-1 given to you"]
    assert told(world, "ben") == ["DHR-1 given to you"]


def test_of_two_workers_one_sends_the_digest_and_no_answer_is_in_it(
    world: World, mailing: Settings, mailbox: Mailbox
) -> None:
    want(world, "amara", mailing)
    ready_case(world, "DHR-1")
    start_case(world, "DHR-2")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send_digests(world.database, mailing), range(4)))
    (mail,) = mailbox.taken
    body = mail.get_content()
    assert (mail["To"], mail["Subject"]) == ("amara@example.org", "Tandem: 2 notices")
    assert "- DHR-1: given to you" in body
    assert "https://tandem.example.org/notices" in body
    assert not [one for one in (*ENTERED, "Review DHR-1", "Ben") if one in body]


def test_a_digest_has_what_no_earlier_one_had(
    world: World, mailing: Settings, mailbox: Mailbox, clock: Clock
) -> None:
    want(world, "amara", mailing)
    start_case(world, "DHR-1")
    clock.at = clock.at.replace(hour=6)
    send_digests(world.database, mailing)
    assert mailbox.taken == [], "the hour has not come"
    clock.at = clock.at.replace(hour=7)
    send_digests(world.database, mailing)
    start_case(world, "DHR-2")
    send_digests(world.database, mailing)
    clock.at += timedelta(days=1)
    send_digests(world.database, mailing)
    clock.at += timedelta(days=1)
    send_digests(world.database, mailing)
    bodies = [mail.get_content() for mail in mailbox.taken]
    assert ["DHR-1" in body for body in bodies] == [True, False]
    assert ["DHR-2" in body for body in bodies] == [False, True]


def test_what_the_mail_server_refuses_is_tried_three_times_in_all(
    world: World, mailing: Settings, mailbox: Mailbox, clock: Clock
) -> None:
    want(world, "amara", mailing)
    start_case(world, "DHR-1")
    mailbox.answer = "451 try again later"
    for _ in range(5):
        send_digests(world.database, mailing)
        send_digests(world.database, mailing)
        clock.at += timedelta(minutes=16)
    with world.reading() as session:
        (day,) = session.scalars(select(DigestDay)).all()
    assert (day.state, day.attempts, mailbox.taken) == ("refused", 3, [])
    mailbox.answer = "250 OK"
    clock.at += timedelta(days=1)
    send_digests(world.database, mailing)
    assert "DHR-1" in mailbox.taken[0].get_content(), "what was not sent stands in the next one"


def test_whoever_ends_it_gets_no_more(world: World, mailing: Settings, mailbox: Mailbox) -> None:
    want(world, "amara", mailing)
    amara = world.client_for("amara")
    assert "amara@example.org" in amara.page(NOTICES).words
    assert amara.submit(f"{NOTICES}/digest/end", page=NOTICES).status_code == 303
    start_case(world, "DHR-1")
    send_digests(world.database, mailing)
    assert mailbox.taken == []
    assert "amara@example.org" not in amara.page(NOTICES).words


def test_without_a_mail_server_nothing_is_sent_and_the_page_says_so(world: World) -> None:
    assert world.settings.mail is None
    send_digests(world.database, world.settings)
    assert "This installation sends no mail." in world.client_for("amara").page(NOTICES).words


def test_what_is_no_address_is_refused_at_its_field(world: World, mailing: Settings) -> None:
    world.app.extensions["tandem"] = dataclasses.replace(world.app.extensions["tandem"], settings=mailing)
    for wrong in ("amara", "a@b", "a@example.org\nBcc: b@example.org"):
        answer = world.client_for("amara").submit(f"{NOTICES}/digest", {"address": wrong}, page=NOTICES)
        assert answer.status_code == 422
        assert "This is no mail address" in Page(answer).words


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({}, []),
        ({"TANDEM_MAIL_HOST": "mail.example.org", "TANDEM_MAIL_FROM": "t@example.org"}, []),
        ({"TANDEM_MAIL_HOST": "mail.example.org"}, ["SET-042"]),
        ({"TANDEM_MAIL_HOST": "mail.example.org", "TANDEM_MAIL_FROM": "t@example.org", "TANDEM_MAIL_SECURITY": "none"}, ["SET-041"]),
        ({"TANDEM_MAIL_HOST": "localhost", "TANDEM_MAIL_FROM": "t@example.org", "TANDEM_MAIL_SECURITY": "odd", "TANDEM_DIGEST_HOUR": "24"}, ["SET-040", "SET-043"]),
    ],
)  # fmt: skip
def test_settings_of_mail(given: dict[str, str], codes: list[str]) -> None:
    problems: list[Problem] = []
    found = read_mail(given, problems)
    assert [problem.code for problem in problems] == codes
    assert (found is None) == (not given)
    if found and not codes:
        assert (found.port, found.security, found.digest_hour) == (587, "starttls", 7)


def test_the_reconciler_is_told_of_an_answer(world: World) -> None:
    case = ready_case(world, "DHR-1", report={"area": "Elsewhere", "region": "south", "children_known": "no"})
    with world.writing() as session:
        live = find_live(session, case.id)
        assert live is not None
        revision = load_comparison(session, live.id).row.revision
        confirm_pairing(session, world.actor("carol"), live.id, revision=revision)
        ask(session, world.actor("carol"), live.id, "report.area", ["a"], "Which one is it?")
        question = session.scalars(select(CoderQuestion.id)).one()
        answer(session, world.actor("amara"), question, "Exampleshire, on page 2.")
    assert told(world, "carol")[0] == "DHR-1 a coder has answered your question"
    assert "answered" not in " ".join(told(world, "ben"))


def test_a_digest_is_ended_by_the_link_in_the_mail_without_signing_in(
    world: World, clock: Clock, mailbox: Mailbox, mailing: Settings
) -> None:
    want(world, "amara", mailing)
    start_case(world, "DHR-1")
    send_digests(world.database, mailing)
    link = next(word for word in mailbox.taken[0].get_content().split() if "/digest/end/" in word)
    address = link.removeprefix("https://tandem.example.org")
    stranger = world.new_client()
    page = stranger.page(address)
    assert not [one for one in ("amara", "Amara", "DHR-1", "@") if one in page.text]
    for _ in range(2):
        assert wish(world, "amara"), "looking at it ends nothing"
        assert stranger.get(address).status_code == 200
    assert stranger.submit(address, {}).status_code == 200
    assert not wish(world, "amara")
    assert stranger.get(address).status_code == 404
    want(world, "ben", mailing)
    for other in (address[:-2], f"{NOTICES}/digest/end/x", f"{NOTICES}/digest/end/{'x' * 2000}"):
        assert stranger.get(other).status_code == 404
    clock.at += timedelta(minutes=1)
    want(world, "amara", mailing)
    assert stranger.get(address).status_code == 404, "a link of an earlier wish ends no later one"
    assert wish(world, "ben")


def test_whoever_lacks_the_second_step_that_a_project_asks_is_told_only_that_something_waits(
    world: World, clock: Clock, mailbox: Mailbox, mailing: Settings
) -> None:
    want(world, "amara", mailing)
    start_case(world, "DHR-1")
    _start_elsewhere(world, "DHR-9")
    with world.writing() as session:
        ask_of(session, world.actor("dana"), session.get_one(Project, world.project.id), ["coder"])
    amara = world.client_for("amara")
    assert told(world, "amara") == ["DHR-9 given to you"]
    page = amara.page(NOTICES)
    assert "Something waits for you in a project" in page.words
    assert page.links["Set it up"] == "/account/two-step"
    home = amara.page("/")
    assert "1 new notice" in home.words
    assert not [one for one in ("DHR-1", "Pilot") if one in page.text + home.text]
    assert amara.submit(f"{NOTICES}/read", {"up_to": "999"}, page=NOTICES).status_code == 303
    send_digests(world.database, mailing)
    (mail,) = mailbox.taken
    body = mail.get_content()
    assert mail["Subject"] == "Tandem: something waits for you"
    assert "sign in with a second step" in " ".join(body.split())
    assert not [one for one in ("DHR-", "Pilot", "Another study") if one in body]
    _turn_on(world, clock, client=amara)
    assert told(world, "amara") == ["DHR-9 given to you", "DHR-1 given to you"]
    assert "1 new notice" in amara.page("/").words, "what was not shown was not marked as read"
    clock.at += timedelta(days=1)
    send_digests(world.database, mailing)
    assert len(mailbox.taken) == 1, "that it waits is told once; what it was stands on the page"


def _start_elsewhere(world: World, reference: str) -> None:
    """A case of another project, which asks nothing, given to amara."""
    other = world.another_project()
    with world.writing() as session:
        project, amara = session.get_one(Project, other.id), session.get_one(User, world.user("amara").id)
        add_member(session, SYSTEM, project, amara, "coder")
        case = register_case(session, SYSTEM, project, reference)
        assign(session, SYSTEM, case, "coder_1", amara)


def wish(world: World, name: str) -> str:
    with world.reading() as session:
        return wish_of(session, world.user(name).id)
