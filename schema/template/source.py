"""YAML as it was written: every scalar keeps its text, its line and whether it was quoted.

Nothing is guessed. A reader that turned ``no`` into false or ``012`` into 10 would do so in silence, so the tree below
holds the words, and :mod:`schema.template.words` says what each place accepts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from schema.limits import QUESTIONNAIRE_CHARACTERS, QUESTIONNAIRE_PARTS
from schema.problem import Problem
from schema.template.kinds.base import FORBIDDEN

MOST_PROBLEMS = 200
LONGEST_MESSAGE = 600
DEEPEST = 20
STARTS = (MappingStartEvent, SequenceStartEvent)
ENDS = (MappingEndEvent, SequenceEndEvent)
AROUND = (StreamStartEvent, StreamEndEvent, DocumentStartEvent, DocumentEndEvent)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One word or text. ``line`` is 1-based; ``quoted`` is true for quoted and block texts."""

    text: str
    line: int = 0
    quoted: bool = False


class Block(dict[str, "Node"]):
    """A mapping that knows the line of itself and of each of its keys."""

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.key_lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        """Line of a key; of the mapping where it does not have it."""
        return self.key_lines.get(key, self.line)


class Items(list["Node"]):
    """A list that knows its line."""

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line


Node = Scalar | Block | Items


class NoUseGoingOn(Exception):
    """Ends the reading of a file that would keep the program, or the person, for long; its problems say why."""


@dataclass
class Report:
    """The problems of one file, in the order in which they were found."""

    file: str = ""
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, line: int, message: str, remedy: str = "") -> None:
        """Note a problem, once. Raises ``NoUseGoingOn`` where there are too many to put right at a time."""
        problem = Problem(code, _readable(message), remedy, where=self.file, line=line)
        if problem in self.problems:
            return
        if len(self.problems) == MOST_PROBLEMS:
            message = f"There are more than {MOST_PROBLEMS} problems; the rest was not looked for."
            remedy = "Put these right, then check again."
            self.problems.insert(0, Problem("TPL-055", message, remedy, where=self.file))
            raise NoUseGoingOn
        self.problems.append(problem)


def _readable(message: str) -> str:
    """A message that quotes a long text, without the middle of it."""
    half = LONGEST_MESSAGE // 2
    return message if len(message) <= LONGEST_MESSAGE else f"{message[:half]} … {message[-half:]}"


def read_tree(text: str, report: Report) -> Block | None:
    """Read the one mapping that a file holds; ``None``, with problems in ``report``, where there is none.

    Duplicate keys, anchors and tags are problems but do not stop the reading.
    """
    if len(text) > QUESTIONNAIRE_CHARACTERS:
        report.add(
            "TPL-005", 1, f"The file is longer than {QUESTIONNAIRE_CHARACTERS:,} characters.", "Split it."
        )
        return None
    reader = _Reader(report)
    try:
        documents = reader.documents(iter(YAML(typ="safe", pure=True).parse(text)))
    except YAMLError as error:
        _report_yaml_error(error, report)
        return None
    except NoUseGoingOn:
        return None
    if len(documents) == 1 and isinstance(documents[0], Block):
        return documents[0]
    what = (
        "is empty" if not documents else "holds several documents" if len(documents) > 1 else "is no mapping"
    )
    remedy = "Write one mapping of keys and values, such as `version: 1`, without `---` in between."
    report.add("TPL-005", 1, f"The file {what}.", remedy)
    return None


def word_of(text: str, key: str) -> str | None:
    """The word that a key of the outermost mapping has, read no further than that: empty where it has none, None where there is no such key.

    So a file that is wrong later on still says what it is.
    """
    depth, at_key, found = 0, True, False
    with suppress(YAMLError):
        events = YAML(typ="safe", pure=True).parse(text[:QUESTIONNAIRE_CHARACTERS])
        for event in islice(events, QUESTIONNAIRE_PARTS):
            if isinstance(event, AROUND):
                continue
            if depth == DEEPEST or (depth == 0 and not isinstance(event, MappingStartEvent)):
                break
            if depth == 1 and not isinstance(event, ENDS):
                word = str(getattr(event, "value", ""))
                if found:
                    return FORBIDDEN.sub("", _joined(word))
                at_key, found = not at_key, at_key and word == key
            depth += isinstance(event, STARTS) - isinstance(event, ENDS)
    return None


