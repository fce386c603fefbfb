"""Rows that carry one code, recoded together: which are found and ticked, what each would carry, and the acts for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from forms.frame import SeveralForm
from schema.framework.frame.checks import Ground, problems
from schema.framework.frame.framed import admits, links
from schema.framework.frame.layer import Held, kept_together, list_of
from schema.framework.frame.model import RECODE, Act, Code, Codes, FieldChange, Frame
from schema.limits import RECODED_ROWS
from schema.problem import Refused, refuse
from schema.store.frames import Frames
from webapp.frame.reading import choice
from webapp.frame.rows import Found, FramedRow


def several_form(frames: Frames, found: Found, sent: MultiDict[str, str] | None = None) -> SeveralForm:
    """The form, with the rows that may be ticked and the codes that some of them may be given."""
    form = SeveralForm(sent)
    frame, by_link, code = frames.draft.frame, links(frames.template), found.code
    questions = {held.path: held for row in found.rows for held in row.fields}.values()
    asked = [held for held in questions if list_of(held) == code.codelist]
    offered = (
        one
        for one in frame.in_use(code.codelist)
        if one.value != code.value and any(admits(frame, by_link, held, one) for held in asked)
    )
    form.rows.choices = [(row.key, row.name) for row in found.rows]
    nearest = sorted(offered, key=lambda one: (one.value not in code.into, one.parent != code.parent))
    form.into.choices = [choice(one) for one in nearest]
    return form


def recoded_together(frames: Frames, found: Found, form: SeveralForm) -> tuple[Act, ...]:
    """One act for each ticked row that would change.

    Raises ``Refused``: FRM-009 where no row is ticked, FRM-014 where they are too many, FRM-011 where nothing would change,
    and whatever speaks against the act of a row, with the row named.
    """
    keep, into = bool(form.keep.data and not found.code.ended), tuple(form.into.data or ())
    ground, by_link = Ground(frames.draft.frame, frames.template), links(frames.template)
    acts = []
    for row in _ticked(found, form):
        changes = tuple(_changes(ground.frame, by_link, row, found.code, into, keep=keep))
        if changes:
            act = Act(RECODE, case_id=row.case_id, place=row.place, changes=changes)
            _examine(ground, act, row)
            acts.append(act)
    if not acts:
        raise refuse("FRM-011", "Nothing would change.", "Choose other codes, or go back.", where="into")
    return tuple(acts)


def _ticked(found: Found, form: SeveralForm) -> tuple[FramedRow, ...]:
    keys = set(form.rows.data or ())
    rows = found.rows if form.every.data else tuple(row for row in found.rows if row.key in keys)
    if not rows:
        raise refuse("FRM-009", "No row is ticked.", "Tick the rows that are to be recoded.", where="rows")
    if len(rows) > RECODED_ROWS:
        message = f"These are {len(rows)} rows, and {RECODED_ROWS} can be recoded together."
        raise refuse("FRM-014", message, "Find fewer by their words, or merge the code.", where="every")
    return rows


def _changes(
    frame: Frame, by_link: Mapping[str, str], row: FramedRow, code: Code, into: Codes, *, keep: bool
) -> Iterator[FieldChange]:
    """What changes in a row; a code that comes takes along the one it belongs to, as in a merge."""
    fields = {held.key: held for held in row.fields}
    after: Held = {
        key: _exchanged(row.now[key], code.value, into, keep=keep)
        if list_of(held) == code.codelist
        else row.now[key]
        for key, held in fields.items()
    }
    after = kept_together((frame, frame), by_link, fields, dict(row.now), after)
    for key, codes in after.items():
        if set(codes) != set(row.now[key]):
            yield FieldChange(key, row.now[key], codes)


def _exchanged(codes: Codes, code: str, into: Codes, *, keep: bool) -> Codes:
    """The codes with others in the place of one, or behind it where it is kept."""
    instead = (*((code,) if keep else ()), *into)
    return tuple(dict.fromkeys(new for one in codes for new in (instead if one == code else (one,))))


def _examine(ground: Ground, act: Act, row: FramedRow) -> None:
    found = problems(ground, act)
    if found:
        raise Refused([replace(one, message=f"{row.name}: {one.message}", where="into") for one in found])
