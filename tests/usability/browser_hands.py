"""The same hands on a real page: every key that is counted is pressed, every click that is counted is made."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page

from tests.usability.hands import Hands

NAMES = {"Alt+.": "Alt+Period", "Alt+,": "Alt+Comma", "Page Down": "PageDown"}


class BrowserHands(Hands):
    """Hands that work on a page. ``machine``: seconds in which a page was waited for."""

    def __init__(self, page: Page) -> None:
        """Sit down at the page."""
        super().__init__()
        self.page = page
        self.machine = 0.0

    def press(self, *keys: str) -> None:
        """Press keys on the page."""
        super().press(*keys)
        for key in keys:
            self.page.keyboard.press(NAMES.get(key, key))

    def type(self, text: str) -> None:
        """Type a text on the page."""
        super().type(text)
        self.page.keyboard.type(text)

    def paste(self, text: str) -> None:
        """Paste what was copied. The browser of the script has no clipboard to itself: the words are put in as a paste would."""
        Hands.press(self, "Control+v")
        self.page.keyboard.insert_text(text)

    def click_on(self, target: Locator) -> None:
        """Click on something."""
        self.click()
        target.click()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """What the block does leads to another page, which is waited for; the time of it is the machine's."""
        began = time.perf_counter()
        with self.page.expect_navigation():
            yield
        self.machine += time.perf_counter() - began
