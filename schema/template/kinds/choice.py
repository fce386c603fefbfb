"""One code from a code list."""

from __future__ import annotations

from schema.template.kinds.base import Fault, Kind, label_of
from schema.template.model import Field
from schema.template.value import Answer


class Choice(Kind):
    """The option's value is stored."""

    name = "choice"
    choosing = True
    default_measure = "nominal"

    def check(self, field: Field, value: Answer) -> Fault | None:
        """Refuse what the field's code list does not hold."""
        if not isinstance(value, str) or field.codelist is None or value not in field.codelist.by_value:
            return Fault("CODE", "Choose one of the listed answers.")
        return None

    def show(self, field: Field, value: Answer) -> str:
        """Show the label."""
        return label_of(field, str(value))


KIND = Choice()
