"""A questionnaire as people read it on a page or on paper: sections, questions, conditions, rules and code lists in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schema.template.kinds import kind_of
from schema.template.kinds.base import label_of
from schema.template.model import REASON, CodeList, Field, Limits, Option, Section, Template
from schema.template.phrases import in_words, rule_in_words

#: A list of up to so many options is written out beside its question.
FEW_OPTIONS = 8
KINDS = {
    "text": "A line of text",
    "long_text": "Text of any length",
    "integer": "A whole number",
    "decimal": "A number",
    "date": "A date",
    "partial_date": "A date, or the month or year alone",
    "yes_no": "Yes or no",
    "choice": "One choice",
    "choices": "One or more choices",
    "derived": "Worked out, never typed",
}
COMPARISONS = {
    "exact": "exactly",
    "text": "as text, without regard to capitals, spaces and punctuation",
    "set": "as sets, whatever the order",
    "tolerance": "as numbers",
    "by_eye": "by eye: the reconciler looks, unless both are the same",
    "ignore": "not at all",
}
SEVERITIES = {"error": "Refuses submission", "confirm": "Asks for a tick", "warning": "Only tells"}
PARTS = {1: "the year", 2: "the month", 3: "the day"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question with all that is fixed about it, as pairs of label and words."""

    path: str
    label: str
    hint: str
    guidance: str
    examples: tuple[str, ...]
    retired: bool
    required: bool
    facts: tuple[tuple[str, str], ...]
    options: tuple[Option, ...]
    codelist: CodeList | None


@dataclass(frozen=True, slots=True)
class Part:
    """One section with its questions."""

    key: str
    label: str
    hint: str
    guidance: str
    retired: bool
    rows: str
    only_if: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: what it checks, what a coder is told, and what follows."""

    key: str
    section: str
    checks: str
    message: str
    severity: str


@dataclass(frozen=True)
class Readable:
    """A whole questionnaire."""

    template: Template
    parts: tuple[Part, ...]
    checks: tuple[Check, ...]
    codelists: tuple[CodeList, ...]


def readable(template: Template) -> Readable:
    """Put a template into words."""
    return Readable(
        template=template,
        parts=tuple(_part(template, section) for section in template.sections),
        checks=tuple(
            Check(
                rule.key,
                template.by_key[rule.section].label,
                _sentence(rule_in_words(template, rule)),
                rule.message,
                SEVERITIES[rule.severity],
            )
            for rule in template.rules
        ),
        codelists=_codelists(template),
    )


def _part(template: Template, section: Section) -> Part:
    return Part(
        key=section.key,
        label=section.label,
        hint=section.hint,
        guidance=section.guidance,
        retired=section.retired,
        rows=_rows(section),
        only_if=in_words(template, section, section.visible_when) if section.visible_when else "",
        questions=tuple(_question(template, section, field) for field in section.fields),
    )


def _rows(section: Section) -> str:
    if section.repeats is None:
        return ""
    least, most = section.repeats.minimum, section.repeats.maximum
    number = f"{least} to {most}" if least else f"up to {most}"
    return f"Once for each {section.repeats.one}: {number} rows."


def _question(template: Template, section: Section, field: Field) -> Question:
    held = field.codelist.options if field.codelist else ()
    return Question(
        path=field.path,
        label=field.label,
        hint=field.hint,
        guidance=field.guidance,
        examples=field.examples,
        retired=field.retired,
        required=field.required,
        facts=tuple((label, words) for label, words in _facts(template, section, field) if words),
        options=held if len(held) <= FEW_OPTIONS else (),
        codelist=field.codelist,
    )


def _facts(template: Template, section: Section, field: Field) -> Iterator[tuple[str, str]]:
    yield "Answer", _answer(field)
    yield "Asked only if", in_words(template, section, field.visible_when) if field.visible_when else ""
    yield "Worked out", _derived(section, field)
    yield "Or why not", "; ".join(template.missing_label(code) for code in field.missing)
    yield "Compared", _compared(field)
    yield "Pairs rows", {"anchor": "yes, firmly", "weak": "a little"}.get(field.match, "")
    yield "Besides", "; ".join(_besides(field))


def _answer(field: Field) -> str:
    words = [KINDS.get(field.kind, field.kind), limits_in_words(field.limits, field.unit)]
    if field.codelist and len(field.codelist.options) > FEW_OPTIONS:
        words.append(f"from {len(field.codelist.options)} options")
    return ", ".join(word for word in words if word)


def limits_in_words(limits: Limits, unit: str = "") -> str:
    """Bounds as they read after the kind of an answer: "from 0 to 120, in years"."""
    least, most = _number(limits.minimum), _number(limits.maximum)
    bounds = {
        (True, True): f"from {least} to {most}",
        (True, False): f"{least} or more",
        (False, True): f"up to {most}",
        (False, False): "",
    }[bool(least), bool(most)]
    length = f"at most {limits.length:,} characters" if limits.length else ""
    finest = f"no finer than {PARTS[limits.parts]}" if limits.parts < max(PARTS) else ""
    return ", ".join(word for word in (bounds, f"in {unit}" if unit else "", length, finest) if word)


def _number(bound: float | None) -> str:
    return "" if bound is None else f"{bound:g}"


def _derived(section: Section, field: Field) -> str:
    if field.derive is None:
        return ""
    source = section.by_key.get(field.derive.source)
    label = f"from “{source.label if source else field.derive.source}”"
    if field.derive.attribute:
        return f"{label}, by the mark “{field.derive.attribute}” of its options"
    return f"{label}: " + "; ".join(
        f"{label_of(field, value)} ({limits_in_words(Limits(least, most))})"
        for value, least, most in field.derive.bands
    )


def _compared(field: Field) -> str:
    words = COMPARISONS.get(field.compare.rule, field.compare.rule)
    allowed = f", {field.compare.tolerance:g} apart at most" if field.compare.tolerance else ""
    return f"{words}{allowed}"


def _besides(field: Field) -> Iterator[str]:
    if field.evidence:
        yield "page and quotation can be given"
    if field.decision == REASON:
        yield "every decision on it states its reason"
    if field.sensitive == "internal":
        yield "stays in the team"
    if not field.export:
        yield "is not exported"
    if not kind_of(field).stores:
        yield "is not stored"


def _codelists(template: Template) -> tuple[CodeList, ...]:
    """Every code list that a question uses, by title; one of which fields take parts is joined again."""
    titles: dict[str, str] = {}
    options: dict[str, dict[str, Option]] = {}
    for field in template.fields():
        if field.codelist:
            titles[field.codelist.name] = field.codelist.title
            options.setdefault(field.codelist.name, {}).update(_by_value(field.codelist))
    lists = [CodeList(name, titles[name], tuple(held.values())) for name, held in options.items()]
    return tuple(sorted(lists, key=lambda codelist: codelist.title))


def _by_value(codelist: CodeList) -> Mapping[str, Option]:
    return codelist.by_value


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
