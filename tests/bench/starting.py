"""Starting: the command line and the server against Python with its two largest libraries; the server's memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.bench.measuring import Figure, Work, alternate
from tests.bench.studio import Studio
from tests.support.nodes import TANDEM, Cluster, cluster

HELP, READY, MEGABYTES = 0.5, 4.0, 100.0
PROCESSOR = "Processor time of the processes, whose modules were compiled by an earlier run, as pip does when it installs."


def run(place: Studio) -> Iterator[Figure]:
    """``tandem --help``, ``tandem serve`` until it answers, and what it holds once it has shown some pages."""
    _keep_compiled(place.folder / "compiled")
    floor = _python("import flask, sqlalchemy")
    duel = alternate(_python(TANDEM, "--help"), floor, rounds=7, clock=children)
    yield apart(duel.figure("tandem --help", 'python -c "import flask, sqlalchemy"', HELP, PROCESSOR))
    coding = place.full
    with cluster(
        coding.database.url.render_as_string(hide_password=False), place.folder / "served"
    ) as running:
        duel = alternate(lambda: _served(running), floor, rounds=5, clock=children)
        yield apart(
            duel.figure(
                "tandem serve until it answers", 'python -c "import flask, sqlalchemy"', READY, PROCESSOR
            )
        )
        node = running.serve()
        yield Figure(
            "memory of the server once it answers", "itself", resident(node.process.pid), MEGABYTES, unit="MB"
        )


def apart(figure: Figure) -> Figure:
    """The figure without its work: what another process does cannot be profiled from here."""
    return replace(figure, work=None)


def children() -> float:
    """Processor time of the processes that were started from here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resident(process: int) -> float:
    """MB that a process holds in memory; Linux says it."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def _keep_compiled(folder: Path) -> None:
    """Let the processes started from here keep their compiled modules, in a folder of their own."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)


def _served(running: Cluster) -> None:
    running.serve().kill()


def _python(*words: str) -> Work:
    def work() -> None:
        subprocess.run([sys.executable, "-c", *words], check=True, stdout=subprocess.DEVNULL)

    return work
