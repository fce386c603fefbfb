"""What a paper's methods section has to say about the extraction, counted from the signed-off cases.

The counts are those that items 9, 10a and 10b of PRISMA 2020 ask for (Page et al., BMJ 2021;372:n160). Nothing here is
about a single case, and no coder is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from exports.written import Order
from schema.answers.document import NO_VALUES, Row, Values
from schema.answers.visibility import visible
from schema.coding.agreement import AgreementTally, FieldAgreement, Measure, RowAgreement
from schema.coding.agreement.plan import AgreementPlan, PlanResult, results_of
from schema.coding.agreement.report import mean_of
from schema.coding.model import AGREEING
from schema.framework.model import Framework
from schema.store.master import Hands, MasterCase, PilotFact
from schema.template.model import CodeList, Section, Template
from schema.template.value import Missing, Value

SETTLED_BY_NOBODY = ("", "moot")


@dataclass
class Answers:
    """The values that the forms asked for in the consensus: given, blank, or missing by code (with the code's label)."""

    given: int = 0
    blank: int = 0
    missing: Counter[str] = field(default_factory=Counter)

    @property
    def asked(self) -> int:
        """All of them."""
        return self.given + self.blank + self.missing.total()


@dataclass
class Differences:
    """Positions that the coders saw differently. ``rows``: of these, rows that one coder alone had.

    ``choices`` and ``causes`` count the decisions by their codes. ``overruled``: positions alike that were changed.
    """

    settled: int = 0
    rows: int = 0
    overruled: int = 0
    choices: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Agreed:
    """Agreement before anything was reconciled: ``agreed`` of ``compared`` positions; means over questions.

    ``planned``: the questions of the agreement plan beside their figures, where there is a plan.
    """

    compared: int
    agreed: int
    kappa: Measure
    ac1: Measure
    alpha: Measure
    rows: tuple[RowAgreement, ...]
    planned: tuple[PlanResult, ...] = ()


@dataclass(frozen=True)
class MethodsFacts:
    """Everything that the methods section says in numbers.

    ``versions``: cases by template version. ``left_out``: cases that are not signed off, by state.
    ``verified``: labels of the sections that one coder extracted and the other checked, in any version in use. ``pilots``: the
    rounds of the pilot. ``plan``: what was laid down about agreement, if anything.
    """

    project: str
    rehearsal: bool
    newest: Template
    versions: Mapping[int, int]
    included: int
    left_out: Mapping[str, int]
    hands: Hands
    answers: Answers
    differences: Differences
    agreement: Agreed
    framework: Framework | None
    verified: tuple[str, ...] = ()
    plan: AgreementPlan | None = None
    pilots: tuple[PilotFact, ...] = ()


def gather(order: Order) -> MethodsFacts:
    """Count everything in one pass over the cases."""
    study, versions, tally = order.study, Counter[int](), AgreementTally()
    answers, differences = Answers(), Differences()
    for done, case in enumerate(study.cases, 1):
        versions[case.template.version] += 1
        _count_answers(answers, case)
        _count_differences(differences, case)
        tally.add(case.trace.comparison)
        order.progress(done, study.included)
    return MethodsFacts(
        project=study.project_title,
        rehearsal=study.rehearsal,
        newest=study.newest,
        versions=dict(sorted(versions.items())),
        included=study.included,
        left_out=dict(sorted(Counter(case.state for case in study.excluded).items())),
        hands=study.hands,
        answers=answers,
        differences=differences,
        agreement=_agreement(order, tally),
        framework=order.framework,
        verified=_verified(order, versions),
        plan=study.plan,
        pilots=study.pilots,
    )


def _verified(order: Order, versions: Mapping[int, int]) -> tuple[str, ...]:
    used = [template for template in order.study.templates if template.version in versions]
    labels = (section.label for template in used for section in template.verified_sections())
    return tuple(dict.fromkeys(labels))


def _agreement(order: Order, tally: AgreementTally) -> Agreed:
    compared, agreed = tally.positions()
    fields: tuple[FieldAgreement, ...] = tally.fields()
    return Agreed(
        compared,
        agreed,
        mean_of(held.kappa for held in fields),
        mean_of(held.ac1 for held in fields),
        mean_of(held.alpha for held in fields),
        tally.rows(),
        results_of(order.study.plan, fields, order.study.newest) if order.study.plan else (),
    )


def _count_answers(answers: Answers, case: MasterCase) -> None:
    """Count what was asked and is exported: neither what the routing hid nor what follows from another answer."""
    codes = case.template.missing
    for value in _asked(case):
        if value is None:
            answers.blank += 1
        elif isinstance(value, Missing) and _is_no_answer(codes, value.code):
            answers.missing[case.template.missing_label(value.code)] += 1
        else:
            answers.given += 1


def _is_no_answer(codes: CodeList, code: str) -> bool:
    """Whether a missing code says that there is no answer; "none of them" is one where several may be ticked."""
    option = codes.by_value.get(code)
    return option is None or option.attributes.get("only_for") != "choices"


def _asked(case: MasterCase) -> Iterator[Value]:
    seen = visible(case.template, case.document)
    for section in case.template.sections:
        for row, values in _rows(case, section):
            for held in section.fields:
                own = held.export and held.derive is None and not held.retired
                if own and seen.field(section.key, held.key, row):
                    yield values.get(held.key)


def _rows(case: MasterCase, section: Section) -> Iterator[tuple[Row | None, Values]]:
    if section.repeats:
        yield from ((row, row.values) for row in case.document.rows(section.key))
    else:
        yield None, case.document.sections.get(section.key, NO_VALUES)


def _count_differences(differences: Differences, case: MasterCase) -> None:
    for held in case.discrepancies:
        if held.verdict in AGREEING:
            differences.overruled += 1
            continue
        if held.settlement.choice in SETTLED_BY_NOBODY:
            continue
        differences.settled += 1
        differences.rows += not held.field
        differences.choices[held.settlement.choice] += 1
        if held.settlement.cause:
            differences.causes[held.settlement.cause] += 1
