"""Skips, and counts, the tests whose program is absent; fails them where everything is required."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

from tests.support.programs import PROGRAMS, all_required

# Machines differ: no test of ours asserts a time, and neither may the tool that makes its examples.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

#: Program -> tests left out for want of it. Counted from the reports, which also come from parallel runs.
_absent: Counter[str] = Counter()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, find in PROGRAMS.items():
        if item.get_closest_marker(name) is None or find() is not None:
            continue
        item.user_properties.append(("absent", name))
        if all_required():
            pytest.fail(f"needs {name}, which is absent, and TANDEM_REQUIRE_ALL=1", pytrace=False)
        pytest.skip(f"needs {name}, which is absent")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "setup":
        _absent.update(str(name) for key, name in report.user_properties if key == "absent")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    verb = "failed" if all_required() else "skipped"
    for name, count in sorted(_absent.items()):
        plural = "test" if count == 1 else "tests"
        terminalreporter.write_line(f"{count} {plural} {verb}: {name} is absent")
    if not _absent:
        terminalreporter.write_line("No test was left out for want of a program.")
