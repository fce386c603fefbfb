"""Fields that choose from a list, and what they say where the list has changed since the page was drawn."""

from __future__ import annotations

from typing import Any

import wtforms

NOT_OFFERED = "This is not, or no longer, in the list. Choose from what it offers now."


class _Offering:
    """Says what to do where something is sent that the list does not offer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"invalid_choice_message": NOT_OFFERED, **kwargs})


class SelectField(_Offering, wtforms.SelectField):
    """One of a list that opens."""


class RadioField(_Offering, wtforms.RadioField):
    """One of a list that lies open."""


class SelectMultipleField(_Offering, wtforms.SelectMultipleField):
    """Any of a list."""
