"""OWASP ASVS 5.0, chapters V1, V2 and V5: what comes in as text, as a form and as a file. What each clause of levels 1 and 2 asks, in our words."""

from __future__ import annotations

from tests.assurance.clauses import Chapter

CHAPTERS: tuple[Chapter, ...] = ()
