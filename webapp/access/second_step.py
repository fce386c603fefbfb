"""Where a project asks a second step of somebody who has none, its pages lead to where it is set up; what was typed is kept."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request, url_for

from schema.problem import Problem
from webapp import errors
from webapp.access.subjects import Subject
from webapp.messages import say

ASKED = Problem(
    "TWO-007",
    "This project asks people with your part to sign in with a second step.",
    "Set it up under “Your account”, in another window if you have typed something here; then go on.",
)


def is_wanted() -> bool:
    """Whether some project is closed to whoever is signed in until they have a second step."""
    return bool(g.get("step_wanted"))


def step_first(subject: Subject | None) -> Any:
    """Lead to setting the second step up; None where the project at hand asks for none, or it is set up."""
    if subject is None or subject.project_id not in g.get("step_wanted", ()):
        return None
    if errors.wants_json():
        return errors.error_response(403, (ASKED,))
    if request.method not in ("GET", "HEAD"):
        return errors.send_again(403, (ASKED,))
    say(
        "The project you opened asks people with your part for a second step. Set it up here, then go on.",
        "info",
    )
    return redirect(url_for("account.two_step_page"), code=303)
