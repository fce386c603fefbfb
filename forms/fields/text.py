"""One line of text."""

from __future__ import annotations

from forms.fields.base import KindField


class TextField(KindField):
    """Shown as typed."""

    kind = "text"


FIELD = TextField
