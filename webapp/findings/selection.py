"""The cases that somebody asked for, in the address of a page: read from it and written back into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schema.framework.bands import Between
from schema.framework.filters import NO_ANSWER, Selection
from schema.framework.model import Filter, Framework
from schema.problem import Problem

OTHER = "other."
COMPARE = "compare"
MOST_DIGITS = 6


@dataclass(frozen=True)
class Asked:
    """Two selections where they are compared, one otherwise, and what could not be read."""

    selections: tuple[Selection, ...]
    problems: tuple[Problem, ...]

    @property
    def compares(self) -> bool:
        """Whether two selections stand side by side."""
        return len(self.selections) == 2


def read_asked(framework: Framework, given: Mapping[str, str]) -> Asked:
    """Read the selections out of the arguments of a page. What cannot be read narrows nothing and is said."""
    problems: list[Problem] = []
    prefixes = ("", OTHER) if given.get(COMPARE) else ("",)
    selections = tuple(_selection(framework, given, prefix, problems) for prefix in prefixes)
    return Asked(selections, tuple(problems))


def arguments(selection: Selection, prefix: str = "") -> dict[str, str]:
    """The arguments that read back as this selection."""
    written = {f"{prefix}{key}": code for key, code in selection.codes.items() if code}
    for key, bounds in selection.bounds.items():
        for name, bound in (("from", bounds.least), ("to", bounds.most)):
            if bound is not None:
                written[f"{prefix}{key}.{name}"] = str(bound)
    return written


def filled(given: Mapping[str, str]) -> dict[str, Any]:
    """Arguments for an address: any name will do, so the type says nothing about them."""
    return dict(given)


def _selection(
    framework: Framework, given: Mapping[str, str], prefix: str, problems: list[Problem]
) -> Selection:
    codes: dict[str, str] = {}
    bounds: dict[str, Between] = {}
    for held in framework.filters:
        if held.ranged:
            bounds[held.key] = Between(
                *(_bound(held, given, f"{prefix}{held.key}.{end}", problems) for end in ("from", "to"))
            )
        else:
            codes[held.key] = _code(held, given.get(prefix + held.key, ""), prefix, problems)
    problems.extend(_upside_down(framework, bounds, prefix))
    return Selection(codes, bounds)


def _code(held: Filter, code: str, prefix: str, problems: list[Problem]) -> str:
    if code in ("", NO_ANSWER) or any(option.key == code for option in held.options):
        return code
    problems.append(
        Problem("FND-001", f"{held.label} has no such choice.", "Choose from the list.", prefix + held.key)
    )
    return ""


def _bound(held: Filter, given: Mapping[str, str], name: str, problems: list[Problem]) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        problems.append(
            Problem("FND-002", f"{held.label}: enter a whole number, for example 2016.", "", name)
        )
        return None
    return int(text)


def _upside_down(framework: Framework, bounds: Mapping[str, Between], prefix: str) -> Iterator[Problem]:
    labels = {held.key: held.label for held in framework.filters}
    for key, held in bounds.items():
        if held.least is not None and held.most is not None and held.least > held.most:
            said = f"{labels[key]}: {held.least} comes after {held.most}, so no case can lie between them."
            yield Problem("FND-003", said, "Exchange the two.", f"{prefix}{key}.from")
