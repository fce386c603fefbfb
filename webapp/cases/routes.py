"""The pages of the cases room."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace

from flask import Response, current_app, redirect, request, url_for
from itsdangerous import BadData, URLSafeSerializer

from forms.cases import (
    AssignForm,
    CaseForm,
    DrawForm,
    FilterForm,
    ImportConfirmForm,
    ListFileForm,
    WithdrawForm,
)
from schema.limits import LIST_BYTES
from schema.problem import Refused, refuse
from schema.store.case_state import STATES, state_for
from schema.store.caselist import CaseFilter
from schema.store.cases import describe_case, register_case, restore_case, withdraw_case
from schema.store.pilots_read import round_of
from webapp.access.guard import current_actor, permit
from webapp.access.policy import can
from webapp.access.share import takes_long
from webapp.access.subjects import CaseSubject, ProjectSubject
from webapp.cases import board_routes, deadline_routes, operations, unblinding_routes, views
from webapp.cases.importing import COLUMNS, ImportPlan, apply_import, plan_import
from webapp.cases.listfile import Sheet, read_list
from webapp.cases.room import Answer, Problems, page, room
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import fresh, reading, writing

__all__ = ["board_routes", "deadline_routes", "room", "unblinding_routes"]


@room.get("/projects/<project_key>/cases")
@permit("case.list")
def list_page(subject: ProjectSubject) -> Answer:
    """The case list."""
    form = FilterForm(request.args)
    wanted = CaseFilter(
        form.state.data or "", form.person.data or "", " ".join((form.text.data or "").split())[:100]
    )
    actor = current_actor()
    view = views.list_view(reading(), actor, subject, wanted, request.args.get("after", "")[:100])
    form.state.choices = [("", "Any state"), *((state, state.capitalize()) for state in STATES)]
    people = {
        user.id: user.display_name
        for role in ("coder", "reconciler")
        for user in operations.members_with(reading(), subject.project, role)
    }
    form.person.choices = [("", "Anybody"), *sorted(people.items(), key=lambda item: item[1])]
    return page("list", subject, view=view, form=form, trail=views.project_trail(subject.project))


@room.route("/projects/<project_key>/cases/new", methods=["GET", "POST"])
@permit("case.edit")
def new_page(subject: ProjectSubject) -> Answer:
    """Register a case by hand."""
    form = CaseForm(request.form)
    problems: Problems = ()
    if request.method == "POST":
        if form.validate():
            try:
                with writing() as session:
                    case = register_case(
                        session, current_actor(), fresh(session, subject.project), **_described(form)
                    )
                say("The case is registered.")
                return redirect(
                    url_for("cases.case_page", project_key=subject.project.key, case_id=case.id), 303
                )
            except Refused as refused:
                return _form_page("new", subject, form, refused)
        problems = form_problems(form)
    trail = views.cases_trail(subject.project)
    return page("new", subject, 422 if problems else 200, form=form, problems=problems, trail=trail)


@room.get("/projects/<project_key>/cases/<case_id>")
@permit("case.view")
def case_page(subject: CaseSubject) -> Answer:
    """One case, as far as the person may know it."""
    return _case_page(subject)


@room.route("/projects/<project_key>/cases/<case_id>/edit", methods=["GET", "POST"])
@permit("case.edit")
def edit_page(subject: CaseSubject) -> Answer:
    """Change what is written down about a case."""
    form = CaseForm(request.form if request.method == "POST" else None, obj=subject.case)
    problems: Problems = ()
    if request.method == "POST":
        if form.validate():
            try:
                with writing() as session:
                    changed = describe_case(
                        session, current_actor(), fresh(session, subject.case), **_described(form)
                    )
                say("The case is changed." if changed else "Nothing was changed.", "success")
                return redirect(views.case_address(subject), 303)
            except Refused as refused:
                return _form_page("edit", subject, form, refused)
        problems = form_problems(form)
    trail = views.case_trail(subject)
    return page("edit", subject, 422 if problems else 200, form=form, problems=problems, trail=trail)


@room.post("/projects/<project_key>/cases/<case_id>/assign")
@permit("case.assign")
def assign_now(subject: CaseSubject) -> Answer:
    """Give the parts of a case to people."""
    form = _assign_form(subject)
    if not form.validate():
        return _case_page(subject, form, form_problems(form), 422)
    try:
        with writing() as session:
            operations.assign_people(session, current_actor(), fresh(session, subject.case), form.data)
    except Refused as refused:
        return _case_page(subject, form, refusal_problems(form, refused), refused.status)
    say("The people of the case are set.")
    return redirect(views.case_address(subject), 303)


@room.route("/projects/<project_key>/cases/<case_id>/withdraw", methods=["GET", "POST"])
@permit("case.edit")
def withdraw_page(subject: CaseSubject) -> Answer:
    """Take a case out of the study, with the reason."""
    form = WithdrawForm(request.form)
    trail = views.case_trail(subject)
    if request.method == "GET":
        return page("withdraw", subject, form=form, problems=(), trail=trail)
    if not form.validate():
        return page("withdraw", subject, 422, form=form, problems=form_problems(form), trail=trail)
    try:
        with writing() as session:
            withdraw_case(session, current_actor(), fresh(session, subject.case), form.reason.data)
    except Refused as refused:
        problems = refusal_problems(form, refused)
        return page("withdraw", subject, refused.status, form=form, problems=problems, trail=trail)
    say("The case is withdrawn.")
    return redirect(views.case_address(subject), 303)


@room.post("/projects/<project_key>/cases/<case_id>/restore")
@permit("case.edit")
def restore_now(subject: CaseSubject) -> Answer:
    """Bring a withdrawn case back."""
    with writing() as session:
        restore_case(session, current_actor(), fresh(session, subject.case))
    say("The case is back in the study.")
    return redirect(views.case_address(subject), 303)


@room.route("/projects/<project_key>/cases/import", methods=["GET", "POST"])
@permit("case.edit")
@takes_long
def import_page(subject: ProjectSubject) -> Answer:
    """Choose a list; see what would become of each row."""
    if request.method == "GET":
        return _import_page(subject)
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise refuse("LIST-000", "No file was chosen.", "Choose an .xlsx or .csv file.", where="file")
        sheet = read_list(upload.stream.read(LIST_BYTES + 1))
        plan = plan_import(reading(), subject.project, sheet)
    except Refused as refused:
        return _import_page(subject, refused)
    return _preview_page(subject, sheet, plan)


@room.post("/projects/<project_key>/cases/import/confirm")
@permit("case.edit")
def import_now(subject: ProjectSubject) -> Answer:
    """Write the previewed rows: all of them or none."""
    form = ImportConfirmForm(request.form)
    try:
        sheet = _unsigned(form.rows.data or "")
    except Refused as refused:
        return _import_page(subject, refused)
    try:
        with writing() as session:
            project = fresh(session, subject.project)
            plan = apply_import(session, current_actor(), project, sheet, form.digest.data or "")
    except Refused as refused:
        plan = plan_import(reading(), subject.project, sheet)
        return _preview_page(subject, sheet, plan, refused)
    say(f"The list is imported: {plan.counts['new']} new, {plan.counts['changed']} changed.")
    return redirect(url_for("cases.list_page", project_key=subject.project.key), 303)


@room.get("/projects/<project_key>/cases/import/example.csv")
@permit("case.edit")
def import_example(subject: ProjectSubject) -> Answer:
    """An empty list to fill in."""
    text = ",".join(COLUMNS) + "\r\nDHR-001,Overview report,https://www.example.org/dhr-001,,,,\r\n"
    headers = {"Content-Disposition": "attachment; filename=cases.csv"}
    return Response("\ufeff" + text, mimetype="text/csv", headers=headers)


@room.get("/projects/<project_key>/cases/draw")
@permit("case.assign")
def draw_page(subject: ProjectSubject) -> Answer:
    """Show the draw that a seed gives for every case without anybody."""
    if "seed" not in request.args:
        return _draw_page(subject, DrawForm(seed=str(secrets.randbelow(10**6))))
    form = DrawForm(request.args)
    if not form.validate():
        return _draw_page(subject, form, problems=form_problems(form), status=422)
    return _shown_draw(subject, form)


@room.post("/projects/<project_key>/cases/draw")
@permit("case.assign")
def draw_now(subject: ProjectSubject) -> Answer:
    """Assign exactly the people of the draw that was shown."""
    form = DrawForm(request.form)
    if not form.validate():
        return _draw_page(subject, form, problems=form_problems(form), status=422)
    try:
        with writing() as session:
            project = fresh(session, subject.project)
            plan = operations.apply_draw(
                session, current_actor(), project, int(form.seed.data), request.form.get("shown", "")
            )
    except Refused as refused:
        return _shown_draw(subject, form, refused)
    say(f"People are assigned to {len(plan.drawn)} cases (seed {plan.seed}).")
    return redirect(url_for("cases.list_page", project_key=subject.project.key), 303)


def _described(form: CaseForm) -> dict[str, str]:
    return {name: form[name].data or "" for name in ("reference", "title", "source", "note")}


def _form_page(template: str, subject: ProjectSubject, form: CaseForm, refused: Refused) -> Answer:
    trail = (
        views.case_trail(subject) if isinstance(subject, CaseSubject) else views.cases_trail(subject.project)
    )
    problems = refusal_problems(form, refused)
    return page(template, subject, refused.status, form=form, problems=problems, trail=trail)


def _assign_form(subject: CaseSubject) -> AssignForm:
    held = subject.parts
    form = AssignForm(request.form if request.method == "POST" else None, data=held)
    for part, role in (("coder_1", "coder"), ("coder_2", "coder"), ("reconciler", "reconciler")):
        members = operations.members_with(reading(), subject.project, role)
        form[part].choices = [("", "Nobody yet"), *((user.id, user.display_name) for user in members)]
    return form


def _case_page(
    subject: CaseSubject, form: AssignForm | None = None, problems: Problems = (), status: int = 200
) -> Answer:
    actor = current_actor()
    if form is None and can(actor, "case.assign", subject):
        form = _assign_form(subject)
    return page(
        "case",
        subject,
        status,
        form=form,
        problems=problems,
        case_state=state_for(reading(), subject.case.id, actor.id),
        parts=views.parts_of(reading(), actor, subject),
        own=subject.own_entry(actor),
        unblinded=views.unblinded(reading(), actor, subject),
        pilot_round=round_of(reading(), subject.case.id),
        trail=views.cases_trail(subject.project),
    )


def _import_page(subject: ProjectSubject, refused: Refused | None = None) -> Answer:
    form = ListFileForm()
    return page(
        "import",
        subject,
        refused.status if refused else 200,
        form=form,
        problems=refusal_problems(form, _of_file(refused)) if refused else (),
        columns=COLUMNS,
        trail=views.cases_trail(subject.project),
    )


def _of_file(refused: Refused) -> Refused:
    """Whatever is wrong with a list is wrong with the one file that was chosen."""
    return Refused([replace(one, where="file") for one in refused.problems], status=refused.status)


def _preview_page(
    subject: ProjectSubject, sheet: Sheet, plan: ImportPlan, refused: Refused | None = None
) -> Answer:
    signed = _signer().dumps([list(sheet.header), [[number, list(row)] for number, row in sheet.rows]])
    return page(
        "import-preview",
        subject,
        refused.status if refused else (422 if plan.counts["problem"] else 200),
        plan=plan,
        rows=str(signed),
        problems=refused.problems if refused else (),
        trail=[
            *views.cases_trail(subject.project),
            ("Import a list", url_for("cases.import_page", project_key=subject.project.key)),
        ],
    )


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="tandem-case-list", serializer=json)


def _unsigned(signed: str) -> Sheet:
    try:
        header, rows = _signer().loads(signed)
    except BadData as error:
        raise refuse("LIST-013", "The preview cannot be read any more.", "Upload the list again.") from error
    return Sheet(tuple(header), tuple((number, tuple(row)) for number, row in rows))


def _shown_draw(subject: ProjectSubject, form: DrawForm, refused: Refused | None = None) -> Answer:
    problems = refused.problems if refused else ()
    try:
        plan = operations.plan_draw(reading(), subject.project, int(form.seed.data))
    except Refused as also:
        return _draw_page(subject, form, problems=problems or also.problems, status=also.status)
    return _draw_page(subject, form, plan=plan, problems=problems, status=refused.status if refused else 200)


def _draw_page(
    subject: ProjectSubject,
    form: DrawForm,
    *,
    plan: operations.DrawPlan | None = None,
    problems: Problems = (),
    status: int = 200,
) -> Answer:
    return page(
        "draw",
        subject,
        status,
        form=form,
        plan=plan,
        shown=operations.fingerprint(plan) if plan else "",
        problems=problems,
        trail=views.cases_trail(subject.project),
    )
