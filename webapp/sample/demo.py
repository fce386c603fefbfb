"""The demonstration: a data directory of its own, loaded with the sample studies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from schema.problem import refuse
from schema.store.database import Database
from schema.store.migrate import check, head, upgrade
from webapp.sample import loading
from webapp.sample.halfway import TITLE as HALFWAY_TITLE
from webapp.sample.study import study
from webapp.settings import default_data_dir
from webapp.shelves import Shelf

MARKER: Final = "tandem-demo.json"
STUDY_TITLE: Final = "Sample study of 33 reviews (invented)"
STUDY_ABOUT: Final = (
    "An invented study whose counts are those of a published briefing. No person or place in it exists."
)
HALFWAY_ABOUT: Final = "Twelve invented cases in every state, so that each role finds work."

Say = Callable[[str], None]


def demo_folder(environ: Mapping[str, str]) -> Path:
    """The demonstration's data directory: TANDEM_DATA_DIR, or ``demo`` beside where ordinary data is kept.

    Raises ``Refused`` (DEMO-001) where TANDEM_DATABASE_URL is set: the demonstration keeps to a database of its own.
    """
    if environ.get("TANDEM_DATABASE_URL"):
        raise refuse(
            "DEMO-001",
            "The demonstration keeps to a SQLite database of its own, but TANDEM_DATABASE_URL is set.",
            "Unset TANDEM_DATABASE_URL, or load a study of your own with `tandem sample` and `tandem import entries`.",
        )
    given = environ.get("TANDEM_DATA_DIR")
    return Path(given).expanduser() if given else default_data_dir(environ).with_name("tandem-demo")


def claim_folder(folder: Path, *, reset: bool) -> bool:
    """Make the folder the demonstration's own; gives whether the sample has to be loaded.

    What an interrupted load left is cleared away. Raises ``Refused`` (DEMO-002) for a folder with anything in it that
    the demonstration did not make.
    """
    marker = folder / MARKER
    if not marker.exists() and folder.exists() and any(folder.iterdir()):
        raise refuse(
            "DEMO-002",
            f"{folder} was not made by the demonstration, so nothing in it is touched.",
            "Name another folder with TANDEM_DATA_DIR.",
            status=409,
        )
    loaded = marker.exists() and _marked(marker) == head()
    if loaded and not reset:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    _mark(marker, "")
    return True


def load(database: Database, folder: Path, say: Say, documents: Shelf | None = None) -> None:
    """Load people, the sample study and the half-way project into an empty database; with a shelf, reports for the latter."""
    upgrade(database)
    check(database)
    say(
        "Loading the sample study: 33 invented reviews, each entered twice and reconciled. This takes a moment."
    )
    loading.load_people(database)
    loading.load_project(database, loading.STUDY_KEY, STUDY_TITLE, STUDY_ABOUT)
    loading.load_study(database, loading.STUDY_KEY, study(), lambda _: None)
    loading.read_notices(database)
    loading.load_project(database, loading.HALFWAY_KEY, HALFWAY_TITLE, HALFWAY_ABOUT)
    loading.load_halfway(database, loading.HALFWAY_KEY, documents)
    _mark(folder / MARKER, head())


def sign_in_details() -> list[str]:
    """Who can sign in, as lines to print."""
    lines = [f"Sign in with any of these names and the password: {loading.PASSWORD}"]
    for name, (display_name, roles) in loading.PEOPLE.items():
        part = ", ".join(roles) or "administrator (no access to case data)"
        lines.append(f"  {name:<8} {display_name:<16} {part}")
    return lines


def _marked(marker: Path) -> str:
    try:
        return str(json.loads(marker.read_text(encoding="utf-8")).get("loaded", ""))
    except (ValueError, AttributeError):
        return ""


def _mark(marker: Path, loaded: str) -> None:
    """Write down that this folder is ours, and at which step of the database the sample was loaded ('': not yet)."""
    marker.write_text(json.dumps({"made_by": "tandem demo", "loaded": loaded}) + "\n", encoding="utf-8")
