"""What a manager does with the coding frame: look at what an act would change, do it, take it back, adopt the draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.derive import with_derived
from schema.framework.evaluate import CaseExtract, Evaluator
from schema.framework.figures import Evaluation, Line
from schema.framework.frame.census import Census, Original, census
from schema.framework.frame.checks import broken_rules
from schema.framework.frame.layer import Layer, Recoded
from schema.framework.frame.model import RECODE, UNDO, Act, FieldChange
from schema.problem import Problem, Refused
from schema.store import frames as store
from schema.store.consensus import SignedOff, originals, signed_off_cases
from schema.store.frames import Frames, frames_of, framework_of
from schema.store.models import FrameVersion, Project

MOST_BROKEN = 20


@dataclass(frozen=True)
class Board:
    """The frames of a project with its signed-off cases, counted under the draft (the adopted frame where there is none)."""

    frames: Frames
    cases: tuple[SignedOff, ...]
    counted: Census

    @property
    def references(self) -> dict[str, str]:
        """The references of the cases, by id."""
        return {case.case_id: case.reference for case in self.cases}


@dataclass(frozen=True, slots=True)
class Moved:
    """A line of the findings that an act changes: the figure before and after; empty where there is no such line."""

    table: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Preview:
    """What acts would do: rows and cases that change, lines of the findings, rows that then wait, rules that they break.

    ``recoded``: what recodings among them do to each row, by case and place (``case_id:place``).
    """

    rows: int
    cases: int
    waiting: int
    moved: tuple[Moved, ...]
    broken: tuple[str, ...]
    recoded: Mapping[str, Mapping[str, FieldChange]] = field(default_factory=dict)


def board(session: Session, project: Project) -> Board:
    """Read and count everything that the pages show."""
    frames = frames_of(session, project)
    cases = signed_off_cases(session, project)
    layer = frames.draft if frames.has_draft else frames.adopted
    return Board(frames, cases, census(layer, originals(session, cases)))


def with_acts(frames: Frames, acts: Sequence[Act]) -> Layer:
    """The draft as it would be after the acts."""
    numbered = (replace(act, number=frames.last_act + at) for at, act in enumerate(acts, 1))
    return replace(frames.draft, acts=(*frames.draft.acts, *numbered))


def preview(session: Session, project: Project, before: Layer, after: Layer) -> Preview:
    """What changes from one layer to the other, over all signed-off cases."""
    frames = frames_of(session, project)
    sides = tuple(_Side(frames, layer) for layer in (before, after))
    rows, cases, broken = 0, set[str](), list[str]()
    for case in originals(session, signed_off_cases(session, project)):
        was, now = (side.add(case) for side in sides)
        places = {path.rpartition(".")[0] for path in _changed(was.document.paths(), now.document.paths())}
        rows += len(places)
        if places:
            cases.add(case.case_id)
            broken += _broken(case, before, after)
    waiting = len(sides[1].census.waiting)
    return Preview(
        rows, len(cases), waiting, tuple(_moved(*(side.result() for side in sides))), tuple(broken)
    )


def look(session: Session, project: Project, frames: Frames, acts: Sequence[Act]) -> Preview:
    """What acts would change, without doing them. Raises ``Refused`` with every problem of an act."""
    store.examine(frames, acts)
    recoded = {
        f"{act.case_id}:{act.place}": {one.key: one for one in act.changes}
        for act in acts
        if act.kind == RECODE
    }
    return replace(preview(session, project, frames.draft, with_acts(frames, acts)), recoded=recoded)


def perform(
    session: Session, actor: Actor, project: Project, acts: Sequence[Act], reason: str, *, seen: int
) -> None:
    """Do acts in the draft. Raises ``Refused`` as :func:`schema.store.frames.take` does, and FRM-013 for every rule of the
    questionnaire that a row would then break."""
    frames = store.take(session, actor, project, acts, reason, seen=seen)
    after = with_acts(frames, acts)
    broken: list[str] = []
    for case in originals(session, _touched_by(acts, signed_off_cases(session, project))):
        was = frames.draft.recoded(case.case_id, case.template, case.document).document
        now = after.recoded(case.case_id, case.template, case.document).document
        if was != now:
            broken += _broken(case, frames.draft, after)
    if broken:
        raise Refused(_rule_problems(broken))


def undo(session: Session, actor: Actor, project: Project, number: int, reason: str, *, seen: int) -> None:
    """Take an act back by a further act."""
    perform(session, actor, project, (Act(UNDO, undoes=number),), reason, seen=seen)


def adopt(session: Session, actor: Actor, project: Project, reason: str, *, seen: int) -> FrameVersion:
    """Make the draft the frame that findings and exports read."""
    frames = frames_of(session, project)
    waiting = census(frames.draft, originals(session, signed_off_cases(session, project))).waiting
    return store.adopt(session, actor, project, reason, seen=seen, waiting=len(waiting))


def _rule_problems(broken: Sequence[str]) -> Iterator[Problem]:
    for words in broken[:MOST_BROKEN]:
        yield Problem(
            "FRM-013", f"Afterwards a rule would not hold. {words}", "Recode this row by hand first."
        )


def _broken(case: Original, before: Layer, after: Layer) -> list[str]:
    was, now = (
        layer.recoded(case.case_id, case.template, case.document).document for layer in (before, after)
    )
    found = broken_rules(case.template, (before.frame, was), (after.frame, now))
    return [f"{case.reference}, {words}" for words in found]


def _touched_by(acts: Sequence[Act], cases: tuple[SignedOff, ...]) -> tuple[SignedOff, ...]:
    """The cases that the acts can change: one for a recoding, all for anything else."""
    one = {act.case_id for act in acts}
    return cases if "" in one else tuple(case for case in cases if case.case_id in one)


def _changed(was: Iterator[tuple[str, object]], now: Iterator[tuple[str, object]]) -> set[str]:
    before, after = dict(was), dict(now)
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


class _Side:
    """One layer, counted and evaluated case by case."""

    def __init__(self, frames: Frames, layer: Layer) -> None:
        self.census = Census(layer)
        framework = framework_of(frames.template, layer).framework
        self.evaluator = Evaluator(framework) if framework else None

    def add(self, case: Original) -> Recoded:
        made = self.census.add(case)
        template = self.census.layer.template(case.template)
        if self.evaluator:
            document = with_derived(template, made.document)
            self.evaluator.add(CaseExtract(case.reference, document, template))
        return made

    def result(self) -> Evaluation | None:
        return self.evaluator.result() if self.evaluator else None


def _moved(before: Evaluation | None, after: Evaluation | None) -> Iterator[Moved]:
    if before is None or after is None:
        return
    for was, now in zip(before.tables, after.tables, strict=True):
        for key in dict.fromkeys((*was.by_key, *now.by_key)):
            old, new = was.by_key.get(key), now.by_key.get(key)
            places = after.framework.places
            figure, figure_now = _figure(old, places), _figure(new, places)
            line = new or old
            if figure != figure_now and line is not None:
                label = ": ".join(filter(None, (line.heading, line.label)))
                yield Moved(now.title, label, figure, figure_now)


def _figure(line: Line | None, places: int) -> str:
    return line.text(places) if line is not None else ""
