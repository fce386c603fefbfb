"""What the forms of the coding frame sent, as acts; and the choices that they offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from werkzeug.datastructures import MultiDict
from wtforms import Form

from forms import frame as forms
from forms.choosing import SelectMultipleField
from schema.framework.frame.acts import standing
from schema.framework.frame.framed import admits, is_framed, kin_fields, links
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
    UNDO,
    Act,
    Code,
    FieldChange,
    Frame,
)
from schema.problem import refuse
from schema.store.frames import Frames
from schema.template.kinds import clean
from schema.template.model import Field, Section
from webapp.frame.rows import FramedRow

FORMS: Mapping[str, type[forms.ReasonForm]] = {
    DESCRIBE: forms.WordsForm,
    MERGE: forms.MergeForm,
    SPLIT: forms.SplitForm,
    MOVE: forms.MoveForm,
    RETIRE: forms.RetireForm,
}
Sent = MultiDict[str, str]
CODES = "codes-"


def add_form(frames: Frames, sent: Sent | None = None) -> forms.AddForm:
    """The form for a new code, with its choices."""
    frame = frames.draft.frame
    form = forms.AddForm(sent)
    form.codelist.choices = [(name, titles(frames)[name]) for name in frame.lists]
    parents = dict.fromkeys(frame.parents.values())
    form.parent.choices = [("", "None"), *(choice(code) for name in parents for code in frame.in_use(name))]
    tops = [name for name in frame.lists if name not in frame.parents]
    form.fields.choices = [(held.path, question(frames, held)) for held in framed_fields(frames, tops)]
    return form


def code_form(kind: str, frames: Frames, code: Code, sent: Sent | None = None) -> forms.ReasonForm:
    """The form of an act on a code, with its choices, and filled with the code's words where it changes them."""
    frame = frames.draft.frame
    words = {
        "label": code.label,
        "definition": code.definition,
        "include": code.include,
        "exclude": code.exclude,
    }
    form = FORMS[kind](sent, data=words if kind == DESCRIBE else None)
    beside = sorted(frame.in_use(code.codelist), key=lambda one: one.parent != code.parent)
    others = [choice(one) for one in beside if one.value != code.value]
    if isinstance(form, forms.MergeForm):
        form.into.choices = [("", "Choose one"), *others]
    if isinstance(form, forms.SplitForm):
        form.into.choices = others
    if isinstance(form, forms.MoveForm):
        above = frame.parents.get(code.codelist, "")
        form.parent.choices = [("", "Choose one"), *(choice(one) for one in frame.in_use(above))]
    return form


def added(frames: Frames, form: forms.AddForm) -> Act:
    """The act of adding a code."""
    frame, codelist = frames.draft.frame, form.codelist.data or ""
    parent = form.parent.data or "" if codelist in frame.parents else ""
    fields = (
        kin_fields(frame, codelist, parent) if codelist in frame.parents else tuple(form.fields.data or ())
    )
    return Act(ADD, codelist, _text(form.value.data), parent=parent, fields=fields, **_words(form))  # type: ignore[arg-type]


def acts_on(kind: str, frames: Frames, code: Code, form: forms.ReasonForm) -> tuple[Act, ...]:
    """The acts that a form about one code asks for: one, or for a split the new codes too."""
    if isinstance(form, forms.WordsForm):
        return (Act(DESCRIBE, code.codelist, code.value, **_words(form)),)  # type: ignore[arg-type]
    if isinstance(form, forms.MergeForm):
        return (Act(MERGE, code.codelist, code.value, into=(form.into.data,)),)
    if isinstance(form, forms.SplitForm):
        new = tuple(_parts(frames.draft.frame, code, form.parts.data or ""))
        into = (*(form.into.data or ()), *(act.value for act in new))
        return (*new, Act(SPLIT, code.codelist, code.value, into=into))
    if isinstance(form, forms.MoveForm):
        return (Act(MOVE, code.codelist, code.value, parent=form.parent.data),)
    return (Act(kind, code.codelist, code.value),)


