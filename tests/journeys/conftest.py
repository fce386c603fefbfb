"""Journeys: the product's own server and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Site, browsing, served
from tests.support.demonstration import load_demonstration


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


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's own demonstration, loaded once for all journeys. Serve a copy of it."""
    folder = tmp_path_factory.mktemp("demonstration") / "data"
    load_demonstration(folder)
    return folder


@pytest.fixture(scope="module")
def sample(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration, served for one file of journeys."""
    folder = tmp_path_factory.mktemp("sample") / "data"
    shutil.copytree(demonstration, folder)
    with served(folder) as running:
        yield running
