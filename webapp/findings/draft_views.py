"""Page model of a checked draft."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from schema.framework.draft import RIGHT, Checked, DraftCheck, Known
from webapp.findings.draft_wording import MOST_MATCHES, TITLES
from webapp.findings.operations import Study


@dataclass(frozen=True, slots=True)
class MatchView:
    """A figure of the findings, and the page behind it."""

    figure: str
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A figure of the draft with what is said about it. ``before`` and ``after``: the words around it."""

    text: str
    before: str
    after: str
    verdict: str
    title: str
    sayings: tuple[str, ...]
    matches: tuple[MatchView, ...]
    further: int
    nearest: tuple[MatchView, ...]


@dataclass(frozen=True)
class DraftPage:
    """A whole draft: those that need a look first, in the order of the text."""

    claims: tuple[ClaimView, ...]
    summary: tuple[tuple[str, int], ...]
    alone: int
    cut: bool

    @property
    def to_look_at(self) -> tuple[ClaimView, ...]:
        """Every figure that is not simply right."""
        return tuple(claim for claim in self.claims if claim.verdict != RIGHT)

    @property
    def right(self) -> tuple[ClaimView, ...]:
        """The figures that hold and stand in the findings."""
        return tuple(claim for claim in self.claims if claim.verdict == RIGHT)


def draft_page(study: Study, check: DraftCheck) -> DraftPage:
    """Lay out what was found."""
    claims = tuple(_claim(study, one) for one in check.checked)
    summary = tuple((title, check.number(verdict)) for verdict, title in TITLES.items())
    return DraftPage(claims, summary, check.alone, check.cut)


def _claim(study: Study, one: Checked) -> ClaimView:
    before, _, after = one.claim.context.partition(one.claim.text)
    return ClaimView(
        one.claim.text,
        before,
        after,
        one.verdict,
        TITLES[one.verdict],
        one.sayings,
        tuple(_match(study, held) for held in one.matches[:MOST_MATCHES]),
        max(0, len(one.matches) - MOST_MATCHES),
        tuple(_match(study, held) for held in one.nearest),
    )


def _match(study: Study, held: Known) -> MatchView:
    address = url_for(
        "findings.figure_page",
        project_key=study.project.key,
        table=held.table.key,
        line=held.line.key,
    )
    return MatchView(held.text(study.framework.places), held.label(), address)
