"""The filter of the audit page."""

from __future__ import annotations

from wtforms import DateField, Form, SelectField, StringField
from wtforms.validators import Length, Optional

from schema.template.kinds import clean


def _plain(text: str | None) -> str:
    return clean(text or "").strip()


class AuditFilterForm(Form):
    """Who, what, on which case, and when. Days are days in UTC, both included."""

    person = SelectField("Person", validate_choice=False)
    action = SelectField("What", validate_choice=False)
    case = StringField("Case", [Length(max=100)], filters=[_plain])
    since = DateField("From", [Optional()])
    until = DateField("To", [Optional()])
