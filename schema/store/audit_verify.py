"""Reads the whole audit trail and says whether it holds: every seal, every link, and every head that was known before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.store.audit_chain import BEGINNING, SEALED, Head, holds, is_tombstone
from schema.store.audit_keys import Keyring
from schema.store.models import Audit

ROWS_AT_ONCE = 1_000
CUT = (
    "The trail does not hold the head {head}…, which was printed earlier: its tail was cut off, or it was written anew. "
    "Compare it with a backup."
)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found. ``first_bad`` is the number of the first row that does not hold, 0 where all do.

    ``erased`` counts the rows that hold and whose particulars were erased.
    """

    head: Head
    first_bad: int = 0
    reason: str = ""
    erased: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.reason


@dataclass
class _Reading:
    """How far the trail has been followed."""

    keys: Keyring
    last: Head = field(default_factory=lambda: Head(0, BEGINNING))
    key_name: str = ""
    left_keys: set[str] = field(default_factory=set)
    erased: int = 0


def verify(session: Session, known_heads: Collection[str] = ()) -> Verified:
    """Follow the trail from its first row with the session's keys; stop at the first row that does not hold.

    ``known_heads`` are hashes that were printed earlier (in an export, a backup, by this command): each must still be
    in the trail, which shows a cut tail and a trail written anew by somebody who has the key. Needs memory for one page
    of rows only.
    """
    return follow(_rows(session), session.info["audit_keys"], known_heads)


def follow(rows: Iterable[Mapping[str, Any]], keys: Keyring, known_heads: Collection[str] = ()) -> Verified:
    """Follow a trail from its first row, wherever it is kept: in a database or in a backup. See :func:`verify`."""
    reading = _Reading(keys)
    missing = {head.strip().lower() for head in known_heads} - {BEGINNING}
    for row in rows:
        reason = _wrong(reading, row)
        if reason:
            return Verified(reading.last, row["seq"], reason)
        reading.last = Head(row["seq"], row["hash"])
        reading.erased += is_tombstone(row["detail"])
        missing.discard(row["hash"])
    if missing:
        return Verified(reading.last, 0, CUT.format(head=min(missing)[:16]))
    return Verified(reading.last, erased=reading.erased)


def _rows(session: Session) -> Iterator[dict[str, Any]]:
    columns = [getattr(Audit, name) for name in (*SEALED, "hash")]
    query = select(*columns).order_by(Audit.seq).execution_options(yield_per=ROWS_AT_ONCE)
    for row in session.execute(query):
        yield dict(zip(row._fields, row, strict=True))


def _wrong(reading: _Reading, row: Mapping[str, Any]) -> str:
    expected = reading.last.seq + 1
    if row["seq"] != expected:
        return f"Row {expected} is missing: the next one that is there is row {row['seq']}."
    if row["prev_hash"] != reading.last.hash:
        return f"Row {row['seq']} does not follow the row before it: one of the two was replaced or moved."
    return _wrong_key(reading, row) or _wrong_seal(reading, row)


def _wrong_key(reading: _Reading, row: Mapping[str, Any]) -> str:
    name = row["key_name"]
    if name == reading.key_name:
        return ""
    if name in reading.left_keys:
        return f"Row {row['seq']} is sealed with the key {name}, which had been replaced before."
    if reading.keys.find(name) is None:
        return (
            f"Row {row['seq']} is sealed with the key {name}, which is not known here. If the secret key was replaced, "
            "give the earlier ones in TANDEM_EARLIER_SECRET_KEYS."
        )
    reading.left_keys.add(reading.key_name)
    reading.key_name = name
    return ""


def _wrong_seal(reading: _Reading, row: Mapping[str, Any]) -> str:
    if not holds(reading.keys, row):
        return f"Row {row['seq']} was changed after it was written, or was not written by Tandem."
    return ""
