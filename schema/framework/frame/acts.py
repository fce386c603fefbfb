"""What each act does to a frame, and the frame that a list of acts gives. Tolerant: what was accepted once always reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from schema.framework.frame.model import (
    ADD,
    DESCRIBE,
    EXAMPLE,
    MERGE,
    MOVE,
    RECODE,
    RETIRE,
    SPLIT,
    UNDO,
    Act,
    Code,
    Extract,
    Frame,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One act with the frame before and after it."""

    act: Act
    before: Frame
    after: Frame


def standing(acts: Sequence[Act]) -> tuple[Act, ...]:
    """The acts that count: those that no later act undoes, and without the undoing itself."""
    undone = {act.undoes for act in acts if act.kind == UNDO}
    return tuple(act for act in acts if act.kind != UNDO and act.number not in undone)


def steps(base: Frame, acts: Sequence[Act]) -> tuple[Step, ...]:
    """Follow the standing acts from the frame of the template."""
    made: list[Step] = []
    frame = base
    for act in standing(acts):
        after = APPLY[act.kind](frame, act)
        made.append(Step(act, frame, after))
        frame = after
    return tuple(made)


def _add(frame: Frame, act: Act) -> Frame:
    # A later version of the template may have come to the same code by itself; then the frame's words stand.
    known = frame.code(act.codelist, act.value)
    number = known.number if known else _next_number(frame.codes)
    return frame.with_code(
        Code(
            act.codelist,
            act.value,
            number,
            act.label,
            act.parent,
            act.definition,
            act.include,
            act.exclude,
            act.fields,
            added=act.number,
        )
    )


def _next_number(codes: Iterable[Code]) -> int:
    """A number that no code of any list has: lists share columns of numbers in no export, but a reader might mix them."""
    return max((code.number for code in codes), default=0) + 1


def _describe(frame: Frame, act: Act) -> Frame:
    code = frame.code(act.codelist, act.value)
    if code is None:
        return frame
    return frame.with_code(
        replace(code, label=act.label, definition=act.definition, include=act.include, exclude=act.exclude)
    )


def _end(frame: Frame, act: Act) -> Frame:
    code = frame.code(act.codelist, act.value)
    return frame.with_code(replace(code, ended=act.kind, into=act.into)) if code else frame


def _merge(frame: Frame, act: Act) -> Frame:
    """What belonged to the code belongs to the one it went into."""
    code = frame.code(act.codelist, act.value)
    changed = _end(frame, act)
    for member in frame.members(code) if code else ():
        changed = changed.with_code(replace(member, parent=act.into[0]))
    return changed


def _move(frame: Frame, act: Act) -> Frame:
    code = frame.code(act.codelist, act.value)
    return frame.with_code(replace(code, parent=act.parent)) if code else frame


def _example(frame: Frame, act: Act) -> Frame:
    code = frame.code(act.codelist, act.value)
    if code is None:
        return frame
    return frame.with_code(replace(code, examples=(*code.examples, Extract(act.case_id, act.place))))


def _nothing(frame: Frame, _: Act) -> Frame:
    """A recoding changes rows, not the frame."""
    return frame


APPLY: Mapping[str, Callable[[Frame, Act], Frame]] = {
    ADD: _add,
    DESCRIBE: _describe,
    MERGE: _merge,
    SPLIT: _end,
    RETIRE: _end,
    MOVE: _move,
    EXAMPLE: _example,
    RECODE: _nothing,
}