def recode_form(frames: Frames, row: FramedRow, sent: Sent | None = None) -> forms.ReasonForm:
    """The form of one row: for each question of the frame, the codes in use there and those that the row holds."""
    controls = {
        CODES + held.key: SelectMultipleField(held.label, choices=dict(_row_choices(frames, row, held)))
        for held in row.fields
    }
    made: type[forms.ReasonForm] = type("RecodeForm", (forms.ReasonForm,), controls)
    return made(sent, data={CODES + key: list(codes) for key, codes in row.now.items()})


def recoded(row: FramedRow, form: Form) -> Act:
    """The act of recoding the row as the form says."""
    changes = tuple(
        FieldChange(held.key, row.now[held.key], tuple(form[CODES + held.key].data or ()))
        for held in row.fields
        if set(row.now[held.key]) != set(form[CODES + held.key].data or ())
    )
    return Act(RECODE, case_id=row.case_id, place=row.place, changes=changes)


def taken_back(frames: Frames, form: forms.UndoForm) -> tuple[Act, ...]:
    """The acts that take back an act, or all that stand from it to the last one named, the latest first."""
    first, last = form.span
    numbers = [act.number for act in standing(frames.draft.acts) if first <= act.number <= last]
    return tuple(Act(UNDO, undoes=number) for number in reversed(numbers or [first]))


def example_form(row: FramedRow, frames: Frames, sent: Sent | None = None) -> forms.ExampleForm:
    """The form that makes the row an example of one of its codes; it stands on a page with another that asks for a reason."""
    form = forms.ExampleForm(sent, prefix="example-")
    form.value.choices = [
        (f"{list_of(held)}:{value}", value) for held in row.fields for value in row.now[held.key]
    ]
    return form


def example(row: FramedRow, form: forms.ExampleForm) -> Act:
    """The act of making the row an example."""
    codelist, _, value = (form.value.data or "").partition(":")
    return Act(EXAMPLE, codelist, value, case_id=row.case_id, place=row.place)


def framed_fields(frames: Frames, lists: Sequence[str]) -> list[Field]:
    """The questions that are answered from the lists."""
    return [held for held in frames.template.fields() if is_framed(held, lists)]


def question(frames: Frames, held: Field) -> str:
    """A question with its section."""
    section: Section = frames.template.by_key[held.section]
    return f"{section.label}: {held.label}"


def titles(frames: Frames) -> dict[str, str]:
    """The title of each list, as the template publishes it."""
    lists = (held.codelist for held in framed_fields(frames, frames.original.base.lists))
    return {held.name: held.title for held in lists if held}


def _row_choices(frames: Frames, row: FramedRow, held: Field) -> list[tuple[str, str]]:
    frame, by_link = frames.draft.frame, links(frames.template)
    offered = [code for code in frame.in_use(list_of(held)) if admits(frame, by_link, held, code)]
    taken = {code.value for code in offered}
    gone = [(value, f"{value} (no longer in use)") for value in row.now[held.key] if value not in taken]
    return [*gone, *(choice(code) for code in offered)]


def _parts(frame: Frame, code: Code, text: str) -> list[Act]:
    made = []
    for line in clean(text).splitlines():
        value, _, label = line.strip().partition(" ")
        if value and not label.strip():
            raise refuse(
                "FRM-004", f"“{value}” has no label.", "Write the code, a space, the label.", where="parts"
            )
        if value:
            made.append(
                Act(ADD, code.codelist, value, parent=code.parent, label=label.strip(), fields=code.fields)
            )
    return made


def _words(form: forms.WordsForm) -> dict[str, str]:
    names = ("label", "definition", "include", "exclude")
    return {name: _text(form[name].data) for name in names}


def _text(held: str | None) -> str:
    return clean(held or "").strip()


def choice(code: Code) -> tuple[str, str]:
    """A code as a choice of a form: what it sends, and its code with its label."""
    return code.value, f"{code.value} {code.label}"
