"""The pages of help. They say nothing of any study, and are the same for everybody who is signed in."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from webapp.access.guard import permit
from webapp.help.limits import TOPICS
from webapp.help.tasks import GROUPS, TASKS, task_of

room = Blueprint("help", __name__)
#: What the pictures show, and how large they are; written where they are drawn.
PICTURES: Final = Path(__file__).resolve().parent.parent / "static" / "help" / "pictures.json"


@room.get("/help")
@permit("help.read")
def list_page() -> ResponseReturnValue:
    """All tasks."""
    return render_template("help/list.html", groups=GROUPS)


@room.get("/help/<task>")
@permit("help.read")
def task_page(task: str) -> ResponseReturnValue:
    """How one task is done."""
    found = TASKS.get(task) or abort(404)
    return render_template(
        f"help/{found.key}.html", task=found, groups=GROUPS, pictures=pictures(), limits=TOPICS
    )


@room.app_context_processor
def _here() -> dict[str, Any]:
    return {"help_task": task_of(request.endpoint)}


@cache
def pictures() -> dict[str, dict[str, Any]]:
    """Each picture by its name: ``width`` and ``height`` in pixels."""
    return dict(json.loads(PICTURES.read_text(encoding="utf-8")))
