"""docs/usability.md, from what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.usability.hands import HOME, KEY, POINT, THINK, Hands

HEAD = f"""# Usability, counted

How many actions the great tasks take here, and how many the same work takes in a spreadsheet. `make usability` does each task by keys and clicks
in a real browser, and step by step in a real workbook; both must come to the same result, or nothing is written. It then writes this page.
No person was measured.

## The model

The keystroke-level model: S. K. Card, T. P. Moran, A. Newell, “The keystroke-level model for user performance time with interactive
systems”, *Communications of the ACM* 23 (7), 1980, pages 396–410. It predicts how long somebody who knows the task by heart needs, without errors. Its
operators, with the times used here:

| Operator | Seconds | Counted |
|---|---|---|
| K | {KEY:.2f} | a key, or a press of the mouse; Shift, Alt and Ctrl are keys of their own. The time is that of an average skilled typist (55 words a minute) |
| P | {POINT:.2f} | pointing with the mouse; selecting words is two |
| H | {HOME:.2f} | a hand moved from the keyboard to the mouse, or back |
| M | {THINK:.2f} | getting ready in the head: once for each answer, for each line that is looked at, for each step |

*Actions* are the Ks. What the pages took to load is apart, since it depends on the machine.

## What was counted
"""
FOOT = """## What the model leaves out

- **Reading, which is nearly all of the work.** Finding the answer in a report of over a hundred pages, judging which code fits, weighing two answers: the same on both
  sides, and not in these figures. The sample's invented coder states some four hours for this review.
- Turning the pages of the report and scrolling, on both sides. The report stands beside the form, or beside the sheet.
- Slips, and finding them. A sheet takes any text for a code; the form does not, and says at once what is missing. No figure here shows that.
- Evidence (page and quotation) for single answers, flags and memos: left out on both sides.
- The form takes letters of an answer's label, the sheet the number of its code. Whoever types numbers has learnt the codebook by heart, which the model grants the sheet.
- In the sheet nobody is kept from the other coder's answers, nothing is recorded of who decided what, when or why, and nothing
  says whether rows were paired rightly; what it would take to have that by hand is not counted.
- What is there beforehand: the columns of the sheet, the list of cases in it, and here the registered cases and the members of the project. The names of
  people are typed in the sheet, each pair once, because nothing there knows them.
- Getting to the first page (signing in, opening the file), on both sides.
- The workbook is written by a program that follows the steps, not by a spreadsheet program: that the formulas and menus do what the steps say was not tried in one.
- The reconciler takes coder A's answers throughout, on both sides, so that the acts are as few as they can be. The pairing of rows is looked at line by line in both.
- One review and one way of doing each task. Somebody quicker with a spreadsheet would do it otherwise.
"""


@dataclass(frozen=True)
class Compared:
    """A task done both ways. ``machine``: seconds in which pages were waited for."""

    task: str
    about: str
    ours: Hands
    sheet: Hands
    machine: float


def page(found: Sequence[Compared]) -> str:
    """The whole page."""
    rows = [
        line for one in found for line in (_row(one, "Tandem", one.ours), _row(one, "Spreadsheet", one.sheet))
    ]
    table = [
        "| Task | In | Actions | Minutes by the model | K | P | H | M |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
    ]
    waits = "; ".join(f"{one.task[0].lower()}{one.task[1:]}: {one.machine:.0f} s" for one in found)
    said = f"Counted on {datetime.now(UTC):%d %B %Y}. Waiting for pages, on a machine with other work beside: {waits}."
    return "\n".join([HEAD, *table, "", said, "", FOOT])


def _row(one: Compared, where: str, hands: Hands) -> str:
    first = f"{one.task} ({one.about})" if hands is one.ours else ""
    counts = " | ".join(f"{hands.done[operator]:,}" for operator in "KPHM")
    return f"| {first} | {where} | {hands.actions:,} | {hands.seconds / 60:.1f} | {counts} |"
