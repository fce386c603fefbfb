"""Frozen documents: written at submission and at sign-off, never changed, checked by hash whenever they are read."""

from __future__ import annotations

import hashlib
import zlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.canonical import from_json, to_json
from schema.answers.document import Document
from schema.problem import Refused, refuse
from schema.store.database import new_id, now
from schema.store.models import Entry, Snapshot

LEVEL = 6


def freeze(
    session: Session,
    actor: Actor,
    *,
    entry: Entry | None = None,
    comparison_id: str | None = None,
    template_version_id: str,
    document: Document,
    revision: int,
) -> Snapshot:
    """Keep a whole document of an entry (as submitted) or of a comparison (the consensus): exactly one of the two.

    ``revision`` is that of the entry or comparison at this moment. The hash is the SHA-256 of the canonical JSON. Raises
    ``ValueError`` unless exactly one owner is given.
    """
    if (entry is None) == (comparison_id is None):
        raise ValueError("a snapshot belongs to one entry or to one comparison")
    text = to_json(document).encode()
    snapshot = Snapshot(
        id=new_id(session),
        entry_id=entry.id if entry else None,
        comparison_id=comparison_id,
        template_version_id=template_version_id,
        revision=revision,
        body=zlib.compress(text, LEVEL),
        sha256=hashlib.sha256(text).hexdigest(),
        created_at=now(session),
        created_by=actor.id,
    )
    session.add(snapshot)
    session.flush()
    return snapshot


def thaw(session: Session, snapshot_id: str) -> Document:
    """Give the document back, in its frozen state.

    Raises ``Refused``: SNAP-001 (404) where there is no such snapshot, SNAP-002 (500) where what is stored is not what was
    frozen: its hash no longer fits.
    """
    row = session.execute(select(Snapshot.body, Snapshot.sha256).where(Snapshot.id == snapshot_id)).first()
    if row is None:
        raise refuse("SNAP-001", "There is no such snapshot.", status=404)
    return thawed(snapshot_id, *row)


def thawed(snapshot_id: str, body: bytes, sha256: str) -> Document:
    """Give the document of a snapshot that has been read already; for reading many at once. Raises as :func:`thaw`."""
    try:
        text = zlib.decompress(body)
    except zlib.error as error:
        raise _damaged(snapshot_id) from error
    if hashlib.sha256(text).hexdigest() != sha256:
        raise _damaged(snapshot_id)
    return from_json(text.decode())


def latest_snapshot(session: Session, entry_id: str) -> Snapshot | None:
    """Give the newest snapshot of an entry, or ``None`` where it was never submitted."""
    query = select(Snapshot).where(Snapshot.entry_id == entry_id)
    return session.scalar(query.order_by(Snapshot.created_at.desc(), Snapshot.revision.desc()).limit(1))


def _damaged(snapshot_id: str) -> Refused:
    return refuse(
        "SNAP-002",
        f"Snapshot {snapshot_id} was changed outside Tandem or damaged: its hash no longer fits.",
        "Restore it from a backup before going on.",
        where=snapshot_id,
        status=500,
    )
