"""Programs of ours that read what somebody sent: what they are given of this process, which holds every secret, and what they keep to."""

from __future__ import annotations

import os
import signal
import time
from math import ceil

NICE = 10  # people who save go first
#: What the process of one that needed too long ends with; 0, which is no failure, on Windows, where the caller's clock alone stops it.
OUT_OF_TIME = -getattr(signal, "SIGPROF", 0)

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


def keep_to(memory: int, seconds: float) -> None:
    """Cap the memory (bytes of address space) and the processor time of this process, and let others go first, where the system offers it (not on
    Windows). Once the time is over the process ends at once, with ``OUT_OF_TIME``; a second later whatever it does.
    """
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(seconds) + 1, ceil(seconds) + 1))  # whole seconds
    signal.setitimer(signal.ITIMER_PROF, max(seconds - time.process_time(), 0.1))
    os.nice(NICE)