def _report_yaml_error(error: YAMLError, report: Report) -> None:
    line, words = 1, str(error).splitlines()[0]
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        words = error.problem or error.context or words
        if error.context_mark and error.context_mark.line + 1 < line:
            words += f" (in what begins on line {error.context_mark.line + 1})"
    remedy = "Check the indentation, the quotation marks and the brackets on this line and the one before."
    report.add("TPL-001", line, f"This is not YAML: {words}.", remedy)


def _joined(text: str) -> str:
    """The text with each pair of halves as the letter that it stands for: JSON, which is YAML, writes letters beyond the first plane as two escapes."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


class _Reader:
    """Turns the parser's events into a tree; kept small so that YAML's cleverness stays outside."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.parts = 0

    def documents(self, events: Iterator[Event]) -> list[Node]:
        """Every document of the stream that is not empty."""
        nodes = [self._node(event, events, 0) for event in events if not isinstance(event, AROUND)]
        return [node for node in nodes if node != Scalar("", getattr(node, "line", 0))]

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        line = event.start_mark.line + 1
        self._refuse_cleverness(event, line)
        self.parts += 1
        if self.parts > QUESTIONNAIRE_PARTS:
            self._stop(
                line,
                f"There are more than {QUESTIONNAIRE_PARTS:,} keys, values and lists.",
                "Split the file.",
            )
        if depth == DEEPEST and isinstance(event, STARTS):
            self._stop(line, f"This is nested more than {DEEPEST} deep.", "Flatten it.")
        if isinstance(event, MappingStartEvent):
            return self._block(line, events, depth + 1)
        if isinstance(event, SequenceStartEvent):
            return self._items(line, events, depth + 1)
        if isinstance(event, ScalarEvent):
            return Scalar(self._storable(event.value, line), line, quoted=event.style is not None)
        return Scalar("", line)

    def _stop(self, line: int, message: str, remedy: str) -> NoReturn:
        """End the reading at once: what comes next costs ever more, in a file that means harm."""
        self.report.add("TPL-005", line, message, remedy)
        raise NoUseGoingOn

    def _block(self, line: int, events: Iterator[Event], depth: int) -> Block:
        block = Block(line)
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._node(event, events, depth)
            value = self._node(next(events), events, depth)
            self._put(block, key, value)
        return block

    def _put(self, block: Block, key: Node, value: Node) -> None:
        if not isinstance(key, Scalar):
            self.report.add("TPL-005", key.line, "A key must be a single word.", "Write `key: value`.")
        elif key.text in block:
            first = block.line_of(key.text)
            message = f"`{key.text}` is written twice in the same place; the first is on line {first}."
            self.report.add("TPL-002", key.line, message, "Keep one of them.")
        else:
            block[key.text] = value
            block.key_lines[key.text] = key.line

    def _items(self, line: int, events: Iterator[Event], depth: int) -> Items:
        items = Items(line)
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._node(event, events, depth))
        return items

    def _storable(self, text: str, line: int) -> str:
        """The text without what no database and no file can hold; escapes such as ``"\\ud800"`` can write it."""
        whole = _joined(text)
        if found := FORBIDDEN.search(whole):
            sign = f"U+{ord(found.group()):04X}"
            self.report.add(
                "TPL-005", line, f"The text holds {sign}, which is no letter or sign.", "Take it out."
            )
        return FORBIDDEN.sub("", whole)

    def _refuse_cleverness(self, event: Event, line: int) -> None:
        remedy = "Write the text out in each place."
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, AliasEvent):
            self.report.add("TPL-004", line, f"`*{anchor}` repeats another part of the file.", remedy)
        elif anchor:
            self.report.add("TPL-004", line, f"`&{anchor}` marks a part of the file for repetition.", remedy)
        if tag:
            self.report.add("TPL-004", line, f"`{tag}` is a YAML tag.", "Leave the tag out.")
