"""Passwords: what is accepted, how they are kept (argon2id), how they are checked.

The policy follows NIST SP 800-63B-4 section 3.1.1.2: length and a list of what everybody tries, no rules of composition,
no expiry. Cost of the hash: OWASP Password Storage Cheat Sheet, argon2id with 19 MiB, 2 passes, 1 lane (20 ms here).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from schema.limits import PASSWORD_BYTES, PASSWORD_CHARACTERS, PASSWORD_CHARACTERS_BESIDE_A_CODE
from schema.problem import Problem, Refused
from schema.store.hashing import TURNS

SHORTEST_NAME = 3  # a shorter name stands in too many words to be looked for
FEWEST_OWN = 4  # characters that neither a list, a run nor a repetition explains

COMMON = Path(__file__).with_name("common_passwords.txt")
PRODUCT = "tandem"
SWAPPED = str.maketrans("@4301$5!7", "aaeolssit")
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol",
    "q1w2e3r4t5y6u7i8o9p0",
)
SHORTEST_RUN = 3

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def check_policy(
    password: str, *, name: str = "", also: Sequence[str] = (), second_step: bool = False
) -> list[Problem]:
    """Return what stands against a new password, all of it.

    ``name`` is the sign-in name; ``also`` other words that it must not hold (project keys and titles). Length is counted in
    characters after NFC normalisation; more than 1,024 bytes are refused before anything else is done with them.
    ``second_step``: the account asks for a time-based code too, so that eight characters do.
    """
    if _is_too_long(password):
        return [
            _problem(
                "PWD-002", f"That password is longer than {PASSWORD_BYTES} bytes.", "Choose a shorter one."
            )
        ]
    problems = []
    shortest = PASSWORD_CHARACTERS_BESIDE_A_CODE if second_step else PASSWORD_CHARACTERS
    if len(_normal(password)) < shortest:
        problems.append(
            _problem(
                "PWD-001", f"A password needs {shortest} characters or more.", "Four or five words do well."
            )
        )
    folded = _fold(password)
    if any(word in folded for word in _words_about(name, also)):
        problems.append(
            _problem(
                "PWD-003",
                "The password holds your sign-in name, or the name of the project or of this program.",
                "Leave the name out.",
            )
        )
    elif is_common(password):
        problems.append(
            _problem(
                "PWD-004",
                "That password is among the first that others would try: a well-known one, a row of keys or a repetition.",
                "Use several words that have nothing to do with one another.",
            )
        )
    return problems


def needs_second_step(password: str) -> bool:
    """Whether the password is too short to stand alone."""
    return len(_normal(password)) < PASSWORD_CHARACTERS


def accept(password: str, *, name: str = "", also: Sequence[str] = (), second_step: bool = False) -> str:
    """Return the hash of a new password. Raises Refused with all that stands against it."""
    problems = check_policy(password, name=name, also=also, second_step=second_step)
    if problems:
        raise Refused(problems)
    return hash_password(password)


def is_common(password: str) -> bool:
    """Whether hardly anything of the password remains after taking out what is well known, rows of keys and repetitions."""
    plain = _fold(password)
    return any(len(_own_part(reading)) < FEWEST_OWN for reading in (plain, plain.translate(SWAPPED)))


def hash_password(password: str) -> str:
    """Return the argon2id hash, with its parameters and salt, of any password of at most 1,024 bytes. Raises TooBusy (429)."""
    with TURNS.turn():
        return HASHER.hash(_bytes(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the stored hash. Without one the same work is done, and the answer is no.

    So it is for one that is longer than any password: nothing of it is hashed. Raises TooBusy (429) where too many are being
    checked already.
    """
    fits = not _is_too_long(password)
    try:
        with TURNS.turn():
            HASHER.verify(stored or _nobodys(), _bytes(password) if fits else b"")
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored) and fits


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made at another cost than today's: hash again at the next sign-in."""
    return HASHER.check_needs_rehash(stored)


@cache
def _nobodys() -> str:
    """Return a hash to check where there is no account or no password, so that the answer takes as long."""
    return HASHER.hash("no account has this password")


def _own_part(folded: str) -> str:
    rest = folded
    for piece in _common():
        rest = rest.replace(piece, " ")
    rest = _without_runs(rest)
    rest = re.sub(r"(.)\1{2,}", " ", rest)
    rest = re.sub(r"(19|20)\d\d", " ", rest)
    return _without_repetition("".join(rest.split()))


def _without_runs(text: str) -> str:
    kept = []
    start = 0
    while start < len(text):
        length = max(_run_at(text, start, row) for row in _rows())
        if length >= SHORTEST_RUN:
            kept.append(" ")
            start += length
        else:
            kept.append(text[start])
            start += 1
    return "".join(kept)


def _run_at(text: str, start: int, row: str) -> int:
    place = row.find(text[start])
    length = 0
    while place >= 0 and start + length < len(text) and row[place : place + 1] == text[start + length]:
        place, length = place + 1, length + 1
    return length


def _without_repetition(text: str) -> str:
    """Return what is repeated, once: abcabcabc is abc, and gives no more protection."""
    for length in range(1, len(text) // 2 + 1):
        if text.startswith((text[:length] * (len(text) // length + 1))[: len(text)]):
            return text[:length]
    return text


@cache
def _rows() -> tuple[str, ...]:
    return tuple(row for run in RUNS for row in (run, run[::-1]))


@cache
def _common() -> tuple[str, ...]:
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    pieces = {_fold(line) for line in lines if line and not line.startswith("#")}
    return tuple(sorted(pieces, key=lambda piece: (-len(piece), piece)))


def _words_about(name: str, also: Sequence[str]) -> list[str]:
    words = [_fold(word) for word in (name, name.partition("@")[0], PRODUCT, *also)]
    return [word for word in words if len(word) >= SHORTEST_NAME]


def _fold(text: str) -> str:
    """Letters and digits only, lower case: what a guesser varies is taken away."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s_.,;:\-+*/#'\"]+", "", folded)


def _is_too_long(password: str) -> bool:
    """Whether it takes more bytes than a password may; one of very many characters is not even put into bytes."""
    return len(password) > PASSWORD_BYTES or len(_bytes(password)) > PASSWORD_BYTES


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def _bytes(password: str) -> bytes:
    return _normal(password).encode("utf-8", "surrogatepass")


def _problem(code: str, message: str, remedy: str) -> Problem:
    return Problem(code, message, remedy, "password")
