"""Recognise the numbered recommendations of a report by their layout and numbering.

Inside a part that a heading calls "Recommendations", every numbered item counts: "1.", "4.2", "10.1.1.2", "(3)". What calls
itself one ("Recommendation 4:", "Rec 2.", "R1:") counts anywhere. In a table a number that stands alone in its cell takes the
text of the column beside it. Lines that follow belong to the item, over the end of a page too, until the next item or heading.

The same pages always give the same list: it depends on nothing else, and on nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from schema.coding.normalise import normal_text, printed_number
from schema.report.layout import Line, Page, without_furniture

HEADING_WORDS = 9
FEWEST_WORDS = 4  # of a recommendation; what is shorter is a heading
SAME = 90.0  # likeness above which an item with the same number is the same item again, as in an action plan
MOST = 300
ROW_GAP = 1.35  # in distances of lines of one cell: what parts two rows of a table
LINE_HEIGHTS = 1.7  # from one line to the next at most, in heights of letters
COLUMN_EDGE = 8.0  # points by which the lines of a column may begin apart
PLAIN = r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}"
WORDED = re.compile(
    r"^(?:recommendation|rec\.?)\s*(?:no\.?\s*)?(?P<number>[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}[a-z]?)\s*"
    r"(?P<end>[.:)–—-]|$)\s*(?P<text>.*)$",
    re.IGNORECASE,
)
LETTERED = re.compile(
    r"^(?P<number>R\.?\s?[0-9]{1,3}(?:\.[0-9]{1,3}){0,3})(?P<end>[.:)–—-]|\s|$)\s*(?P<text>.*)$"
)
NUMBERED = re.compile(rf"^\(?(?P<number>{PLAIN})(?P<end>[.:)]+|\s|$)\s*(?P<text>.*)$")
CHAPTER = re.compile(
    r"^(?:(?:section|part|chapter)\s+)?(?:[0-9]{1,2}(?:\.[0-9]{1,2})?[.:)]?\s+|[a-z][.:)]\s+)?",
    re.IGNORECASE,
)
#: From the first of the dots on, which are taken together: a page of nothing but dots is looked at once.
CONTENTS = re.compile(r"(?<!\.)(?<!\.\s)(?:\.\s?){4,}+\s*[0-9ivx]*$|\s[0-9]{1,3}$")
ENDS = re.compile(
    r"^(?:appendix|appendices|annex|glossary|bibliography|references|conclusions?|action plan|terms of reference|lessons)\b"
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A recommendation as recognised: its number as printed, its wording, and the page on which it begins."""

    number: str
    text: str
    page: Page


@dataclass
class _Item:
    number: str
    page: Page
    worded: bool
    column: float | None = None
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return _joined(self.texts)


@dataclass(frozen=True, slots=True)
class _Seen:
    line: Line
    page: Page
    gap: float  # from the line above, in usual distances of lines; 0 where it begins a page or a column


def suggestions(pages: Sequence[Page]) -> tuple[Suggestion, ...]:
    """The recommendations of a report in the order in which they stand in it, at most 300, each one once."""
    reader = _Reader()
    for seen in _lines(without_furniture(pages)):
        reader.take(seen)
    reader.end()
    kept: list[Suggestion] = []
    for item in reader.items:
        made = Suggestion(item.number, item.text, item.page)
        if _is_one(item) and not any(_same(made, other) for other in kept):
            kept.append(made)
    return tuple(kept[:MOST])


