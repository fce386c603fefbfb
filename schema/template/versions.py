"""What may change from one version of a template to the next.

Answers that were given keep their meaning: what would change it is refused. What makes life harder for coders, or
loses something, is a warning that needs a reason. Words for people are free, and so is asking more.

Codes: TPL-101 to 119 refuse, TPL-121 to 139 warn, TPL-141 to 159 only tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schema.problem import Problem
from schema.template.model import VERIFY, CodeList, Field, Limits, Option, Repeats, Rule, Section, Template

RETIRE = "Keep it and write `retired: true`; its column then stays in the exports, marked."
NEW_KEY = "Retire the old one with `retired: true` and give the new one a key of its own."
ASK = "Say why when you publish."
FREE = "Nothing needs doing."
FINEST = {1: "year", 2: "month", 3: "day"}


@dataclass(frozen=True)
class VersionChanges:
    """The differences between two versions, in the order of the template.

    ``refusals`` forbid publishing; ``warnings`` need a reason; ``notes`` are told.
    """

    refusals: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    notes: tuple[Problem, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The differences as sentences, the grave ones first."""
        return tuple(f"{problem.where}: {problem.message}" for problem in self.all)

    @property
    def all(self) -> tuple[Problem, ...]:
        """Every difference, the grave ones first."""
        return (*self.refusals, *self.warnings, *self.notes)

    @property
    def publishable(self) -> bool:
        """Whether nothing is refused."""
        return not self.refusals


def compare_versions(old: Template, new: Template) -> VersionChanges:
    """Say what publishing ``new`` after ``old`` would change, and whether it may."""
    found = (*_heads(old, new), *_sections(old, new), *_missing_codes(old, new), *_rules(old, new))
    return VersionChanges(
        refusals=tuple(problem for problem in found if problem.severity == "error"),
        warnings=tuple(problem for problem in found if problem.severity == "warning"),
        notes=tuple(problem for problem in found if problem.severity == "note"),
    )


def _refusal(code: str, where: str, message: str, remedy: str) -> Problem:
    return Problem(code, message, remedy, where=where)


def _warning(code: str, where: str, message: str, remedy: str = ASK) -> Problem:
    return Problem(code, message, remedy, where=where, severity="warning")


def _note(code: str, where: str, message: str, remedy: str = FREE) -> Problem:
    return Problem(code, message, remedy, where=where, severity="note")


def _heads(old: Template, new: Template) -> Iterator[Problem]:
    if old.key != new.key:
        message = f"The template “{old.key}” cannot become “{new.key}”."
        yield _refusal(
            "TPL-101", new.key, message, f"Write `template: {old.key}`, or publish it as a new template."
        )
    if new.version <= old.version:
        message = f"Version {old.version} is published already."
        yield _refusal("TPL-102", new.key, message, f"Write `version: {old.version + 1}`.")
    if (old.title, old.description) != (new.title, new.description):
        yield _note("TPL-141", new.key, "The title or the description has changed.")


def _sections(old: Template, new: Template) -> Iterator[Problem]:
    for section in old.sections:
        later = new.by_key.get(section.key)
        if later is None:
            message = f"The section “{section.label}” was removed."
            yield _refusal("TPL-103", section.key, message, RETIRE)
        else:
            yield from _section(section, later)
            yield from _fields(new, section, later)
    for section in new.sections:
        if section.key not in old.by_key:
            yield _note("TPL-142", section.key, f"The section “{section.label}” is new.")


def _section(old: Section, new: Section) -> Iterator[Problem]:
    if (old.repeats is None) != (new.repeats is None):
        how = "no longer repeats" if old.repeats else "now repeats"
        message = f"The section {how}; the answers given would have no place."
        yield _refusal("TPL-104", old.key, message, NEW_KEY)
    if old.retired and not new.retired:
        yield _refusal("TPL-105", old.key, "A retired section is used again.", "Give the section a new key.")
    if new.retired and not old.retired:
        yield _warning("TPL-121", old.key, "The section is retired.")
    if old.visible_when != new.visible_when:
        yield _warning("TPL-122", old.key, "The condition under which the section is shown has changed.")
    if old.mode != new.mode:
        now = "is checked by coder 2 from now on" if new.mode == VERIFY else "is coded twice from now on"
        message = f"The section {now}; its agreement figures begin or end here."
        yield _warning("TPL-131", old.key, message)
    if (old.label, old.hint, old.guidance) != (new.label, new.hint, new.guidance):
        yield _note("TPL-141", old.key, "The label, hint or guidance has changed.")
    if old.repeats and new.repeats:
        yield from _repeats(old.key, old.repeats, new.repeats)


