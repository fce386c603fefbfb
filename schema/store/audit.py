"""The audit trail: each act is written in the transaction of the act itself, and never changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import insert
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.database import now
from schema.store.models import Audit


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
    """Write who did what to what.

    ``action`` is noun.verb (``entry.submit``); ``detail`` is plain JSON (before, after, reason, counts) and must not hold
    passwords, codes or tokens. Raises TypeError where ``detail`` is not JSON.
    """
    session.execute(
        insert(Audit).values(
            at=now(session),
            actor_id=actor.id or None,
            actor_name=actor.name,
            action=action,
            project_id=project_id,
            case_id=case_id,
            object_id=object_id,
            detail=json.dumps(dict(detail or {}), ensure_ascii=False, sort_keys=True),
            request_id=actor.request_id,
        )
    )
