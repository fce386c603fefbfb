"""The one value that follows from another: a band of a number, or an attribute of a chosen option."""

from __future__ import annotations

from schema.template.kinds import kind_of
from schema.template.model import Derivation, Field, Template
from schema.template.value import Missing, Value


def follows(template: Template, field: Field, source: Value) -> Value:
    """Give the value of ``field`` that follows from the value of its source; ``None`` where none follows.

    A derived field takes over the missing code of its source; a choice that is only sometimes derived does not,
    because there the coder types what the report gives instead.
    """
    if field.derive is None or source is None:
        return None
    if isinstance(source, Missing):
        return None if kind_of(field).stores else source
    if field.derive.attribute:
        return _attribute(template, field, source)
    return _band(field.derive, source)


def _band(derive: Derivation, source: Value) -> Value:
    if not isinstance(source, int | float):
        return None
    for value, least, most in derive.bands:
        if (least is None or source >= least) and (most is None or source <= most):
            return value
    return None


def _attribute(template: Template, field: Field, source: Value) -> Value:
    origin = template.by_path.get(f"{field.section}.{field.derive.source}") if field.derive else None
    if origin is None or origin.codelist is None or field.derive is None or not isinstance(source, str):
        return None
    option = origin.codelist.by_value.get(source)
    attribute = option.attributes.get(field.derive.attribute) if option else None
    if attribute is None:
        return None
    return Missing(attribute) if attribute in template.missing.by_value else attribute
