"""Several codes from a code list."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from schema.template.kinds.base import Fault, Kind, clean, label_of
from schema.template.model import Field
from schema.template.value import Answer, Value


def in_list_order(field: Field, codes: Sequence[str]) -> tuple[str, ...]:
    """Each code once, in code-list order; unknown codes last."""
    order = field.codelist.order if field.codelist else {}
    return tuple(sorted(dict.fromkeys(codes), key=lambda code: (order.get(code, len(order)), code)))


class Choices(Kind):
    """A tuple of option values in code-list order; an empty set is blank, never an answer."""

    name = "choices"
    many = True
    choosing = True
    default_compare = "set"
    default_measure = "nominal"

    def read(self, field: Field, texts: Sequence[str]) -> Value:
        """Read one text per ticked code."""
        return in_list_order(field, [code for code in map(clean, texts) if code]) or None

    def settle(self, field: Field, value: Answer) -> Value:
        """Put the codes into list order, each once."""
        return (in_list_order(field, value) or None) if isinstance(value, tuple) else value

    def check(self, field: Field, value: Answer) -> Fault | None:
        """Refuse unknown codes, doubles, another order and the empty set."""
        known = field.codelist.by_value if field.codelist else {}
        if not isinstance(value, tuple) or not value:
            return Fault("CODES", "Choose one or more of the listed answers.")
        if unknown := [code for code in value if code not in known]:
            return Fault("CODES", f"Not in the list: {', '.join(unknown)}. Choose from the listed answers.")
        if in_list_order(field, value) != value:
            return Fault("CODES", "List each code once, in the order of the code list.")
        return None

    def normal(self, field: Field, value: Answer) -> Hashable:
        """Sets are compared as sets."""
        return frozenset(value) if isinstance(value, tuple) else value

    def show(self, field: Field, value: Answer) -> str:
        """Labels, separated by semicolons."""
        return "; ".join(label_of(field, code) for code in value) if isinstance(value, tuple) else str(value)


KIND = Choices()
