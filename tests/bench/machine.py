"""What a run was made on, in general terms: no names, no paths."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib import metadata

QUIET = 0.4
LIBRARIES = (
    "Flask", "Jinja2", "SQLAlchemy", "openpyxl", "lxml", "waitress", "psycopg", "rapidfuzz", "scipy", "numpy",
    "pandas", "datacompy", "nltk", "statsmodels",
)  # fmt: skip


def described() -> list[str]:
    """The machine and the versions, as lines."""
    versions = ", ".join(f"{name} {version}" for name in LIBRARIES if (version := _version(name)))
    cores = f"{os.cpu_count()} processor cores ({platform.machine()}), {platform.system()}"
    return [f"{cores}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}.", f"{versions}."]


def load() -> float:
    """How many processes wanted a processor over the last minute; 0 where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def load_in_words(before: float) -> str:
    """What else went on while the run was made."""
    if before <= QUIET:
        return f"The machine was otherwise idle (load {before:.1f} before the run)."
    return (
        f"Other work went on beside it (load {before:.1f} on {os.cpu_count()} cores before the run): times are longer "
        f"than on a quiet machine, and ratios spread more."
    )


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
