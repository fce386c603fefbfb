"""The pages of the pilot: mark first cases, look at their agreement, decide, and choose whether they are in the master."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.pilot import BeginPilotForm, CancelPilotForm, DecidePilotForm, MasterChoiceForm
from schema.problem import Problem, Refused
from schema.store.pilots import begin_pilot, cancel_pilot, choose_for_master, decide_pilot
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import ProjectSubject
from webapp.agreement.pilot_views import RoundView, decided_round_view, open_round_view, pilot_page
from webapp.agreement.room import room
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import fresh, reading, writing

Problems = tuple[Problem, ...]
YES = "yes"


@room.get("/projects/<project_key>/pilot", endpoint="pilot_page")
@permit("agreement.pilot")
def show_pilot(subject: ProjectSubject) -> ResponseReturnValue:
    """The rounds of the pilot with their figures."""
    return _page(subject, BeginPilotForm())


@room.post("/projects/<project_key>/pilot")
@permit("agreement.pilot")
def begin_pilot_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Mark the first cases as a round."""
    form = BeginPilotForm(request.form)
    if not form.validate():
        return _page(subject, form, form_problems(form), 422)
    try:
        with writing() as session:
            begin_pilot(session, current_actor(), fresh(session, subject.project), int(form.size.data))
    except Refused as refused:
        return _page(subject, form, refusal_problems(form, refused), refused.status)
    say("The cases are marked as the pilot.")
    return _back(subject)


@room.get("/projects/<project_key>/pilot/decide")
@permit("agreement.pilot")
def decide_pilot_page(subject: ProjectSubject) -> ResponseReturnValue:
    """The figures of the open round, and the form of the decision."""
    return _act(subject, "pilot-decide", DecidePilotForm(), _open(subject))


@room.post("/projects/<project_key>/pilot/decide")
@permit("agreement.pilot")
def decide_pilot_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Decide, and freeze the figures that were shown."""
    form = DecidePilotForm(request.form)
    held = _open(subject)  # counts the figures before the writer's turn begins
    if not form.validate():
        return _act(subject, "pilot-decide", form, held, form_problems(form), 422)
    try:
        with writing() as session:
            decide_pilot(
                session,
                current_actor(),
                fresh(session, subject.project),
                form.decision.data,
                form.reason.data,
                in_master=form.in_master.data == YES,
                shown=form.shown.data or "",
            )
    except Refused as refused:
        return _act(
            subject, "pilot-decide", form, _open(subject), refusal_problems(form, refused), refused.status
        )
    say("The decision is recorded, and the figures are frozen.")
    return _back(subject)


@room.get("/projects/<project_key>/pilot/cancel")
@permit("agreement.pilot")
def cancel_pilot_page(subject: ProjectSubject) -> ResponseReturnValue:
    """Ask why the open round is given up."""
    return _act(subject, "pilot-cancel", CancelPilotForm(), _open(subject, figures=False))


@room.post("/projects/<project_key>/pilot/cancel")
@permit("agreement.pilot")
def cancel_pilot_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Give the open round up."""
    form = CancelPilotForm(request.form)
    held = _open(subject, figures=False)
    if not form.validate():
        return _act(subject, "pilot-cancel", form, held, form_problems(form), 422)
    try:
        with writing() as session:
            cancel_pilot(session, current_actor(), fresh(session, subject.project), form.reason.data)
    except Refused as refused:
        return _act(subject, "pilot-cancel", form, held, refusal_problems(form, refused), refused.status)
    say("The round is cancelled. Its cases are ordinary ones again.")
    return _back(subject)


@room.get("/projects/<project_key>/pilot/rounds/<int:number>/master")
@permit("agreement.pilot")
def choose_master_page(subject: ProjectSubject, number: int) -> ResponseReturnValue:
    """Whether the cases of a decided round are in the master, and why."""
    held = _decided(subject, number)
    form = MasterChoiceForm(data={"in_master": "no" if held.round.in_master else YES})
    return _act(subject, "pilot-master", form, held)


@room.post("/projects/<project_key>/pilot/rounds/<int:number>/master")
@permit("agreement.pilot")
def choose_master_now(subject: ProjectSubject, number: int) -> ResponseReturnValue:
    """Take the cases of a decided round into the master, or out of it."""
    form, held = MasterChoiceForm(request.form), _decided(subject, number)
    if not form.validate():
        return _act(subject, "pilot-master", form, held, form_problems(form), 422)
    wanted = form.in_master.data == YES
    try:
        with writing() as session:
            project = fresh(session, subject.project)
            choose_for_master(session, current_actor(), project, number, form.reason.data, in_master=wanted)
    except Refused as refused:
        return _act(subject, "pilot-master", form, held, refusal_problems(form, refused), refused.status)
    say(
        f"The cases of round {number} are {'in the master' if wanted else 'kept out of the master'} from now on."
    )
    return _back(subject)


def _page(
    subject: ProjectSubject, form: BeginPilotForm, problems: Problems = (), status: int = 200
) -> ResponseReturnValue:
    view = pilot_page(reading(), current_actor(), subject.project)
    page = render_template("agreement/pilot.html", subject=subject, view=view, form=form, problems=problems)
    return page, status


def _act(
    subject: ProjectSubject,
    template: str,
    form: CancelPilotForm | MasterChoiceForm,
    held: RoundView | None,
    problems: Problems = (),
    status: int = 200,
) -> ResponseReturnValue:
    """The page of one act on a round; where there is no such round any more, the way back."""
    if held is None:
        say("No round of the pilot waits for a decision.", "info")
        return _back(subject)
    page = render_template(
        f"agreement/{template}.html", subject=subject, held=held, form=form, problems=problems
    )
    return page, status


def _open(subject: ProjectSubject, *, figures: bool = True) -> RoundView | None:
    return open_round_view(reading(), current_actor(), subject.project, figures=figures)


def _decided(subject: ProjectSubject, number: int) -> RoundView:
    return decided_round_view(reading(), current_actor(), subject.project, number) or abort(404)


def _back(subject: ProjectSubject) -> ResponseReturnValue:
    return redirect(url_for("agreement.pilot_page", project_key=subject.project.key), code=303)
