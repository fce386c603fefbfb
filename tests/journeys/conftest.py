"""Journeys: the product's own server and a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Site, browsing, served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser process for all journeys; each visit has a context of its own."""
    with browsing() as opened:
        yield opened


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A new installation, served by ``tandem serve``."""
    with served(tmp_path / "data") as running:
        yield running
