"""``python -m tests.looks``: run the tests of pages, keep one page of each kind that they meet, and look at each.

Axe finds nothing on any of them, by day and by night, and nothing sticks out of a telephone's screen; ends with 1 where something is
found. The crawl of ``tests/journeys`` sees what links lead to in the demonstration; this sees every state that a test has brought about.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from tests.support.accessible import faults, without_scripts
from tests.support.browser import Site, browsing, served, visit
from tests.support.kept_pages import SETTING

TESTS = ("-m", "pytest", "tests/web", "tests/contract", "--numprocesses", "auto", "--dist", "loadfile", "-q")


def main() -> int:
    """Collect, look, and say what was found."""
    with TemporaryDirectory(prefix="tandem-looks-") as scratch:
        kept = Path(scratch) / "pages"
        kept.mkdir()
        ended = subprocess.run([sys.executable, *TESTS], env={**os.environ, SETTING: str(kept)}, check=False)
        found = list(looked_at(sorted(kept.glob("*.html")), Path(scratch) / "data"))
    wrong = [line for _, lines in found for line in lines]
    sys.stdout.write(
        "\n".join([*wrong, f"{len(found)} pages were looked at, {len(wrong)} faults found.", ""])
    )
    return 1 if wrong or ended.returncode else 0


def looked_at(pages: list[Path], folder: Path) -> Iterator[tuple[str, list[str]]]:
    """What is wrong with each page, by what answered with it. A server lends its styles; no script runs."""
    with browsing() as browser, served(folder) as site, visit(browser, site) as window:
        without_scripts(window.page)
        for page in pages:
            shown = page.read_text(encoding="utf-8")
            said = shown.rstrip().rsplit("<!-- ", 1)[1].removesuffix(" -->")
            show(window.page, site, shown)
            yield said, [f"{said}: {one}" for one in faults(window.page)]


def show(page: Page, site: Site, shown: str) -> None:
    """Let the browser read a kept page as if the server had answered with it."""
    address = f"{site.address}/kept"
    page.route(address, lambda route: route.fulfill(body=shown, content_type="text/html; charset=utf-8"))
    page.goto(address)
    page.unroute(address)


if __name__ == "__main__":
    sys.exit(main())
