"""A study as exports read it: plain dataclasses, filled by :mod:`schema.store.readmodel`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as member
from datetime import datetime

from schema.answers.document import NO_VALUES, Document, Values
from schema.coding.agreement import Compared
from schema.coding.agreement.plan import AgreementPlan
from schema.coding.model import Comparison
from schema.days import in_words
from schema.framework.frame.census import Original
from schema.framework.frame.layer import Layer, Touched
from schema.template.model import Template
from schema.template.value import Value


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a position was settled. ``choice`` empty: by nobody; ``moot``: the consensus does not ask about it."""

    choice: str = ""
    value: Value = None
    cause: str = ""
    reason: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SettledDiscrepancy:
    """One position that the coders saw differently (or an agreed one that was overruled), and how it was settled.

    ``row_id`` is the consensus row's, empty in a plain section. ``a`` and ``b`` are the values as submitted. For a row
    that only one coder has, ``field`` is empty, the values are ``None``, and ``row_a`` or ``row_b`` holds the row's values.
    """

    path: str
    section: str
    row_id: str
    field: str
    verdict: str
    a: Value
    b: Value
    settlement: Settlement = Settlement()
    row_a: Values = member(default_factory=lambda: NO_VALUES)
    row_b: Values = member(default_factory=lambda: NO_VALUES)


@dataclass(frozen=True)
class Trace:
    """Where a case's values come from: both entries as submitted, and what comparing them found.

    ``template_a``, ``template_b``: the versions that the coders used; ``None``: that of the comparison. ``month``: when they were
    compared (``2026-11``).
    """

    comparison: Comparison
    a: Document
    b: Document
    template_a: Template | None = None
    template_b: Template | None = None
    month: str = ""

    def side(self, letter: str) -> tuple[Template, Document]:
        """The entry of coder ``a`` or ``b`` with the version that it was made in."""
        document, template = (self.a, self.template_a) if letter == "a" else (self.b, self.template_b)
        return template or self.comparison.template, document


@dataclass(frozen=True)
class MasterCase:
    """One signed-off case. ``document`` is its consensus, the derived values among the typed ones.

    ``template`` is the version that the consensus belongs to; ``sha256`` is the hash of the frozen consensus. Template and
    document are as the coding frame has them; ``touched`` is what it recoded. ``trace``: where the values come from.
    ``coder_a`` and ``coder_b`` are names, or "A" and "B" where the project does not name its coders.
    """

    reference: str
    title: str
    source: str
    template: Template
    document: Document
    coder_a: str
    coder_b: str
    signed_off_by: str
    signed_off_at: datetime
    sha256: str
    trace: Trace
    discrepancies: tuple[SettledDiscrepancy, ...] = ()
    touched: tuple[Touched, ...] = ()

    @property
    def compared(self) -> Compared:
        """What comparing the two entries found, as agreement counts it."""
        return Compared(self.trace.comparison, (self.coder_a, self.coder_b), self.trace.month)


@dataclass(frozen=True, slots=True)
class Hands:
    """How many people made the signed-off cases: coders, different pairs of them, and who settled differences or signed off."""

    coders: int = 0
    pairs: int = 0
    reconcilers: int = 0


@dataclass(frozen=True, slots=True)
class ExcludedCase:
    """A registered case that is not in the master, with its state and why."""

    reference: str
    title: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class PilotFact:
    """A round of the pilot as files state it: how many cases (withdrawn ones left out), how many of them signed off.

    ``decision``: go, revise, or empty before it. ``in_master``: whether the signed-off ones are in the master; ``reason`` says why.
    """

    number: int
    cases: int
    signed_off: int
    decision: str
    decided_at: datetime | None
    in_master: bool
    reason: str

    @property
    def decided(self) -> str:
        """What was decided, in words."""
        words = {"go": "to go on", "revise": "to revise", "": "not yet"}[self.decision]
        return f"{words}, {in_words(self.decided_at)}" if self.decided_at else words

    @property
    def placed(self) -> str:
        """Where its signed-off cases are, in words."""
        return "in the master" if self.in_master else "kept out of the master"


@dataclass(frozen=True)
class MasterStudy:
    """Everything that the master workbook is made of.

    ``cases`` can be read again and again, in the same order; each reading streams, thaws the entries and compares them.
    ``templates`` are all versions that the cases were extracted with, oldest first. ``included`` counts the cases. ``plan`` is
    the agreement plan as it stands. ``layer``: the coding frame that the cases are read under; ``originals``: the cases
    before it. ``audit_head``: number of rows and head of the audit trail at that moment. ``pilots``: the rounds of the
    pilot, each with whether its cases are in.
    """

    project_key: str
    project_title: str
    rehearsal: bool
    template_key: str
    templates: tuple[Template, ...]
    included: int
    excluded: tuple[ExcludedCase, ...]
    cases: Iterable[MasterCase]
    made_at: datetime
    made_by: str
    hands: Hands = Hands()
    plan: AgreementPlan | None = None
    layer: Layer | None = None
    originals: Iterable[Original] = ()
    audit_head: str = ""
    pilots: tuple[PilotFact, ...] = ()

    @property
    def newest(self) -> Template:
        """The newest template version."""
        return self.templates[-1]
