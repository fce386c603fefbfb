"""The reconciliation page with both coders' 31 recommendations, matched: against the section page with the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

from schema.answers.document import Document, Row
from schema.answers.validate import findings
from schema.coding.align import propose
from schema.store import comparisons
from schema.store.entries import save_document
from schema.store.loaded import find_live
from schema.store.models import Entry
from schema.store.pairings import confirm_pairing
from schema.store.submission import submit_entry
from schema.store.templates import compiled_for
from tests.bench.measuring import Figure, alternate
from tests.bench.requests import all_open
from tests.bench.studio import LARGEST, Coding, Studio, documents, signed_in
from webapp.sample import loading

ROWS, GOAL = 31, 1.5
BOUND = (
    "Sixty questions are on the page, each with both answers, what can be chosen, the control for another value, cause and reason: 580 KB of "
    "HTML, where it was 840 before controls were drawn once for each question of a template and causes once for all, without the "
    "indentation of their sources. Of the time of a profile, drawing both sides took a quarter, half of it for their differing words; "
    "what can be chosen a tenth; what is asked and what is moot a fifteenth; reading and comparing the two entries as much. The rows that "
    "are most like those that stand alone are looked for once for as long as the pairing stands, and are kept: that took a tenth and more. "
    "What a page does not show of a position is not worked out."
)


def run(place: Studio) -> Iterator[Figure]:
    """One case whose coders wrote 31 recommendations each, and another whose coder is still at work on the same rows."""
    coding = place.coding(place.sqlite("reconciling"), [])
    _entered_twice(coding)
    section = _desk(place)
    carol = signed_in(coding.app, "carol")
    base = f"/projects/{coding.project}/cases/{coding.case_id}/comparison"
    address = f"{base}/resolve/section/{LARGEST}"
    where = all_open(section)

    def ours() -> None:
        assert carol.get(address).status_code == 200

    def theirs() -> None:
        assert section.client.get(where).status_code == 200

    yield alternate(ours, theirs, rounds=7).figure(
        f"2 x {ROWS} recommendations", "the section page, same rows open", GOAL, BOUND
    )
    yield Figure(
        "pairings computed by opening its pages", "itself", float(_proposals(carol, base)), 0.0, unit=""
    )


def _proposals(client: Any, base: str) -> int:
    """How often rows are paired while somebody only looks."""
    with mock.patch.object(comparisons, "propose", wraps=propose) as proposed:
        for page in ("", "/rows", f"/rows/{LARGEST}", "/resolve", f"/resolve/section/{LARGEST}"):
            assert client.get(base + page).status_code in (200, 303)
    return proposed.call_count


def _sides() -> tuple[Document, Document]:
    """Both coders' entries of one case, with recommendations of as many cases as it takes."""
    first = documents(1)[0]
    made = []
    for side in (0, 1):
        rows = [row for pair in documents(33) for row in pair[side].rows(LARGEST)][:ROWS]
        named = tuple(Row(f"r{number}{'ab'[side]}", row.values) for number, row in enumerate(rows))
        made.append(Document(first[side].sections, {**first[side].groups, LARGEST: named}))
    return made[0], made[1]


def _entered_twice(coding: Coding) -> None:
    with coding.database.writing() as session:
        work = loading._loading(session, coding.project)
        for slot, document in enumerate(_sides(), 1):
            entry = session.query(Entry).filter_by(case_id=coding.case_id, slot=slot).one()
            coder = next(name for name, user in work.people.items() if user.id == entry.coder_id)
            save_document(session, work.actor(coder), entry, document)
            template = compiled_for(session, entry)
            found = findings(template, document, "submit")
            confirmed = {one.confirmation for one in found if one.severity == "confirm"}
            submit_entry(session, work.actor(coder), entry, template, confirmed)
    with coding.database.writing() as session:
        work = loading._loading(session, coding.project)
        row = find_live(session, coding.case_id)
        assert row is not None
        confirm_pairing(session, work.actor("carol"), row.id, revision=row.revision)


def _desk(place: Studio) -> Coding:
    coding = place.coding(place.sqlite("beside"), [])
    with coding.database.writing() as session:
        work = loading._loading(session, coding.project)
        entry = session.query(Entry).filter_by(case_id=coding.case_id, slot=1).one()
        save_document(session, work.actor("amara"), entry, _sides()[0])
    return coding
