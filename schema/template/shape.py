"""The shape of the files, as pydantic models, and the problems of a file that does not have it.

A file with mistakes is still read as far as it goes: what pydantic refuses is reported, cut out, and the rest is read
again, so that one run finds the mistakes of every part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from difflib import get_close_matches
from itertools import pairwise
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from schema.template.model import DOUBLE
from schema.template.source import Block, Items, Node, Report, Scalar
from schema.template.words import Code, Flag, Key, Name, Number, TemplateKey, Whole, Words

Made = TypeVar("Made", bound=BaseModel)
Step = str | int
MOST_PASSES = 50
STAND_INS = {
    "label": "?",
    "title": "?",
    "message": "?",
    "version": "1",
    "template": "unnamed",
    "codelist": "unnamed",
}
NAMED = {"sections": "section", "fields": "field", "rules": "rule", "options": "option", "bands": "band"}


class Shape(BaseModel):
    """A mapping of the file. Unknown keys are mistakes; ``line`` says where a key stands."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    _place: Block = PrivateAttr(default_factory=Block)

    @model_validator(mode="wrap")
    @classmethod
    def _remember_the_place(cls, given: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        made = handler(given)
        if isinstance(given, Block):
            made._place = given  # noqa: SLF001 - its own, in a class method
        return made

    def line(self, key: str = "") -> int:
        """Line of one of the keys, or of the mapping."""
        return self._place.line_of(key)

    def written(self) -> frozenset[str]:
        """The keys that the file gives."""
        return frozenset(self._place)


def _under(key: str) -> Callable[[object], object]:
    """Read the short form: ``codelist: region`` for ``codelist: {list: region}``."""

    def expand(node: object) -> object:
        if not isinstance(node, Scalar):
            return node
        block = Block(node.line)
        block[key] = node
        return block

    return expand


class OptionShape(Shape):
    """One option of a code list."""

    value: Code
    code: Whole
    label: Words
    group: Words = ""
    note: Words = ""
    include: tuple[Words, ...] = ()
    exclude: tuple[Words, ...] = ()
    examples: tuple[Words, ...] = ()
    attributes: dict[str, Code] = {}
    retired: Flag = False


class CodeListShape(Shape):
    """A file of ``config/codelists``."""

    codelist: Key
    title: Words
    options: tuple[OptionShape, ...]


class LimitsShape(Shape):
    """The bounds of a field."""

    least: Number | None = Field(None, alias="min")
    most: Number | None = Field(None, alias="max")
    places: Whole | None = None
    length: Whole | None = None
    finest: Name | None = None


class ListShape(Shape):
    """Which code list, and which part of it."""

    name: Key = Field(alias="list")
    groups: tuple[Words, ...] | None = None
    only: tuple[Code, ...] | None = None


class CompareShape(Shape):
    """How two answers are compared."""

    rule: Name | None = None
    tolerance: Number | None = None


class BandShape(Shape):
    """One band of a derived value."""

    value: Code
    least: Number | None = Field(None, alias="min")
    most: Number | None = Field(None, alias="max")


class DeriveShape(Shape):
    """Where a value follows from."""

    source: Name = Field(alias="from")
    bands: tuple[BandShape, ...] | None = None
    attribute: Name | None = None


class FieldShape(Shape):
    """One field."""

    key: Key
    kind: Name
    label: Words
    hint: Words = ""
    guidance: Words = ""
    examples: tuple[Words, ...] = ()
    required: Flag = False
    missing: tuple[Code, ...] = ()
    limits: LimitsShape | None = None
    codelist: Annotated[ListShape | None, BeforeValidator(_under("list"))] = None
    visible_when: object = None
    compare: Annotated[CompareShape | None, BeforeValidator(_under("rule"))] = None
    measure: Name | None = None
    match: Name = "none"
    sensitive: Name = "share"
    export: Flag = True
    evidence: Flag = False
    decision: Name | None = None
    unit: Words = ""
    derive: DeriveShape | None = None
    retired: Flag = False


class RepeatsShape(Shape):
    """What makes a section a repeating group."""

    one: Words
    least: Whole = Field(0, alias="min")
    most: Whole = Field(200, alias="max")
    summary: tuple[Name, ...] = ()


class SectionShape(Shape):
    """A section or repeating group."""

    key: Key
    label: Words
    hint: Words = ""
    guidance: Words = ""
    repeats: RepeatsShape | None = None
    visible_when: object = None
    fields_: tuple[FieldShape, ...] = Field(alias="fields")
    retired: Flag = False
    mode: Name = DOUBLE


class RuleShape(Shape):
    """A cross-field rule; which of the parameters it needs depends on its kind."""

    key: Key
    kind: Name
    section: Name
    message: Words
    severity: Name | None = None
    parent: Name | None = None
    child: Name | None = None
    left: object = None
    right: object = None
    field: Name | None = None
    group: Name | None = None
    rows: Name | None = None
    when: object = None
    earlier: Name | None = None
    later: Name | None = None


class TemplateShape(Shape):
    """A file of ``config/templates``."""

    template: TemplateKey
    version: Whole
    title: Words
    description: Words = ""
    missing: Key = "missing"
    sections: tuple[SectionShape, ...]
    rules: tuple[RuleShape, ...] = ()


def read_shape(model: type[Made], tree: Block, report: Report) -> tuple[Made | None, frozenset[str]]:
    """Give the file the shape of ``model``; problems go into ``report``.

    Returns what could be read (``None`` where nothing could) and the keys and values of the parts that were cut out,
    so that references to them are not reported a second time.
    """
    tree, cut = deepcopy(tree), set[str]()
    for attempt in range(MOST_PASSES):
        try:
            return model.model_validate(tree), frozenset(cut)
        except ValidationError as failure:
            errors = failure.errors(include_url=False)
        if attempt == 0:
            for error in errors:
                _report_error(model, tree, error, report)
        doomed: list[tuple[Items, Node]] = []
        cuts = [_cut_out(tree, error, cut, doomed) for error in errors]
        if not all(cuts):
            break
        for items, item in doomed:
            items[:] = [other for other in items if other is not item]
    return None, frozenset(cut)


def _walk(tree: Node, loc: tuple[Step, ...]) -> Iterator[tuple[Node, Step]]:
    """Each container on the way to ``loc`` with the step that leads on, as far as the file goes."""
    node: Node = tree
    for step in loc:
        if isinstance(node, Block) and isinstance(step, str):
            yield node, step
            if step not in node:
                return
            node = node[step]
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node):
            yield node, step
            node = node[step]


