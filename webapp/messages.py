"""What the next page says about what was just done, and what is wrong with what was sent."""

from __future__ import annotations

from collections.abc import Iterator

from flask import flash
from wtforms import Form
from wtforms.fields import Field

from schema.problem import Problem, Refused

KINDS = ("success", "info", "warning")


def say(text: str, kind: str = "success") -> None:
    """Show a sentence at the top of the next page. It travels in a signed cookie: never put case data in it."""
    if kind not in KINDS:
        raise ValueError(f"{kind} is not a kind of message; use one of {', '.join(KINDS)}")
    flash(text, kind)


def form_problems(form: Form) -> tuple[Problem, ...]:
    """What is wrong with a form, in the order of the page; ``where`` is the id of the control to go to.

    That is the order of its fields. A form that takes fields from another, which then come first, names its own order in ``ON_PAGE``;
    what it leaves out comes last.
    """
    order = {name: place for place, name in enumerate(getattr(form, "ON_PAGE", ()))}
    fields = sorted(form, key=lambda field: order.get(field.short_name, len(order)))
    return tuple(problem for field in fields for problem in _of_field(field))


def refusal_problems(form: Form, refused: Refused) -> tuple[Problem, ...]:
    """Show a refusal on the form: each problem that names one of its fields also stands beside that field."""
    for problem in refused.problems:
        if problem.where in form:
            field = form[problem.where]
            said = f"{problem.message} {problem.remedy}".strip()
            field.errors = [*field.errors, *([] if said in field.errors else [said])]
    return refused.problems


def _of_field(field: Field) -> Iterator[Problem]:
    for error in field.errors:
        yield Problem("FORM", str(error), where=str(field.id))
