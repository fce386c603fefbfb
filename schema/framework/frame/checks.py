"""What may be done to a frame: every problem of an act, before it is taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from schema.answers.document import Document
from schema.answers.rules import rule_findings
from schema.answers.visibility import visible
from schema.framework.frame.acts import standing, steps
from schema.framework.frame.framed import admits, framed, is_framed, links
from schema.framework.frame.layer import list_of
from schema.framework.frame.model import (
    ADD,
    DESCRIBE,
    EXAMPLE,
    MERGE,
    MOVE,
    RECODE,
    RETIRE,
    SPLIT,
    Act,
    Code,
    Frame,
)
from schema.problem import Problem
from schema.template.model import Field, Template

VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,30}", re.ASCII)
LONGEST_LABEL, LONGEST_NOTE = 300, 5_000
FEWEST_PARTS = 2


@dataclass(frozen=True)
class Ground:
    """What an act stands on: the frame before it, and the newest template as published."""

    frame: Frame
    template: Template

    def code(self, codelist: str, value: str, where: str) -> Iterator[Problem]:
        """FRM-001 where there is no such code, FRM-002 where it is no longer in use."""
        code = self.frame.code(codelist, value)
        if code is None:
            remedy = "Choose a code from the list."
            yield Problem("FRM-001", f"The frame has no code “{value}”.", remedy, where)
        elif code.ended:
            yield Problem("FRM-002", f"{value} is no longer in use.", "Choose a code that is.", where)

    def parent(self, act: Act) -> Iterator[Problem]:
        """FRM-005 where a code that must belong to another names none."""
        above = self.frame.parents.get(act.codelist)
        if above is None:
            return
        if any(self.code(above, act.parent, "parent")):
            yield Problem("FRM-005", "Say which code it belongs to.", "Choose one that is in use.", "parent")


def problems(ground: Ground, act: Act) -> tuple[Problem, ...]:
    """Everything that speaks against an act; rows are looked at elsewhere (:func:`broken_rules`)."""
    return tuple(CHECKS[act.kind](ground, act)) if act.kind in CHECKS else ()


def undo_problems(base: Frame, acts: Sequence[Act], number: int, template: Template) -> Iterator[Problem]:
    """FRM-015 where there is no such act to undo, FRM-016 for every later act that rests on it."""
    if all(act.number != number for act in standing(acts)):
        yield Problem("FRM-015", f"There is no act {number} to take back.", "Look at the list of acts.")
        return
    frame = base
    for step in steps(base, [act for act in acts if act.number != number]):
        if step.act.number > number:
            found = problems(Ground(frame, template), step.act)
            if found:
                message = f"Act {step.act.number} rests on it: {found[0].message}"
                yield Problem("FRM-016", message, f"Take act {step.act.number} back first.")
        frame = step.after


Side = tuple[Frame, Document]
"""A frame, and a document as the frame has it."""


def broken_rules(template: Template, before: Side, after: Side) -> tuple[str, ...]:
    """The rules of the template (as published), in words, that a document breaks afterwards and did not break before."""
    was = set(_errors(template, *before))
    return tuple(dict.fromkeys(words for key, words in _errors(template, *after).items() if key not in was))


def _errors(template: Template, frame: Frame, document: Document) -> dict[tuple[str, str], str]:
    under = framed(template, frame)
    seen = visible(under, document)
    found: dict[tuple[str, str], str] = {}
    for section in under.sections:
        if any(is_framed(field, frame.lists) for field in section.fields):
            for finding in rule_findings(under, section, document, seen):
                if finding.severity == "error":
                    found[finding.rule_key, finding.row_id] = f"{finding.place}: {finding.message}"
    return found


def _add(ground: Ground, act: Act) -> Iterator[Problem]:
    if act.codelist not in ground.frame.lists:
        yield Problem("FRM-010", "This list is no part of the frame.", "Choose a list.", "codelist")
        return
    if not VALUE.fullmatch(act.value):
        remedy = "Use letters, digits, full stops, hyphens and underscores, at most 31 of them."
        yield Problem("FRM-003", "This cannot be a code.", remedy, "value")
    elif ground.frame.code(act.codelist, act.value) is not None:
        remedy = "Choose another; a code is never used again for something else."
        yield Problem("FRM-003", f"{act.value} is taken.", remedy, "value")
    yield from _words(act)
    yield from ground.parent(act)
    framed_paths = {field.path for field in ground.template.fields() if is_framed(field, ground.frame.lists)}
    if act.codelist not in ground.frame.parents and not set(act.fields) & framed_paths:
        yield Problem("FRM-017", "Say which questions it may answer.", "Tick at least one.", "fields")


def _words(act: Act) -> Iterator[Problem]:
    if not act.label.strip():
        yield Problem("FRM-004", "It needs a label.", "Write a few words.", "label")
    for name, text, most in (
        ("label", act.label, LONGEST_LABEL),
        ("definition", act.definition, LONGEST_NOTE),
        ("include", act.include, LONGEST_NOTE),
        ("exclude", act.exclude, LONGEST_NOTE),
    ):
        if len(text) > most:
            yield Problem("FRM-018", f"At most {most:,} characters.", "Shorten it.", name)


def _describe(ground: Ground, act: Act) -> Iterator[Problem]:
    yield from ground.code(act.codelist, act.value, "value")
    yield from _words(act)


def _ending(ground: Ground, act: Act) -> Iterator[Problem]:
    yield from ground.code(act.codelist, act.value, "value")
    for value in act.into:
        yield from ground.code(act.codelist, value, "into")
    if act.value in act.into:
        yield Problem("FRM-006", f"{act.value} cannot go into itself.", "Choose another code.", "into")


def _merge(ground: Ground, act: Act) -> Iterator[Problem]:
    if len(act.into) != 1:
        yield Problem("FRM-006", "Say which code it goes into.", "Choose one.", "into")
        return
    found = list(_ending(ground, act))
    yield from found
    if not found:
        yield from _narrower(ground, act, act.value, act.into[0])


def _narrower(ground: Ground, act: Act, value: str, target: str) -> Iterator[Problem]:
    """FRM-007 where a question may be answered with the one, but not with the other."""
    code, other = (ground.frame.code(act.codelist, held) for held in (value, target))
    by_link = links(ground.template)
    for field in ground.template.fields():
        if code is None or other is None or list_of(field) != act.codelist:
            continue
        if admits(ground.frame, by_link, field, code) and not admits(ground.frame, by_link, field, other):
            message = f"{target} is no answer to “{field.label}” ({field.section}), and {value} is one."
            yield Problem("FRM-007", message, "Choose a code that may stand wherever this one does.", "into")


def _split(ground: Ground, act: Act) -> Iterator[Problem]:
    yield from _ending(ground, act)
    if len(set(act.into)) < FEWEST_PARTS:
        yield Problem("FRM-008", "A split needs at least two codes.", "Add the new codes first.", "into")


def _move(ground: Ground, act: Act) -> Iterator[Problem]:
    found = [*ground.code(act.codelist, act.value, "value"), *ground.parent(act)]
    yield from found
    above = ground.frame.parents.get(act.codelist)
    if above is None:
        yield Problem("FRM-005", "Codes of this list belong to no other.", "Merge or split it.", "parent")
    elif not found:
        yield from _homeless(ground, act, above)


def _homeless(ground: Ground, act: Act, above: str) -> Iterator[Problem]:
    code = ground.frame.code(act.codelist, act.value)
    parent = ground.frame.code(above, act.parent)
    assert code is not None
    assert parent is not None
    if code.parent == act.parent:
        yield Problem("FRM-011", f"{act.value} belongs to {act.parent} already.", "Choose another.", "parent")
    old = ground.frame.code(above, code.parent)
    missing = set(old.fields if old else ()) - set(parent.fields)
    if missing:
        message = f"{act.parent} is no answer to {', '.join(sorted(missing))}, and {code.parent} is one."
        yield Problem("FRM-007", message, "Choose a code that may stand wherever that one does.", "parent")


def _recode(ground: Ground, act: Act) -> Iterator[Problem]:
    if all(set(change.before) == set(change.after) for change in act.changes):
        yield Problem("FRM-011", "Nothing was changed.", "Tick other codes, or go back.", "changes")
    by_link = links(ground.template)
    for change in act.changes:
        field = ground.template.by_path.get(f"{act.place.split('.')[0]}.{change.key}")
        if field is None:
            yield Problem("FRM-012", "The newest template has no such question.", "", change.key)
            continue
        for value in set(change.after) - set(change.before):
            code = ground.frame.code(list_of(field), value)
            if code is None or code.ended or not admits(ground.frame, by_link, field, code):
                message = f"“{field.label}” cannot be answered with {value}."
                yield Problem("FRM-012", message, "Choose a code that is in use there.", change.key)
        yield from _number_of_codes(field, change.before, change.after)


def _number_of_codes(field: Field, before: Sequence[str], after: Sequence[str]) -> Iterator[Problem]:
    if field.kind == "choice" and len(after) > 1:
        yield Problem("FRM-012", f"“{field.label}” takes one code.", "Choose one.", field.key)
    if before and not after and field.required:
        yield Problem("FRM-012", f"“{field.label}” needs a code.", "Choose at least one.", field.key)


def _example(ground: Ground, act: Act) -> Iterator[Problem]:
    yield from ground.code(act.codelist, act.value, "value")


CHECKS: Mapping[str, Callable[[Ground, Act], Iterator[Problem]]] = {
    ADD: _add,
    DESCRIBE: _describe,
    MERGE: _merge,
    SPLIT: _split,
    RETIRE: _ending,
    MOVE: _move,
    RECODE: _recode,
    EXAMPLE: _example,
}


def unfinished(frame: Frame) -> Iterator[Problem]:
    """FRM-022 for every code in use that belongs to one that has ended."""
    for code in frame.codes:
        above = frame.code(frame.parents.get(code.codelist, ""), code.parent)
        if not code.ended and above is not None and above.ended:
            yield Problem("FRM-022", _orphan(code), "Move it, merge it or retire it.")


def _orphan(code: Code) -> str:
    return f"{code.value} still belongs to {code.parent}, which is no longer in use."
