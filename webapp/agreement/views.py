"""Page models of agreement: figures as they read, sorted as asked, and the pictures beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from schema.coding.agreement import (
    AgreementReport,
    Caution,
    Estimate,
    FieldAgreement,
    Interval,
    Measure,
    NoInterval,
    OptionAgreement,
    RowAgreement,
    SliceAgreement,
    VerifiedCount,
    confusion,
)
from schema.coding.agreement.verified import in_all
from schema.coding.model import CAUSES
from schema.framework.percent import percent_text
from schema.store.agreement_read import Defect, StudyAgreement
from webapp.agreement.drawing import DotPlot, HeatMap, dot_plots, heat_map, short
from webapp.agreement.figure_words import Figure, figure, percent_figure
from webapp.agreement.plan_views import PlanBeside, plan_beside

PARTS = {"field": "Questions", "section": "Sections", "pair": "Pairs of coders", "month": "Months"}
COLUMNS = {"n": "n", "percent": "Agreement", "kappa": "Kappa", "ac1": "AC1", "alpha": "Alpha"}
PLOTTED = {
    "percent": "Share of agreement",
    "kappa": "Cohen's kappa",
    "ac1": "Gwet's AC1",
    "alpha": "Krippendorff's alpha",
}
LEVELS = {
    "nominal": "codes",
    "ordinal": "codes in order",
    "interval": "numbers",
    "masi": "sets",
}
LEFT_OUT = {
    "not_asked": "One coder was not asked",
    "applicability_differs": "Did not apply for one coder",
    "row_alone": "Rows that only one coder has",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a question, section, pair or month. ``path`` names the question's own page."""

    label: str
    over: str
    path: str
    cases: int
    n: int
    figures: dict[str, Figure]
    level: str = ""
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; anything unknown is the default. ``sort`` empty: in the questionnaire's order."""

    by: str
    sort: str
    down: bool

    @classmethod
    def of(cls, by: str, sort: str, order: str) -> Wanted:
        """Read the parts of an address."""
        return cls(by if by in PARTS else "field", sort if sort in COLUMNS else "", order == "down")


@dataclass(frozen=True, slots=True)
class RowLine:
    """Whether both coders found the rows of a group."""

    label: str
    rows_a: int
    rows_b: int
    linked: int
    precision: Figure
    recall: Figure
    f1: Figure


@dataclass(frozen=True, slots=True)
class DefectLine:
    """A question whose definition reconcilers found unclear; ``others`` are the other causes, in words."""

    label: str
    over: str
    path: str
    decisions: int
    unclear: int
    share: str
    others: str
    mostly: bool


@dataclass(frozen=True, slots=True)
class VerifiedLine:
    """A question that was checked instead of coded twice."""

    label: str
    over: str
    held: VerifiedCount


@dataclass(frozen=True)
class AgreementPage:
    """The page of a project's agreement."""

    found: StudyAgreement
    wanted: Wanted
    overall: Line
    lines: tuple[Line, ...]
    rows: tuple[RowLine, ...]
    defects: tuple[DefectLine, ...]
    verified: tuple[VerifiedLine, ...]
    unaided: tuple[Line, ...]
    plan: PlanBeside | None
    plots: tuple[DotPlot, ...]

    @property
    def report(self) -> AgreementReport:
        """The figures behind the page."""
        return self.found.report

    @property
    def verified_in_all(self) -> tuple[int, int, int]:
        """How many checked values were agreed, corrected and not found."""
        return in_all(self.report.verified)


@dataclass(frozen=True)
class FieldPage:
    """The page of one question: of all pairs of coders, or of one (``pair``, counted from 1; 0 is all)."""

    held: FieldAgreement
    section: str
    measures: tuple[tuple[str, Figure], ...]
    with_lone_rows: tuple[tuple[str, Figure], ...]
    without_pairing: tuple[tuple[str, Figure], ...]
    left_out: tuple[tuple[str, int], ...]
    options: tuple[tuple[str, OptionAgreement, Figure, Figure], ...]
    codes: tuple[tuple[int, str, int, int, int], ...]
    mixed: tuple[tuple[str, str, int], ...]
    picture: HeatMap | None
    pairs: tuple[str, ...]
    pair: int
    coders: tuple[str, str]


