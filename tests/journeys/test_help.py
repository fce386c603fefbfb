"""The pictures of help show pages as they are: what a page says in headings, labels and buttons is what was drawn."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser

from tests.support import pictures
from tests.support.browser import Site

pytestmark = pytest.mark.browser


def test_every_picture_is_of_a_page_that_still_says_the_same(browser: Browser, sample: Site) -> None:
    drawn = json.loads(pictures.INDEX.read_text(encoding="utf-8"))
    places = pictures.Places(sample.folder)
    stale = [
        f"{one.name}: {sorted(set(drawn[one.name]['says']) ^ set(pictures.outline(page)))}"
        for one, page in pictures.opened(browser, sample, places)
        if drawn[one.name]["says"] != pictures.outline(page)
    ]
    places.database.dispose()
    assert not stale, "draw them anew with `make pictures`:\n" + "\n".join(stale)
