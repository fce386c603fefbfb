"""The filter of the audit page."""

from __future__ import annotations

from wtforms import DateField, Form, StringField
from wtforms.validators import Length, Optional

from forms.choosing import SelectField
from schema.template.kinds import clean


def _plain(text: str | None) -> str:
    return clean(text or "").strip()


class _Any(Optional):
    """May be left out, as everything in a filter: nothing to say about it."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags: dict[str, bool] = {}


class AuditFilterForm(Form):
    """Who, what, on which case, and when. Days are days in UTC, both included."""

    person = SelectField("Person", validate_choice=False)
    action = SelectField("What", validate_choice=False)
    case = StringField("Case", [Length(max=100)], filters=[_plain])
    since = DateField("From", [_Any()])
    until = DateField("To", [_Any()])
