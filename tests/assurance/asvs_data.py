"""OWASP ASVS 5.0, chapters V11 and V14 to V16: cryptography, data, code, logs and errors. What each clause of levels 1 and 2 asks, in our words."""

from __future__ import annotations

from tests.assurance.clauses import Chapter

CHAPTERS: tuple[Chapter, ...] = ()
