"""Code lists: read each file once, check it, and give a field the part that it uses."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TypeVar

from schema.problem import Problem
from schema.template.model import NO_ATTRIBUTES, CodeList, Option
from schema.template.shape import CodeListShape, OptionShape, read_shape
from schema.template.source import NoUseGoingOn, Report, read_tree

LONGEST_OPTION = 200
LONGEST_NOTE = 500
#: How long one text of an option's guide may be.
GUIDE = {"include": 500, "exclude": 500, "examples": 1_000}
Item = TypeVar("Item")


def repeated(items: Iterable[Item], key: Callable[[Item], Hashable]) -> Iterable[tuple[Item, Item]]:
    """Each item whose key an earlier one has, with that earlier one."""
    first: dict[Hashable, Item] = {}
    for item in items:
        earlier = first.setdefault(key(item), item)
        if earlier is not item:
            yield item, earlier


class Lists:
    """The code lists that a template may use, by name; problems of a file are found when it is first used."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = sources
        self.problems: list[Problem] = []
        self._read: dict[str, CodeList | None] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names on offer."""
        return tuple(sorted(self.sources))

    @property
    def used(self) -> tuple[str, ...]:
        """The names of the lists that were asked for and exist, sorted."""
        return tuple(sorted(name for name in self._read if name in self.sources))

    def get(self, name: str) -> CodeList | None:
        """One list; ``None`` where there is none, or where it could not be read (see ``problems``)."""
        if name not in self._read:
            self._read[name] = self._load(name) if name in self.sources else None
        return self._read[name]

    def _load(self, name: str) -> CodeList | None:
        loaded, problems = load_codelist(self.sources[name], file=f"codelists/{name}.yaml")
        self.problems.extend(problems)
        if loaded and loaded.name != name:
            message = f"The list calls itself “{loaded.name}”, but its file is named “{name}”."
            where = f"codelists/{name}.yaml"
            self.problems.append(Problem("TPL-047", message, "Give both the same name.", where=where, line=1))
        return loaded


def load_codelist(source: str, *, file: str = "") -> tuple[CodeList | None, tuple[Problem, ...]]:
    """Read one code list from YAML; the list is ``None`` where nothing could be read."""
    report, codelist = Report(file), None
    with suppress(NoUseGoingOn):
        codelist = _read(source, report)
    return codelist, tuple(report.problems)


def _read(source: str, report: Report) -> CodeList | None:
    tree = read_tree(source, report)
    shape, cut = read_shape(CodeListShape, tree, report) if tree is not None else (None, frozenset[str]())
    if shape is None:
        return None
    if not shape.options and not cut:
        report.add("TPL-045", shape.line("options"), "The code list has no options.", "Write at least one.")
    _check_options(shape, report)
    options = tuple(_option(option) for option in shape.options)
    return CodeList(shape.codelist, shape.title, options)


def _option(shape: OptionShape) -> Option:
    attributes = MappingProxyType(dict(shape.attributes)) if shape.attributes else NO_ATTRIBUTES
    return Option(
        shape.value,
        shape.code,
        shape.label,
        shape.group,
        shape.note,
        attributes,
        shape.retired,
        include=shape.include,
        exclude=shape.exclude,
        examples=shape.examples,
    )


def _check_options(shape: CodeListShape, report: Report) -> None:
    for option, first in repeated(shape.options, lambda option: option.value.casefold()):
        message = (
            f"`{option.value}` is there already, on line {first.line('value')}; capitals make no difference."
        )
        report.add("TPL-012", option.line("value"), message, "Give each option a value of its own.")
    for option, first in repeated(shape.options, lambda option: option.code):
        message = f"The number {option.code} of `{option.value}` belongs to `{first.value}` already."
        report.add("TPL-012", option.line("code"), message, "Give each option a number of its own.")
    for option, first in repeated(shape.options, lambda option: (option.group, option.label.casefold())):
        message = f"`{option.value}` and `{first.value}` have the same group and label, “{option.label}”."
        report.add("TPL-012", option.line("label"), message, "Coders could not tell them apart; reword one.")
    for option in shape.options:
        check_length(
            report,
            option.line("label"),
            f"The label of option `{option.value}`",
            option.label,
            LONGEST_OPTION,
        )
        check_length(
            report, option.line("note"), f"The note of option `{option.value}`", option.note, LONGEST_NOTE
        )
        _check_guide(option, report)


def _check_guide(option: OptionShape, report: Report) -> None:
    """What belongs to an option and what does not, and its examples: each short enough, and none said twice."""
    for key, most in GUIDE.items():
        for text in getattr(option, key):
            check_length(report, option.line(key), f"`{key}` of option `{option.value}`", text, most)
    for text in set(option.include) & set(option.exclude):
        message = f"“{text[:60]}” of option `{option.value}` is both included and excluded."
        report.add("TPL-054", option.line("exclude"), message, "Take it out of one of the two.")


def check_length(report: Report, line: int, what: str, text: str, most: int) -> None:
    """Report a text for people that is too long for its place."""
    if len(text) > most:
        report.add("TPL-042", line, f"{what} has {len(text)} characters; the most is {most}.", "Shorten it.")