def agreement_page(found: StudyAgreement, wanted: Wanted) -> AgreementPage:
    """Collect what the page shows."""
    report = found.report
    lines = _sorted(_lines(report, wanted.by), wanted) if wanted.by == "field" else _lines(report, wanted.by)
    return AgreementPage(
        found=found,
        wanted=wanted,
        overall=_slice_line(report.overall),
        lines=tuple(line for line, _ in lines),
        rows=tuple(_row_line(report, held) for held in report.rows),
        defects=tuple(_defect_line(report, held) for held in found.defects),
        verified=tuple(
            VerifiedLine(held.field.label, _section_label(report, held.field.section), held)
            for held in report.verified
        ),
        unaided=_unaided(report),
        plan=plan_beside(found),
        plots=_plots(lines, wanted),
    )


Measured = tuple[Line, FieldAgreement | SliceAgreement]


def _lines(report: AgreementReport, by: str) -> list[Measured]:
    slices = {"section": report.sections, "pair": report.pairs, "month": report.months}
    if by in slices:
        return [(_slice_line(held), held) for held in slices[by]]
    return [(_field_line(report, held), held) for held in report.fields]


def _field_line(report: AgreementReport, held: FieldAgreement) -> Line:
    figures = {
        "percent": percent_figure(held.agreed, held.n, held.intervals.get("percent")),
        "kappa": figure(held.kappa, held.intervals.get("kappa")),
        "ac1": figure(held.ac1, held.intervals.get("ac1")),
        "alpha": figure(held.alpha, held.intervals.get("alpha")),
    }
    over = _section_label(report, held.section)
    return Line(
        held.field.label,
        over,
        held.field.path,
        report.cases,
        held.n,
        figures,
        LEVELS[held.level],
        held.cautions,
    )


def _unaided(report: AgreementReport) -> tuple[Line, ...]:
    """Sections with rows made from suggestions: each as a whole, and then without these rows."""
    whole = {held.key: held for held in report.sections}
    found = ((whole[held.key], held) for held in report.unaided if held.key in whole)
    return tuple(
        replace(_slice_line(held), over=words)
        for with_them, without in found
        for held, words in ((with_them, "all rows"), (without, "without rows made from suggestions"))
    )


def _slice_line(held: SliceAgreement) -> Line:
    figures = {
        "percent": percent_figure(held.agreed, held.percent.n, held.interval),
        "kappa": figure(held.kappa),
        "ac1": figure(held.ac1),
        "alpha": figure(held.alpha),
    }
    return Line(held.label, "", "", held.cases, held.percent.n, figures)


def _sorted(lines: list[Measured], wanted: Wanted) -> list[Measured]:
    """In the order that is asked for; lines without the figure come last either way."""
    if not wanted.sort:
        return lines
    known = [held for held in lines if _key(held[1], wanted.sort) is not None]
    rest = [held for held in lines if _key(held[1], wanted.sort) is None]
    return sorted(known, key=lambda held: _key(held[1], wanted.sort) or 0.0, reverse=wanted.down) + rest


def _key(held: FieldAgreement | SliceAgreement, sort: str) -> float | None:
    if sort == "n":
        return float(held.percent.n)
    measure = _measure(held, sort)
    return measure.value if isinstance(measure, Estimate) else None


def _measure(held: FieldAgreement | SliceAgreement, name: str) -> Measure:
    found: dict[str, Callable[[], Measure]] = {
        "percent": lambda: held.percent,
        "kappa": lambda: held.kappa,
        "ac1": lambda: held.ac1,
        "alpha": lambda: held.alpha,
    }
    return found[name]()


def _plots(lines: Sequence[Measured], wanted: Wanted) -> tuple[DotPlot, ...]:
    """The measure that the table is sorted by; else alpha, which every kind of answer has, and for parts the share."""
    usual = "alpha" if wanted.by == "field" else "percent"
    name = wanted.sort if wanted.sort in PLOTTED and wanted.by == "field" else usual
    return dot_plots(
        PLOTTED[name], [(_name(line), _measure(held, name), _interval(held, name)) for line, held in lines]
    )


def _name(line: Line) -> str:
    return f"{short(line.label, 26)}, {short(line.over, 16)}" if line.over else short(line.label)


def _interval(held: FieldAgreement | SliceAgreement, name: str) -> Interval | NoInterval | None:
    if isinstance(held, FieldAgreement):
        return held.intervals.get(name)
    return held.interval if name == "percent" else None


