"""One-time codes that one person reads out to another: for a first password, a forgotten one, the first start."""

from __future__ import annotations

import hashlib
import hmac
import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without i, l, o, 0 and 1, which are taken for one another
GROUPS = 4
GROUP = 4  # 16 characters of 31: 79 bits, for a code that counts for three days at most
# 24 characters of 31: 118 bits, so that a fast hash does for a code that is kept for years
LASTING_GROUPS = 6


def fresh_code(groups: int = GROUPS) -> str:
    """Return a code like ``k3fm-x9aw-t2hc-7rdn``, of so many groups."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(groups))


def code_hash(code: str) -> str:
    """Return the SHA-256 (hex) of the code as it would be read out: case, spaces and hyphens do not count."""
    return hashlib.sha256(_plain(code).encode("utf-8", "replace")).hexdigest()


def first_group(code: str) -> str:
    """Return the beginning of the code, under which attempts are counted: strangers do not know it, and so slow nobody's own code."""
    return _plain(code)[:GROUP]


def is_code(code: str, stored: str | None) -> bool:
    """Whether the code belongs to the stored hash."""
    return hmac.compare_digest(code_hash(code), stored or "") and stored is not None


def _plain(code: str) -> str:
    return "".join(character for character in code.lower() if character.isalnum())
