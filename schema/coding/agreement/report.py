"""All agreement figures of a study in one value: the page, the command, the CSV file and the workbook read this."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from schema.coding.agreement.bootstrap import DRAWS, LEVEL, SEED, Resampling
from schema.coding.agreement.by_field import FieldAgreement
from schema.coding.agreement.estimate import Estimate, Interval, Measure, NoInterval, Undefined
from schema.coding.agreement.pairing_apart import Entries, PairingApart
from schema.coding.agreement.rows import RowAgreement
from schema.coding.agreement.tally import AgreementTally, Outcomes, outcomes_of
from schema.coding.agreement.verified import VerifiedCount
from schema.coding.model import Comparison
from schema.template.model import Template

NO_FIELD = "no field has this figure"


@dataclass(frozen=True, slots=True)
class Compared:
    """One compared case: what comparing found, who coded it (A, B) and its month (``2026-11``).

    ``entries`` are needed for the figures of fields that help to pair rows, with the pairing made without them.
    ``suggested``: ids of the pairs in which a coder made a row from a suggestion that both were shown.
    """

    comparison: Comparison
    coders: tuple[str, str]
    month: str
    entries: Entries | None = None
    suggested: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SliceAgreement:
    """Agreement on a part of the study: a section, a pair of coders or a month.

    ``percent`` is over all positions of all fields. ``kappa``, ``ac1`` and ``alpha`` are plain means over the fields that
    have the figure; their ``n`` counts those fields. ``coders``: A and B, where it is a pair.
    """

    key: str
    label: str
    cases: int
    agreed: int
    percent: Measure
    interval: Interval | NoInterval
    kappa: Measure
    ac1: Measure
    alpha: Measure
    fields: tuple[FieldAgreement, ...] = ()
    coders: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class AgreementReport:
    """Agreement on a whole study and on its parts. ``template`` is the newest version among the ``cases``.

    ``verified`` counts what was checked instead of coded twice; no other figure rests on it. ``unaided``: for each section
    with rows made from suggestions its agreement without these rows, for no other section.
    """

    template: Template | None
    cases: int
    overall: SliceAgreement
    fields: tuple[FieldAgreement, ...]
    rows: tuple[RowAgreement, ...]
    sections: tuple[SliceAgreement, ...]
    pairs: tuple[SliceAgreement, ...]
    months: tuple[SliceAgreement, ...]
    verified: tuple[VerifiedCount, ...] = ()
    unaided: tuple[SliceAgreement, ...] = ()
    seed: int = SEED
    draws: int = DRAWS
    level: float = LEVEL


class Unaided:
    """Counts cases without the rows that were made from suggestions: two coders who copy one list agree on it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._tally = AgreementTally()
        self._sections: set[str] = set()

    def add(self, case: Compared, outcomes: Outcomes) -> None:
        """Count one case, whose ``outcomes`` are known; pairs in which either row was made from a suggestion are left out."""
        found = case.comparison
        if not case.suggested:
            self._tally.take(outcomes)
            return
        found = case.comparison
        self._sections |= {pair.group for pair in found.pairs if pair.id in case.suggested}
        kept = (one for one in found.positions if one.pair is None or one.pair.id not in case.suggested)
        self._tally.add(replace(found, positions=tuple(kept)))

    def sections(self, template: Template | None) -> tuple[SliceAgreement, ...]:
        """The sections in which rows were left out, in the order of the template."""
        if not self._sections:
            return ()
        fields = tuple(held for held in self._tally.fields() if held.section in self._sections)
        return _sections(template, self._tally, fields, Resampling(self._tally.cases))


