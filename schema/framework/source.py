"""Framework YAML as mappings that know their lines, and the problems found in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from schema.problem import Problem


@dataclass(frozen=True)
class Node:
    """One YAML mapping with the line it starts on (1-based)."""

    held: Mapping[str, object]
    line: int

    def line_of(self, key: str) -> int:
        """The line of a key, or of the mapping where the key is absent."""
        if isinstance(self.held, CommentedMap) and key in self.held:
            return int(self.held.lc.key(key)[0]) + 1
        return self.line


@dataclass
class Reader:
    """Takes typed values out of nodes; what does not fit becomes a problem and a harmless default."""

    file: str = ""
    problems: list[Problem] = field(default_factory=list)

    def say(self, code: str, message: str, remedy: str, line: int) -> None:
        """Note a problem."""
        self.problems.append(Problem(code, message, remedy, where=self.file, line=line))

    def allow(self, node: Node, keys: frozenset[str], what: str) -> None:
        """Note keys that nothing reads (FRW-002), with the nearest one that is known."""
        for key in node.held:
            if key not in keys:
                near = get_close_matches(str(key), keys, 1)
                remedy = f"Did you mean “{near[0]}”?" if near else f"Known here: {', '.join(sorted(keys))}."
                self.say("FRW-002", f"{what} has no “{key}”.", remedy, node.line_of(key))

    def text(self, node: Node, key: str, *, required: bool = False) -> str:
        """Take a text; a number or a boolean in its place is FRW-003, absence where required FRW-004."""
        value = node.held.get(key)
        if value is None:
            if required:
                self.say("FRW-004", f"“{key}” is missing.", f"Add {key}.", node.line)
            return ""
        if not isinstance(value, str):
            remedy = f'Put it in quotes: {key}: "{value}".'
            self.say("FRW-003", f"“{key}” must be a text.", remedy, node.line_of(key))
            return ""
        return value

    def number(self, node: Node, key: str, default: float = 0) -> float:
        """Take a number."""
        value = node.held.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.say("FRW-003", f"“{key}” must be a number.", "Write it without quotes.", node.line_of(key))
            return default
        return value

    def flag(self, node: Node, key: str, *, default: bool = False) -> bool:
        """Take true or false."""
        value = node.held.get(key, default)
        if not isinstance(value, bool):
            remedy = f"Leave it out for {str(default).lower()}."
            self.say("FRW-003", f"“{key}” must be true or false.", remedy, node.line_of(key))
            return default
        return value

    def texts(self, node: Node, key: str) -> tuple[str, ...]:
        """Take a list of texts; absence is the empty list."""
        value = node.held.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            remedy = 'Write a list of quoted codes, for example ["T1", "T2"].'
            self.say("FRW-003", f"“{key}” must be a list of texts.", remedy, node.line_of(key))
            return ()
        return tuple(str(item) for item in value)

    def nodes(self, node: Node, key: str) -> Iterator[Node]:
        """Take a list of mappings."""
        value = node.held.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.say("FRW-003", f"“{key}” must be a list.", "Start each item with a dash.", node.line_of(key))
            return
        for index, item in enumerate(value):
            line = int(value.lc.item(index)[0]) + 1 if hasattr(value, "lc") else node.line_of(key)
            if isinstance(item, Mapping):
                yield Node(item, line)
            else:
                self.say("FRW-003", f"An item of “{key}” is not a mapping.", "Write keys and values.", line)

    def node(self, node: Node, key: str) -> Node | None:
        """Take a mapping, or ``None`` where it is absent."""
        value = node.held.get(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.say("FRW-003", f"“{key}” must be a mapping.", "Write keys and values.", node.line_of(key))
            return None
        return Node(value, node.line_of(key))


def read_yaml(source: str, reader: Reader) -> Node | None:
    """Read a framework's YAML (1.2); bad YAML and duplicate keys are FRW-001 with their line."""
    try:
        held = YAML(typ="rt", pure=True).load(source)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        said = error.problem or error.context or "it does not parse"
        reader.say("FRW-001", f"This is not readable YAML: {said}.", "Correct the line.", line)
        return None
    except (YAMLError, ValueError) as error:
        reader.say("FRW-001", f"This is not readable YAML: {error}.", "Correct the file.", 0)
        return None
    if not isinstance(held, Mapping):
        reader.say("FRW-001", "The file holds no mapping.", "Start with “framework: key”.", 1)
        return None
    return Node(held, 1)
