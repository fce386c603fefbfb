"""Saving a section that was posted by button: the page without scripts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from forms.changes import Posted, malformed, posted, row_ids
from schema.actor import Actor
from schema.answers.document import Document, Evidence, Note
from schema.problem import Problem, Refused
from schema.store.entries import Conflict, Stale
from schema.template.model import Section
from webapp.access.subjects import CaseSubject
from webapp.entry import operations
from webapp.entry.desk import Desk
from webapp.entry.frame import require_same_entry
from webapp.entry.reply import words_of
from webapp.entry.rows import ACTS
from webapp.entry.views import Overlay, named
from webapp.unit_of_work import fresh, reading, writing

WHOLE = re.compile(r"[0-9]{1,10}", re.ASCII)
BESIDES = ("csrf_token", "base_revision", "act")
#: The controls of a question that people type into, by the suffix of their names, and how they are called.
TYPED = {"": "", "page": ", page", "quote": ", words of the report", "memo": ", memo"}


@dataclass(frozen=True)
class Outcome:
    """What became of a posted section. ``status`` 303 means saved: go to the page with the rows named open."""

    status: int
    open_rows: tuple[str, ...] = ()
    target: str = ""
    problems: tuple[Problem, ...] = ()
    overlay: Overlay = field(default_factory=Overlay)
    unsaved: tuple[tuple[str, str], ...] = ()


def revision_in(formdata: Any) -> int:
    """Read the revision that a page was drawn from. Raises ``Refused`` (FORM-010, 400)."""
    texts = formdata.getlist("base_revision")
    if len(texts) != 1 or not WHOLE.fullmatch(texts[0]):
        raise malformed()
    return int(texts[0])


def whole(text: str) -> int:
    """A revision in an address or a button; 0 where it is none."""
    return int(text) if WHOLE.fullmatch(text) else 0


def save_posted(subject: CaseSubject, actor: Actor, desk: Desk, section: Section, formdata: Any) -> Outcome:
    """Save what a posted section says, then do the act of the button."""
    open_rows = row_ids(section, formdata.keys()) if section.repeats else ()
    sent = Posted()
    try:
        require_same_entry(desk)
        operations.require_open(desk.entry)
        base = revision_in(formdata)
        before = operations.document_at(reading(), desk.entry, desk.document, base)
        sent = posted(section, before, formdata, besides=BESIDES)
        if sent.problems:
            return _half_saved(actor, desk, base, sent, open_rows)
        act, _, row_id = formdata.get("act", "save").partition(":")
        made = _save_and_act(actor, desk, section, base, sent, act, row_id)
        return Outcome(303, _opened(open_rows, act, made), made or "")
    except Stale as stale:
        problems = tuple(_of_conflict(desk, conflict) for conflict in stale.conflicts)
        beside = {one.path: [_at_its_field(desk, one)] for one in stale.conflicts if one.what != "delete_row"}
        return Outcome(409, open_rows, problems=problems, overlay=Overlay(sent.typed, beside))
    except Refused as refused:
        unsaved = typed_texts(desk, formdata) if refused.status == 409 else ()
        return Outcome(
            refused.status, open_rows, problems=refused.problems, overlay=Overlay(sent.typed), unsaved=unsaved
        )


def _half_saved(actor: Actor, desk: Desk, base: int, sent: Posted, open_rows: tuple[str, ...]) -> Outcome:
    with writing() as session:
        operations.save(session, actor, fresh(session, desk.entry), base, sent.changes)
    kept = {path: typed for path, typed in sent.typed.items() if path in sent.problems}
    problems = tuple(
        Problem("FORM", message, where=path)
        for path, messages in sent.problems.items()
        for message in messages
    )
    return Outcome(422, open_rows, problems=problems, overlay=Overlay(kept, sent.problems))


def _save_and_act(
    actor: Actor, desk: Desk, section: Section, base: int, sent: Posted, act: str, row_id: str
) -> str:
    with writing() as session:
        entry = fresh(session, desk.entry)
        saved = operations.save(session, actor, entry, base, sent.changes)
        if act not in ACTS:
            return row_id
        return operations.arrange(session, actor, entry, section, act, row_id, saved.revision)[0]


def _opened(open_rows: Sequence[str], act: str, row_id: str) -> tuple[str, ...]:
    if act == "delete":
        return tuple(row for row in open_rows if row != row_id)
    return tuple(dict.fromkeys([*open_rows, *([row_id] if row_id else [])]))


def _of_conflict(desk: Desk, conflict: Conflict) -> Problem:
    if conflict.what == "delete_row":
        return Problem(
            "ENTRY-STALE", f"{named(desk, conflict.path)}: the row was deleted meanwhile.", where=""
        )
    return Problem(
        "ENTRY-STALE",
        f"{named(desk, conflict.path)}: {_theirs(desk, conflict)}",
        "Your own text stands below and is not saved yet. Save again to keep yours, or change it.",
        where=conflict.path,
    )


def _theirs(desk: Desk, conflict: Conflict) -> str:
    question = desk.template.by_path.get(_without_row(conflict.path))
    theirs = words_of(desk, question, conflict.theirs) if question else ""
    return f"saved meanwhile in another window as “{theirs or 'blank'}”."


def _at_its_field(desk: Desk, conflict: Conflict) -> str:
    said = _theirs(desk, conflict)
    return f"{said[:1].upper()}{said[1:]} What stands here is yours, and not saved yet."


def _without_row(path: str) -> str:
    parts = path.split(".")
    return f"{parts[0]}.{parts[-1]}"


def typed_texts(desk: Desk, formdata: Any) -> tuple[tuple[str, str], ...]:
    """Give every text that was sent and differs from what is kept, with its question, so that nothing is lost."""
    sent = ((*name.partition(":")[::2], text) for name, text in formdata.items(multi=True))
    return tuple(
        (named(desk, path) + TYPED[part], text)
        for path, part, text in sent
        if "." in path and part in TYPED and text.strip() not in ("", _kept(desk.document, path, part))
    )


def _kept(document: Document, path: str, part: str) -> str:
    if path.count(".") not in (1, 2):
        return ""
    evidence, note = document.evidence.get(path, Evidence()), document.notes.get(path, Note())
    kept = {"page": evidence.page, "quote": evidence.quote, "memo": note.memo}
    return kept[part] if part else str(document.get(path) or "")
