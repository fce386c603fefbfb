"""Checking instead of coding twice: coder 2 goes through the values of coder 1, and finishes."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from schema.coding.verification import Checked, not_checked, unchecked
from schema.problem import Problem, Refused
from schema.store.verification import LoadedVerification, load_verification
from webapp import messages
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.entry import operations
from webapp.entry.checking import Said, check_page, read_checks
from webapp.entry.drawing import identity
from webapp.entry.frame import CASE, room, trail
from webapp.entry.saving import revision_in
from webapp.entry.views import Line, address
from webapp.unit_of_work import reading, writing

CHECK = f"{CASE}/check"


@room.get(CHECK, endpoint="check_page")
@permit("entry.check")
def show_checks(subject: CaseSubject) -> ResponseReturnValue:
    """The values of coder 1 that are to be checked; once all is finished, what was found."""
    return _draw(subject, _loaded(subject))


@room.post(CHECK)
@permit("entry.check")
def save_checks_now(subject: CaseSubject) -> ResponseReturnValue:
    """Keep what can be kept; finish where the button says so and nothing is left."""
    loaded = _loaded(subject)
    said: dict[str, Said] = {}
    try:
        revision = revision_in(request.form)
        said = read_checks(loaded, request.form)
        sound = {path: one.check for path, one in said.items() if not one.problems}
        wrong = {path: one for path, one in said.items() if one.problems}
        left = unchecked(loaded.template, loaded.first, {**loaded.checks, **sound})
        asked = request.form.get("act") == "finish"
        finishing = asked and not wrong and not left
        _keep(loaded, revision, sound, finishing=finishing)
    except Refused as refused:
        return _again(subject, said, refused.problems, refused.status)
    problems = [problem for one in wrong.values() for problem in one.problems]
    problems += [not_checked(one) for one in left if asked and one.path not in wrong]
    if problems:
        return _again(subject, wrong, problems, 422)
    messages.say("You have checked everything. The case can be compared now." if finishing else "Saved.")
    return redirect(address(subject, "check_page"), code=303)


def _keep(
    loaded: LoadedVerification, revision: int, checks: Mapping[str, Checked], *, finishing: bool
) -> None:
    with writing() as session:
        revision = operations.keep_checks(session, current_actor(), loaded.row.id, revision, checks)
        if finishing:
            operations.finish_checks(session, current_actor(), loaded.row.id, revision)


def _loaded(subject: CaseSubject) -> LoadedVerification:
    if subject.verification is None:
        abort(404)
    return load_verification(reading(), subject.verification)


def _again(
    subject: CaseSubject, said: Mapping[str, Said], problems: list[Problem] | tuple[Problem, ...], status: int
) -> ResponseReturnValue:
    """The page with what was sent and is not kept."""
    return _draw(subject, _loaded(subject), said, problems, status)


def _draw(
    subject: CaseSubject,
    loaded: LoadedVerification,
    said: Mapping[str, Said] | None = None,
    problems: list[Problem] | tuple[Problem, ...] = (),
    status: int = 200,
) -> ResponseReturnValue:
    entry = subject.own_entry(current_actor())
    if entry is None:
        abort(404)
    page = render_template(
        "entry/check.html",
        subject=subject,
        trail=trail(subject),
        view=check_page(loaded, entry, said),
        problems=[_line(problem) for problem in problems],
    )
    return make_response(page, status)


def _line(problem: Problem) -> Line:
    text = f"{problem.message} {problem.remedy}".strip()
    return Line(text, f"#{identity(f'check.{problem.where}')}" if "." in problem.where else "")
