"""A reconciler who knows the report: brings a sample case back to its true extract, through the product's own verbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.document import Document, Row
from schema.answers.interchange import read_entry
from schema.coding.model import Pair, Position, Verdict
from schema.coding.questions import locate
from schema.store.decisions import Choice, accept_agreed, decide_batch
from schema.store.loaded import LoadedComparison, claim, load_comparison
from schema.store.pairings import confirm_pairing, unlink
from schema.store.sign_off import confirmations, sign_off
from schema.template.model import Template
from schema.template.value import Value
from webapp.sample.study import SampleCase
from webapp.sample.way_back import mismatched, true_rows

#: How often the reconciler goes through the list again: each pass may open questions that hung on the one before.
PASSES: Final = 8
CAUSES: Final[Mapping[str, str]] = {
    Verdict.ZERO_ASSUMPTION: "zero_assumption",
    Verdict.MISSING_DIFFERS: "source_ambiguous",
    Verdict.ONLY_A: "omission",
    Verdict.ONLY_B: "omission",
    Verdict.APPLICABILITY_DIFFERS: "omission",
    Verdict.BY_EYE: "judgement",
}
CAUSE_BY_KIND: Final[Mapping[str, str]] = {
    "integer": "typing_slip",
    "decimal": "typing_slip",
    "partial_date": "typing_slip",
    "text": "typing_slip",
    "choices": "definition_unclear",
}


def match_to_truth(session: Session, actor: Actor, comparison_id: str, case: SampleCase) -> None:
    """Take wrong pairs apart, so that every true row has a pair of its own."""
    loaded = load_comparison(session, comparison_id)
    for pair_id in mismatched(case, _row_pairs(loaded)):
        unlink(session, actor, comparison_id, pair_id, revision=_revision(session, comparison_id))
    for pair in _superfluous(load_comparison(session, comparison_id), case):
        unlink(session, actor, comparison_id, pair.id, revision=_revision(session, comparison_id))


def reconcile_to_truth(session: Session, actor: Actor, comparison_id: str, case: SampleCase) -> None:
    """Match, resolve and sign off a case, so that its consensus says what the true extract says.

    Raises ``ValueError`` where a few passes through the list do not get there.
    """
    match_to_truth(session, actor, comparison_id, case)
    confirm_pairing(session, actor, comparison_id, revision=_revision(session, comparison_id))
    resolve_to_truth(session, actor, comparison_id, case)
    finish(session, actor, comparison_id)


def resolve_to_truth(session: Session, actor: Actor, comparison_id: str, case: SampleCase) -> None:
    """Decide every open position, and overrule agreed values that are wrong."""
    for _ in range(PASSES):
        loaded = claim(session, actor, comparison_id, "resolving", "resolved")
        if not (choices := _choices(loaded, case)):
            return
        decide_batch(session, actor, loaded, choices, reason="")
    raise ValueError(f"{case.reference}: still not settled after {PASSES} passes")


def finish(session: Session, actor: Actor, comparison_id: str) -> None:
    """Accept the agreed values and sign off, ticking what the form asks to confirm."""
    accept_agreed(session, actor, comparison_id)
    loaded = load_comparison(session, comparison_id)
    confirmed = {finding.confirmation for finding in confirmations(loaded)}
    sign_off(session, actor, comparison_id, revision=loaded.row.revision, confirmed=confirmed)


def truth_of(template: Template, case: SampleCase) -> Document:
    """The true extract as a document. Raises ``ValueError`` where the template does not take it."""
    read = read_entry(template, case.truth)
    if read.problems:
        raise ValueError(f"{case.reference}: {read.problems[0]}")
    return read.document


def _revision(session: Session, comparison_id: str) -> int:
    return load_comparison(session, comparison_id).row.revision


def _row_pairs(loaded: LoadedComparison, group: str = "") -> list[tuple[str, str, str]]:
    return [(pair.id, pair.row_a, pair.row_b) for pair in loaded.pairs if not group or pair.group == group]


def _superfluous(loaded: LoadedComparison, case: SampleCase) -> list[Pair]:
    """Links that stand for no true row of their own: their rows are dropped one by one."""
    wanted = _true_rows(loaded, case)
    return [
        pair for pair in loaded.pairs if pair.row_a and pair.row_b and wanted[pair.group].get(pair.id) is None
    ]


def _true_rows(loaded: LoadedComparison, case: SampleCase) -> dict[str, dict[str, str | None]]:
    """Id of the true row that each pair is to become, by group and pair id; ``None``: to be dropped."""
    found = {}
    for group in loaded.template.groups():
        rows = true_rows(case, group.key, _row_pairs(loaded, group.key))
        found[group.key] = {pair_id: str(row["id"]) if row else None for pair_id, row in rows.items()}
    return found


class _Target:
    """The true value at each path of a comparison."""

    def __init__(self, loaded: LoadedComparison, case: SampleCase) -> None:
        self.truth = truth_of(loaded.template, case)
        self.rows: dict[str, Row | None] = {}
        for group, pairs in _true_rows(loaded, case).items():
            for pair_id, row_id in pairs.items():
                self.rows[pair_id] = self.truth.row(group, row_id) if row_id else None

    def value(self, position: Position) -> Value:
        if position.field is None:
            return None
        if position.pair is None:
            return self.truth.get(position.path)
        row = self.rows.get(position.pair.id)
        return row.values.get(position.field.key) if row else None

    def keeps(self, position: Position) -> bool:
        return position.pair is not None and self.rows.get(position.pair.id) is not None


def _choices(loaded: LoadedComparison, case: SampleCase) -> list[Choice]:
    target = _Target(loaded, case)
    undecided = loaded.agenda().undecided()
    choices = [_choice(position, target) for position in undecided if not _waits(position, target)]
    return choices or _corrections(loaded, target)


def _waits(position: Position, target: _Target) -> bool:
    """Whether the report does not put the question at all, so that it goes once the answer it hangs on is put right."""
    field = position.field
    return (
        field is not None
        and field.required
        and target.value(position) is None
        and position.verdict is not Verdict.APPLICABILITY_DIFFERS
    )


def _corrections(loaded: LoadedComparison, target: _Target) -> list[Choice]:
    """Values that stand in the consensus although the report says otherwise: agreed, or in a row of one coder."""
    consensus = loaded.consensus()
    held, wanted = dict(consensus.paths()), dict(_paths_wanted(loaded, target))
    wrong = [path for path in {**held, **wanted} if held.get(path) != wanted.get(path)]
    positions = [position for path in sorted(wrong) if (position := locate(loaded.result, path))]
    return [
        _choice(position, target)
        for position in positions
        if _is_compared(position) and not _waits(position, target)
    ]


def _is_compared(position: Position) -> bool:
    """Memos and the coders' own confidence are theirs; nobody corrects them."""
    return position.field is not None and position.field.compare.rule != "ignore"


def _paths_wanted(loaded: LoadedComparison, target: _Target) -> list[tuple[str, Value]]:
    plain = [(path, value) for path, value in target.truth.paths() if path.count(".") == 1]
    for pair in loaded.pairs:
        row = target.rows.get(pair.id)
        plain += (
            [(f"{pair.group}.{pair.id}.{key}", value) for key, value in row.values.items()] if row else []
        )
    return plain


def _choice(position: Position, target: _Target) -> Choice:
    if position.field is None:
        keeps = target.keeps(position)
        return Choice(position.path, "keep_row" if keeps else "drop_row", cause="omission")
    value, cause = target.value(position), _cause(position)
    said = "Read again: the report says this." if value is not None else "The report does not say."
    reason = "" if position.needs_person else said
    if value == position.a:
        return Choice(position.path, "a", cause=cause, reason=reason)
    if value == position.b:
        return Choice(position.path, "b", cause=cause, reason=reason)
    return Choice(position.path, "other", value, cause, said)


def _cause(position: Position) -> str:
    kind = position.field.kind if position.field else ""
    return CAUSES.get(position.verdict, CAUSE_BY_KIND.get(kind, "judgement"))
