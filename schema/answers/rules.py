"""Cross-field rules, one function for each kind; a new kind is one more function in ``CHECKS``.

A check looks at one section or one row through :class:`Seen` and gives ``None`` where the rule holds, or a sentence
to follow the rule's own message (often empty). Fields that do not apply are blank. Where a needed answer is still
blank a rule is silent: the blank itself is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from schema.answers.document import Document, Row
from schema.answers.finding import Finding
from schema.answers.paths import place_of
from schema.answers.visibility import Visibility
from schema.template.kinds.partial_date import parts_of
from schema.template.model import Rule, Section, Template
from schema.template.value import Invalid, Missing, Value, is_answer


@dataclass(frozen=True, slots=True)
class Seen:
    """One section or row as a rule sees it."""

    rule: Rule
    section: Section
    row: Row | None
    document: Document
    visibility: Visibility

    def value(self, parameter: str) -> Value:
        """Give the value of the field that the rule names under ``parameter``."""
        return self.visibility.lookup(self.section.key, self.row)(self.rule.fields[parameter])

    def holds(self, parameter: str) -> bool:
        """Whether the rule's condition ``parameter`` holds here."""
        return self.rule.conditions[parameter].holds(self.visibility.lookup(self.section.key, self.row))

    def blank(self, parameter: str) -> bool:
        """Whether a field that the condition reads is still blank or unreadable."""
        look = self.visibility.lookup(self.section.key, self.row)
        return any(
            look(name) is None or isinstance(look(name), Invalid)
            for name in self.rule.conditions[parameter].names()
        )


def _belongs(seen: Seen) -> str | None:
    parent, child = seen.value("parent"), seen.value("child")
    if not isinstance(child, tuple) or not isinstance(parent, tuple | Missing):
        return None
    ticked = parent if isinstance(parent, tuple) else ()
    groups = _groups(seen)
    astray = [code for code in child if groups.get(code) not in ticked]
    alone = [code for code in ticked if code not in {groups.get(code) for code in child}]
    parts = [f"Without its theme: {', '.join(astray)}." if astray else "",
             f"Without a sub-theme: {', '.join(alone)}." if alone else ""]  # fmt: skip
    return " ".join(filter(None, parts)) or None


def _groups(seen: Seen) -> Mapping[str, str]:
    codelist = seen.section.by_key[seen.rule.fields["child"]].codelist
    return {option.value: option.group for option in codelist.options} if codelist else {}


def _exactly_when(seen: Seen) -> str | None:
    if seen.blank("left") or seen.blank("right"):
        return None
    return None if seen.holds("left") == seen.holds("right") else ""


def _count(seen: Seen) -> str | None:
    number, group = seen.value("field"), seen.rule.fields["group"]
    if not isinstance(number, int | float) or not seen.visibility.section(group):
        return None
    rows = len(seen.document.rows(group))
    fits = rows <= number if seen.rule.fields.get("rows") == "at_most" else rows == number
    return (
        None
        if fits
        else f"The answer is {number:g}; there {'is' if rows == 1 else 'are'} {rows} in the list."
    )


def _confirm(seen: Seen) -> str | None:
    return "" if seen.holds("when") else None


def _order(seen: Seen) -> str | None:
    earlier, later = _moment(seen.value("earlier")), _moment(seen.value("later"))
    shared = min(len(earlier), len(later))
    return "" if earlier[:shared] > later[:shared] else None


def _moment(value: Value) -> tuple[int, ...]:
    """Year, month and day as far as they are given; a number is a year."""
    if isinstance(value, int):
        return (value,)
    parts = parts_of(value) if isinstance(value, str) else None
    return tuple(part for part in parts if part) if parts else ()


def _requires(seen: Seen) -> str | None:
    key = seen.rule.fields["field"]
    applies = "." in key or seen.visibility.field(seen.section.key, key, seen.row)
    if not applies or not seen.holds("when"):
        return None
    value = seen.value("field")
    return None if is_answer(value) or isinstance(value, Missing | Invalid) else ""


CHECKS: Mapping[str, Callable[[Seen], str | None]] = {
    "belongs": _belongs,
    "exactly_when": _exactly_when,
    "count": _count,
    "confirm": _confirm,
    "order": _order,
    "requires": _requires,
}

FOCUS = ("field", "child", "later", "earlier", "parent")


def rule_findings(
    template: Template, section: Section, document: Document, visibility: Visibility
) -> Iterator[Finding]:
    """Give a finding for each rule of the section, and each of its rows, that does not hold."""
    if not visibility.section(section.key):
        return
    rows: tuple[Row | None, ...] = document.rows(section.key) if section.repeats else (None,)
    judged = [broken_by(template, section, row, document, visibility) for row in rows]
    yield from by_rule(judged)


def by_rule(judged: Sequence[Sequence[Finding | None]]) -> Iterator[Finding]:
    """The findings of :func:`broken_by` of each row in the order of the rules, and of one rule in that of the rows."""
    for of_one_rule in zip(*judged, strict=True):
        yield from filter(None, of_one_rule)


def broken_by(
    template: Template, section: Section, row: Row | None, document: Document, visibility: Visibility
) -> tuple[Finding | None, ...]:
    """What each rule of a section that applies says of one row, or of the section itself; an empty row has its own finding."""
    found: list[Finding | None] = []
    for rule in template.rules:
        if rule.section != section.key:
            continue
        empty = row is not None and not row.values
        more = None if empty else CHECKS[rule.kind](Seen(rule, section, row, document, visibility))
        found.append(None if more is None else _finding(rule, section, row, document, more))
    return tuple(found)


def _finding(rule: Rule, section: Section, row: Row | None, document: Document, more: str) -> Finding:
    row_id, key = (row.id if row else ""), _focus(rule, section)
    return Finding(
        code=f"RULE-{rule.kind.upper().replace('_', '-')}",
        path=".".join(filter(None, (section.key, row_id, key))),
        message=f"{rule.message} {more}".strip(),
        severity="confirm"
        if rule.severity == "confirm"
        else "warning"
        if rule.severity == "warning"
        else "error",
        section=section.key,
        row_id=row_id,
        field_key=key,
        rule_key=rule.key,
        place=place_of(section, document, row_id),
    )


def _focus(rule: Rule, section: Section) -> str:
    """The field of this section that the coder should look at first; empty where the rule names none of them."""
    named = [rule.fields[parameter] for parameter in FOCUS if parameter in rule.fields]
    named += [name for condition in rule.conditions.values() for name in condition.names()]
    keys = [name.removeprefix(f"{section.key}.") for name in named]
    return next((key for key in keys if key in section.by_key), "")
