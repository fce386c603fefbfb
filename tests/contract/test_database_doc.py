"""The page about the database names every table, and no table that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from schema.store.models import Base

DOC = Path(__file__).resolve().parents[2] / "docs" / "database.md"


def test_the_page_about_the_database_gives_each_table_its_reason() -> None:
    named = re.findall(r"^\| `(\w+)` \| \S", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(Base.metadata.tables)
