"""The pages of the coding frame. Looking at what an act would change and doing it are two buttons of one form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from forms.frame import FindForm, ReasonForm, UndoForm
from schema.framework.frame.model import Act, Code
from schema.problem import Problem, Refused
from schema.store.consensus import originals
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject, ProjectSubject
from webapp.frame import operations, reading, views
from webapp.frame.done import acts_named, acts_words
from webapp.frame.operations import Board
from webapp.frame.rows import FramedRow, find_rows, framed_row
from webapp.frame.several import recoded_together, several_form
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import reading as session
from webapp.unit_of_work import writing

room = Blueprint("frame", __name__)
ADDRESS = "/projects/<project_key>/coding-frame"
CODE = f"{ADDRESS}/codes/<codelist>/<code>"
ROW = f"{ADDRESS}/rows/<case_id>/<place>"
Problems = Sequence[Problem]
LOOK, DO = "look", "do"


@room.get(ADDRESS)
@permit("findings.view")
def frame_page(subject: ProjectSubject) -> ResponseReturnValue:
    """The codes with their rows, what waits, and what was done."""
    board = operations.board(session(), subject.project)
    if not board.frames.has_frame:
        return _page("none", subject)
    return _page("frame", subject, view=views.frame_page(session(), subject.project, board))


@room.get(f"{ADDRESS}/crosswalk")
@permit("findings.view")
def crosswalk_page(subject: ProjectSubject) -> ResponseReturnValue:
    """What became of every code."""
    board = _board(subject)
    return _page("crosswalk", subject, frames=board.frames, lines=views.crosswalk(board))


@room.get(f"{ADDRESS}/waiting")
@permit("findings.view")
def waiting_page(subject: ProjectSubject) -> ResponseReturnValue:
    """The rows that need a choice."""
    board = _board(subject)
    return _page(
        "waiting", subject, codes=views.waiting_codes(session(), board), total=len(board.counted.waiting)
    )


@room.get(CODE)
@permit("findings.view")
def code_page(subject: ProjectSubject, codelist: str, code: str) -> ResponseReturnValue:
    """One code: its words, its examples, its rows."""
    board = _board(subject)
    held = board.counted.layer.frame.code(codelist, code) or abort(404)
    number = request.args.get("page", 1, type=int)
    view = views.code_page(session(), board, held, min(number, 10_000)) or abort(404)
    kinds = [kind for kind in reading.FORMS if kind != "move" or codelist in board.frames.draft.frame.parents]
    return _page("code", subject, view=view, kinds=kinds)


@room.route(f"{ADDRESS}/add", methods=["GET", "POST"])
@permit("frame.change")
def add_page(subject: ProjectSubject) -> ResponseReturnValue:
    """Add a code."""
    board = _board(subject)
    form = reading.add_form(board.frames, request.form if request.method == "POST" else None)
    back = _address(subject)
    return _act(
        subject, board, form, lambda: (reading.added(board.frames, form),), title="Add a code", back=back
    )


@room.route(f"{CODE}/<kind>", methods=["GET", "POST"])
@permit("frame.change")
def act_page(subject: ProjectSubject, codelist: str, code: str, kind: str) -> ResponseReturnValue:
    """Describe, merge, split, move or retire a code."""
    board = _board(subject)
    held = board.frames.draft.frame.code(codelist, code)
    if held is None or kind not in reading.FORMS:
        abort(404)
    form = reading.code_form(kind, board.frames, held, request.form if request.method == "POST" else None)
    return _act(
        subject,
        board,
        form,
        lambda: reading.acts_on(kind, board.frames, held, form),
        title=f"{views.VERBS[kind]} {held.value}",
        back=_code_address(subject, held),
        lead=f"{held.label}. {views.MEANS[kind]}",
    )


@room.route(f"{CODE}/recode", methods=["GET", "POST"])
@permit("frame.change")
def recode_page(subject: ProjectSubject, codelist: str, code: str) -> ResponseReturnValue:
    """Recode the ticked ones of the rows that carry a code, together."""
    board = _board(subject)
    held = board.frames.draft.frame.code(codelist, code) or abort(404)
    find = FindForm(request.args)
    words = (find.find.data or "").strip() if find.validate() else ""
    cases = originals(session(), board.cases)
    found = find_rows(board.frames.draft, cases, held, words, request.args.get("page", 1, type=int))
    form = several_form(board.frames, found, request.form if request.method == "POST" else None)
    return _act(
        subject,
        board,
        form,
        lambda: recoded_together(board.frames, found, form),
        title=f"Recode rows that carry {held.value}",
        back=_code_address(subject, held),
        onward=request.full_path.rstrip("?"),
        lead=held.label,
        name="recode",
        found=found,
        find=find,
    )


@room.route(ROW, methods=["GET", "POST"])
@permit("frame.change")
def row_page(subject: CaseSubject, place: str) -> ResponseReturnValue:
    """Recode one row, its words and quotes in sight."""
    board = _board(subject)
    row = _row(subject, board, place)
    form = reading.recode_form(board.frames, row, request.form if request.method == "POST" else None)
    if request.method == "GET":
        return _row_page(subject, board, row)
    done = _done(subject, form, lambda: (reading.recoded(row, form),))
    if isinstance(done, Refused):
        return _row_page(subject, board, row, done, form=form)
    say("The row is recoded in the draft.")
    return redirect(
        url_for(
            "frame.waiting_page" if board.counted.waiting else "frame.frame_page",
            project_key=subject.project.key,
        ),
        303,
    )


@room.post(f"{ROW}/example")
@permit("frame.change")
def example_now(subject: CaseSubject, place: str) -> ResponseReturnValue:
    """Make the row an example of one of its codes."""
    board = _board(subject)
    row = _row(subject, board, place)
    form = reading.example_form(row, board.frames, request.form)
    done = _done(subject, form, lambda: (reading.example(row, form),))
    if isinstance(done, Refused):
        return _row_page(subject, board, row, done, examples=form)
    say("The row is an example now.")
    return redirect(request.path.removesuffix("/example"), 303)


@room.route(f"{ADDRESS}/undo", methods=["GET", "POST"])
@permit("frame.change")
def undo_page(subject: ProjectSubject) -> ResponseReturnValue:
    """Take an act back by a further act."""
    board = _board(subject)
    form = UndoForm(request.form if request.method == "POST" else request.args)
    first, last = form.span
    acts = reading.taken_back(board.frames, form)
    meant = [act for act in board.frames.draft.acts if first <= act.number <= last]
    return _act(
        subject,
        board,
        form,
        lambda: acts,
        title=f"Take {acts_named(first, last)} back",
        back=_address(subject),
        lead=f"{acts_words(meant, board.references)}." if meant else "",
    )


@room.route(f"{ADDRESS}/adopt", methods=["GET", "POST"])
@permit("frame.change")
def adopt_page(subject: ProjectSubject) -> ResponseReturnValue:
    """Adopt the draft: findings and exports read it from then on."""
    board = _board(subject)
    form = ReasonForm(request.form if request.method == "POST" else None)
    frames = board.frames
    view = operations.preview(session(), subject.project, frames.adopted, frames.draft)
    if request.method == "GET":
        return _page("adopt", subject, board=board, form=form, view=view, problems=())
    if not form.validate():
        return _page("adopt", subject, 422, board=board, form=form, view=view, problems=form_problems(form))
    try:
        with writing() as at:
            version = operations.adopt(
                at, current_actor(), subject.project, form.reason.data, seen=form.seen.data
            )
            number = version.number
    except Refused as refused:
        problems = refusal_problems(form, refused)
        return _page("adopt", subject, refused.status, board=board, form=form, view=view, problems=problems)
    say(f"Version {number} of the coding frame is adopted. Findings and exports read it now.")
    return redirect(_address(subject), 303)


def _act(
    subject: ProjectSubject,
    board: Board,
    form: ReasonForm,
    read: Callable[[], tuple[Act, ...]],
    *,
    back: str,
    onward: str = "",
    name: str = "act",
    **values: object,
) -> ResponseReturnValue:
    """The page of an act: its form; on the button "look" what it would change as well; on "do" it is done.

    ``back``: where "Leave it" leads; ``onward``: where one goes on once it is done, if elsewhere.
    """
    shown: dict[str, Any] = {"board": board, "form": form, "back": back, **values}
    if request.method == "GET":
        return _page(name, subject, view=None, problems=(), **shown)
    looking = request.form.get("step") != DO
    done = _looked(subject, board, form, read) if looking else _done(subject, form, read)
    if isinstance(done, Refused):
        problems = refusal_problems(form, done) if form.validate() else form_problems(form)
        return _page(name, subject, done.status, view=None, problems=problems, **shown)
    if isinstance(done, operations.Preview):
        return _page(name, subject, view=done, problems=(), **shown)
    say("Done in the draft. Findings and exports follow when the draft is adopted.")
    return redirect(onward or back, 303)


def _looked(
    subject: ProjectSubject, board: Board, form: ReasonForm, read: Callable[[], tuple[Act, ...]]
) -> operations.Preview | Refused:
    if not form.validate():
        return Refused(form_problems(form))
    try:
        return operations.look(session(), subject.project, board.frames, read())
    except Refused as refused:
        return refused


def _done(subject: ProjectSubject, form: ReasonForm, read: Callable[[], tuple[Act, ...]]) -> Refused | None:
    """Do it; the refusal where it cannot be done."""
    if not form.validate():
        return Refused(form_problems(form))
    try:
        with writing() as at:
            operations.perform(
                at, current_actor(), subject.project, read(), form.reason.data, seen=form.seen.data
            )
    except Refused as refused:
        return refused
    return None


def _row(subject: CaseSubject, board: Board, place: str) -> FramedRow:
    case = views.find_original(session(), board, subject.case.id)
    row = framed_row(board.frames.draft, case, place) if case else None
    return row or abort(404)


def _row_page(
    subject: CaseSubject,
    board: Board,
    row: FramedRow,
    refused: Refused | None = None,
    *,
    form: Form | None = None,
    examples: Form | None = None,
) -> ResponseReturnValue:
    """The page of a row with its two forms; one of them as it was sent, where it is refused."""
    sent = form or examples
    shown = {
        "form": form or reading.recode_form(board.frames, row),
        "examples": examples or reading.example_form(row, board.frames),
        "sent": sent,
        "problems": refusal_problems(sent, refused) if sent and refused else (),
    }
    return _page("row", subject, refused.status if refused else 200, board=board, row=row, **shown)


def _board(subject: ProjectSubject) -> Board:
    board = operations.board(session(), subject.project)
    return board if board.frames.has_frame else abort(404)


def _page(name: str, subject: ProjectSubject, status: int = 200, **values: object) -> ResponseReturnValue:
    """A page of the room, with what all of them begin with: the project's key, the frame's page, and the way above it."""
    key = subject.project.key
    above = [
        ("Your work", url_for("projects.home_page")),
        (subject.project.title, url_for("projects.project_page", project_key=key)),
    ]
    page = render_template(
        f"frame/{name}.html", subject=subject, key=key, home=_address(subject), above=above, **values
    )
    return page, status


def _address(subject: ProjectSubject) -> str:
    return url_for("frame.frame_page", project_key=subject.project.key)


def _code_address(subject: ProjectSubject, code: Code) -> str:
    return url_for(
        "frame.code_page", project_key=subject.project.key, codelist=code.codelist, code=code.value
    )
