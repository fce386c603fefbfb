"""Which number is printed on which page: as the file says, or as most pages show at their top or foot."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from schema.report.layout import FURNITURE_LINES, Page

ALONE = re.compile(r"(?:page\s+)?[-–—|\s]*([0-9]{1,4})[-–—|\s]*(?:\s+of\s+[0-9]{1,4})?", re.IGNORECASE)
AT_END = re.compile(r"(?:\bpage\s+|\|\s*)([0-9]{1,4})(?:\s+of\s+[0-9]{1,4})?$", re.IGNORECASE)
FEWEST = 3  # pages that must agree before their count is believed


def numbered(pages: Sequence[Page]) -> tuple[Page, ...]:
    """Give each page the number printed on it.

    Labels of the file are kept where they say more than the place in the file does. Otherwise numbers are looked for
    in the first and last lines; they count where at least three pages, and half of those that show one, are apart from
    their place in the file by the same distance. Pages before the first such number keep none.
    """
    if any(page.label and page.label != str(page.number) for page in pages):
        return tuple(pages)
    shown = [(page.number, found) for page in pages for found in _shown(page)]
    apart = Counter(found - number for number, found in shown)
    if not apart:
        return tuple(replace(page, label="") for page in pages)
    distance, count = apart.most_common(1)[0]
    having = len({number for number, _ in shown})
    if count < FEWEST or count * 2 < having:
        return tuple(replace(page, label="") for page in pages)
    return tuple(_labelled(page, page.number + distance) for page in pages)


def _labelled(page: Page, printed: int) -> Page:
    return replace(page, label=str(printed) if printed > 0 else "")


def _shown(page: Page) -> set[int]:
    order = sorted(page.lines, key=lambda line: line.y0)
    texts = [line.text.strip() for line in (*order[:FURNITURE_LINES], *order[-FURNITURE_LINES:])]
    found = [ALONE.fullmatch(text) or AT_END.search(text) for text in texts]
    return {int(one[1]) for one in found if one}