def _repeats(where: str, old: Repeats, new: Repeats) -> Iterator[Problem]:
    if new.minimum > old.minimum or new.maximum < old.maximum:
        message = f"The number of rows is narrower: {new.minimum} to {new.maximum}, was {old.minimum} to {old.maximum}."
        yield _warning("TPL-123", where, message)
    elif (old.minimum, old.maximum) != (new.minimum, new.maximum):
        yield _note("TPL-143", where, f"The number of rows may be {new.minimum} to {new.maximum}.")
    if (old.one, old.summary) != (new.one, new.summary):
        yield _note("TPL-141", where, "The name of a row or its summary has changed.")


def _fields(new: Template, old_section: Section, new_section: Section) -> Iterator[Problem]:
    for field in old_section.fields:
        later = new_section.by_key.get(field.key)
        if later:
            yield from _field(field, later)
        else:
            yield _gone(new, field)
    for field in new_section.fields:
        if field.key not in old_section.by_key:
            needed = ", and an answer is required" if field.required else ""
            remedy = "Entries keep their version; lift those that should answer it."
            yield _note("TPL-144", field.path, f"“{field.label}” is new{needed}.", remedy)
    kept = [field.key for field in old_section.fields if field.key in new_section.by_key]
    if kept != [field.key for field in new_section.fields if field.key in old_section.by_key]:
        yield _note("TPL-145", new_section.key, "The order of the fields has changed.")


def _gone(new: Template, field: Field) -> Problem:
    elsewhere = [section.key for section in new.sections if field.key in section.by_key]
    if elsewhere:
        message = f"“{field.label}” is not here any more; `{elsewhere[0]}` has a field of that key."
        return _refusal("TPL-106", field.path, message, f"A field stays in its section. {RETIRE}")
    return _refusal("TPL-107", field.path, f"“{field.label}” was removed.", RETIRE)


def _field(old: Field, new: Field) -> Iterator[Problem]:
    if old.kind != new.kind:
        message = f"The kind has changed from {old.kind} to {new.kind}."
        yield _refusal("TPL-108", old.path, message, NEW_KEY)
        return
    if old.retired and not new.retired:
        yield _refusal("TPL-105", old.path, "A retired field is used again.", "Give the field a new key.")
    if new.retired and not old.retired:
        yield _warning("TPL-121", old.path, f"“{old.label}” is retired.")
    yield from _words(old, new)
    yield from _demands(old, new)
    yield from _handling(old, new)
    if old.codelist and new.codelist:
        yield from _options(old.path, old.codelist, new.codelist)


def _words(old: Field, new: Field) -> Iterator[Problem]:
    if old.unit and old.unit != new.unit:
        message = f"The unit has changed from {old.unit} to {new.unit or 'none'}."
        yield _refusal("TPL-112", old.path, message, NEW_KEY)
    if old.label != new.label:
        yield _note("TPL-141", old.path, f"The label is now “{new.label}”, was “{old.label}”.")
    for name in ("hint", "guidance", "examples"):
        if getattr(old, name) != getattr(new, name):
            yield _note("TPL-141", old.path, f"The {name} {'have' if name == 'examples' else 'has'} changed.")


def _demands(old: Field, new: Field) -> Iterator[Problem]:
    if new.required and not old.required:
        yield _warning("TPL-124", old.path, "An answer is now required.")
    if old.required and not new.required:
        yield _note("TPL-146", old.path, "An answer is no longer required.")
    if old.visible_when != new.visible_when:
        yield _warning("TPL-122", old.path, "The condition under which the field is shown has changed.")
    if narrower := _narrower(old.limits, new.limits):
        yield _warning("TPL-125", old.path, f"The limits are narrower ({', '.join(narrower)}).")
    elif old.limits != new.limits:
        yield _note("TPL-147", old.path, "The limits are wider.")
    for code in old.missing:
        if code not in new.missing:
            yield _warning("TPL-126", old.path, f"The missing code “{code}” is no longer offered.")
    for code in new.missing:
        if code not in old.missing:
            yield _note("TPL-148", old.path, f"The missing code “{code}” is offered.")


def _narrower(old: Limits, new: Limits) -> list[str]:
    """The bounds, now and before, under which an answer that was fine may not be so any more."""
    above, below = float("inf"), float("-inf")
    bounds = {
        "min": (new.minimum, old.minimum, _or(new.minimum, below) > _or(old.minimum, below)),
        "max": (new.maximum, old.maximum, _or(new.maximum, above) < _or(old.maximum, above)),
        "length": (new.length, old.length, _or(new.length, above) < _or(old.length, above)),
        "places": (new.places, old.places, new.places < old.places),
        "finest": (FINEST[new.parts], FINEST[old.parts], new.parts < old.parts),
    }
    return [
        f"{name} {now}, was {'none' if before is None else before}"
        for name, (now, before, holds) in bounds.items()
        if holds
    ]


