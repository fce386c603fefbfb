"""Findings of a project: its framework evaluated over the signed-off cases, kept by the content that it is made of."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy.orm import Session

from schema.framework.evaluate import CaseExtract, evaluate
from schema.framework.figures import Evaluation
from schema.framework.filters import Selection
from schema.framework.frame.layer import Layer
from schema.framework.loader import LoadedFramework
from schema.framework.model import Framework
from schema.store.consensus import Master, SignedOff, extracts, master_of
from schema.store.frames import ADOPTED, frames_of, framework_of
from schema.store.models import Project
from schema.template.model import Template

MOST_KEPT = 24
ALL_CASES = Selection()


@dataclass(frozen=True)
class Study:
    """A project's signed-off cases and the framework of its template; without one there are no findings.

    ``template``: as published; ``layer``: the coding frame that cases and framework are read under, the adopted one or the
    questionnaire's own (``which``); ``adopted``: the number of the adopted version, 0 where there is none.
    """

    project: Project
    master: Master
    template: Template
    loaded: LoadedFramework
    layer: Layer
    which: str = ADOPTED
    adopted: int = 0

    @property
    def framework(self) -> Framework:
        """The framework. Ask ``loaded.framework`` first whether there is one."""
        assert self.loaded.framework is not None
        return self.loaded.framework

    @property
    def cases(self) -> tuple[SignedOff, ...]:
        """The signed-off cases that are counted, in order."""
        return self.master.cases

    def by_reference(self, references: Iterable[str]) -> tuple[SignedOff, ...]:
        """The cases of these references, in order."""
        wanted = set(references)
        return tuple(case for case in self.cases if case.reference in wanted)


class Kept:
    """The latest results by the hash of what they are made of; safe for threads."""

    def __init__(self, most: int) -> None:
        """Keep at most so many."""
        self.most = most
        self._held: OrderedDict[str, Evaluation] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Evaluation | None:
        """The result, which thereby becomes the newest."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: str, evaluation: Evaluation) -> None:
        """Keep a result; the oldest goes where there are too many."""
        with self._lock:
            self._held[key] = evaluation
            while len(self._held) > self.most:
                self._held.popitem(last=False)


_KEPT = Kept(MOST_KEPT)


def study_of(session: Session, project: Project, which: str = ADOPTED) -> Study:
    """Find a project's cases and its framework, under the adopted coding frame or the template's own (``original``)."""
    frames = frames_of(session, project)
    layer = frames.layer(which)
    loaded = framework_of(frames.template, layer)
    return Study(
        project,
        master_of(session, project),
        frames.template,
        loaded,
        layer,
        which,
        frames.adopted.number,
    )


def findings(session: Session, study: Study, selection: Selection = ALL_CASES) -> Evaluation:
    """The framework over the cases that the selection takes; evaluated once for the same content."""
    key = content_key(study, selection)
    found = _KEPT.get(key)
    if found is None:
        found = evaluate(study.framework, _selected(session, study, selection))
        _KEPT.put(key, found)
    return found


def content_key(study: Study, selection: Selection) -> str:
    """SHA-256 of what findings are made of: framework, template, frame, frozen consensus of each case, and the selection."""
    held = [
        study.framework.source_hash,
        study.template.source_hash,
        study.layer.name,
        study.master.sha256,
        selection.key(),
    ]
    return sha256(json.dumps(held).encode()).hexdigest()


def _selected(session: Session, study: Study, selection: Selection) -> Iterable[CaseExtract]:
    every = extracts(session, study.cases, study.layer)
    return (case for case in every if selection.takes(study.framework, case.document))
