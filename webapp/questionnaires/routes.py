"""The pages of questionnaires: read a version, and publish the next one."""

from __future__ import annotations

import re

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schema.store.models import TemplateVersion
from schema.store.templates import compiled, find_version, latest_version
from schema.template.wording import reworded
from webapp.access.guard import permit
from webapp.questionnaires import operations, paper_routes, publishing_routes, version_routes, views
from webapp.questionnaires.guide import guide
from webapp.questionnaires.room import room
from webapp.unit_of_work import reading

NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)

__all__ = ["paper_routes", "publishing_routes", "room", "version_routes"]


@room.get("/questionnaires")
@permit("questionnaire.view")
def list_page() -> ResponseReturnValue:
    """All questionnaires with their versions."""
    return render_template(
        "questionnaires/list.html",
        listed=views.listed(reading()),
        unpublished=views.unpublished(reading()),
    )


@room.get("/questionnaires/<key>/<int:version>")
@permit("questionnaire.view")
def version_page(key: str, version: int) -> ResponseReturnValue:
    """One version, to read or to print."""
    view = views.version_page(reading(), find(key, version))
    return render_template("questionnaires/version.html", view=view, trail=views.list_trail())


@room.get("/questionnaires/<key>/<int:version>/guide")
@permit("questionnaire.view")
def guide_page(key: str, version: int) -> ResponseReturnValue:
    """What coders look up: definitions, examples and codes; ``?find=`` narrows it to what holds those words.

    ``?since=`` names an earlier version, and puts first what it said otherwise.
    """
    view = guide(compiled(reading(), find(key, version).id), request.args.get("find", ""))
    since = request.args.get("since", "")
    earlier = find_version(reading(), key, int(since)) if NUMBER.fullmatch(since) else None
    changes = reworded(compiled(reading(), earlier.id), view.template) if earlier else ()
    return render_template(
        "questionnaires/guide.html", view=view, trail=views.list_trail(), since=since, changes=changes
    )


@room.get("/questionnaires/<key>")
@permit("questionnaire.view")
def newest_page(key: str) -> ResponseReturnValue:
    """The newest version of a questionnaire."""
    row = latest_version(reading(), key) or abort(404)
    return redirect(url_for("questionnaires.version_page", key=key, version=row.version), code=303)


@room.get("/questionnaires/<key>/<int:version>/template.yaml")
@permit("questionnaire.view")
def fetch_source(key: str, version: int) -> ResponseReturnValue:
    """The text that was published, as a file."""
    row = find(key, version)
    return _file(row.source, f"{row.key}-v{row.version}.yaml")


@room.get("/questionnaires/<key>/<int:version>/codelists/<name>.yaml")
@permit("questionnaire.view")
def fetch_codelist(key: str, version: int, name: str) -> ResponseReturnValue:
    """The text of a code list as it was published, as a file."""
    text = operations.lists_of(find(key, version)).get(name)
    return _file(text, f"{name}.yaml") if text is not None else abort(404)


def find(key: str, version: int) -> TemplateVersion:
    """The version that an address names; 404 where there is none."""
    return find_version(reading(), key, version) or abort(404)


def _file(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(text, mimetype="application/yaml", headers=headers)