@dataclass
class _Table:
    """A table whose heading names a column of recommendations; its numbers may stand anywhere beside their texts."""

    edges: tuple[float, ...]
    column: float
    numbers: list[tuple[_Seen, str]] = field(default_factory=list)
    texts: list[tuple[_Seen, str]] = field(default_factory=list)

    @classmethod
    def opened_by(cls, seen: _Seen) -> _Table | None:
        """The table that a line is the heading of; None where it is none."""
        cells = seen.line.cells
        named = [cell.x0 for cell in cells[1:] if normal_text(cell.text).startswith("recommendation")]
        return cls(tuple(cell.x0 for cell in cells), named[0]) if named else None

    def takes(self, seen: _Seen) -> bool:
        """Take a line of the table; false where it stands in none of its columns, and so ends it."""
        cells = seen.line.cells
        if not all(any(abs(cell.x0 - edge) < COLUMN_EDGE for edge in self.edges) for cell in cells):
            return False
        if (
            len(cells) == 1
            and abs(cells[0].x0 - self.edges[0]) < COLUMN_EDGE
            and printed_number(cells[0].text) is None
        ):
            return False
        for cell in cells:
            if abs(cell.x0 - self.column) < COLUMN_EDGE:
                self.texts.append((seen, cell.text))
            elif abs(cell.x0 - self.edges[0]) < COLUMN_EDGE and printed_number(cell.text) is not None:
                self.numbers.append((seen, cell.text.strip(" .")))
        return True

    def items(self) -> Iterator[_Item]:
        """A row for each number: the lines of the text's column up to the gap above and below it."""
        for block in self._blocks():
            page = block[0][0].page
            top, bottom = block[0][0].line.y0, block[-1][0].line.y1
            beside = [
                (seen, number)
                for seen, number in self.numbers
                if seen.page is page and seen.line.y1 > top - 2 and seen.line.y0 < bottom + 2
            ]
            for at, (seen, number) in enumerate(beside):
                first = seen.line.y0 - 1 if at else top - 1
                last = beside[at + 1][0].line.y0 - 1 if at + 1 < len(beside) else bottom + 1
                words = [text for one, text in block if first <= one.line.y0 < last]
                yield _Item(number, page, worded=True, texts=words)

    def _blocks(self) -> list[list[tuple[_Seen, str]]]:
        blocks: list[list[tuple[_Seen, str]]] = []
        between = [after.line.y1 - before.line.y1 for (before, _), (after, _) in pairwise(self.texts)]
        closest = min((one for one in between if one > 1), default=0.0)
        for seen, text in self.texts:
            last = blocks[-1][-1][0] if blocks else None
            apart = seen.line.y1 - last.line.y1 if last else 0.0
            if last is None or last.page is not seen.page or apart > ROW_GAP * closest:
                blocks.append([])
            blocks[-1].append((seen, text))
        return blocks


class _Reader:
    """Goes through the lines once, and knows whether it stands in a part about recommendations."""

    def __init__(self) -> None:
        self.items: list[_Item] = []
        self._open: _Item | None = None
        self._inside = False
        self._table: _Table | None = None
        self._last = ""

    def take(self, seen: _Seen) -> None:
        if self._table is not None:
            if self._table.takes(seen):
                return
            self._close_table()
        header = _Table.opened_by(seen)
        if header is not None:
            self._table, self._open = header, None
            return
        item = self._start(seen)
        if item is not None:
            self._open = item
            self.items.append(item)
        elif _is_heading(seen, self._last):
            self._inside = _opens(seen.line.text) or (self._inside and not _closes(seen.line.text))
            self._open = None
        elif self._open is not None:
            self._go_on(self._open, seen)
        self._last = seen.line.text

    def end(self) -> None:
        """Close what is open at the end of the report."""
        self._close_table()

    def _close_table(self) -> None:
        if self._table is not None:
            self.items += self._table.items()
            self._table, self._inside = None, True

    def _go_on(self, item: _Item, seen: _Seen) -> None:
        if item.column is None:
            if item.worded and not self._inside and seen.gap > 1.8 and item.text.endswith("."):
                self._open = None
                return
            item.texts.append(seen.line.text)
            return
        item.texts.extend(_in_column(seen, item.column))

    def _start(self, seen: _Seen) -> _Item | None:
        first = seen.line.cells[0].text
        in_table = len(seen.line.cells) > 1
        text = seen.line.text
        worded = WORDED.match(text) or LETTERED.match(text)
        if worded and (worded["end"].strip() or not worded["text"] or self._inside):
            number = worded["number"].replace(" ", "").rstrip(".")
            return self._item(seen, number, worded["text"], worded=True, first=first, in_table=in_table)
        found = NUMBERED.match(text) if self._inside else None
        if found and self._follows(found, text):
            return self._item(
                seen, found["number"], found["text"], worded=False, first=first, in_table=in_table
            )
        return None

    def _item(
        self, seen: _Seen, number: str, text: str, *, worded: bool, first: str, in_table: bool
    ) -> _Item:
        item = _Item(number, seen.page, worded)
        alone = printed_number(first) is not None
        if in_table and alone:
            cells = seen.line.cells
            if len(cells) > 2 or self._in_rows():
                item.column, text = cells[1].x0, cells[1].text
        item.texts.append(text)
        return item

    def _in_rows(self) -> bool:
        return self._open is not None and self._open.column is not None

    def _follows(self, found: re.Match[str], text: str) -> bool:
        """Whether a bare number opens an item: dotted ones do, whole ones where they count on or begin anew."""
        number, end, rest = found["number"], found["end"], found["text"]
        if CONTENTS.search(text) and len(rest.split()) < HEADING_WORDS:
            return False
        if "." in number:
            return not rest[:1].islower()
        before = next((one.number for one in reversed(self.items) if one.number.isdecimal()), "0")
        return bool(end.strip() or rest[:1].isupper() or not rest) and int(number) in (1, int(before) + 1)


