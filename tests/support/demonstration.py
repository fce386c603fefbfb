"""The product's own demonstration, as ``tandem demo`` loads it, with the work done that a worker would do afterwards."""

from __future__ import annotations

from pathlib import Path

from webapp import app as _every_kind_of_job  # noqa: F401 - rooms register what workers do
from webapp.jobs import Worker
from webapp.opening import open_database
from webapp.sample import demo
from webapp.settings import from_environment
from webapp.shelves import DOCUMENTS, shelf_of


def load_demonstration(folder: Path) -> None:
    """Load both sample projects and the reports of the second into a folder, and read the reports."""
    demo.claim_folder(folder, reset=False)
    settings = from_environment({"TANDEM_ENV": "development"}, folder)
    database = open_database(settings)
    demo.load(database, folder, lambda _: None, shelf_of(settings, DOCUMENTS))
    Worker(database, settings).run_all()
    database.dispose()
