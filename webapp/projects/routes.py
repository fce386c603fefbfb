"""The start page and the pages of a project."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from webapp.access.guard import permit
from webapp.access.subjects import ProjectSubject

room = Blueprint("projects", __name__)


@room.get("/")
@permit("account.own")
def home_page() -> ResponseReturnValue:
    """What waits for the person, project by project."""
    return render_template("projects/home.html")


@room.get("/projects/<project_key>")
@permit("project.view")
def project_page(subject: ProjectSubject) -> ResponseReturnValue:
    """One project: counts by state, and what the person can do."""
    return render_template("projects/project.html", subject=subject)
