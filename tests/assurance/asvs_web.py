"""OWASP ASVS 5.0, chapters V3, V4, V12, V13 and V17: the browser, messages, connections, configuration. What each clause of levels 1 and 2 asks, in our words."""

from __future__ import annotations

from tests.assurance.clauses import Chapter

CHAPTERS: tuple[Chapter, ...] = ()
