"""Values that follow from other answers: bands over a number, attributes of an option."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from schema.template.lint.fields import NUMBERS
from schema.template.lint.reading import Reading, nearest
from schema.template.model import Derivation, Field
from schema.template.shape import BandShape, DeriveShape, FieldShape

DERIVING = ("choice", "yes_no", "derived")
SMALLEST, LARGEST = float("-inf"), float("inf")


def with_derivation(reading: Reading, field: Field, shape: FieldShape) -> Field:
    """Check the derivation of a field against the fields before it, and give the field with it."""
    name, given = f"field `{field.path}`", shape.derive
    if given is None:
        if field.kind == "derived" and "derive" not in shape.written():
            remedy = "Write `derive: {from: other_field, attribute: name}` or give it bands."
            reading.add("TPL-026", shape.line(), f"{name} is derived, but does not say from what.", remedy)
        return field
    if field.kind not in DERIVING:
        remedy = f"Only {', '.join(DERIVING)} can; make it one of them, or take `derive` out."
        reading.add(
            "TPL-026",
            shape.line("derive"),
            f"{name} is of the kind {field.kind}, which cannot be derived.",
            remedy,
        )
        return field
    if (given.bands is None) == (given.attribute is None):
        message = f"{name} needs either `bands` or an `attribute` to be derived by."
        reading.add("TPL-026", given.line(), message, "Write exactly one of the two.")
        return field
    source = _source(reading, name, field, given)
    if source is None:
        return field
    if given.bands is not None:
        _check_bands(reading, name, field, source, given)
    else:
        _check_attribute(reading, name, field, source, given)
    bands = tuple((band.value, band.least, band.most) for band in given.bands or ())
    return replace(field, derive=Derivation(given.source, bands, given.attribute or ""))


def _source(reading: Reading, name: str, field: Field, given: DeriveShape) -> Field | None:
    """The field that the value follows from: an earlier one of the same section or row."""
    if given.source in reading.cut:
        return None
    source = reading.built.get(f"{field.section}.{given.source}")
    if source is None and not reading.has_field(field.section, given.source):
        known = [path.split(".")[1] for path in reading.built if path.startswith(f"{field.section}.")]
        message = f"{name} is derived from “{given.source}”, which its section does not have."
        reading.add(
            "TPL-025", given.line("from"), message, nearest(given.source, known, "Name an earlier field.")
        )
    elif source is None and f"{field.section}.{given.source}" not in reading.unbuilt:
        message = f"{name} is derived from “{given.source}”, which comes later."
        reading.add("TPL-025", given.line("from"), message, "Move that field up, or this one down.")
    return source


def _check_bands(reading: Reading, name: str, field: Field, source: Field, given: DeriveShape) -> None:
    if source.kind not in NUMBERS:
        message = f"{name} has bands over “{source.key}”, which is of the kind {source.kind}."
        reading.add("TPL-026", given.line("from"), message, "Bands need an integer or a decimal.")
    known = field.codelist.by_value if field.codelist else {}
    for band in given.bands or ():
        if known and band.value not in known:
            message = f"{name}: the band “{band.value}” is not an option of its code list."
            reading.add("TPL-028", band.line("value"), message, nearest(band.value, known))
        if band.least is not None and band.most is not None and band.least > band.most:
            message = f"{name}: the band “{band.value}” begins above its end."
            reading.add("TPL-027", band.line(), message, "Swap `min` and `max`.")
    _check_overlaps(reading, name, given.bands or ())


def _check_overlaps(reading: Reading, name: str, bands: tuple[BandShape, ...]) -> None:
    def start(band: BandShape) -> float:
        return SMALLEST if band.least is None else band.least

    ordered = sorted(bands, key=start)
    for before, after in pairwise(ordered):
        if start(after) <= (LARGEST if before.most is None else before.most):
            message = (
                f"{name}: the bands “{before.value}” and “{after.value}” overlap; both ends belong to a band."
            )
            reading.add(
                "TPL-027", after.line(), message, "Let each band begin after the one before has ended."
            )


def _check_attribute(reading: Reading, name: str, field: Field, source: Field, given: DeriveShape) -> None:
    attribute = given.attribute or ""
    if source.kind not in ("choice", "yes_no") or source.codelist is None:
        message = f"{name} reads an attribute of “{source.key}”, which is of the kind {source.kind}."
        reading.add("TPL-026", given.line("from"), message, "Only the options of a choice have attributes.")
        return
    known = field.codelist.by_value if field.codelist else {}
    for option in source.codelist.options:
        value = option.attributes.get(attribute)
        if value is None:
            message = f"{name}: the option “{option.value}” of “{source.key}” has no attribute “{attribute}”."
            remedy = f"Write `attributes: {{{attribute}: …}}` in the code list “{source.codelist.name}”."
            reading.add("TPL-028", given.line("attribute"), message, remedy)
        elif known and value not in known and value not in reading.missing.by_value:
            message = f"{name}: “{value}”, the {attribute} of “{option.value}”, is neither an option nor a missing code."
            reading.add("TPL-028", given.line("attribute"), message, nearest(value, known))
