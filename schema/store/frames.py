"""The coding frame of a project as stored: its acts, its adopted versions, and the layer that readers put over consensus."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.framework.frame.checks import Ground, problems, undo_problems, unfinished
from schema.framework.frame.layer import Layer
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
    act_from,
)
from schema.framework.loader import LoadedFramework
from schema.framework.shipped import first_layer_of, load_for, under_frame
from schema.problem import Problem, Refused, refuse
from schema.store.audit import record
from schema.store.database import now
from schema.store.models import FrameAct, FrameVersion, Project, User
from schema.store.templates import compiled, newest_usable
from schema.template.kinds import clean
from schema.template.model import Template

LONGEST_REASON = 5_000
ADOPTED, ORIGINAL = "adopted", "original"
FRAMES = (ADOPTED, ORIGINAL)
MOST_LOADED = 64
ACTIONS = {
    ADD: "frame.add",
    DESCRIBE: "frame.describe",
    MERGE: "frame.merge",
    SPLIT: "frame.split",
    MOVE: "frame.move",
    RETIRE: "frame.retire",
    RECODE: "frame.recode",
    EXAMPLE: "frame.example",
    UNDO: "frame.undo",
}
_LOADED: dict[str, LoadedFramework] = {}


@dataclass(frozen=True, slots=True)
class Recorded:
    """An act with who, when and why. ``undone``: the act that takes it back, 0 where it stands. ``version``: where it was
    adopted first, 0 for the draft."""

    act: Act
    reason: str
    made_by: str
    made_at: datetime
    undone: int
    version: int


@dataclass(frozen=True)
class Frames:
    """The frames of a project: the template's own, the adopted one, and the draft. ``last_act``: the number of the last."""

    template: Template
    template_version_id: str
    loaded: LoadedFramework
    original: Layer
    adopted: Layer
    draft: Layer
    versions: tuple[FrameVersion, ...]
    last_act: int

    @property
    def has_frame(self) -> bool:
        """Whether the framework names any list as a coding frame."""
        return bool(self.original.base.codes)

    @property
    def has_draft(self) -> bool:
        """Whether anything was done since the last adoption."""
        return self.last_act > (self.versions[-1].last_act if self.versions else 0)

    def layer(self, which: str = ADOPTED) -> Layer:
        """The adopted frame, or the template's own (``original``)."""
        return self.original if which == ORIGINAL else self.adopted


def frames_of(session: Session, project: Project) -> Frames:
    """Read the frames of a project."""
    version_id = newest_usable(session, project.template_key)
    assert version_id is not None, "a project stands on a published template"
    template = compiled(session, version_id)
    loaded = framework_of(template)
    versions = tuple(
        session.scalars(
            select(FrameVersion).where(FrameVersion.project_id == project.id).order_by(FrameVersion.number)
        )
    )
    acts = _acts(session, project)
    original = first_layer_of(loaded, template)
    last = versions[-1] if versions else None
    adopted = _adopted(session, last, acts, loaded) if last else original
    draft = Layer(original.base, acts)
    # An act whose case was erased is gone; its number is not given again.
    last_act = max(acts[-1].number if acts else 0, last.last_act if last else 0)
    return Frames(template, version_id, loaded, original, adopted, draft, versions, last_act)


def framework_of(template: Template, layer: Layer | None = None) -> LoadedFramework:
    """The framework of a template (as published), under a frame where one is given; read once for each of them."""
    key = f"{template.key}:{template.source_hash}:{layer.name if layer else ''}"
    found = _LOADED.get(key)
    if found is None:
        plain = layer is None or not layer.name
        found = load_for(template) if plain else under_frame(framework_of(template), template, layer)
        if len(_LOADED) >= MOST_LOADED:
            _LOADED.clear()
        _LOADED[key] = found
    return found


def recorded_acts(session: Session, project: Project) -> tuple[Recorded, ...]:
    """All acts of a project in order, with who, when and why."""
    query = (
        select(FrameAct, User.display_name)
        .join(User, User.id == FrameAct.made_by)
        .where(FrameAct.project_id == project.id)
        .order_by(FrameAct.number)
    )
    rows = session.execute(query).all()
    acts = [_act(row) for row, _ in rows]
    undone = {act.undoes: act.number for act in acts if act.kind == UNDO}
    ends = session.execute(
        select(FrameVersion.last_act, FrameVersion.number)
        .where(FrameVersion.project_id == project.id)
        .order_by(FrameVersion.number)
    ).all()
    return tuple(
        Recorded(
            act,
            row.reason,
            name,
            row.made_at,
            undone.get(act.number, 0),
            next((number for last, number in ends if act.number <= last), 0),
        )
        for (row, name), act in zip(rows, acts, strict=True)
    )


