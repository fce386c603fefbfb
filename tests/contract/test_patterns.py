"""No text whatever makes a regular expression of ours work out of proportion: twice the text is twice the work.

The work is counted (:mod:`tests.support.steps`), never timed. Every expression of the five rooms is tried with long runs of the
characters that it speaks of, alone and in twos, which end in something that it does not take.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import pytest

from tests.support.steps import Counted, TooManySteps, letters_of, repeats

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "schema", "forms", "exports", "webapp")
#: How long the texts are, and how often something is repeated at most where it counts as bounded.
SHORT, FACTOR, BOUNDED = 60, 2, 30
#: Above twice: what a search does at every place costs a little by itself.
PROPORTION = 2.4
ALL = ("search", "match", "sub", "split", "findall", "finditer", "subn")
WHOLE = {"fullmatch"}
STRANGE = "\x01"
#: What many expressions are written for, as people would pump it.
WORDS = ("page ", "rec ", "1.1", "1,", "a-\n", ". ", "['", "1 of ", "- ", "at least ", "per cent ", "(1")


@dataclass(frozen=True)
class Written:
    """An expression, where it stands, and whether it is asked of whole texts alone."""

    place: str
    pattern: re.Pattern[str]
    whole: bool


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts and path.name != "__main__.py":
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def _asked(tree: ast.Module) -> dict[str, set[str]]:
    """What is asked of each name of a module."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, set()).add(node.attr)
    return found


def _held(value: object, depth: int = 3) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict | list | tuple | frozenset):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _held(one, depth - 1)


def _in_calls(name: str, tree: ast.Module) -> Iterator[Written]:
    """``re.sub(r"…", …)`` and the validators of forms."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func)
            if called == "Regexp" or (called.startswith("re.") and called[3:] in (*ALL, "fullmatch")):
                ignoring = re.IGNORECASE if "IGNORECASE" in ast.unparse(node) else 0
                pattern = re.compile(str(node.args[0].value), ignoring)
                yield Written(f"{name}: {pattern.pattern}", pattern, called in ("re.fullmatch", "Regexp"))


def _every() -> Iterator[Written]:
    for name, tree in _modules():
        asked = _asked(tree)
        own = {target.id for node in tree.body for target in ast.walk(node) if isinstance(target, ast.Name)}
        for key, value in vars(importlib.import_module(name)).items():
            if key in own:
                for pattern in _held(value):
                    yield Written(f"{name}.{key}", pattern, not asked.get(key, {"search"}) - WHOLE)
        yield from _in_calls(name, tree)


def _pumps(pattern: re.Pattern[str], in_twos: bool) -> list[str]:
    letters = letters_of(pattern)
    if in_twos:
        return ["".join(two) for two in permutations(letters[:14], 2)]
    return [*letters, *(word for word in WORDS if set(word) & set(letters))]


def _work(one: Written, pump: str, length: int, most: int) -> int:
    text = (pump * length)[:length] + STRANGE
    counted = Counted(one.pattern)
    return counted.fullmatch(text, most) if one.whole else counted.search(text, most)


def _out_of_proportion(one: Written, pumps: list[str]) -> list[str]:
    wrong = []
    for pump in pumps:
        try:
            few = _work(one, pump, SHORT, SHORT * 100)
            _work(one, pump, SHORT * FACTOR, int(few * PROPORTION) + 200)
        except TooManySteps:
            wrong.append(f"{one.place} with {pump!r}")
    return wrong


def _wrongs(*, in_twos: bool) -> list[str]:
    every = list(_every())
    assert len(every) > 60
    asked = [one for one in every if repeats(one.pattern, BOUNDED)]
    assert len(asked) > 25
    return [wrong for one in asked for wrong in _out_of_proportion(one, _pumps(one.pattern, in_twos))]


@pytest.fixture(autouse=True)
def deep() -> Iterator[None]:
    """The counting matcher goes a few calls deeper with every repetition of a group."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(before)


def test_twice_the_text_is_twice_the_work_for_every_expression() -> None:
    assert _wrongs(in_twos=False) == []


@pytest.mark.full
def test_the_same_for_characters_in_twos() -> None:
    assert _wrongs(in_twos=True) == []


@pytest.mark.parametrize(
    ("expression", "pump"),
    [(r"(a|aa)+b", "a"), (r"\s*-\s*", " "), (r"([^\W\d_]{2,})-\n", "a"), (r"(?:\.\s?){4,}x$", ".")],
)
def test_what_is_out_of_proportion_is_found(expression: str, pump: str) -> None:
    assert _out_of_proportion(Written("here", re.compile(expression), False), [pump])


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (r"a{2,3}?b|c", "aaab"),
        (r"(?<![a-z])[a-z]++-", "one-two"),
        (r"page\s+[0-9]+$", "page  12"),
        (r"(?:\.\s?){2,}+[^x]", ". . y"),
    ],
)
def test_the_counting_matcher_finds_what_python_finds(expression: str, text: str) -> None:
    """Where an expression matches a whole text, its last character tells: with another behind it, neither takes it whole."""
    pattern = re.compile(expression)
    for given in (text, text + "~"):
        met: list[int] = []
        counted = Counted(pattern)
        counted._begin(given, 10_000)
        found = counted._run(counted.tree, 0, 0, lambda end, met=met: met.append(end) is None)  # type: ignore[misc]
        real = pattern.match(given)
        assert (found, met[-1:]) == (bool(real), [real.end()] if real else [])
