"""The keys of the audit chain: derived from the installation's secret key, never kept in the database.

Whoever can write to the database but has not the secret key cannot make a row that fits into the chain.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

LABEL = b"tandem audit chain 1"
NAME_LABEL = b"tandem audit key name"
NAME_LENGTH = 12


@dataclass(frozen=True)
class AuditKey:
    """One key. Its ``name`` stands beside every row that it sealed, and tells nothing about it."""

    secret: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Return twelve hexadecimal digits by which the key can be found again."""
        return hmac.new(self.secret, NAME_LABEL, hashlib.sha256).hexdigest()[:NAME_LENGTH]

    def seal(self, content: bytes) -> str:
        """Return HMAC-SHA256 of the content, hexadecimal."""
        return hmac.new(self.secret, content, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Keyring:
    """The key that seals new rows, and those that sealed earlier ones, the latest first.

    ``lost`` names keys that nobody has any more: what they sealed cannot be checked, and the trail goes on after them all the same.
    """

    current: AuditKey
    earlier: tuple[AuditKey, ...] = ()
    lost: frozenset[str] = frozenset()

    def find(self, name: str) -> AuditKey | None:
        """Return the key of this name, if it is on the ring."""
        return next((key for key in (self.current, *self.earlier) if key.name == name), None)


def keyring(secret_key: str, earlier: Iterable[str] = (), lost: Iterable[str] = ()) -> Keyring:
    """Derive the keys from the installation's secret key and those it had before (HMAC-SHA256 over a label of our own); of lost ones there are names.

    A cookie's signature and a row's seal come from different keys, so that neither can stand for the other.
    """
    return Keyring(_derive(secret_key), tuple(_derive(key) for key in earlier), frozenset(lost))


#: For databases that are opened without a secret key, as in tests: rows are chained, but anybody could forge them, so any key may follow.
UNKEYED = Keyring(AuditKey(b"nobody's key"))


def _derive(secret_key: str) -> AuditKey:
    return AuditKey(hmac.new(secret_key.encode("utf-8"), LABEL, hashlib.sha256).digest())
