"""How a section is coded: twice and blind, or once and then checked."""

from __future__ import annotations

from collections.abc import Iterable

from schema.template.conditions import Condition
from schema.template.lint.reading import Reading, nearest
from schema.template.model import DOUBLE, MODES, VERIFY
from schema.template.shape import SectionShape


def check_mode(reading: Reading, shape: SectionShape, conditions: Iterable[Condition | None]) -> None:
    """Check the mode of a section against what it is, and against what its ``conditions`` read.

    Coder 2 fills in the sections that are coded twice before they see any that is checked, so nothing in the former may
    hang on the latter.
    """
    name = f"section `{shape.key}`"
    if shape.mode not in MODES:
        message = f"{name} has the unknown mode “{shape.mode}”."
        reading.add("TPL-050", shape.line("mode"), message, nearest(shape.mode, MODES))
    elif shape.mode == VERIFY and shape.repeats:
        message = (
            f"{name} repeats, and a check of values never finds the {shape.repeats.one} that was overlooked."
        )
        remedy = "Leave `mode` out: rows are looked for by both coders."
        reading.add("TPL-051", shape.line("mode"), message, remedy)
    elif shape.mode == DOUBLE:
        _refuse_reading_verified(reading, shape, conditions)


def _refuse_reading_verified(
    reading: Reading, shape: SectionShape, conditions: Iterable[Condition | None]
) -> None:
    named = {name.partition(".")[0] for held in conditions if held for name in held.names() if "." in name}
    verified = {key for key, section in reading.sections.items() if section.mode == VERIFY}
    for key in sorted(named & verified):
        message = f"section `{shape.key}` is coded twice, but what it asks hangs on `{key}`, which coder 2 only checks."
        remedy = f"Code `{key}` twice as well, or let this section be checked with `mode: verify`."
        reading.add("TPL-052", shape.line("key"), message, remedy)