def _or(bound: float | None, otherwise: float) -> float:
    return otherwise if bound is None else bound


def _handling(old: Field, new: Field) -> Iterator[Problem]:
    if old.derive != new.derive:
        yield _warning(
            "TPL-127", old.path, "The value is derived in another way; old and new ones may differ."
        )
    if old.sensitive == "internal" and new.sensitive == "share":
        yield _warning("TPL-128", old.path, "The answers leave the team: internal before, shared now.")
    elif old.sensitive != new.sensitive:
        yield _note("TPL-149", old.path, "The answers no longer leave the team.")
    for name in ("compare", "measure", "match", "export", "evidence", "decision"):
        if getattr(old, name) != getattr(new, name):
            yield _note("TPL-149", old.path, f"`{name}` has changed.")


def _options(where: str, old: CodeList, new: CodeList) -> Iterator[Problem]:
    for option in old.options:
        later = new.by_value.get(option.value)
        if later is None:
            message = f"The option “{option.value}” ({option.label}) was removed."
            yield _refusal("TPL-109", where, message, RETIRE)
        else:
            yield from _option(where, option, later)
    numbers = {option.code: option for option in old.options}
    for option in new.options:
        before = numbers.get(option.code)
        if before and before.value != option.value:
            message = f"The number {option.code} meant “{before.value}” and would mean “{option.value}”."
            yield _refusal("TPL-110", where, message, f"Give “{option.value}” a number that was never used.")
        if option.value not in old.by_value:
            yield _note("TPL-150", where, f"The option “{option.value}” ({option.label}) is new.")


def _option(where: str, old: Option, new: Option) -> Iterator[Problem]:
    if old.code != new.code:
        also = f", and its label from “{old.label}” to “{new.label}”" if old.label != new.label else ""
        message = f"The number of “{old.value}” has changed from {old.code} to {new.code}{also}."
        yield _refusal(
            "TPL-111", where, message, f"Put {old.code} back, or retire the option and add a new one."
        )
    if old.retired and not new.retired:
        message = f"The retired option “{old.value}” is used again."
        yield _refusal("TPL-105", where, message, "Give the option a new value.")
    if new.retired and not old.retired:
        yield _warning("TPL-121", where, f"The option “{old.value}” ({old.label}) is retired.")
    if old.group != new.group:
        message = f"The option “{old.value}” moves from the group “{old.group}” to “{new.group}”."
        yield _warning("TPL-129", where, message)
    if old.attributes != new.attributes:
        message = f"An attribute of “{old.value}” has changed; what is derived from it changes too."
        yield _warning("TPL-127", where, message)
    if (old.label, old.explained) != (new.label, new.explained) and old.code == new.code:
        message = f"“{old.value}” is now worded “{new.label}”, was “{old.label}”."
        remedy = "If it means something else now, retire the option and add a new one."
        yield _note(
            "TPL-141",
            where,
            message if old.label != new.label else f"The definition of “{old.value}” changed.",
            remedy,
        )


def _missing_codes(old: Template, new: Template) -> Iterator[Problem]:
    yield from _options("missing codes", old.missing, new.missing)


def _rules(old: Template, new: Template) -> Iterator[Problem]:
    before, after = _by_key(old.rules), _by_key(new.rules)
    for key, rule in after.items():
        earlier = before.get(key)
        if earlier is None:
            yield _rule_news(rule, "is new")
        elif _sense(rule) != _sense(earlier):
            yield _rule_news(rule, "has changed")
        elif rule != earlier:
            yield _note("TPL-141", f"rule {key}", "The wording has changed.")
    for key in before:
        if key not in after:
            yield _note("TPL-151", f"rule {key}", "The rule was removed.")


def _by_key(rules: Iterable[Rule]) -> dict[str, Rule]:
    return {rule.key: rule for rule in rules}


def _sense(rule: Rule) -> tuple[object, ...]:
    return (rule.kind, rule.section, rule.severity, dict(rule.fields), dict(rule.conditions))


def _rule_news(rule: Rule, what: str) -> Problem:
    if rule.severity == "error":
        return _warning("TPL-130", f"rule {rule.key}", f"The rule {what} and can refuse a submission.")
    return _note("TPL-151", f"rule {rule.key}", f"The rule {what}; it refuses nothing.")
