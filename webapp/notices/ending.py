"""The link in every digest that ends it without signing in: a signed mark that is good for this one thing.

The mark names a person and since when they have wanted their digest, so that a link of an earlier wish ends no later one. It opens nothing, and says
nothing to whoever finds it: neither a name nor an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from schema.store.digests import unwant_digest, wish_since
from schema.store.models import User
from schema.store.people import actor_for
from webapp.settings import Settings

SALT = "tandem digest end"
LONGEST_MARK = 400


def ending_mark(settings: Settings, user_id: str, since: datetime) -> str:
    """The mark that stands in the mails of a digest."""
    return _serializer([settings.secret_key]).dumps([user_id, since.isoformat()])


def wanted_by(session: Session, settings: Settings, mark: str) -> User | None:
    """Whose digest a mark ends; ``None`` for what is no mark of ours, and where that digest has been ended already."""
    try:
        found = _serializer([*reversed(settings.earlier_secret_keys), settings.secret_key]).loads(
            mark[:LONGEST_MARK]
        )
    except BadData:
        return None
    if not (isinstance(found, list) and len(found) == 2 and all(isinstance(part, str) for part in found)):
        return None
    user_id, since = found
    wished = wish_since(session, user_id)
    return session.get(User, user_id) if wished is not None and wished.isoformat() == since else None


def end_by_mark(session: Session, settings: Settings, mark: str) -> bool:
    """End the digest that a mark names, in the name of whoever wanted it; says whether there was one."""
    user = wanted_by(session, settings, mark)
    if user is None:
        return False
    unwant_digest(session, actor_for(session, user))
    return True


def _serializer(keys: Sequence[str]) -> URLSafeSerializer:
    return URLSafeSerializer(list(keys), salt=SALT)
