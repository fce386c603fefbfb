"""Page models of the pilot: its rounds with their cases, and the figures of each as they stand or as they were frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.coding.agreement.frozen import FrozenAgreement, FrozenFigure, FrozenLine
from schema.framework.percent import percent_text
from schema.limits import PILOT_CASES
from schema.store.models import Project
from schema.store.pilots_read import PilotRound, free_cases, pilot_figures, pilot_rounds
from webapp.agreement.drawing import number
from webapp.agreement.figure_words import Figure

DECISIONS = {"go": "Go on", "revise": "Revise"}


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One line of the table of a round."""

    label: str
    over: str
    n: int
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class FigureTable:
    """The figures of a round; ``sha256`` names them."""

    cases: int
    template: str
    overall: FigureLine
    fields: tuple[FigureLine, ...]
    rows: tuple[FigureLine, ...]
    sha256: str


@dataclass(frozen=True)
class RoundView:
    """A round beside its figures: as they stand now while it is open, frozen afterwards; None where they are withheld."""

    round: PilotRound
    figures: FigureTable | None

    @property
    def decision(self) -> str:
        """What was decided, in words."""
        return DECISIONS[self.round.ruling.decision] if self.round.ruling else ""


@dataclass(frozen=True)
class PilotPage:
    """All rounds, the latest first; ``free``: how many cases could be marked."""

    rounds: tuple[RoundView, ...]
    free: int

    @property
    def open(self) -> RoundView | None:
        """The round that waits for its decision."""
        return next((one for one in self.rounds if one.round.is_open), None)


def pilot_page(session: Session, actor: Actor, project: Project) -> PilotPage:
    """Collect what the page of the pilot shows."""
    rounds = pilot_rounds(session, actor, project)
    views = tuple(RoundView(one, _figures(session, actor, project, one)) for one in rounds)
    return PilotPage(views, min(len(free_cases(session, project)), PILOT_CASES))


def open_round_view(
    session: Session, actor: Actor, project: Project, *, figures: bool = True
) -> RoundView | None:
    """The round that waits for its decision; with its figures as they stand now, which take a while to count."""
    rounds = pilot_rounds(session, actor, project)
    held = next((one for one in rounds if one.is_open), None)
    if held is None:
        return None
    return RoundView(held, _figures(session, actor, project, held) if figures else None)


def decided_round_view(session: Session, actor: Actor, project: Project, number: int) -> RoundView | None:
    """A round that was decided, by its number, as far as the actor may know that it was."""
    rounds = pilot_rounds(session, actor, project)
    held = next((one for one in rounds if one.number == number and one.ruling), None)
    return RoundView(held, _figures(session, actor, project, held)) if held else None


def _figures(session: Session, actor: Actor, project: Project, one: PilotRound) -> FigureTable | None:
    if one.ruling is not None:
        return figure_table(one.ruling.figures)
    if one.is_open and not one.withheld:
        return figure_table(pilot_figures(session, actor, project, one.id))
    return None


def figure_table(held: FrozenAgreement) -> FigureTable:
    """The figures as they read."""
    return FigureTable(
        held.cases,
        held.template,
        _line(held.overall),
        tuple(map(_line, held.fields)),
        tuple(map(_line, held.rows)),
        held.sha256,
    )


def _line(held: FrozenLine) -> FigureLine:
    figures = {name: _figure(one) for name, one in held.figures.items() if name != "percent"}
    if "percent" in held.figures:
        figures["percent"] = _percent(held)
    return FigureLine(held.label, held.over, held.n, figures)


def _figure(held: FrozenFigure) -> Figure:
    if held.value is None:
        return Figure("–", why=f"Undefined, because {held.why}.")
    if held.low is None or held.high is None:
        return Figure(number(held.value))
    return Figure(number(held.value), f"{number(held.low)} to {number(held.high)}")


def _percent(held: FrozenLine) -> Figure:
    percent = held.figures["percent"]
    if not held.n:
        return Figure("–", why="Undefined, because nothing was compared.")
    known = percent.low is not None and percent.high is not None
    interval = f"{100 * (percent.low or 0):.0f}% to {100 * (percent.high or 0):.0f}%" if known else ""
    return Figure(percent_text(held.agreed, held.n), interval)
