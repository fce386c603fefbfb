"""A real server process and a real browser, for journeys."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.support import programs

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 60.0
expect.set_options(timeout=20_000)  # five seconds are not enough where the machine has other work


@dataclass(frozen=True)
class Site:
    """A running installation: its address and its data directory, on which commands can be run beside it."""

    address: str
    folder: Path

    def said(self) -> str:
        """What the server has printed so far."""
        return (self.folder.parent / "server.log").read_text(encoding="utf-8")

    def tandem(self, *arguments: str) -> str:
        """Run a command of the product on this installation; gives what it printed, fails where it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "webapp", *arguments],
            env=environment(self.folder),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def environment(folder: Path) -> dict[str, str]:
    """The environment of an installation in the folder, without settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TANDEM_")}
    return {**kept, "TANDEM_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve an installation in the folder by the product's own command on a free loopback port."""
    port = _free_port()
    log = (folder.parent / "server.log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "webapp", "serve", "--port", str(port)],
        env=environment(folder),
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_until_it_answers(f"http://127.0.0.1:{port}/sign-in", process)
        yield Site(f"http://127.0.0.1:{port}", folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)
        log.close()


@contextmanager
def browsing() -> Iterator[Browser]:
    """One browser for a test run."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=programs.browser(), args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """One person's browser window: what it asked for from elsewhere, and what its scripts complained of."""

    context: BrowserContext
    page: Page
    foreign: list[str]
    complaints: list[str]

    def check(self) -> None:
        """Fail where a page asked another origin for something, or a script or the security policy complained."""
        assert not self.foreign, f"requests to other origins: {self.foreign}"
        assert not self.complaints, f"the browser complained: {self.complaints}"


@contextmanager
def visit(browser: Browser, site: Site, *, javascript: bool = True, width: int = 1440) -> Iterator[Visit]:
    """A fresh window on the site, watched; checked when it is closed."""
    context = browser.new_context(
        base_url=site.address,
        java_script_enabled=javascript,
        viewport={"width": width, "height": 1000},
        locale="en-GB",
        accept_downloads=True,
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    seen = Visit(context, page, [], [])
    page.on("request", lambda one: _note_foreign(seen, site, one.url))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("console", lambda one: _note_complaint(seen, one.type, one.text))
    try:
        yield seen
        seen.check()
    finally:
        context.close()


def _note_foreign(seen: Visit, site: Site, url: str) -> None:
    if not url.startswith((site.address, "data:", "blob:", "about:")):
        seen.foreign.append(url)


def _note_complaint(seen: Visit, kind: str, text: str) -> None:
    # A refused request is an answer that the page deals with; only the browser calls it an error.
    if kind == "error" and not text.startswith("Failed to load resource"):
        seen.complaints.append(text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, "the server stopped by itself; see server.log"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer within {PATIENCE:.0f} seconds")
