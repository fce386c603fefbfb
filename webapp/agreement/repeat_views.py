"""Page models of coding again: who codes what again, the cases that could be, and each coder's agreement with themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from schema.store.models import Project, User
from schema.store.repeats import Repeatable, drawn, repeatable, repeaters
from schema.store.repeats_read import RepeatLine, repeat_lines, self_agreement
from webapp.agreement.pilot_views import FigureTable, figure_table


@dataclass(frozen=True)
class RepeatDraw:
    """The cases that a coder could code again, and those of them that the lot chose; ``days`` and ``seed`` as asked for."""

    coder: User
    days: int
    seed: int
    cases: tuple[Repeatable, ...]
    chosen: frozenset[str]


@dataclass(frozen=True)
class RepeatsPage:
    """Everything that is or was coded again, and the figures by coder."""

    lines: tuple[RepeatLine, ...]
    figures: tuple[tuple[str, FigureTable], ...]


def repeats_page(session: Session, project: Project) -> RepeatsPage:
    """Collect what the page shows."""
    figures = tuple(
        (one.coder, _asked(figure_table(one.figures))) for one in self_agreement(session, project)
    )
    return RepeatsPage(tuple(repeat_lines(session, project)), figures)


def _asked(held: FigureTable) -> FigureTable:
    """Without what was never asked in so few cases."""
    return replace(
        held,
        fields=tuple(line for line in held.fields if line.n),
        rows=tuple(line for line in held.rows if line.n),
    )


def coder_choices(session: Session, project: Project) -> list[tuple[str, str]]:
    """The coders of a project who could code cases again, as choices of a form."""
    return [(user.id, user.display_name) for user in repeaters(session, project)]


def draw_repeats(
    session: Session, project: Project, coder: User, *, days: int, number: int, seed: int
) -> RepeatDraw:
    """Draw cases for a coder to code again. Raises as :func:`schema.store.repeats.repeatable` and ``drawn`` do."""
    cases = repeatable(session, project, coder, days)
    return RepeatDraw(coder, days, seed, tuple(cases), frozenset(drawn(cases, number, seed)))
