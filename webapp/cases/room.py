"""The room's blueprint, and how its pages are drawn."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from schema.problem import Problem
from webapp.access.subjects import ProjectSubject

room = Blueprint("cases", __name__)
Answer = str | Response | tuple[str, int]
Problems = tuple[Problem, ...]


def page(template: str, subject: ProjectSubject, status: int = 200, **values: Any) -> tuple[str, int]:
    """Draw a page of this room."""
    return render_template(f"cases/{template}.html", subject=subject, **values), status
