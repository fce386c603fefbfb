"""Requests that no browser of ours sends: far too many fields, control characters in what is echoed, questions about freshness."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from argon2 import PasswordHasher

from schema.limits import FORM_FIELDS
from schema.store.cases import describe_case
from schema.store.models import Case, Project, User
from schema.store.projects import edit_project
from tests.support.entry_desk import Desk, post
from tests.support.policing import LEADING, Page, PolicingClient
from tests.support.world import PASSWORD, World

Clients = Callable[[str], PolicingClient]
#: As somebody would try to add a header to an answer, or a line to a log.
BROKEN = "x\r\nSet-Cookie: stolen=1\r\n\r\n\x1b[31mred"


def test_a_hash_of_an_earlier_cost_is_made_anew_at_the_next_sign_in(world: World) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with world.writing() as session:
        session.get_one(User, world.user("amara").id).password_hash = cheap
    wrong = world.new_client().submit("/sign-in", {"name": "amara", "password": "not this one at all"})
    assert (wrong.status_code, world.user("amara").password_hash) == (422, cheap)
    for _ in range(2):
        assert (
            world.new_client().submit("/sign-in", {"name": "amara", "password": PASSWORD}).status_code == 303
        )
        assert str(world.user("amara").password_hash).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_no_page_of_an_entry_can_be_asked_whether_it_has_changed(desk: Desk, amara: PolicingClient) -> None:
    """Or its freshness would tell of the other coder: there is nothing to ask by, and nothing is kept."""
    asked = {"If-None-Match": "*", "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    for page in ("/", "/projects/pilot", desk.address, f"{desk.address}/report"):
        answer = amara.get(page, headers=asked)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), page
        assert not {"ETag", "Last-Modified"} & set(answer.headers.keys()), page


#: What another decoding would make something else of.
ENCODED = (
    "%3Cb%3E",
    "%253Cb%253E",
    "&lt;b&gt;",
    "&amp;lt;b&gt;",
    r"\u003cb\u003e",
    r"\x3cb",
    "a+b%20c",
    "=?utf-8?q?=3Cb=3E?=",
    "PGI+",
)


@pytest.mark.parametrize("typed", ENCODED)
def test_what_is_sent_is_decoded_once_and_never_again(desk: Desk, amara: PolicingClient, typed: str) -> None:
    section = desk.section("report")
    desk.save(amara, ("report.area", f"{typed} by a script"))
    page = amara.page(section)
    assert page.values()["report.area"] == f"{typed} by a script"
    assert post(amara, section, page, report__area=typed).status_code == 303
    assert desk.document().get("report.area") == typed
    assert amara.page(section).values()["report.area"] == typed
    asked = desk.world.client_for("dana").get("/projects/pilot/cases", query_string={"text": typed})
    assert Page(asked).values()["text"] == typed


def _urlencoded(token: str, number: int) -> tuple[str, bytes]:
    fields = "&".join(f"f{one}=x" for one in range(number))
    return "application/x-www-form-urlencoded", f"csrf_token={token}&{fields}".encode()


def _multipart(token: str, number: int) -> tuple[str, bytes]:
    named = [("csrf_token", token), *((f"f{one}", "x") for one in range(number))]
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in named
    ]
    return "multipart/form-data; boundary=B", ("".join(parts) + "--B--\r\n").encode()


@pytest.mark.parametrize("written", [_urlencoded, _multipart])
def test_a_form_of_far_too_many_fields_is_refused_calmly_and_changes_nothing(
    desk: Desk, amara: PolicingClient, written: Callable[[str, int], tuple[str, bytes]]
) -> None:
    page = f"{desk.address}/report"
    kind, body = written(amara.token(page), FORM_FIELDS + 1)
    answer = amara.post(page, data=body, content_type=kind)
    assert answer.status_code in (400, 413, 422)
    assert amara.get(page).status_code == 200


def test_no_header_and_no_other_cookie_comes_of_what_somebody_typed(
    desk: Desk, world: World, client_for: Clients
) -> None:
    dana, client = client_for("dana"), world.new_client()
    answers = [
        client.get("/sign-in", query_string={"next": BROKEN}),
        client.submit("/sign-in", {"name": BROKEN, "password": BROKEN}),
        client.submit("/sign-in", {"name": "amara", "password": PASSWORD, "next": f"/{BROKEN}"}),
    ]
    page = f"/projects/pilot/cases/{desk.case_id}/reports"
    sent = {"csrf_token": dana.token(page), "kind": "overview", "file": (BytesIO(b"no PDF"), BROKEN)}
    answers.append(dana.post(page, data=sent, content_type="multipart/form-data"))
    answers += [dana.get(f"/projects/pilot/cases/{desk.case_id}"), dana.get("/projects/pilot/audit/file")]
    for answer in answers:
        assert answer.status_code < 500
        held = "".join(f"{name}: {value}" for name, value in answer.headers)
        assert "stolen" not in held
        assert "\x1b" not in held
    assert answers[2].location == "/"


#: What could become an address that leads away or runs; a browser leaves the tab out before it reads one.
ADDRESSES = (
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://evil.example/report.pdf",
    "//evil.example",
)


def test_no_address_that_somebody_typed_becomes_a_link(desk: Desk, world: World) -> None:
    """It is shown as it was typed, to be read. That no attribute leads elsewhere is looked at on every page of every test."""
    client = world.client_for("dana")
    places = (f"/projects/pilot/cases/{desk.case_id}", "/projects/pilot/cases", "/projects/pilot")
    for typed in ADDRESSES:
        _describe(world, desk, typed)
        for page in map(client.page, places):
            assert " ".join(typed.split()) in page.words
            led = {one.get(name, "") for one in page.root.iter() for name in LEADING}
            assert not [one for one in led if "evil" in one or "alert" in one]


def _describe(world: World, desk: Desk, text: str) -> None:
    """Have the text stand wherever managers describe a case and a project."""
    with world.writing() as session:
        dana, case = world.actor("dana"), session.get_one(Case, desk.case_id)
        described = {"title": text, "source": text, "note": text}
        describe_case(session, dana, case, reference=case.reference, **described)
        project = session.get_one(Project, world.project.id)
        edit_project(session, dana, project, title=text, description=text)


def test_an_address_among_the_answers_is_no_link_either(desk: Desk, amara: PolicingClient) -> None:
    for typed in ADDRESSES:
        assert desk.save(amara, ("report.area", typed)).status_code == 200
        page = amara.page(desk.section("read"))
        assert " ".join(typed.split()) in page.words
        assert not [one for one in page.links.values() if "evil" in one or "alert" in one]
