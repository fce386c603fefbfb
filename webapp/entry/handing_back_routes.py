"""Care for whoever reads the reports: a note before a case is first opened, and a way to hand it back without a word."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schema.problem import Refused
from schema.store.handing_back import hand_case_back, mark_note_read
from webapp import messages
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.confirmation import Confirmation, ask
from webapp.entry.frame import CASE, ENTRY, case_address, room
from webapp.entry.views import address
from webapp.unit_of_work import fresh, writing

FIRST = (
    "The case leaves your list at once. Your manager sees that it was handed back, and gives it to somebody else; nobody is told why, and nobody asks.",
    "What you have entered is kept aside. The other coder learns nothing of it.",
)
AGAIN = (
    "The case leaves your list at once, and you need not code it again. Your manager sees that it was handed back; nobody is told why, and nobody asks.",
    "What you entered this second time is kept aside. Your first entry stays as it is.",
)


@room.get(f"{CASE}/content-note")
@permit("case.view")
def content_note_page(subject: CaseSubject) -> ResponseReturnValue:
    """What the project says before a case is opened."""
    return render_template(
        "entry/content-note.html",
        subject=subject,
        next=_next(subject),
        hand_back=address(subject, "hand_back_page"),
    )


@room.post(f"{CASE}/content-note")
@permit("case.view")
def content_note_now(subject: CaseSubject) -> ResponseReturnValue:
    """Keep that it was read, and lead to where the person was going."""
    with writing() as session:
        mark_note_read(session, current_actor(), subject.case.id)
    return redirect(_next(subject), code=303)


@room.get(f"{ENTRY}/hand-back")
@permit("entry.hand_back")
def hand_back_page(subject: CaseSubject) -> ResponseReturnValue:
    """Ask once, not why."""
    return _ask(subject)


@room.post(f"{ENTRY}/hand-back")
@permit("entry.hand_back")
def hand_back_now(subject: CaseSubject) -> ResponseReturnValue:
    """Hand the case back."""
    try:
        with writing() as session:
            hand_case_back(session, current_actor(), fresh(session, subject.case))
    except Refused as refused:
        return _ask(subject, refused)
    messages.say(f"{subject.case.reference} is handed back. Nothing more of it waits for you.")
    return redirect(url_for("projects.home_page"), code=303)


def _next(subject: CaseSubject) -> str:
    """Where the person was going: a page of this very case, else the case itself."""
    wanted = request.values.get("next", "")
    own = f"{case_address(subject)}/"
    plain = wanted.startswith(own) and "\\" not in wanted and ".." not in wanted and wanted.isprintable()
    return wanted if plain else case_address(subject)


def _ask(subject: CaseSubject, refused: Refused | None = None) -> ResponseReturnValue:
    confirm = Confirmation(
        title=f"Hand {subject.case.reference} back",
        paragraphs=AGAIN if subject.is_repeating(current_actor()) else FIRST,
        button="Hand it back",
        back=case_address(subject),
        back_text="Keep it",
        danger=False,
    )
    problems, status = (refused.problems, refused.status) if refused else ((), 200)
    return ask(confirm, problems, status=status, subject=subject)
