"""A whole number."""

from __future__ import annotations

from forms.fields.base import KindField


class IntegerField(KindField):
    """A text control: a number control would hide what was typed wrongly, and change by the mouse wheel."""

    kind = "integer"


FIELD = IntegerField
