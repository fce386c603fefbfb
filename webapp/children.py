"""Programs of ours that read what somebody sent: what they are given of this process, which holds every secret, and what they keep to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
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


class TooSlow(Exception):
    """A program needed longer than it is given."""


def run_apart(
    module: str, *words: str, seconds: float, content: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run one of our programs, which gets ``content`` without a file being written; what its end means is for the caller to say.

    Raises ``TooSlow`` where it ended because its time was over, or goes on for more than so many seconds by the clock, which other work on the
    machine takes its share of.
    """
    command = [sys.executable, "-m", module, *words]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell, words that we chose
            command, input=content, capture_output=True, timeout=seconds, check=False, env=bare_environment()
        )
    except subprocess.TimeoutExpired as error:
        raise TooSlow from error
    if OUT_OF_TIME and done.returncode == OUT_OF_TIME:
        raise TooSlow
    return done


def bare_environment() -> dict[str, str]:
    """The environment for a process that opens hostile files: no key, no password and no address in it."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


def keep_to(memory: int, seconds: float) -> None:
    """Cap the memory (bytes of address space) and the processor time of this process, and let others go first.

    Once the time is over the process ends at once, with ``OUT_OF_TIME``; a second later whatever it does. macOS caps the time alone, Windows
    neither: there the caller's clock stops it.
    """
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        # macOS takes no limit of this kind, and a lower one that stands already cannot be raised.
        with suppress(ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (ceil(seconds) + 1, ceil(seconds) + 1))  # whole seconds
        signal.setitimer(signal.ITIMER_PROF, max(seconds - time.process_time(), 0.1))
        os.nice(NICE)
