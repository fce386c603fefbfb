"""A coder's desk for tests: one case of the pilot, coded by amara and ben, and what a browser would send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schema.answers.document import Document
from schema.answers.validate import Finding, findings
from schema.store.assignments import assign
from schema.store.cases import register_case
from schema.store.entries import load_document
from schema.store.models import Case, Entry
from schema.store.templates import compiled
from schema.template.model import Template
from tests.support.policing import Page, PolicingClient
from tests.support.world import World


@dataclass
class Desk:
    """One case, coded by amara (coder 1) and ben (coder 2)."""

    world: World
    case_id: str
    project: str = "pilot"

    @property
    def address(self) -> str:
        return f"/projects/{self.project}/cases/{self.case_id}/entry"

    def section(self, key: str) -> str:
        return f"{self.address}/{key}"

    def entry(self, name: str = "amara") -> Entry:
        with self.world.reading() as session:
            user = self.world.user(name)
            return session.query(Entry).filter_by(case_id=self.case_id, coder_id=user.id).one()

    @property
    def template(self) -> Template:
        with self.world.reading() as session:
            return compiled(session, self.entry().template_version_id)

    def findings(self) -> tuple[Finding, ...]:
        """What submission would say of amara's entry."""
        return findings(self.template, self.document(), "submit")

    def document(self, name: str = "amara") -> Document:
        with self.world.reading() as session:
            return load_document(session, self.entry(name).id)

    def save(self, client: PolicingClient, *changes: tuple[str, object], base: int | None = None) -> Any:
        """Autosave in the section of the first change."""
        revision = self.entry_of(client).revision if base is None else base
        body = {
            "base_revision": revision,
            "changes": [{"path": path, "value": value} for path, value in changes],
        }
        section = changes[0][0].split(".")[0] if changes else "report"
        return client.send_json(self.section(section) + "/autosave", body)

    def act(self, client: PolicingClient, section: str, act: str, row: str = "") -> Any:
        body = {"act": act, "row": row, "base_revision": self.entry_of(client).revision}
        return client.send_json(self.section(section) + "/rows", body)

    def entry_of(self, client: PolicingClient) -> Entry:
        name = next(name for name, one in self.world._clients.items() if one is client)
        return self.entry(name)


def build_desk(world: World) -> Desk:
    """Register a case and give it to its three people."""
    project, dana = world.project, world.actor("dana")
    with world.writing() as session:
        case = register_case(session, dana, project, "DHR-001", title="Exampleshire")
        for part, name in [("coder_1", "amara"), ("coder_2", "ben"), ("reconciler", "carol")]:
            assign(session, dana, session.get_one(Case, case.id), part, world.user(name))
        case_id = case.id
    return Desk(world, case_id)


FILLED = (
    ("report.area", "Exampleshire"),
    ("report.death_year", "2016"),
    ("report.children_known", {"missing": "not_reported"}),
)


def filled(desk: Desk, client: PolicingClient) -> None:
    """Everything that submission needs."""
    desk.save(client, *FILLED)
    row = desk.act(client, "victims", "add").get_json()["row"]
    desk.save(client, (f"victims.{row}.age", "34"), (f"victims.{row}.sex", "female"))


def form_of(page: Page) -> dict[str, Any]:
    """What a browser would send for the page's form as it stands."""
    sent: dict[str, Any] = {}
    for one in page.root.iter("input"):
        name, kind = one.get("name"), one.get("type")
        if not name or (kind in ("radio", "checkbox") and one.get("checked") is None):
            continue
        sent.setdefault(name, []).append(one.get("value", ""))
    for one in page.root.iter("textarea"):
        sent.setdefault(one.get("name", ""), []).append((one.text or "").removeprefix("\n"))
    for one in page.root.iter("select"):
        chosen = [option for option in one.iter("option") if option.get("selected") is not None]
        sent.setdefault(one.get("name", ""), []).append(chosen[0].get("value") if chosen else "")
    return sent


def post(client: PolicingClient, address: str, page: Page, act: str = "save", **changed: Any) -> Any:
    """Post the page's form with some of it changed (`__` stands for a dot)."""
    sent = form_of(page) | {"act": act} | {name.replace("__", "."): value for name, value in changed.items()}
    return client.post(address, data=sent)
