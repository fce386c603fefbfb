"""A full date."""

from __future__ import annotations

from forms.fields.partial_date import PartialDateField


class DateField(PartialDateField):
    """A text control: a date picker refuses what it cannot show, and hides the order of day and month."""

    kind = "date"


FIELD = DateField
