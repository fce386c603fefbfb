"""Fields that choose from a list, and what they say where the list has changed since the page was drawn."""

from __future__ import annotations

from typing import Any

import wtforms

NOT_OFFERED = "This is not, or no longer, in the list. Choose from what it offers now."


class SelectField(wtforms.SelectField):
    """One of a list that opens."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what WTForms takes, with a message that says what to do."""
        super().__init__(*args, **{"invalid_choice_message": NOT_OFFERED, **kwargs})


class RadioField(wtforms.RadioField):
    """One of a list that lies open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what WTForms takes, with a message that says what to do."""
        super().__init__(*args, **{"invalid_choice_message": NOT_OFFERED, **kwargs})


class SelectMultipleField(wtforms.SelectMultipleField):
    """Any of a list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what WTForms takes, with a message that says what to do."""
        super().__init__(*args, **{"invalid_choice_message": NOT_OFFERED, **kwargs})
