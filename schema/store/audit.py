"""The audit trail: each act is written in the transaction of the act itself, and never changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.audit_chain import Head, add, head, latest_act
from schema.store.database import now

__all__ = ["Head", "head", "latest_act", "record"]


def record(
    session: Session,
    actor: Actor,
    action: str,
    *,
    project_id: str | None = None,
    case_id: str | None = None,
    object_id: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write who did what to what; the row stands in the table when the session commits, and is not there where it does not.

    ``action`` is noun.verb (``entry.submit``) and has its sentence in ``webapp/audit/wording.py``; ``detail`` is plain JSON
    (before, after, reason, counts) and must not hold passwords, codes or tokens. Raises TypeError where ``detail`` is not JSON.
    """
    add(
        session,
        {
            "at": now(session),
            "actor_id": actor.id or None,
            "actor_name": actor.name,
            "action": action,
            "project_id": project_id,
            "case_id": case_id,
            "object_id": object_id,
            "detail": json.dumps(dict(detail or {}), ensure_ascii=False, sort_keys=True),
            "request_id": actor.request_id,
        },
    )
