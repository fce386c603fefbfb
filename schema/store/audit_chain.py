"""The audit trail as a chain: each row is sealed together with the seal of the row before it.

Rows are collected while a transaction runs and written as its last act before it commits. So the lock that puts them in order
(an advisory one on PostgreSQL; SQLite has one writer anyway) is held for two statements only, and is always the last one taken:
two transactions can never wait for each other over it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, exists, insert, select, text
from sqlalchemy.orm import Session

from schema.problem import refuse
from schema.store.audit_keys import UNKEYED, AuditKey, Keyring
from schema.store.models import Audit

BEGINNING = "0" * 64
ERASED = "erased"
PENDING = "audit_pending"
ONE_AT_A_TIME = 7_264_323_602  # PostgreSQL's advisory lock; another number than that of migrations
SEALED = (
    "prev_hash",
    "key_name",
    "seq",
    "at",
    "actor_id",
    "actor_name",
    "action",
    "project_id",
    "case_id",
    "object_id",
    "detail",
    "request_id",
)


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of the trail. ``seq`` is also the number of rows; an empty trail has 0 and 64 zeros."""

    seq: int
    hash: str


def head(session: Session) -> Head:
    """Return the head of the trail as the session sees it: print it wherever the data leaves, as an anchor."""
    return _last(session)[0]


def require_key(session: Session) -> None:
    """Raise Refused (AUD-002, AUD-003; 409) where the trail cannot go on with the session's key, because nobody could check it any more."""
    _refuse_other_key(session, _last(session)[1])


def key_names(session: Session) -> list[str]:
    """The names of all keys that sealed a row."""
    return list(session.scalars(select(Audit.key_name).distinct()))


def _last(session: Session) -> tuple[Head, str]:
    """The head, and the name of the key that sealed it; without a name where there is no row yet."""
    query = select(Audit.seq, Audit.hash, Audit.key_name).order_by(Audit.seq.desc()).limit(1)
    last = session.execute(query).first()
    return (Head(0, BEGINNING), "") if last is None else (Head(last.seq, last.hash), last.key_name)


def _refuse_other_key(session: Session, last: str) -> None:
    keys: Keyring = session.info["audit_keys"]
    present = keys.current.name
    if last in ("", present) or last in keys.lost or UNKEYED.current.name in (last, present):
        return
    if keys.find(last) is None:
        raise refuse(
            "AUD-002",
            f"The audit trail is sealed with the secret key {last}, and the one that is set here is another ({present}): nobody could check what it sealed.",
            "Set the key that served so far: TANDEM_SECRET_KEY, or secret-key in the data folder of the node that served. One that was replaced on "
            f"purpose is named in TANDEM_EARLIER_SECRET_KEYS. Where it is lost for good, go on without it by TANDEM_LOST_SECRET_KEYS={last}.",
            status=409,
        )
    if session.scalar(select(exists().where(Audit.key_name == present))):
        raise refuse(
            "AUD-003",
            f"The secret key that is set here ({present}) was replaced by {last}: what it sealed from now on would not hold.",
            f"Set the key {last} as TANDEM_SECRET_KEY, and the other one in TANDEM_EARLIER_SECRET_KEYS.",
            status=409,
        )


def latest_act(session: Session, project_id: str) -> str:
    """Return the seal of the last act of a project, which seals all before it too: where it is the same, nothing has been done since.

    Ask in a session that reads: acts of one that writes are sealed as it commits.
    """
    query = select(Audit.hash).where(Audit.project_id == project_id).order_by(Audit.seq.desc()).limit(1)
    return session.scalar(query) or BEGINNING


def add(session: Session, row: Mapping[str, Any]) -> None:
    """Keep a row for the end of the session's transaction; it is written with everything else, or not at all."""
    session.info.setdefault(PENDING, []).append(dict(row))


def seal(key: AuditKey, row: Mapping[str, Any]) -> str:
    """Return the seal of a row: over all its columns, in a fixed order, in a form that both databases give back alike."""
    plain = [_plain(row[column]) for column in SEALED]
    return key.seal(json.dumps(plain, ensure_ascii=True, separators=(",", ":")).encode("ascii"))


def tombstone(key: AuditKey, row: Mapping[str, Any]) -> str:
    """Return what stands in place of an erased row's ``detail``: the key's name, and a seal over all the rest of the row.

    The row's own seal, which the next row was sealed with, stays; so the chain keeps its links, and still nobody without the
    key can change a row or make it look erased.
    """
    rest = [ERASED, row["hash"], *(_plain(row[column]) for column in SEALED if column != "detail")]
    content = json.dumps(rest, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return json.dumps({ERASED: key.name, "seal": key.seal(content)}, sort_keys=True)


def is_tombstone(detail: str) -> bool:
    """Whether this stands where an act's particulars were erased."""
    held = json.loads(detail)
    return set(held) == {ERASED, "seal"}


def holds(keys: Keyring, row: Mapping[str, Any]) -> bool:
    """Whether a row is as it was written, or as it was lawfully erased."""
    key = keys.find(row["key_name"])
    if key is not None and seal(key, row) == row["hash"]:
        return True
    if not is_tombstone(row["detail"]):
        return False
    eraser = keys.find(json.loads(row["detail"])[ERASED])
    return eraser is not None and tombstone(eraser, row) == row["detail"]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


def _chained(keys: Keyring, last: Head, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    before, key = last.hash, keys.current
    key_name = key.name
    for seq, row in enumerate(rows, start=last.seq + 1):
        row.update(seq=seq, prev_hash=before, key_name=key_name)
        before = row["hash"] = seal(key, row)
    return rows


def write(session: Session) -> None:
    """Write the rows that are kept. A commit does it by itself; call it only to read one's own rows before that."""
    if not session.info.get(PENDING):
        return
    session.flush()  # whatever it locks must be locked before our turn begins
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
    last, key_name = _last(session)
    _refuse_other_key(session, key_name)
    rows = _chained(session.info["audit_keys"], last, session.info.pop(PENDING))
    session.execute(insert(Audit), rows)


@event.listens_for(Session, "before_commit")
def _write_pending(session: Session) -> None:
    if not session.in_nested_transaction():
        write(session)


@event.listens_for(Session, "after_rollback")
def _forget_pending(session: Session) -> None:
    session.info.pop(PENDING, None)
