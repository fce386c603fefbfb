"""OWASP ASVS 5.0, chapters V6 to V10: signing in, sessions, access, tokens. What each clause of levels 1 and 2 asks, in our words."""

from __future__ import annotations

from tests.assurance.clauses import Chapter

CHAPTERS: tuple[Chapter, ...] = ()
