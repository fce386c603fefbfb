"""A full date."""

from __future__ import annotations

from schema.template.kinds.partial_date import PartialDate


class FullDate(PartialDate):
    """Stored as ``2018-05-03``."""

    name = "date"
    example = "2018-05-03 or 3 May 2018"
    least_parts = 3


KIND = FullDate()
