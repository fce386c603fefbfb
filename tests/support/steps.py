"""How much work a regular expression makes, counted and not timed: a backtracking matcher that does as Python's does, step by step.

Python's own has no counter. This one walks the parse tree of the same pattern, so that it meets the same choices in the same order,
and counts each character and each choice it tries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Onward = Callable[[int], bool]
Node = tuple[Any, Any]
CATEGORIES: dict[Any, str] = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}


class TooManySteps(Exception):
    """More than were allowed."""


class Counted:
    """A pattern whose steps are counted."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        """Parse it as Python does."""
        self.tree = list(parser.parse(pattern.pattern, pattern.flags))
        self.flags = pattern.flags
        self.steps = 0
        self._most = 0
        self._text = ""
        self._known: dict[tuple[str, str], bool] = {}

    def fullmatch(self, text: str, most: int) -> int:
        """The steps to match the whole text, or to find that it does not. Raises TooManySteps above ``most``."""
        self._begin(text, most)
        self._run(self.tree, 0, 0, lambda at: at == len(text))
        return self.steps

    def search(self, text: str, most: int) -> int:
        """The steps to find all that matches in the text, as ``sub``, ``split`` and ``finditer`` do."""
        self._begin(text, most)
        at = 0
        while at <= len(text):
            ends: list[int] = []
            found = self._run(self.tree, 0, at, lambda end, ends=ends: ends.append(end) is None)  # type: ignore[misc]
            at = max(ends[-1], at + 1) if found else at + 1
        return self.steps

    def _begin(self, text: str, most: int) -> None:
        self.steps, self._most, self._text = 0, most, text

    def _run(self, nodes: list[Node], number: int, at: int, onward: Onward) -> bool:
        """Match the nodes from ``number`` on at a place, then go on."""
        self.steps += 1
        if self.steps > self._most:
            raise TooManySteps
        if number == len(nodes):
            return onward(at)
        op, given = nodes[number]
        return self._one(op, given, at, lambda end: self._run(nodes, number + 1, end, onward))

    def _one(self, op: Any, given: Any, at: int, onward: Onward) -> bool:
        if op in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            return at < len(self._text) and self._takes(op, given, self._text[at]) and onward(at + 1)
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            return self._repeat(op, given, at, onward)
        if op is sre.BRANCH:
            return any(self._run(list(way), 0, at, onward) for way in given[1])
        if op is sre.SUBPATTERN:
            return self._run(list(given[3]), 0, at, onward)
        if op is sre.AT:
            return self._stands(given, at) and onward(at)
        if op in (sre.ASSERT, sre.ASSERT_NOT):
            return self._looks(given, at) == (op is sre.ASSERT) and onward(at)
        raise NotImplementedError(op)

    def _repeat(self, op: Any, given: tuple[int, Any, Any], at: int, onward: Onward) -> bool:
        least, most, inner = given[0], given[1], list(given[2])
        if len(inner) == 1 and inner[0][0] in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            return self._run_of_one(op, least, most, inner[0], at, onward)
        if op is sre.POSSESSIVE_REPEAT:
            return self._held(least, most, inner, at, onward)
        return self._again(op is sre.MIN_REPEAT, 0, (least, most, inner), at, onward)

    def _run_of_one(self, op: Any, least: int, most: int, node: Node, at: int, onward: Onward) -> bool:
        """A repeated character: taken as often as it goes, then given back one by one."""
        end = at
        while end < len(self._text) and end - at < most and self._takes(*node, self._text[end]):
            end += 1
            self.steps += 1
        if op is sre.POSSESSIVE_REPEAT:
            return end - at >= least and onward(end)
        ends = range(at + least, end + 1) if op is sre.MIN_REPEAT else range(end, at + least - 1, -1)
        return any(onward(one) for one in ends)

    def _held(self, least: int, most: int, inner: list[Node], at: int, onward: Onward) -> bool:
        """A repeated group that gives nothing back."""
        count = 0
        while count < most:
            ends: list[int] = []
            if not self._run(inner, 0, at, lambda end, ends=ends: ends.append(end) is None) or ends[-1] == at:  # type: ignore[misc]
                break
            at, count = ends[-1], count + 1
        return count >= least and onward(at)

    def _again(
        self, lazy: bool, count: int, given: tuple[int, int, list[Node]], at: int, onward: Onward
    ) -> bool:
        least, most, inner = given

        def more() -> bool:
            return count < most and self._run(
                inner,
                0,
                at,
                lambda end: (end > at or count < least) and self._again(lazy, count + 1, given, end, onward),
            )

        if count < least:
            return more()
        return (onward(at) or more()) if lazy else (more() or onward(at))

    def _looks(self, given: tuple[int, Any], at: int) -> bool:
        direction, inner = given[0], list(given[1])
        if direction > 0:
            return self._run(inner, 0, at, lambda _: True)
        least, most = given[1].getwidth()
        return any(
            self._run(inner, 0, at - width, lambda end: end == at)
            for width in range(least, most + 1)
            if at >= width
        )

    def _stands(self, what: Any, at: int) -> bool:
        if what in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING):
            return at == 0
        if what in (sre.AT_END, sre.AT_END_STRING):
            return at == len(self._text)
        around = [at > 0 and self._is_word(at - 1), at < len(self._text) and self._is_word(at)]
        return (around[0] != around[1]) == (what is sre.AT_BOUNDARY)

    def _is_word(self, at: int) -> bool:
        return self._text[at].isalnum() or self._text[at] == "_"

    def _takes(self, op: Any, given: Any, letter: str) -> bool:
        key = (f"{op}{given}", letter)
        if key not in self._known:
            self._known[key] = self._asked(op, given, letter)
        return self._known[key]

    def _asked(self, op: Any, given: Any, letter: str) -> bool:
        if op is sre.ANY:
            return letter != "\n" or bool(self.flags & re.DOTALL)
        if op is not sre.IN:
            return (self._is(given, letter)) == (op is sre.LITERAL)
        turned = given[0][0] is sre.NEGATE
        return any(self._in(one, letter) for one in given) != turned

    def _in(self, one: Node, letter: str) -> bool:
        what, given = one
        if what is sre.LITERAL:
            return self._is(given, letter)
        if what is sre.RANGE:
            return any(given[0] <= ord(case) <= given[1] for case in self._cases(letter))
        return what is sre.CATEGORY and bool(re.match(CATEGORIES[given], letter, self.flags & re.ASCII))

    def _is(self, given: int, letter: str) -> bool:
        return any(ord(case) == given for case in self._cases(letter))

    def _cases(self, letter: str) -> set[str]:
        both = {letter, *(one for one in (letter.lower(), letter.upper()) if len(one) == 1)}
        return both if self.flags & re.IGNORECASE else {letter}


def repeats(pattern: re.Pattern[str], above: int) -> bool:
    """Whether anything in it is repeated more than so many times; where nothing is, no text makes it work long."""

    def any_in(given: Any) -> bool:
        if isinstance(given, parser.SubPattern | list | tuple):
            nodes = list(given)
            repeated = len(nodes) == 2 and nodes[0] in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
            return (repeated and nodes[1][1] > above) or any(any_in(node) for node in nodes)
        return False

    return any_in(parser.parse(pattern.pattern, pattern.flags))


def letters_of(pattern: re.Pattern[str]) -> list[str]:
    """Characters that the pattern speaks of: what it names, the ends of its ranges, one of each category; in order, each once."""
    samples = {
        sre.CATEGORY_DIGIT: "1",
        sre.CATEGORY_SPACE: " \n",
        sre.CATEGORY_WORD: "a1_",
        sre.CATEGORY_NOT_DIGIT: "a",
        sre.CATEGORY_NOT_SPACE: "a",
        sre.CATEGORY_NOT_WORD: " ",
    }

    def of(given: Any) -> Iterator[str]:
        if isinstance(given, parser.SubPattern | list | tuple):
            nodes = list(given)
            if len(nodes) == 2 and nodes[0] in (sre.LITERAL, sre.NOT_LITERAL):
                yield chr(nodes[1])
            elif len(nodes) == 2 and nodes[0] is sre.RANGE:
                yield from (chr(nodes[1][0]), chr(nodes[1][1]))
            elif len(nodes) == 2 and nodes[0] is sre.CATEGORY:
                yield from samples[nodes[1]]
            else:
                for node in nodes:
                    yield from of(node)

    return list(dict.fromkeys(of(parser.parse(pattern.pattern, pattern.flags))))
