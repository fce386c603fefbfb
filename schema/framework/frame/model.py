"""The coding frame as frozen dataclasses: its codes, and the acts that make one frame out of another.

A frame begins as the code lists that the framework names (``coding_frame``), as the template has them. What follows is a
list of acts that only grows; an adopted version is a beginning of that list, so that it can never change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from hashlib import sha256

ADD, DESCRIBE, MERGE, SPLIT, MOVE, RETIRE = "add", "describe", "merge", "split", "move", "retire"
RECODE, EXAMPLE, UNDO = "recode", "example", "undo"
KINDS = (ADD, DESCRIBE, MERGE, SPLIT, MOVE, RETIRE, RECODE, EXAMPLE, UNDO)
Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extract:
    """A row of a signed-off case that shows what a code means. ``place``: a section, or ``group.row_id``."""

    case_id: str
    place: str


@dataclass(frozen=True, slots=True)
class Code:
    """One code of the frame. ``fields``: the paths of the questions that it may answer.

    ``parent``: the code it belongs to (the theme of a sub-theme). ``ended``: empty while it is in use, else ``merge``,
    ``split`` or ``retire``; ``into``: the codes that came in its place. ``added``: the act that added it, 0 for the template.
    """

    codelist: str
    value: str
    number: int
    label: str
    parent: str = ""
    definition: str = ""
    include: str = ""
    exclude: str = ""
    fields: tuple[str, ...] = ()
    examples: tuple[Extract, ...] = ()
    ended: str = ""
    into: Codes = ()
    added: int = 0

    @property
    def awaits(self) -> bool:
        """Whether rows that hold it need a person's choice."""
        return self.ended in (SPLIT, RETIRE)


@dataclass(frozen=True)
class Frame:
    """All codes in the order of their lists. ``parents``: the list whose codes a list's codes belong to."""

    codes: tuple[Code, ...]
    parents: Mapping[str, str]

    @cached_property
    def by_value(self) -> Mapping[tuple[str, str], Code]:
        """Codes by list and value."""
        return {(code.codelist, code.value): code for code in self.codes}

    @cached_property
    def lists(self) -> tuple[str, ...]:
        """The names of the lists."""
        return tuple(dict.fromkeys(code.codelist for code in self.codes))

    def code(self, codelist: str, value: str) -> Code | None:
        """One code, in use or not."""
        return self.by_value.get((codelist, value))

    def of(self, codelist: str) -> tuple[Code, ...]:
        """The codes of a list, those that have ended among them."""
        return tuple(code for code in self.codes if code.codelist == codelist)

    def in_use(self, codelist: str) -> tuple[Code, ...]:
        """The codes of a list that may be given."""
        return tuple(code for code in self.of(codelist) if not code.ended)

    def members(self, code: Code) -> tuple[Code, ...]:
        """The codes in use that belong to this one."""
        return tuple(
            held
            for held in self.codes
            if self.parents.get(held.codelist) == code.codelist
            and held.parent == code.value
            and not held.ended
        )

    def parent_of(self, codelist: str, value: str) -> str:
        """The code that a code belongs to; empty where there is none."""
        held = self.code(codelist, value)
        return held.parent if held else ""

    def with_code(self, changed: Code) -> Frame:
        """The frame with a code exchanged, or added behind the last that belongs where it belongs."""
        if (changed.codelist, changed.value) in self.by_value:
            same = (changed.codelist, changed.value)
            return replace(
                self, codes=tuple(changed if (c.codelist, c.value) == same else c for c in self.codes)
            )
        at = self._end_of(changed)
        return replace(self, codes=(*self.codes[:at], changed, *self.codes[at:]))

    def _end_of(self, new: Code) -> int:
        beside = [i for i, code in enumerate(self.codes) if code.codelist == new.codelist]
        kin = [i for i in beside if self.codes[i].parent == new.parent]
        last = kin or beside
        return last[-1] + 1 if last else len(self.codes)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the codes in canonical JSON."""
        held = {"codes": [asdict(code) for code in self.codes], "parents": dict(self.parents)}
        return sha256(json.dumps(held, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a recoding does to one question of a row."""

    key: str
    before: Codes
    after: Codes


@dataclass(frozen=True, slots=True)
class Act:
    """One act on the frame. What each kind uses:

    ``add`` codelist, value, label and notes, parent, fields; ``describe`` codelist, value, label and notes; ``merge`` codelist,
    value, into (one); ``split`` codelist, value, into (several); ``move`` codelist, value, parent; ``retire`` codelist, value;
    ``recode`` case_id, place, changes; ``example`` codelist, value, case_id, place; ``undo`` undoes (the number of an act).
    """

    kind: str
    codelist: str = ""
    value: str = ""
    into: Codes = ()
    parent: str = ""
    label: str = ""
    definition: str = ""
    include: str = ""
    exclude: str = ""
    fields: tuple[str, ...] = ()
    case_id: str = ""
    place: str = ""
    changes: tuple[FieldChange, ...] = ()
    undoes: int = 0
    number: int = field(default=0, compare=False)

    def body(self) -> dict[str, object]:
        """The act as plain JSON, without its kind, its number and whatever is empty."""
        held = asdict(self)
        return {key: value for key, value in held.items() if value and key not in ("kind", "number")}


def act_from(kind: str, number: int, body: Mapping[str, object]) -> Act:
    """Read an act back from :meth:`Act.body`."""
    held = dict(body)
    changes = tuple(
        FieldChange(str(one["key"]), tuple(one["before"]), tuple(one["after"]))
        for one in _mappings(held.pop("changes", []))
    )
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in held.items()}
    return Act(kind=kind, number=number, changes=changes, **plain)  # type: ignore[arg-type]


def _mappings(held: object) -> Iterable[dict[str, Codes]]:
    return held if isinstance(held, list | tuple) else ()
