"""A value that follows from others; never typed, never stored."""

from __future__ import annotations

from schema.template.kinds.base import Fault
from schema.template.kinds.choice import Choice
from schema.template.model import Field
from schema.template.value import Answer


class Derived(Choice):
    """Computed by :mod:`schema.answers.derive`."""

    name = "derived"
    stores = False
    default_compare = "ignore"

    def check(self, field: Field, value: Answer) -> Fault | None:
        """Refuse any typed value."""
        return Fault("DERIVED", "This value is worked out from other answers; leave it out.")


KIND = Derived()