def _in_column(seen: _Seen, column: float) -> list[str]:
    return [cell.text for cell in seen.line.cells if abs(cell.x0 - column) < COLUMN_EDGE]


def _lines(pages: Iterable[Page]) -> Iterator[_Seen]:
    for page in pages:
        usual = _usual_distance(page.lines)
        above: Line | None = None
        for line in page.lines:
            distance = line.y1 - above.y1 if above else 0.0
            yield _Seen(line, page, max(0.0, distance / usual))
            above = line


def _usual_distance(lines: Sequence[Line]) -> float:
    apart = [after.y1 - before.y1 for before, after in pairwise(lines)]
    ordered = sorted(one for one in apart if one > 1)
    by_height = LINE_HEIGHTS * median([line.y1 - line.y0 for line in lines] or [10.0])
    return min(ordered[len(ordered) // 4], by_height) if ordered else by_height


def _is_heading(seen: _Seen, last: str) -> bool:
    text = seen.line.text.strip()
    short = len(text.split()) <= HEADING_WORDS and not text.endswith((".", ",", ";"))
    if not short or CONTENTS.search(text) or not any(letter.isalpha() for letter in text):
        return False
    if _opens(text) or (ENDS.match(_bare(text)) and not text[:1].islower()):
        return True
    apart = seen.gap > 1.3 or seen.gap == 0
    after_end = last.rstrip().endswith((".", ":", ";")) or not last
    begins = text[:1].isupper() or text[:1].isdigit()
    return apart and after_end and begins and len(seen.line.cells) == 1


def _opens(text: str) -> bool:
    bare = _bare(text)
    return "recommendation" in bare and len(bare.split()) <= HEADING_WORDS and not CONTENTS.search(text)


def _closes(text: str) -> bool:
    return bool(
        ENDS.match(_bare(text))
        or re.match(r"(?:section|chapter|part)\b|[0-9]{1,2}[.:)]?\s", text, re.IGNORECASE)
    )


def _bare(text: str) -> str:
    return CHAPTER.sub("", normal_text(text)).strip(" .:")


def _is_one(item: _Item) -> bool:
    text = item.text
    return len(text.split()) >= FEWEST_WORDS and not text.endswith(":")


def _same(one: Suggestion, other: Suggestion) -> bool:
    from rapidfuzz import fuzz

    same_number = printed_number(one.number) == printed_number(other.number)
    return same_number and fuzz.ratio(normal_text(one.text), normal_text(other.text)) >= SAME


def _joined(texts: Sequence[str]) -> str:
    """Lines as one text; a word broken at a line's end is whole again where it goes on in lower case."""
    joined = ""
    for text in texts:
        if joined.endswith("-") and text[:1].islower():
            joined = joined[:-1] + text
        else:
            joined = f"{joined} {text}".strip()
    return joined
