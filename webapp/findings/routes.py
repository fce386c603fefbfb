"""The pages of the findings: the tables, and what stands behind each figure."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.findings import DraftForm
from schema.framework.draft import check_draft
from schema.limits import DRAFT_BYTES
from schema.problem import Problem, Refused, refuse
from schema.store.frames import ADOPTED, ORIGINAL
from schema.store.releases import figures_of, latest_release
from webapp.access.guard import permit
from webapp.access.share import takes_long
from webapp.access.subjects import ProjectSubject
from webapp.findings import draft_views, operations, views
from webapp.findings.behind_views import behind_page
from webapp.findings.draft_file import read_draft, shortened
from webapp.findings.figure_views import COUNTED, MISSING, WITHIN
from webapp.findings.selection import arguments, filled, read_asked
from webapp.messages import refusal_problems
from webapp.unit_of_work import reading

room = Blueprint("findings", __name__)
MOST_PAGES = 100_000


@room.get("/projects/<project_key>/findings")
@permit("findings.view")
def findings_page(subject: ProjectSubject) -> ResponseReturnValue:
    """The tables of the framework over the signed-off cases."""
    study = operations.study_of(reading(), subject.project, _frame())
    if study.loaded.framework is None:
        return render_template("findings/none.html", subject=subject, study=study)
    asked = read_asked(study.framework, request.args)
    page = views.findings_page(reading(), study, asked)
    status = 422 if asked.problems else 200
    return render_template("findings/findings.html", subject=subject, view=page), status


@room.get("/projects/<project_key>/findings/shared")
@permit("findings.shared")
def shared_page(subject: ProjectSubject) -> ResponseReturnValue:
    """The newest release: nothing to narrow and nothing behind the figures, because both would tell what is withheld."""
    release = latest_release(reading(), subject.project)
    figures = figures_of(release) if release else None
    return render_template("findings/shared.html", subject=subject, release=release, figures=figures)


@room.get("/projects/<project_key>/findings/figures/<table>/<line>")
@permit("findings.view")
def figure_page(subject: ProjectSubject, table: str, line: str) -> ResponseReturnValue:
    """The cases, rows and quotes behind one figure."""
    study = operations.study_of(reading(), subject.project, _frame())
    part = request.args.get("part", COUNTED)
    if study.loaded.framework is None or part not in (COUNTED, MISSING, WITHIN):
        abort(404)
    asked = read_asked(study.framework, request.args)
    number = request.args.get("page", 1, type=int)
    evaluation = operations.findings(reading(), study, asked.selections[0])
    page = behind_page(reading(), study, evaluation, table, line, part, min(number, MOST_PAGES))
    if page is None:
        abort(404)
    selected = {**views.frame_argument(study), **arguments(asked.selections[0])}
    return render_template(
        "findings/figure.html",
        subject=subject,
        view=page,
        words=asked.selections[0].words(study.framework),
        back=url_for("findings.findings_page", project_key=subject.project.key, **filled(selected)),
        here={"table": table, "line": line, **({} if part == COUNTED else {"part": part}), **selected},
    )


@room.route("/projects/<project_key>/findings/check", methods=["GET", "POST"])
@permit("findings.view")
@takes_long
def draft_page(subject: ProjectSubject) -> ResponseReturnValue:
    """Check the figures of a draft report. Neither text nor file is kept."""
    study = operations.study_of(reading(), subject.project)
    if study.loaded.framework is None:
        return render_template("findings/none.html", subject=subject, study=study)
    form, page = DraftForm(request.form), None
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            evaluation = operations.findings(reading(), study)
            page = draft_views.draft_page(study, check_draft(_draft(form), evaluation))
        except Refused as refused:
            problems = refusal_problems(form, refused)
    values = {"subject": subject, "form": form, "view": page, "problems": problems}
    return render_template("findings/draft.html", **values), 422 if problems else 200


def _frame() -> str:
    """The coding frame that the address asks for: the adopted one unless it names the questionnaire's own."""
    return ORIGINAL if request.args.get("frame") == ORIGINAL else ADOPTED


def _draft(form: DraftForm) -> str:
    """The text that was sent; a file goes before what is pasted."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return read_draft(file.filename, file.stream.read(DRAFT_BYTES + 1))
    text = form.text.data or ""
    if not text.strip():
        raise refuse("DRF-006", "Paste a text or choose a file.", where="text")
    return shortened(text, "text")
