"""The page model of the overview: how far the comparison is, and what comes next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from webapp.reconciliation.matching import group_lines
from webapp.reconciliation.memos import MemoOfCase, memos_of_case
from webapp.reconciliation.room import Table
from webapp.wording import count


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four steps. ``mark``: done, now or later."""

    title: str
    words: str
    mark: str
    address: str
    act: str


@dataclass(frozen=True, slots=True)
class SectionLine:
    """How a section compares: positions, those that agree, those for a person, and the undecided of these."""

    label: str
    positions: int
    agreed: int
    questions: int
    undecided: int
    address: str


@dataclass(frozen=True)
class Overview:
    """The overview. ``next_step`` is the one to go on with; none after sign-off."""

    steps: tuple[Step, ...]
    sections: tuple[SectionLine, ...]
    memos: tuple[MemoOfCase, ...]

    @property
    def next_step(self) -> Step | None:
        """The step that is due."""
        return next((step for step in self.steps if step.mark == "now"), None)


def overview(table: Table) -> Overview:
    """Put the overview together."""
    steps = (_match(table), _resolve(table), _agreed(table), _sign(table))
    return Overview(steps, section_lines(table), memos_of_case(table))


def section_lines(table: Table) -> tuple[SectionLine, ...]:
    """The counts of every section that was compared."""
    agenda = table.loaded.agenda()
    positions = Counter(position.section for position in table.loaded.result.positions)
    agreed = Counter(p.section for p in table.loaded.result.positions if not p.needs_person)
    questions = Counter(position.section for position in agenda.questions())
    undecided = Counter(position.section for position in agenda.undecided())
    return tuple(
        SectionLine(
            section.label,
            positions[section.key],
            agreed[section.key],
            questions[section.key],
            undecided[section.key],
            table.address("resolve_page", section=section.key) if table.matched else "",
        )
        for section in table.loaded.template.sections
        if positions[section.key] or questions[section.key]
    )


def _match(table: Table) -> Step:
    lines = group_lines(table)
    doubtful = sum(line.doubtful for line in lines)
    alone = sum(line.alone for line in lines)
    pairs = count(sum(line.linked for line in lines), "pair of rows", "pairs of rows")
    words = f"{pairs}, {doubtful} of them doubtful; {count(alone, 'row stands', 'rows stand')} alone"
    mark = "done" if table.matched else "now"
    return Step("Match rows", words, mark, table.address("rows_page"), "Match rows")


def _resolve(table: Table) -> Step:
    row = table.loaded.row
    words = f"{row.discrepancies - row.undecided} of {row.discrepancies} differences settled"
    mark = "later" if not table.matched else "now" if row.undecided else "done"
    return Step("Resolve differences", words, mark, table.address("resolve_page"), "Resolve differences")


def _agreed(table: Table) -> Step:
    row = table.loaded.row
    words = f"{row.agreed} values, " + ("accepted" if row.agreed_accepted else "not yet accepted")
    due = table.matched and not row.undecided
    mark = "done" if row.agreed_accepted else "now" if due else "later"
    return Step("Accept what agrees", words, mark, table.address("agreed_page"), "Look at what agrees")


def _sign(table: Table) -> Step:
    row = table.loaded.row
    if table.state == "signed_off":
        return Step("Sign off", "signed off", "done", table.address("final_page"), "The final extract")
    due = table.matched and not row.undecided and row.agreed_accepted
    address = table.address("sign_off_page")
    return Step("Sign off", "not signed off", "now" if due else "later", address, "Sign off")
