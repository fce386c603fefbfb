"""How much is taken from a person: of an answer, a file, a request, an act on many things, an attempt. Each number stands here once.

The page “How much fits” of help tells them to everybody. What a format of files holds stands with the code that writes it, what
keeps a reading process in bounds with the process, and what a questionnaire asks of its answers in the questionnaire.
"""

from __future__ import annotations

from typing import Final


def megabytes(size: int) -> str:
    """A size in bytes as people read it."""
    return f"{size // 2**20} MB"


# One answer
TEXT_CHARACTERS: Final = 100_000
CODES: Final = 1_000
NUMBER_DIGITS: Final = 15

# One entry
GROUP_ROWS: Final = 2_000
PASTED_CHARACTERS: Final = 500_000
PASTED_ROWS: Final = 500
OFFLINE_BYTES: Final = 10 * 2**20
OFFLINE_NEW_ROWS: Final = 60

# Files
REPORT_BYTES: Final = 30 * 2**20
REPORT_PAGES: Final = 1_000
LIST_BYTES: Final = 5 * 2**20
UNPACKED_BYTES: Final = 60 * 2**20
QUESTIONNAIRE_BYTES: Final = 4 * 2**20
QUESTIONNAIRE_CHARACTERS: Final = 1_000_000
#: Keys, values and lists. A questionnaire of 500 questions has some 8,000, a list of 5,000 codes some 35,000.
QUESTIONNAIRE_PARTS: Final = 50_000
DRAFT_BYTES: Final = 10 * 2**20
DRAFT_CHARACTERS: Final = 2_000_000
DRAFT_FIGURES: Final = 2_000

# Many things in one act
ASSIGNED_CASES: Final = 300
PILOT_CASES: Final = 100
REPEATED_CASES: Final = 50
RECODED_ROWS: Final = 500

# One request
REQUEST_BYTES: Final = 32 * 2**20
FORM_BYTES: Final = 8 * 2**20
FORM_FIELDS: Final = 20_000  # a section of 40 rows with 20 values each is an ordinary form here

# Signing in
PASSWORD_CHARACTERS: Final = 15
PASSWORD_CHARACTERS_BESIDE_A_CODE: Final = 8  # where a code from a telephone is asked for too
PASSWORD_BYTES: Final = 1_024  # hashing a megabyte costs 137 ms
ATTEMPTS: Final = 10
ATTEMPTS_IN_A_ROW: Final = 100  # NIST SP 800-63B-4, section 3.2.2
ATTEMPT_MINUTES: Final = 5