def _row_line(report: AgreementReport, held: RowAgreement) -> RowLine:
    linked = min(held.linked_a, held.linked_b)
    return RowLine(
        _section_label(report, held.section),
        held.rows_a,
        held.rows_b,
        linked,
        figure(held.precision),
        figure(held.recall),
        figure(held.f1),
    )


def _defect_line(report: AgreementReport, held: Defect) -> DefectLine:
    field = report.template.by_path.get(held.path) if report.template else None
    others = ", ".join(
        f"{CAUSES.get(cause, cause).lower()} {times}"
        for cause, times in sorted(held.causes.items(), key=lambda found: (-found[1], found[0]))
        if cause != "definition_unclear"
    )
    measured = any(known.field.path == held.path for known in report.fields)
    section = _section_label(report, held.path.split(".")[0])
    label = field.label if field else f"Rows of one coder only: {section}"
    return DefectLine(
        label,
        section,
        held.path if measured else "",
        held.decisions,
        held.unclear,
        percent_text(held.unclear, held.decisions),
        others,
        held.mostly,
    )


def field_page(report: AgreementReport, path: str, pair: int) -> FieldPage | None:
    """Collect what the page of one question shows; ``None`` where it is not measured."""
    chosen = report.pairs[pair - 1] if 0 < pair <= len(report.pairs) else None
    fields = chosen.fields if chosen else report.fields
    held = next((found for found in fields if found.field.path == path), None)
    if held is None or report.template is None:
        return None
    found = confusion(report.template, held)
    agreed = [found.counts.get((code, code), 0) for code, _ in found.codes] if found else []
    return FieldPage(
        held=held,
        section=_section_label(report, held.section),
        measures=_measures(held),
        with_lone_rows=_with_lone_rows(held),
        without_pairing=_measures(held.without_pairing) if held.without_pairing else (),
        left_out=tuple((LEFT_OUT.get(reason, reason), times) for reason, times in held.excluded.items()),
        options=tuple(
            (_option_label(report, held, option), option, figure(option.kappa), figure(option.ac1))
            for option in held.options
        ),
        codes=tuple(
            (index, label, *_margins(found.counts, code), both)
            for index, ((code, label), both) in enumerate(zip(found.codes, agreed, strict=True), 1)
        )
        if found and not held.options
        else (),
        mixed=found.worst() if found else (),
        picture=heat_map(found) if found else None,
        pairs=tuple(one.label for one in report.pairs),
        pair=pair if chosen else 0,
        coders=chosen.coders if chosen else ("Coder 1", "Coder 2"),
    )


def _measures(held: FieldAgreement) -> tuple[tuple[str, Figure], ...]:
    weighted = (
        [("Weighted kappa (linear)", figure(held.weighted, held.intervals.get("weighted")))]
        if held.level == "ordinal"
        else []
    )
    return (
        ("Agreement", percent_figure(held.agreed, held.n, held.intervals.get("percent"))),
        ("Cohen's kappa", figure(held.kappa, held.intervals.get("kappa"))),
        *weighted,
        ("Gwet's AC1", figure(held.ac1, held.intervals.get("ac1"))),
        (f"Krippendorff's alpha ({LEVELS[held.level]})", figure(held.alpha, held.intervals.get("alpha"))),
    )


def _with_lone_rows(held: FieldAgreement) -> tuple[tuple[str, Figure], ...]:
    whole = held.with_lone_rows
    if whole is None:
        return ()
    share = ("Agreement", percent_figure(held.agreed, whole.n))
    return (share, ("Cohen's kappa", figure(whole.kappa))) if isinstance(whole.kappa, Estimate) else (share,)


def _option_label(report: AgreementReport, held: FieldAgreement, option: OptionAgreement) -> str:
    known = held.field.codelist.by_value.get(option.value) if held.field.codelist else None
    if known:
        return known.label
    code = option.value.removeprefix("missing:")
    return report.template.missing_label(code) if report.template else code


def _margins(counts: Mapping[tuple[str, str], int], code: str) -> tuple[int, int]:
    of_a = sum(times for (a, _), times in counts.items() if a == code)
    return of_a, sum(times for (_, b), times in counts.items() if b == code)


def _section_label(report: AgreementReport, key: str) -> str:
    section = report.template.by_key.get(key) if report.template else None
    return section.label if section else key
