"""Every text that people can give holds scripts; every page is opened in a browser. Nothing runs, nothing is even tried, all is shown.

A few pages of everybody always; every page of everybody in every state of a case with ``make test-full``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Dialog, Error
from sqlalchemy import String, select

from schema.store.models import Base, Case, Comparison, Entry, User
from schema.store.people import start_session
from tests.support.browser import Site, Visit, served, visit
from tests.support.everyone import NOWHERE, address, rules
from tests.support.hostile import SHORT, hostile_world
from tests.support.world import World

pytestmark = pytest.mark.browser
PEOPLE = ("dana", "carol", "amara", "victor", "root")
#: Where texts of every kind stand: the usual pages of each room.
USUAL = {
    "dana": (
        "cases.list_page",
        "cases.case_page",
        "entry.read_other_page",
        "audit.trail_page",
        "progress.progress_page",
    ),
    "carol": ("reconciliation.resolve_page", "reconciliation.section_page", "reconciliation.rows_page"),
    "amara": ("entry.read_page", "entry.overview_page"),
}
#: Columns of text in which nothing stands that people write: ids, keys, states, hashes, and what is made of these.
OURS = frozenset(
    [
        "id",
        "key",
        "kind",
        "state",
        "part",
        "stage",
        "role",
        "place",
        "path",
        "section",
        "row_id",
        "group_key",
        "row_a",
        "row_b",
        "why",
        "origin",
        "verdict",
        "choice",
        "cause",
        "outcome",
        "decision",
        "batch_id",
        "measure",
        "codelist",
        "code",
        "value_hash",
        "fingerprint",
        "fields",
        "figures",
        "basis",
        "params",
        "pairs",
        "label",
        "sha256",
        "source_hash",
        "content_hash",
        "password_hash",
        "reset_code_hash",
        "token_hash",
        "subject_hash",
        "code_hash",
        "sealed_seed",
        "hash",
        "prev_hash",
        "key_name",
        "stored_name",
        "template_key",
        "action",
        "actor_name",
        "actor_id",
        "project_id",
        "case_id",
        "object_id",
        "request_id",
        "issuer",
    ]
)
#: Texts of people that this world does not have, with where they are shown escaped like all others.
UNTRIED = frozenset(
    {
        "template_version.reason",  # written at the second version
        "frame_version.reason",  # a coding frame needs a framework
        "frame_act.body",
        "frame_act.reason",
        "pilot_choice.reason",  # a pilot needs cases that are all compared
        "pilot_decision.reason",
        "value_check.value",  # sections are checked where the template says so
        "value_check.comment",
        "value_check.page",
        "value_check.quote",
        "verification.superseded_reason",
        "export_file.file_name",  # made by Tandem of the project's key
        "export_file.options",
        "digest_wish.address",  # an address of mail is checked
        "job.message",  # sentences of Tandem
        "report_file.read_problem",
        "setting.value",
        "project.second_step_of",  # the roles that are asked, chosen by tick
        "case_knowledge.source",
        "report_suggestion.number",
        "user_account.name",  # letters, digits and a few signs
    }
)
Sample = tuple[World, dict[str, Case], Site]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    folder = tmp_path_factory.mktemp("hostile") / "data"
    folder.mkdir(mode=0o700)
    world, cases = hostile_world(folder)
    with served(folder) as site:
        yield world, cases, site
    world.database.dispose()


def _addresses(world: World, cases: dict[str, Case]) -> dict[str, list[str]]:
    """Every address of every page by its endpoint, with the names of each case in turn."""
    found: dict[str, list[str]] = {}
    for rule in rules(world.app):
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith("health."):
            continue
        for case in cases.values() if "case_id" in rule.arguments else list(cases.values())[:1]:
            for section in ("report", "recommendations") if "section_key" in rule.arguments else ("report",):
                values = _values(world, case) | {"section_key": section}
                named = {name: values.get(name, NOWHERE) for name in rule.arguments}
                found.setdefault(rule.endpoint, []).append(address(world.app, rule, named))
    return found


def _values(world: World, case: Case) -> dict[str, object]:
    with world.reading() as session:
        entry = session.scalars(select(Entry.id).where(Entry.case_id == case.id)).first()
        comparison = session.scalars(select(Comparison.id).where(Comparison.case_id == case.id)).first()
    return {
        "project_key": "pilot",
        "case_id": case.id,
        "entry_id": entry,
        "comparison_id": comparison,
        "key": "small",
        "version": 1,
        "number": 1,
        "revision": 1,
        "role": "coder",
        "group": "victims",
        "path": "report.area",
        "user_id": world.user("ben").id,
    }


def _sign_in(window: Visit, world: World, site: Site, name: str) -> None:
    with world.writing() as session:
        token = start_session(session, session.get_one(User, world.user(name).id), timedelta(hours=1))
    window.context.add_cookies([{"name": "tandem-session", "value": token, "url": site.address}])


def _refuse(window: Visit, dialog: Dialog) -> None:
    window.complaints.append(f"dialog {dialog.message}")
    dialog.dismiss()


def _opened(window: Visit, addresses: list[str]) -> int:
    """Open every address; how many of the pages show the payload as text."""
    seen = 0
    window.page.on("dialog", lambda dialog: _refuse(window, dialog))
    for where in addresses:
        try:
            window.page.goto(where, wait_until="load")
        except Error as error:
            if "Download is starting" not in error.message and "ERR_ABORTED" not in error.message:
                raise
            continue
        seen += SHORT in window.page.inner_text("body") or "onerror=alert" in window.page.content()
        assert not window.complaints, f"{where}: {window.complaints}"
    return seen


def _clean(world: World) -> set[str]:
    """The columns of text that people could have filled, and in which the payload stands nowhere."""
    found = set()
    with world.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(select(table)).mappings().all()
            texts = [one for one in table.columns if isinstance(one.type, String) and not one.foreign_keys]
            for column in (one for one in texts if one.name not in OURS):
                if not any("onerror=alert" in str(row[column]) for row in rows):
                    found.add(f"{table.name}.{column.name}")
    return found


def test_every_text_that_people_can_give_holds_the_payload(sample: Sample) -> None:
    """A new column of text fails this until it is filled by the hostile world, or is named above."""
    assert _clean(sample[0]) == UNTRIED


def test_nothing_runs_on_the_usual_pages(browser: Browser, sample: Sample) -> None:
    world, cases, site = sample
    addresses = _addresses(world, {"resolving": cases["resolving"]})
    for name, endpoints in USUAL.items():
        with visit(browser, site) as window:
            _sign_in(window, world, site, name)
            wanted = [one for endpoint in endpoints for one in addresses[endpoint]]
            assert _opened(window, wanted) >= len(endpoints), f"{name} hardly saw any of the texts"


@pytest.mark.full
@pytest.mark.parametrize("name", PEOPLE)
def test_nothing_runs_on_any_page(browser: Browser, sample: Sample, name: str) -> None:
    world, cases, site = sample
    addresses = [one for found in _addresses(world, cases).values() for one in found]
    with visit(browser, site) as window:
        _sign_in(window, world, site, name)
        seen = _opened(window, [one for one in addresses if one != "/sign-out"])
    assert seen > {"dana": 60, "carol": 20, "amara": 20, "victor": 3, "root": 3}[name]


def test_the_watch_sees_what_would_run(browser: Browser, sample: Sample) -> None:
    """Put into a page as it stands, the payload is refused by the policy against scripts, and the refusal is seen."""
    _, _, site = sample
    with pytest.raises(AssertionError, match="the browser complained"), visit(browser, site) as window:
        window.page.goto("/sign-in")
        window.page.evaluate("text => { document.querySelector('main').innerHTML = text }", SHORT)
        window.page.wait_for_timeout(300)
