"""What the process that reads a PDF and the one that starts it agree on; the library that reads is loaded by the first alone."""

from __future__ import annotations

#: Exit codes of the reading process.
ENCRYPTED, NO_PDF, TOO_LONG = 3, 4, 5
