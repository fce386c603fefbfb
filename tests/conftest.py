"""Skips, and counts, the tests whose program is absent; fails them where everything is required."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.programs import PROGRAMS, all_required
from tests.support.trail import DRIVEN, KNOWN

# Machines differ: no test of ours asserts a time, and neither may the tool that makes its examples.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

#: Routes that may change something, and those of them that a test was accepted by; over all processes of a run.
_routes: dict[str, set[str]] = {"known": set(), "driven": set()}
#: Program -> tests left out for want of it. Counted from the reports, which also come from parallel runs.
_absent: Counter[str] = Counter()
_handed_on: dict[str, set[str]] = {"known": set(), "driven": set()}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, find in PROGRAMS.items():
        if item.get_closest_marker(name) is None or find() is not None:
            continue
        item.user_properties.append(("absent", name))
        if all_required():
            pytest.fail(f"needs {name}, which is absent, and TANDEM_REQUIRE_ALL=1", pytrace=False)
        pytest.skip(f"needs {name}, which is absent")


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Hand on what the policing clients of this process have seen; the reports carry it to the process that sums up."""
    for name, seen in (("known", KNOWN), ("driven", DRIVEN)):
        if fresh := sorted(seen - _handed_on[name]):
            item.user_properties.append((name, fresh))
            _handed_on[name].update(fresh)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "teardown":
        for key, names in report.user_properties:
            if key in _routes and isinstance(names, list):
                _routes[key].update(names)
    if report.when == "setup":
        _absent.update(str(name) for key, name in report.user_properties if key == "absent")


def _is_whole(config: pytest.Config) -> bool:
    option = config.option
    everything = {Path(place).name for place in config.args} == {"tests"} and not option.keyword
    return (
        everything
        and option.markexpr == "not full"
        and not option.collectonly
        and not hasattr(config, "workerinput")
    )


def _undriven() -> list[str]:
    return sorted(_routes["known"] - _routes["driven"])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A whole run in which everything is there fails where a route that may change something was not seen to."""
    if _is_whole(session.config) and all_required() and _undriven():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    verb = "failed" if all_required() else "skipped"
    for name, count in sorted(_absent.items()):
        plural = "test" if count == 1 else "tests"
        terminalreporter.write_line(f"{count} {plural} {verb}: {name} is absent")
    if _is_whole(terminalreporter.config):
        for name in _undriven():
            terminalreporter.write_line(
                f"No test was accepted by the route {name}: what it changes is not watched."
            )
    if not _absent:
        terminalreporter.write_line("No test was left out for want of a program.")
