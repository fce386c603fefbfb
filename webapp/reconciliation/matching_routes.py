"""The pages on which rows are matched."""

from __future__ import annotations

import re

from flask import redirect, request

from forms.reconciliation import LinkForm, PairForm, RevisionForm, SwapForm
from schema.problem import Problem, Refused, refuse
from schema.store import comparisons
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.messages import form_problems, say
from webapp.reconciliation import operations
from webapp.reconciliation.matching import group_lines, group_view
from webapp.reconciliation.pairing_acts import act_lines
from webapp.reconciliation.room import (
    BASE,
    Answer,
    Problems,
    address,
    comparison_id,
    page,
    room,
    table_of,
)
from webapp.unit_of_work import writing

ROWS = "rows"
"""The place on the page where the cards begin."""
ROW_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


@room.get(f"{BASE}/rows")
@permit("comparison.view")
def rows_page(subject: CaseSubject) -> Answer:
    """All groups with their rows, and the button that confirms the whole pairing."""
    return _rows_page(subject)


@room.get(f"{BASE}/rows/<group>")
@permit("comparison.view")
def group_page(subject: CaseSubject, group: str) -> Answer:
    """One group: doubtful pairs first, then rows that stand alone; certain pairs folded."""
    return _group_page(subject, group)


@room.post(f"{BASE}/rows/<group>/link")
@permit("comparison.work")
def link_now(subject: CaseSubject, group: str) -> Answer:
    """Say that two rows are the same."""
    form = LinkForm(request.form)
    if not form.validate():
        return _group_page(subject, group, form, form_problems(form), 422)
    try:
        with writing() as session:
            comparisons.link(
                session,
                current_actor(),
                comparison_id(subject),
                group,
                form.row_a.data,
                form.row_b.data,
                revision=form.revision.data,
                keep_others=form.keep.data == "y",
            )
    except Refused as refused:
        return _group_page(subject, group, form, refused.problems, refused.status)
    say("The two rows are linked.")
    return _onward(subject, group)


@room.post(f"{BASE}/rows/<group>/unlink")
@permit("comparison.work")
def unlink_now(subject: CaseSubject, group: str) -> Answer:
    """Say that the rows of a pair are not the same."""
    form = PairForm(request.form)
    try:
        _require(form)
        with writing() as session:
            comparisons.unlink(
                session, current_actor(), comparison_id(subject), form.pair.data, revision=form.revision.data
            )
    except Refused as refused:
        return _group_page(subject, group, None, refused.problems, refused.status)
    say("The two rows are no longer linked.")
    return _onward(subject, group)


@room.post(f"{BASE}/rows/<group>/swap")
@permit("comparison.work")
def swap_now(subject: CaseSubject, group: str) -> Answer:
    """Let two pairs exchange their rows of B."""
    form = SwapForm(request.form)
    if not form.validate():
        return _group_page(subject, group, None, form_problems(form), 422)
    try:
        with writing() as session:
            comparisons.swap(
                session,
                current_actor(),
                comparison_id(subject),
                (form.pair.data or "", form.other.data or ""),
                revision=form.revision.data,
            )
    except Refused as refused:
        return _group_page(subject, group, None, refused.problems, refused.status)
    say("The two pairs have exchanged their rows.")
    return _onward(subject, group)


@room.post(f"{BASE}/rows/undo")
@permit("comparison.work")
def undo_pairing_now(subject: CaseSubject) -> Answer:
    """Take back the last act on the pairing that stands; lead to the group it was in."""
    form = RevisionForm(request.form)
    try:
        _require(form)
        with writing() as session:
            act = comparisons.undo_pairing(
                session, current_actor(), comparison_id(subject), revision=form.revision.data
            )
    except Refused as refused:
        return _rows_page(subject, refused.problems, refused.status)
    say("Undone. The rows are matched as they were before.")
    return redirect(address(subject, "group_page", group=act.group, _anchor=ROWS), 303)


@room.post(f"{BASE}/rows/<group>/confirm")
@permit("comparison.work")
def confirm_group_now(subject: CaseSubject, group: str) -> Answer:
    """Say that the rows of this group are matched; lead to the next group, or to all."""
    form = RevisionForm(request.form)
    try:
        _require(form)
        with writing() as session:
            operations.confirm_group(
                session, current_actor(), comparison_id(subject), group, revision=form.revision.data
            )
    except Refused as refused:
        return _group_page(subject, group, None, refused.problems, refused.status)
    say("The rows of this group are confirmed.")
    left = [line for line in group_lines(table_of(subject)) if not line.confirmed]
    return redirect(left[0].address if left else address(subject, "rows_page"), 303)


@room.post(f"{BASE}/rows/confirm")
@permit("comparison.work")
def confirm_now(subject: CaseSubject) -> Answer:
    """Say that all rows are matched: from here on values are decided."""
    form = RevisionForm(request.form)
    try:
        _require(form)
        with writing() as session:
            comparisons.confirm_pairing(
                session, current_actor(), comparison_id(subject), revision=form.revision.data
            )
    except Refused as refused:
        return _rows_page(subject, refused.problems, refused.status)
    say("The rows are matched. Now settle what differs.")
    return redirect(address(subject, "resolve_page"), 303)


def _onward(subject: CaseSubject, group: str) -> Answer:
    """Back to the group, at the card that comes after the one that was acted on."""
    card = request.form.get("onward", "")
    anchor = f"pair-{card}" if ROW_ID.fullmatch(card) else ROWS
    return redirect(address(subject, "group_page", group=group, _anchor=anchor), 303)


def _require(form: RevisionForm) -> None:
    if not form.validate():
        raise refuse("MATCH-009", "The page was out of date.", "Look at it as it is now, and do it again.")


def _rows_page(subject: CaseSubject, problems: Problems = (), status: int = 200) -> Answer:
    table = table_of(subject)
    lines, acts = group_lines(table), act_lines(table)
    return page("rows", subject, status, problems=problems, table=table, lines=lines, acts=acts)


def _group_page(
    subject: CaseSubject,
    group: str,
    form: LinkForm | None = None,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> Answer:
    table = table_of(subject)
    view = group_view(table, group)
    below = [("Match rows", table.address("rows_page"))]
    return page(
        "group",
        subject,
        status,
        problems=problems,
        table=table,
        view=view,
        acts=act_lines(table),
        form=form,
        chosen_a=form.row_a.data if form else "",
        chosen_b=form.row_b.data if form else "",
        below=below,
    )
