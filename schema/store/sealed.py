"""Small secrets that have to be read again (seeds of one-time passwords), kept so that a copy of the database opens none.

They are encrypted and authenticated (Fernet: AES-128-CBC with HMAC-SHA256) under a key derived from the installation's secret
key, which is not in the database. What an earlier secret key sealed can still be read while that key is given. The library is
loaded with the first secret, since most servers hold none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from schema.store.audit_keys import AuditKey, Keyring

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

LABEL = b"tandem sealed secrets 1"


class Unreadable(Exception):
    """Sealed under a key that this installation no longer has."""


def seal(session: Session, plain: str) -> str:
    """Return the text, sealed under the present key."""
    return _box(session).encrypt(plain.encode()).decode("ascii")


def unseal(session: Session, sealed: str) -> str:
    """Return what was sealed. Raises Unreadable where no key of the installation opens it."""
    from cryptography.fernet import InvalidToken

    try:
        return _box(session).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _box(session: Session) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet

    keys: Keyring = session.info["audit_keys"]
    return MultiFernet([Fernet(_derived(key)) for key in (keys.current, *keys.earlier)])


def _derived(key: AuditKey) -> bytes:
    """A key of its own, so that a seal in the audit trail says nothing about it."""
    return base64.urlsafe_b64encode(hmac.new(key.secret, LABEL, hashlib.sha256).digest())
