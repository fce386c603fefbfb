"""What a process and all that it starts ask of the system, seen by strace: which programs they start, and whom they connect to."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

STARTED = re.compile(r'\bexecve\("([^"]*)"')
INTERNET = re.compile(r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"')
LOOPBACK = re.compile(r"127\.|::1$|::ffff:127\.")
#: Whoever answers here looks names up elsewhere, also where it listens on this machine.
NAMES = "53"
PATIENCE = 60.0


@dataclass
class Calls:
    """The programs that were started, by path, and the addresses outside this machine that were tried."""

    programs: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def note(self, line: str) -> None:
        """Take in one line of strace's."""
        if started := STARTED.search(line):
            self.programs.append(started[1])
        if met := INTERNET.search(line):
            port, address = met.groups()
            if port == NAMES or not LOOPBACK.match(address):
                self.outside.append(f"{address} port {port}")


@contextmanager
def watched(process: int, file: Path) -> Iterator[Calls]:
    """Watch a running process, with its threads and children; what was seen is there when the block has ended."""
    seen = Calls()
    asked = "trace=connect,sendto,sendmsg,sendmmsg,execve"
    with subprocess.Popen(
        ["strace", "-f", "-s", "200", "-e", asked, "-o", str(file), "-p", str(process)],
        stderr=subprocess.PIPE,
        text=True,
    ) as tracing:
        assert tracing.stderr is not None
        assert "attached" in tracing.stderr.readline()
        try:
            yield seen
        finally:
            tracing.send_signal(signal.SIGINT)
            tracing.wait(PATIENCE)
    for line in file.read_text(errors="replace").splitlines():
        seen.note(line)