def take(
    session: Session, actor: Actor, project: Project, acts: Sequence[Act], reason: str, *, seen: int
) -> Frames:
    """Do one or more acts in the draft, each on the ground of those before it; give the frames as they were before.
    Acts that are done together bear the same moment.

    ``seen``: the number of the last act that the person saw. Raises ``Refused``: 409 (FRM-030) where somebody did more
    meanwhile, 422 with every problem of an act, or without a reason (FRM-031).
    """
    why = _reason(reason)
    frames = _claim(session, project, seen)
    examine(frames, acts)
    moment = now(session)
    for number, act in enumerate(acts, frames.last_act + 1):
        _write(session, actor, project, act, number, why, moment)
    session.flush()
    return frames


def examine(frames: Frames, acts: Sequence[Act]) -> None:
    """Raise ``Refused`` with every problem of the first act that cannot be done, each on the ground of those before it."""
    layer = frames.draft
    for number, act in enumerate(acts, frames.last_act + 1):
        found = _problems(frames, layer, act)
        if found:
            raise Refused(found)
        layer = Layer(layer.base, (*layer.acts, act_from(act.kind, number, act.body())))


def adopt(
    session: Session, actor: Actor, project: Project, reason: str, *, seen: int, waiting: int
) -> FrameVersion:
    """Make the draft the frame that everybody reads. ``waiting``: how many rows still need a choice, as counted by the caller.

    Raises ``Refused``: 409 (FRM-030) where somebody did more meanwhile, 422 where there is nothing to adopt (FRM-020), rows
    wait (FRM-021) or a code belongs to none (FRM-022).
    """
    why = _reason(reason)
    frames = _claim(session, project, seen)
    found = list(_not_yet(frames, waiting))
    if found:
        raise Refused(found)
    number = len(frames.versions) + 1
    layer = Layer(frames.original.base, frames.draft.acts, number)
    version = FrameVersion(
        project_id=project.id,
        number=number,
        last_act=frames.last_act,
        template_version_id=frames.template_version_id,
        sha256=layer.sha256,
        reason=why,
        adopted_at=now(session),
        adopted_by=actor.id,
    )
    session.add(version)
    session.flush()
    detail = {"version": number, "sha256": layer.sha256, "last_act": frames.last_act, "reason": why}
    record(session, actor, "frame.adopt", project_id=project.id, object_id=str(number), detail=detail)
    return version


def _not_yet(frames: Frames, waiting: int) -> Iterator[Problem]:
    if not frames.has_draft:
        yield Problem("FRM-020", "There is nothing to adopt.", "Change the frame first.")
    if waiting:
        yield Problem(
            "FRM-021",
            f"{waiting} answers still hold a code that was split or retired.",
            "Choose for each of them.",
        )
    yield from unfinished(frames.draft.frame)


def _problems(frames: Frames, layer: Layer, act: Act) -> tuple[Problem, ...]:
    if act.kind == UNDO:
        return tuple(undo_problems(layer.base, layer.acts, act.undoes, frames.template))
    return problems(Ground(layer.frame, frames.template), act)


def _claim(session: Session, project: Project, seen: int) -> Frames:
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    frames = frames_of(session, project)
    if not frames.has_frame:
        raise refuse(
            "FRM-032", "The framework of this project names no coding frame.", "Add “coding_frame” to it."
        )
    if frames.last_act != seen:
        raise refuse(
            "FRM-030",
            "Somebody changed the draft after this page was opened.",
            "Look at what was done, then do yours again.",
            status=409,
        )
    return frames


def _write(
    session: Session, actor: Actor, project: Project, act: Act, number: int, reason: str, moment: datetime
) -> None:
    if not actor.id:
        raise refuse("FRM-033", "The frame is changed by a person.", "Sign in.", status=403)
    session.add(
        FrameAct(
            project_id=project.id,
            number=number,
            kind=act.kind,
            case_id=act.case_id or None,
            body=json.dumps(act.body(), ensure_ascii=False, sort_keys=True),
            reason=reason,
            made_at=moment,
            made_by=actor.id,
        )
    )
    detail = {**act.body(), "act": number, "reason": reason}
    record(
        session,
        actor,
        ACTIONS[act.kind],
        project_id=project.id,
        case_id=act.case_id or None,
        object_id=str(number),
        detail=detail,
    )


def _adopted(
    session: Session, version: FrameVersion, acts: tuple[Act, ...], loaded: LoadedFramework
) -> Layer:
    """The layer of an adopted version: its beginning of the acts, over the lists of its own template version."""
    template = compiled(session, version.template_version_id)
    base = first_layer_of(loaded, template).base
    return Layer(base, tuple(act for act in acts if act.number <= version.last_act), version.number)


def _acts(session: Session, project: Project) -> tuple[Act, ...]:
    query = select(FrameAct).where(FrameAct.project_id == project.id).order_by(FrameAct.number)
    return tuple(_act(row) for row in session.scalars(query))


def _act(row: FrameAct) -> Act:
    return act_from(row.kind, row.number, json.loads(row.body))


def _reason(reason: str) -> str:
    words = clean(reason).strip()
    if not words:
        raise refuse("FRM-031", "Say why.", "It stays on record.", where="reason")
    if len(words) > LONGEST_REASON:
        raise refuse("FRM-031", f"At most {LONGEST_REASON:,} characters.", "Shorten it.", where="reason")
    return words
