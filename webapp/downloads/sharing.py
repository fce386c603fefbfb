"""Page model of sharing: what a release would tell now, what it would withhold and why, and the releases made so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from schema.framework.disclosure.cells import Place
from schema.framework.disclosure.figures import Figures
from schema.framework.disclosure.release import REASONS
from schema.framework.disclosure.rule import Rule
from schema.store.models import Project, SharedRelease
from schema.store.releases import Prepared, prepare, releases_of

PARTS = ("count", "base", "missing", "within", "within_base", "value")


@dataclass(frozen=True)
class Preview:
    """What would be told. ``reasons``: by (table, line), why numbers of the line are withheld; empty for a release made before."""

    prepared: Prepared
    reasons: Mapping[tuple[str, str], str]

    @property
    def figures(self) -> Figures:
        """The figures as they would be printed."""
        return self.prepared.figures

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many numbers are withheld for each reason."""
        held = Counter(self.prepared.reasons.values())
        return [(words, held[reason]) for reason, words in REASONS.items() if held[reason]]

    @property
    def left_out(self) -> int:
        """How many lines are not printed at all."""
        return len(self.prepared.made.left_out) if self.prepared.made else 0


@dataclass(frozen=True)
class SharingPage:
    """The releases so far, the newest first, and the preview that was asked for."""

    releases: list[SharedRelease]
    preview: Preview | None


def sharing_page(session: Session, project: Project, rule: Rule | None) -> SharingPage:
    """Collect what the page shows; without a rule there is no preview. Raises ``Refused`` as :func:`schema.store.releases.prepare`."""
    preview = _preview(prepare(session, project, rule)) if rule else None
    return SharingPage(list(reversed(releases_of(session, project))), preview)


def _preview(prepared: Prepared) -> Preview:
    lines: dict[tuple[str, str], list[str]] = {}
    for table in prepared.figures.tables:
        for line in table.lines:
            found = (prepared.reasons.get(Place(table.key, line.key, part)) for part in PARTS)
            words = dict.fromkeys(REASONS[reason] for reason in found if reason)
            if words:
                lines[table.key, line.key] = list(words)
    return Preview(prepared, {place: "; ".join(words) for place, words in lines.items()})
