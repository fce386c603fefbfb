"""Runs PSPP's own commands on files of ours, and reads the tables that it prints."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

from tests.support.programs import pspp


def run(folder: Path, syntax: str) -> str:
    """What PSPP prints, as CSV, when it runs the syntax in the folder. Fails where PSPP reports an error."""
    program = pspp()
    assert program is not None
    command = [program, "-O", "format=csv", "-"]
    done = subprocess.run(command, cwd=folder, input=syntax.encode(), capture_output=True, timeout=120)
    told = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, told
    assert "error:" not in told, told
    return told


def frequencies(folder: Path, file: str, variable: str) -> dict[str, dict[str, int]]:
    """``FREQUENCIES`` of one variable: under "Valid" and "Missing", how many cases have each label."""
    told = run(folder, f"GET FILE='{file}'.\nFREQUENCIES {variable}.\n")
    found: dict[str, dict[str, int]] = {"Valid": {}, "Missing": {}}
    kind = ""
    for line in csv.reader(told.splitlines()):
        if len(line) < 3 or not line[2].isdigit():
            continue
        kind = line[0] or kind
        if kind in found:
            found[kind][line[1]] = int(line[2])
    return found
