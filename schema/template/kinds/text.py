"""One line of text."""

from __future__ import annotations

from schema.template.kinds.base import Fault, Kind, clean
from schema.template.model import Field
from schema.template.value import Answer, Invalid, Value

LENGTH = 1_000


class Text(Kind):
    """A single line; white space is folded."""

    name = "text"
    written = True
    default_compare = "text"
    length = LENGTH

    def parse(self, field: Field, text: str) -> Answer | Invalid:
        """Fold white space to single spaces."""
        return " ".join(text.split())

    def settle(self, field: Field, value: Answer) -> Value:
        """Clean the text and fold its white space as a typed one."""
        if not isinstance(value, str):
            return value
        cleaned = clean(value)
        return self.parse(field, cleaned) if cleaned else None

    def check(self, field: Field, value: Answer) -> Fault | None:
        """Refuse other types, unclean text and text that is too long."""
        if not isinstance(value, str) or not value or self.parse(field, clean(value)) != value:
            return Fault(
                "TEXT", "Give a text without control characters, outer spaces or needless white space."
            )
        most = field.limits.length or self.length
        if len(value) > most:
            return Fault("TEXT-LONG", f"At most {most:,} characters; this has {len(value):,}. Shorten it.")
        return None


KIND = Text()
