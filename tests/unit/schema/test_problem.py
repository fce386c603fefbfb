"""A problem reads as one sentence of place, one of fault and one of remedy, whichever parts it has."""

from __future__ import annotations

import pytest

from schema.problem import Problem


@pytest.mark.parametrize(
    ("problem", "read"),
    [
        (Problem("A-001", "It is so."), "A-001: It is so."),
        (Problem("A-001", "It is so.", "Change it."), "A-001: It is so. Change it."),
        (Problem("A-001", "It is so.", where="v3.yaml"), "A-001, v3.yaml: It is so."),
        (Problem("A-001", "It is so.", where="v3.yaml", line=88), "A-001, v3.yaml line 88: It is so."),
        (Problem("A-001", "It is so.", line=4), "A-001, line 4: It is so."),
    ],
)
def test_a_problem_is_printed_with_the_place_that_it_has(problem: Problem, read: str) -> None:
    assert str(problem) == read
