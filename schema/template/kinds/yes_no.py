"""Yes or no, where the report says so in terms."""

from __future__ import annotations

from schema.template.kinds.choice import Choice


class YesNo(Choice):
    """A choice whose list is ``yes_no`` unless the template names another."""

    name = "yes_no"


KIND = YesNo()