def _name_of(node: Node) -> str:
    named = (
        next((node[key] for key in ("key", "value") if key in node), None)
        if isinstance(node, Block)
        else None
    )
    return named.text if isinstance(named, Scalar) else ""


def _place(tree: Block, loc: tuple[Step, ...]) -> str:
    """The words for where a mistake stands: ``field `victims.age` ``."""
    names: list[tuple[str, str]] = []
    steps = list(_walk(tree, loc))
    for (_, before), (items, index) in pairwise(steps):
        if isinstance(items, Items) and isinstance(index, int) and before in NAMED:
            names.append((NAMED[str(before)], _name_of(items[index]) or f"number {index + 1}"))
    if not names:
        return ""
    what, name = names[-1]
    if what == "field" and len(names) > 1:
        name = f"{names[-2][1]}.{name}"
    return f"{what} `{name}`"


def _line(tree: Block, loc: tuple[Step, ...]) -> int:
    line = tree.line
    for node, step in _walk(tree, loc):
        if isinstance(node, Block):
            line = node.line_of(str(step))
        elif isinstance(node, Items) and isinstance(step, int):
            line = node[step].line
    return line


def _report_error(model: type[BaseModel], tree: Block, error: ErrorDetails, report: Report) -> None:
    loc, key = error["loc"], str(error["loc"][-1]) if error["loc"] else ""
    place, line = _place(tree, loc), _line(tree, loc)
    within = f" in {place}" if place else ""
    match error["type"]:
        case "mistake":
            said = error["ctx"]
            named = f"`{key}`{within}: " if not key.isdigit() else f"{place}: " if place else ""
            report.add(said["code"], line, f"{named}{said['message']}", said["remedy"])
        case "extra_forbidden":
            report.add(
                "TPL-003",
                line,
                f"`{key}` is not a key that belongs{within or ' here'}.",
                _nearest(model, loc),
            )
        case "missing":
            report.add("TPL-006", line, f"`{key}` is missing{within}.", f"Write `{key}:` with its value.")
        case _:
            expected = (
                "a list" if error["type"] in ("tuple_type", "list_type") else "a mapping of keys and values"
            )
            message = f"`{key}`{within}: {expected} is expected here."
            report.add("TPL-005", line, message, "Write `[one, two]` or one item to a line after `-`."
                       if expected == "a list" else "Write `{key: value}` or one key to a line.")  # fmt: skip


def _nearest(model: type[BaseModel], loc: tuple[Step, ...]) -> str:
    """Suggest the allowed key that looks most like the unknown one, else all of them."""
    known = sorted(_keys_at(model, loc[:-1]))
    close = get_close_matches(str(loc[-1]), known, n=1, cutoff=0.6)
    return f"Did you mean `{close[0]}`?" if close else f"Take it out. Allowed: {', '.join(known)}."


def _keys_at(model: type[BaseModel], loc: tuple[Step, ...]) -> set[str]:
    """The keys that the model allows at a place."""
    here = model
    for step in loc:
        if isinstance(step, str):
            here = CHILDREN.get(step, here)
    return {field.alias or name for name, field in here.model_fields.items()}


CHILDREN: dict[str, type[BaseModel]] = {
    "sections": SectionShape,
    "fields": FieldShape,
    "options": OptionShape,
    "rules": RuleShape,
    "limits": LimitsShape,
    "codelist": ListShape,
    "compare": CompareShape,
    "derive": DeriveShape,
    "bands": BandShape,
    "repeats": RepeatsShape,
}


def _cut_out(tree: Block, error: ErrorDetails, cut: set[str], doomed: list[tuple[Items, Node]]) -> bool:
    """Take out the smallest part that is wrong, or let something stand in; false where nothing would be left.

    Items of lists only go into ``doomed``: taking them out at once would move the places of the other errors.
    """
    steps = list(_walk(tree, error["loc"]))
    if error["type"] == "missing":
        block, key = steps.pop()
        if isinstance(block, Block) and key in STAND_INS:
            block[str(key)] = Scalar(STAND_INS[str(key)], block.line)
            return True
    if not steps:
        return False
    node, step = steps[-1]
    if isinstance(node, Block) and step in node:
        cut.add(_name_of(node.pop(str(step))))
    elif isinstance(node, Items) and isinstance(step, int):
        cut.add(_name_of(node[step]))
        doomed.append((node, node[step]))
    return True
