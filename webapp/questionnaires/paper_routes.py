"""A version as a blank form for paper, and as a data dictionary for REDCap."""

from __future__ import annotations

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from schema.store.templates import compiled, find_version
from schema.template.model import Template
from schema.template.paper import paper_form
from webapp.access.guard import permit
from webapp.access.share import takes_long
from webapp.questionnaires import views
from webapp.questionnaires.files import PAPER, REDCAP, FileKind
from webapp.questionnaires.room import room
from webapp.unit_of_work import reading


@room.get("/questionnaires/<key>/<int:version>/paper")
@permit("questionnaire.view")
def paper_page(key: str, version: int) -> ResponseReturnValue:
    """The blank form, to print and fill in by hand."""
    form = paper_form(_template(key, version))
    return render_template("questionnaires/paper.html", form=form, trail=views.list_trail())


@room.get("/questionnaires/<key>/<int:version>/paper.docx")
@permit("questionnaire.view")
@takes_long
def fetch_paper(key: str, version: int) -> ResponseReturnValue:
    """The blank form as a Word document."""
    return _file(PAPER, _template(key, version))


@room.get("/questionnaires/<key>/<int:version>/redcap.csv")
@permit("questionnaire.view")
@takes_long
def fetch_redcap(key: str, version: int) -> ResponseReturnValue:
    """The version as a data dictionary for REDCap."""
    return _file(REDCAP, _template(key, version))


def _template(key: str, version: int) -> Template:
    row = find_version(reading(), key, version) or abort(404)
    return compiled(reading(), row.id)


def _file(kind: FileKind, template: Template) -> Response:
    answer = Response(kind.content(template), mimetype=kind.mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind.name(template)}"'
    return answer