class ReportCount:
    """Counts compared cases one at a time, so that whoever reads them for something else can have the report as well.

    In the figures of a pair the coder whose name comes first is A, whichever side they were on; elsewhere A is
    the comparison's own A, which need not be slot 1 where coders are unnamed.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._whole, self._apart, self._unaided = AgreementTally(drawn=True), PairingApart(), Unaided()
        self._pairs: dict[tuple[str, str], AgreementTally] = {}
        self._months: dict[str, AgreementTally] = {}
        self._template: Template | None = None

    def add(self, case: Compared) -> None:
        """Count one case."""
        template = case.comparison.template
        if self._template is None or template.version > self._template.version:
            self._template = template
        first, second = sorted(case.coders)
        if case.entries:
            self._apart.add(template, case.entries, self._whole.cases)
        outcomes = outcomes_of(case.comparison)
        self._whole.take(outcomes)
        self._unaided.add(case, outcomes)
        pair = self._pairs.setdefault((first, second), AgreementTally())
        pair.take(outcomes, swapped=case.coders != (first, second))
        self._months.setdefault(case.month, AgreementTally()).take(outcomes)

    def report(self) -> AgreementReport:
        """Every figure of what was counted, with bootstrap intervals."""
        whole, template, resampling = self._whole, self._template, Resampling(self._whole.cases)
        fields = tuple(
            replace(held, without_pairing=self._apart.result(held.field)) for held in whole.fields(resampling)
        )
        return AgreementReport(
            template=template,
            cases=whole.cases,
            overall=_slice("", "All sections", whole, fields, resampling),
            fields=fields,
            rows=whole.rows(),
            sections=_sections(template, whole, fields, resampling),
            pairs=tuple(
                replace(_whole_slice(f"{a} / {b}", f"{a} and {b}", counted, resampling), coders=(a, b))
                for (a, b), counted in sorted(self._pairs.items())
            ),
            months=tuple(
                _whole_slice(month, month, counted, resampling)
                for month, counted in sorted(self._months.items())
            ),
            verified=whole.verified(),
            unaided=self._unaided.sections(template),
        )


def build_report(compared: Iterable[Compared]) -> AgreementReport:
    """Count all compared cases in one pass and give every figure; see :class:`ReportCount`."""
    count = ReportCount()
    for case in compared:
        count.add(case)
    return count.report()


def _sections(
    template: Template | None,
    whole: AgreementTally,
    fields: tuple[FieldAgreement, ...],
    resampling: Resampling,
) -> tuple[SliceAgreement, ...]:
    labels = {section.key: section.label for section in template.sections} if template else {}
    by_section: dict[str, list[FieldAgreement]] = {}
    for held in fields:
        by_section.setdefault(held.section, []).append(held)
    return tuple(
        _slice(key, labels.get(key, key), whole, tuple(own), resampling, key)
        for key, own in by_section.items()
    )


def _whole_slice(key: str, label: str, counted: AgreementTally, of_all: Resampling) -> SliceAgreement:
    """The figures of a part with all its sections; where it has as many cases as the whole, its draws are those ``of_all``."""
    resampling = of_all if counted.cases == of_all.cases else Resampling(counted.cases)
    return _slice(key, label, counted, counted.fields(), resampling)


def _slice(
    key: str,
    label: str,
    counted: AgreementTally,
    fields: tuple[FieldAgreement, ...],
    resampling: Resampling,
    section: str = "",
) -> SliceAgreement:
    return SliceAgreement(
        key=key,
        label=label,
        cases=counted.cases,
        agreed=counted.positions(section)[1],
        percent=counted.percent(section),
        interval=counted.percent_interval(resampling, section),
        kappa=mean_of(held.kappa for held in fields),
        ac1=mean_of(held.ac1 for held in fields),
        alpha=mean_of(held.alpha for held in fields),
        fields=fields,
    )


def mean_of(measures: Iterable[Measure]) -> Measure:
    """The plain mean of those measures that are defined; ``n`` counts them. Undefined where none is."""
    known = [held.value for held in measures if isinstance(held, Estimate)]
    return Estimate(sum(known) / len(known), len(known)) if known else Undefined(NO_FIELD)
