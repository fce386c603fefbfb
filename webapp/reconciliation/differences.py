"""Which words of two texts differ: runs of text, marked where only one coder wrote them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from schema.coding.normalise import normal_text

WORD_AND_SPACE = re.compile(r"\S+\s*|\s+")
MOST_WORDS = 3_000
LEAST_SHARED = 0.2


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text; ``differs`` where the other text does not have it."""

    text: str
    differs: bool = False


Runs = tuple[Run, ...]


def differing_words(a: str, b: str) -> tuple[Runs, Runs]:
    """Mark the words that only one of two texts has; case, spaces and kinds of dash and quote do not count.

    Texts that share hardly a word, and very long ones, come back without marks: all of it would be marked.
    The runs of a text put together are the text. Longest common blocks as in Ratcliff and Obershelp (difflib).
    """
    words_a, words_b = WORD_AND_SPACE.findall(a), WORD_AND_SPACE.findall(b)
    if not words_a or not words_b or max(len(words_a), len(words_b)) > MOST_WORDS:
        return _plain(a), _plain(b)
    in_a, in_b = _shared(_keys(words_a), _keys(words_b))
    if len(in_a) < LEAST_SHARED * min(len(words_a), len(words_b)):
        return _plain(a), _plain(b)
    return _runs(words_a, in_a), _runs(words_b, in_b)


def _keys(words: Sequence[str]) -> list[str]:
    return [normal_text(word) for word in words]


def _shared(a: list[str], b: list[str]) -> tuple[set[int], set[int]]:
    """Places in both texts of the words that they share; the same whichever text is named first, which difflib's blocks are not."""
    if b < a:
        in_b, in_a = _shared(b, a)
        return in_a, in_b
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    in_a = {index for block in blocks for index in range(block.a, block.a + block.size)}
    in_b = {index for block in blocks for index in range(block.b, block.b + block.size)}
    return in_a, in_b


def _plain(text: str) -> Runs:
    return (Run(text),) if text else ()


def _runs(words: Sequence[str], shared: set[int]) -> Runs:
    marked = ((word, index not in shared) for index, word in enumerate(words))
    runs: list[Run] = []
    for differs, found in groupby(marked, key=lambda one: one[1]):
        text = "".join(word for word, _ in found)
        bare = text.rstrip() if differs else text
        runs += [Run(bare, differs), Run(text[len(bare) :])]
    return tuple(run for run in runs if run.text)
