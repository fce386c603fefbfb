"""The page before an act that takes something away: what will happen, one button that says so, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template

from schema.problem import Problem


@dataclass(frozen=True)
class Confirmation:
    """What the page says. ``back`` is where the person came from."""

    title: str
    paragraphs: Sequence[str]
    button: str
    back: str
    back_text: str = "Go back without changing anything"
    danger: bool = True


def ask(
    confirm: Confirmation, problems: Sequence[Problem] = (), *, status: int = 200, **values: Any
) -> tuple[str, int]:
    """Draw the page; its form posts to the same address."""
    page = render_template("components/confirm.html", confirm=confirm, problems=problems, **values)
    return page, status
