"""OWASP ASVS 5.0, levels 1 and 2, chapter by chapter."""

from __future__ import annotations

from tests.assurance import asvs_data, asvs_input, asvs_people, asvs_web
from tests.assurance.clauses import Chapter, Standard


def _number(chapter: Chapter) -> int:
    return int(chapter.clauses[0].number.partition(".")[0])


ASVS = Standard(
    "OWASP ASVS 5.0, levels 1 and 2",
    "Application Security Verification Standard 5.0.0 (OWASP, May 2025), every clause of levels 1 and 2. What a clause asks is said here in "
    "other and fewer words; the [standard](https://owasp.org/www-project-application-security-verification-standard/) has its own.",
    tuple(
        sorted(
            (*asvs_input.CHAPTERS, *asvs_web.CHAPTERS, *asvs_people.CHAPTERS, *asvs_data.CHAPTERS),
            key=_number,
        )
    ),
)
