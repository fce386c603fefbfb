"""Forms about days: when things are due, when people are away, and who takes cases over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from wtforms import DateField, Form, HiddenField, StringField
from wtforms.validators import InputRequired, Optional, Regexp

from forms.choosing import SelectField, SelectMultipleField

SEED = r"^[0-9]{1,9}$"
SEED_MESSAGE = "Enter a whole number of at most nine digits."


class DayField(DateField):
    """A day, sent as ``2026-12-24`` by the browser's own control; what cannot be read is shown again."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day. Raises ``ValueError`` with what to enter."""
        text = " ".join(valuelist).strip()
        self.data = None
        if not text:
            return
        try:
            self.data = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
        except ValueError as error:
            raise ValueError("Enter a day as year, month and day, for example 2026-12-24.") from error


class DeadlinesForm(Form):
    """By when a case and its parts are due; an empty day takes a deadline away."""

    whole = DayField("The case", [Optional()], description="Holds for every part without a day of its own.")
    coder_1 = DayField("Coder 1", [Optional()])
    coder_2 = DayField("Coder 2", [Optional()])
    reconciler = DayField("Reconciler", [Optional()])


class AbsenceForm(Form):
    """The days on which somebody is away; never why."""

    first_day = DayField("First day away", [InputRequired("Enter the first day.")])
    last_day = DayField("Last day away", [InputRequired("Enter the last day.")])

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day, of a form that is valid."""
        first, last = self.first_day.data, self.last_day.data
        assert first is not None
        assert last is not None
        return first, last


class MemberAbsenceForm(AbsenceForm):
    """The same for a member of a project."""

    person = SelectField("Person", [InputRequired("Choose a person.")])


class BoardForm(Form):
    """What is done to the cases that are ticked. ``shown``: the plan that was looked at."""

    case = SelectMultipleField("Cases", validate_choice=False)
    leaver = SelectField("Who leaves them", validate_choice=False)
    successor = SelectField("Who takes over", validate_choice=False)
    seed = StringField("Seed of the lot", [Optional(), Regexp(SEED, message=SEED_MESSAGE)])
    part = SelectField("What is due", validate_choice=False)
    due = DayField("Due", [Optional()])
    shown = HiddenField()
