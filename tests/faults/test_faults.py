"""The suite proves itself: each deliberate fault turns its check red. Three of the quickest always, all by ``make test-full``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.catalogue import FAULTS, Fault
from tests.faults.proving import PROJECT, copied, prove

QUICK = (
    "A reconciler reads an entry before both are submitted",
    "A missing code counts as a value that differs like any other",
    "Percentages are rounded to the even neighbour",
)


def name(fault: Fault) -> str:
    return fault.name


@pytest.mark.parametrize("fault", FAULTS, ids=name)
def test_each_fault_has_its_place_and_its_check(fault: Fault) -> None:
    assert (PROJECT / fault.path).read_text(encoding="utf-8").count(fault.before) == 1
    file, _, test = fault.check.partition("::")
    assert f"def {test.partition('[')[0]}" in (PROJECT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.name in QUICK], ids=name)
def test_a_fault_turns_its_check_red(tmp_path: Path, fault: Fault) -> None:
    with copied(tmp_path) as root:
        outcome = prove(root, fault)
    assert outcome.noticed, outcome.why


@pytest.mark.full
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.name not in QUICK], ids=name)
def test_every_fault_turns_its_check_red(tmp_path: Path, fault: Fault) -> None:
    with copied(tmp_path) as root:
        outcome = prove(root, fault)
    assert outcome.noticed, outcome.why


def test_a_fault_that_breaks_nothing_is_reported(tmp_path: Path) -> None:
    harmless = Fault(
        "Nothing is broken",
        "schema/framework/percent.py",
        'NOT_AVAILABLE = "n/a"',
        'NOT_AVAILABLE = "n/a"  # as before',
        "tests/unit/framework/test_percent.py",
    )
    with copied(tmp_path) as root:
        outcome = prove(root, harmless)
    assert not outcome.noticed
