"""How alike texts are, each of one list with each of another: letters, neighbouring words, and words in common.

All texts are read once and compared in bulk, because a group of 40 rows a side has 1,600 pairs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from schema.coding.normalise import normal_text, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grid = NDArray[np.float64]

LETTERS, NEIGHBOURS, VOCABULARY = 0.4, 0.3, 0.3
UNRELATED, SURE = 0.25, 0.75
"""What the likeness of two texts is blended from; the blend of two unrelated English paragraphs, and of two that are beyond
doubt the same."""


def wording(left: Sequence[str], right: Sequence[str]) -> Grid:
    """Likeness (0 to 1) of each text of ``left`` (rows) with each of ``right`` (columns).

    Letters are rapidfuzz's ratio, the three measures are blended, and the blend is stretched so that unrelated text is 0.
    """
    import numpy as np
    from rapidfuzz import fuzz, process

    first, second = [normal_text(text) for text in left], [normal_text(text) for text in right]
    letters = process.cdist(first, second, scorer=fuzz.ratio, dtype=np.float64) / 100
    blended = LETTERS * letters + NEIGHBOURS * _contained(first, second) + VOCABULARY * _shared(first, second)
    same = np.array(first, dtype=object)[:, None] == np.array(second, dtype=object)[None, :]
    stretched: Grid = np.where(same, 1.0, np.clip((blended - UNRELATED) / (SURE - UNRELATED), 0.0, 1.0))
    return stretched


def _contained(first: Sequence[str], second: Sequence[str]) -> Grid:
    """Shared neighbouring words as a share of the shorter text's: an extract inside a longer one counts in full."""
    import numpy as np

    left, right = [neighbours(text) for text in first], [neighbours(text) for text in second]
    return _share(_in_common(left, right), np.minimum.outer(*_sizes(left, right)))


def _shared(first: Sequence[str], second: Sequence[str]) -> Grid:
    """Dice's coefficient of the two vocabularies: what one text has beyond the other counts against it."""
    import numpy as np

    left, right = [frozenset(words(text)) for text in first], [frozenset(words(text)) for text in second]
    return _share(2 * _in_common(left, right), np.add.outer(*_sizes(left, right)))


@lru_cache(maxsize=4096)
def neighbours(text: str) -> frozenset[tuple[str, str]]:
    """Every two words of a text that stand side by side."""
    return frozenset(pairwise(words(text)))


def _sizes(left: Sequence[Collection[Any]], right: Sequence[Collection[Any]]) -> tuple[Grid, Grid]:
    import numpy as np

    return np.array([len(one) for one in left], float), np.array([len(one) for one in right], float)


def _in_common(left: Sequence[Collection[Any]], right: Sequence[Collection[Any]]) -> Grid:
    """How many members each set of ``left`` shares with each of ``right``: sets as bits of whole numbers."""
    import numpy as np

    bits = {member: 1 << place for place, member in enumerate({one for held in left for one in held})}
    first, second = ([sum(bits.get(one, 0) for one in held) for held in sets] for sets in (left, right))
    return np.array([[(one & other).bit_count() for other in second] for one in first], float)


def _share(part: Grid, whole: Grid) -> Grid:
    """Each part of its whole; 0 where there is nothing to be a part of."""
    import numpy as np

    shares: Grid = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return shares
