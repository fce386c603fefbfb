"""Programs of ours that read what somebody sent: what they are given of this process, which holds every secret."""

from __future__ import annotations

import os

#: Where Python and its libraries are, and how text is written; nothing of Tandem, of a database or of a cloud.
KEPT = (
    "PATH",
    "PYTHONPATH",
    "PYTHONHOME",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SYSTEMROOT",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TMPDIR",
    "TEMP",
    "TMP",
)


def bare_environment() -> dict[str, str]:
    """The environment for a process that opens hostile files: no key, no password and no address in it."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}
