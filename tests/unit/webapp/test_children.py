"""The limits that a program keeps to when it reads what somebody sent."""

from __future__ import annotations

import subprocess
import sys

import pytest

from webapp.children import OUT_OF_TIME

BUSY = """
from webapp.children import keep_to
{before}
keep_to(300 * 2**20, 0.3)
{then}
"""
#: What macOS answers to every limit of the address space (python/cpython issue 78783).
AS_ON_MACOS = """
import resource
real = resource.setrlimit
def as_on_macos(what, limits):
    if what == resource.RLIMIT_AS:
        raise ValueError("current limit exceeds maximum limit")
    real(what, limits)
resource.setrlimit = as_on_macos
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")


def _ended(before: str, then: str) -> int:
    script = BUSY.format(before=before, then=then)
    return subprocess.run([sys.executable, "-c", script], stderr=subprocess.DEVNULL, check=False).returncode


@pytest.mark.parametrize("before", ["", AS_ON_MACOS], ids=["here", "where memory cannot be limited"])
def test_a_program_that_goes_on_for_too_long_is_ended(before: str) -> None:
    assert _ended(before, "while True: pass") == OUT_OF_TIME


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not limit it")
def test_a_program_gets_no_more_memory_than_it_may_hold() -> None:
    assert _ended("", "bytes(200 * 2**20)") == 0
    assert _ended("", "bytes(310 * 2**20)") == 1
    assert _ended(AS_ON_MACOS, "bytes(310 * 2**20)") == 0
