"""Yes or no."""

from __future__ import annotations

from forms.fields.choice import ChoiceField


class YesNoField(ChoiceField):
    """Always a row of buttons, unless the template names a long list."""

    kind = "yes_no"


FIELD = YesNoField
