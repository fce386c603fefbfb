"""What is said when something cannot be done: a problem teaches, a refusal carries problems.

House rule 10: a message says what is wrong, where, and what to do next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, with its remedy.

    ``code`` is stable (``TPL-014``, ``CASE-003``); ``where`` names a field path, a row or a file;
    ``line`` is 1-based and 0 where there is no line.
    """

    code: str
    message: str
    remedy: str = ""
    where: str = ""
    line: int = 0
    severity: str = "error"

    def __str__(self) -> str:
        place = " ".join(part for part in (self.where, f"line {self.line}" if self.line else "") if part)
        return f"{self.code}{', ' + place if place else ''}: {self.message}" + (
            f" {self.remedy}" if self.remedy else ""
        )


class Refused(Exception):
    """A business verb declined, with the problems that say why.

    ``status`` is the HTTP status a page should answer with: 409 where the state forbids the act,
    422 where the input does, 403 where the person may not, 404 where there is nothing (to see).
    """

    def __init__(self, problems: Problem | Iterable[Problem], *, status: int = 422) -> None:
        """Keep the problems in the order given; there is always at least one."""
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        self.status = status
        super().__init__("; ".join(str(problem) for problem in self.problems))


def refuse(code: str, message: str, remedy: str = "", *, where: str = "", status: int = 422) -> Refused:
    """Build the refusal of a single problem: ``raise refuse("CASE-003", "…", "…")``."""
    return Refused(Problem(code, message, remedy, where), status=status)
