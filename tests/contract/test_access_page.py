"""The page that says who may do what is what the policy table and the list of addresses say."""

from __future__ import annotations

from pathlib import Path

from tests.support.access_page import PAGE, WORDS, page
from tests.support.world import build_world
from webapp.access.policy import ACTIONS


def test_the_page_about_access_says_what_the_policy_says(tmp_path: Path) -> None:
    world = build_world(tmp_path)
    try:
        made = page(world.app)
    finally:
        world.database.dispose()
    again = "write it anew: python -m tests.support.access_page"
    assert PAGE.read_text(encoding="utf-8") == made, again


def test_every_action_has_its_words() -> None:
    assert list(WORDS) == list(ACTIONS)
