"""The tasks that help is written for, in the order of the work, and the pages on which each of them is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Task:
    """Something that people do. ``pages``: rooms ("entry") or single endpoints ("entry.submit_page") where they do it."""

    key: str
    title: str
    summary: str
    pages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """The tasks of one kind of person."""

    title: str
    tasks: tuple[Task, ...]


GROUPS: Final[Sequence[Group]] = (
    Group(
        "For everybody",
        (
            Task(
                "signing-in",
                "Sign in, and keep your account yours",
                "Passwords, the second step, and where you are signed in.",
                ("account",),
            ),
            Task(
                "questionnaires",
                "Read the questionnaire",
                "Its sections, what each code means, and how versions differ.",
                ("questionnaires",),
            ),
            Task(
                "limits",
                "How much fits",
                "The largest answers, files and lists, and how often something may be tried.",
            ),
        ),
    ),
    Group(
        "For coders",
        (
            Task(
                "entering",
                "Enter a case",
                "From the first question to the last: saving, rows, keys, undoing, and taking a break.",
                ("entry",),
            ),
            Task(
                "missing",
                "When the report does not say",
                "Blank, not reported, none described, withheld, and why “no” and 0 need the report to say so.",
            ),
            Task(
                "report",
                "Read the report beside the form",
                "Pages, finding words, taking quotations over, and rows that the report suggests.",
                ("reports.report_page",),
            ),
            Task(
                "submitting",
                "Check and submit",
                "What is checked, what happens next, and what you see once a case is signed off.",
                ("entry.submit_page", "reconciliation.yours_page", "progress.feedback_page"),
            ),
        ),
    ),
    Group(
        "For reconcilers",
        (
            Task(
                "matching",
                "Match rows",
                "Say which row of one coder is which row of the other, before any value is compared.",
                ("reconciliation.rows_page", "reconciliation.group_page"),
            ),
            Task(
                "settling",
                "Settle differences and sign off",
                "One question at a time or many at once, by keys or buttons, until nothing is open.",
                ("reconciliation",),
            ),
        ),
    ),
    Group(
        "For managers",
        (
            Task(
                "starting",
                "Start a project",
                "Questionnaire, people and settings.",
                ("projects.settings_page", "projects.members_page", "projects.new_page"),
            ),
            Task(
                "assigning",
                "Register cases and give them to people",
                "One by one or from a list, with their reports, assigned by hand or by lot.",
                ("cases", "reports"),
            ),
            Task(
                "watching",
                "Watch progress and agreement",
                "What waits for whom, how fast it goes, and how far coders agree.",
                ("progress", "agreement", "audit"),
            ),
            Task(
                "findings",
                "From codes to findings",
                "The coding frame, the tables with every figure traced to its quotes, and checking a draft.",
                ("findings", "frame"),
            ),
            Task(
                "exporting",
                "Export and share",
                "Files for the team, and figures for people outside it.",
                ("downloads", "findings.shared_page"),
            ),
        ),
    ),
    Group(
        "For administrators",
        (
            Task(
                "administering",
                "Look after an installation",
                "Accounts, projects, backups, and what to do when somebody cannot get in.",
                ("people", "projects.list_page"),
            ),
        ),
    ),
)
TASKS: Final[Mapping[str, Task]] = MappingProxyType(
    {task.key: task for group in GROUPS for task in group.tasks}
)
_BY_PAGE: Final = {page: task for task in TASKS.values() for page in task.pages}


def task_of(endpoint: str | None) -> Task | None:
    """What is done on a page: by its own name, else by its room's."""
    if endpoint is None:
        return None
    return _BY_PAGE.get(endpoint) or _BY_PAGE.get(endpoint.partition(".")[0])
