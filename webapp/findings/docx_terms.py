"""What the reader of a .docx and its caller agree on."""

from __future__ import annotations

MOST_PARTS = 2_000
PART_BYTES = 16 * 2**20
NO_DOCX, TOO_LARGE = 3, 4  # exit codes
