"""Reading every submitted entry: against decompressing and decoding the same frozen JSON."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator

from sqlalchemy import select

from schema.store.models import Snapshot
from schema.store.snapshots import thawed
from tests.bench.measuring import Figure, alternate
from tests.bench.studies import copied
from tests.bench.studio import Studio

CASES, GOAL = 500, 1.2
BOUND = (
    "Beside decoding, the product checks every frozen entry against its hash (0.07 of the peer's time) and makes rows and typed values of "
    "what it reads: 46,000 lists and missing answers in 18,000 sections and rows. Values are read where they were decoded, so that no "
    "section or row is built twice. Making the rows alone, with their values left as they are, would come to 1.2."
)
QUERY = "SELECT id, body, sha256 FROM snapshot WHERE entry_id IS NOT NULL"


def run(place: Studio) -> Iterator[Figure]:
    """1,000 entries of 500 cases."""
    study = copied(place, CASES)
    connection = sqlite3.connect(str(study.database.url.database))

    def ours() -> int:
        columns = (Snapshot.id, Snapshot.body, Snapshot.sha256)
        with study.database.reading() as session:
            rows = session.execute(select(*columns).where(Snapshot.entry_id.is_not(None)))
            return sum(1 for row in rows if thawed(*row).sections)

    def theirs() -> int:
        return sum(
            1 for _, body, _ in connection.execute(QUERY) if json.loads(zlib.decompress(body))["answers"]
        )

    assert ours() == theirs() == 2 * CASES
    duel = alternate(ours, theirs, rounds=9)
    yield duel.figure(f"{2 * CASES:,} submitted entries", "reading and decoding the same JSON", GOAL, BOUND)
