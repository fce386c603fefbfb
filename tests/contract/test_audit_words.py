"""Every act that is recorded anywhere has its sentence, and no sentence stands for an act that nobody records."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from webapp.access.sessions import WITHOUT_PERSON
from webapp.audit.wording import QUESTIONS, SENTENCES, sentence

ROOT = Path(__file__).resolve().parents[2]
ACT = re.compile(r"[a-z]+\.[a-z_]+")


def _recording() -> Iterator[Path]:
    for room in ("schema/store", "webapp"):
        for path in sorted((ROOT / room).rglob("*.py")):
            if "schema.store.audit import" in path.read_text(encoding="utf-8") and path.name != "wording.py":
                yield path


def _recorded() -> set[str]:
    """Texts like ``noun.verb`` in all modules that can record, but for what they ask the policy."""
    found = set()
    for path in _recording():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        asked = {
            id(argument)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("can", "permit")
            for argument in node.args
        }
        asked |= {
            id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys if key
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in asked:
                continue
            if ACT.fullmatch(node.value) and node.value not in WITHOUT_PERSON:
                found.add(node.value)
    return found


def test_every_act_has_its_sentence() -> None:
    recorded = _recorded()
    assert len(recorded) > 30, "the search finds hardly anything, so this test proves nothing"
    assert recorded - set(SENTENCES) == set()


def test_no_sentence_stands_for_an_act_that_nobody_records() -> None:
    assert set(SENTENCES) - _recorded() == set()


def test_questions_ask_for_acts_that_exist() -> None:
    assert {act for _, acts in QUESTIONS.values() for act in acts} <= set(SENTENCES)


def test_an_act_without_a_sentence_is_still_shown() -> None:
    assert sentence("moon.land") == "moon.land"
