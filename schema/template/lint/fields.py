"""One field on its own: its kind, code list, limits, and whether its settings fit the kind."""

from __future__ import annotations

from schema.template.kinds import KINDS, Kind
from schema.template.lint.lists import check_length
from schema.template.lint.reading import Reading, nearest
from schema.template.model import DECISIONS, FREE, CodeList, Compare, Field, Limits
from schema.template.shape import FieldShape, LimitsShape, ListShape, SectionShape

LONGEST = {"label": 200, "hint": 300, "guidance": 3000, "unit": 40}
NUMBERS = ("integer", "decimal")
DATES = ("date", "partial_date")
TEXTS = ("text", "long_text")
CHOOSING = ("choice", "yes_no", "derived")
COMPARE = {
    "exact": (*NUMBERS, *DATES, *CHOOSING),
    "text": TEXTS,
    "set": ("choices",),
    "by_eye": TEXTS,
    "ignore": tuple(KINDS),
    "tolerance": NUMBERS,
}
MEASURE = {
    "none": tuple(KINDS),
    "nominal": (*CHOOSING, "choices"),
    "ordinal": (*CHOOSING, *NUMBERS),
    "interval": (*NUMBERS, *DATES),
}
MATCH = ("anchor", "weak", "none")
SENSITIVE = ("share", "internal")
LIMITS = {
    "min": (*NUMBERS, *DATES),
    "max": (*NUMBERS, *DATES),
    "places": ("decimal",),
    "length": TEXTS,
    "finest": ("partial_date",),
}
FINEST = {"year": 1, "month": 2, "day": 3}
MOST_PLACES = 6
MOST_LENGTH = 100_000


def build_field(reading: Reading, section: SectionShape, shape: FieldShape) -> Field | None:
    """Check one field and give it without its condition and derivation; ``None`` where its kind is unknown."""
    name = f"field `{section.key}.{shape.key}`"
    kind = KINDS.get(shape.kind)
    if kind is None:
        message = f"{name} has the unknown kind “{shape.kind}”."
        reading.add("TPL-013", shape.line("kind"), message, nearest(shape.kind, KINDS))
        return None
    for part, most in LONGEST.items():
        check_length(reading.report, shape.line(part), f"The {part} of {name}", getattr(shape, part), most)
    codelist = _codelist(reading, name, shape, kind)
    _check_derived(reading, name, shape, kind)
    return Field(
        section=section.key,
        key=shape.key,
        kind=shape.kind,
        label=shape.label,
        hint=shape.hint,
        guidance=shape.guidance,
        examples=shape.examples,
        codelist=codelist,
        required=shape.required,
        limits=_limits(reading, name, shape),
        missing=_missing(reading, name, shape, codelist),
        compare=_compare(reading, name, shape, kind),
        measure=_measure(reading, name, shape, kind),
        match=_match(reading, name, section, shape),
        sensitive=_one_of(reading, "TPL-033", name, shape, "sensitive", shape.sensitive, SENSITIVE),
        export=shape.export,
        evidence=shape.evidence,
        decision=_one_of(reading, "TPL-053", name, shape, "decision", shape.decision or FREE, DECISIONS),
        unit=shape.unit,
        retired=shape.retired,
    )


def _codelist(reading: Reading, name: str, shape: FieldShape, kind: Kind) -> CodeList | None:
    if not kind.choosing:
        if shape.codelist:
            message = f"{name} has a code list, but its kind, {shape.kind}, has no options."
            remedy = "Take the code list out, or make it a `choice` or `choices`."
            reading.add("TPL-015", shape.line("codelist"), message, remedy)
        return None
    if shape.codelist is None and shape.kind != "yes_no":
        if "codelist" not in shape.written():
            message = f"{name} is of the kind {shape.kind} without a code list."
            reading.add("TPL-015", shape.line(), message, "Write `codelist:` with the name of a list.")
        return None
    use = shape.codelist.name if shape.codelist else "yes_no"
    if use not in reading.lists.names:
        message = f"{name} uses the code list “{use}”, which does not exist."
        remedy = nearest(use, reading.lists.names, f"Write codelists/{use}.yaml.")
        reading.add("TPL-014", shape.line("codelist"), message, remedy)
    whole = reading.lists.get(use)
    return _part(reading, name, shape.codelist, whole) if whole and shape.codelist else whole


def _part(reading: Reading, name: str, use: ListShape, whole: CodeList) -> CodeList:
    """The options of the groups or values that the field names; all of them where it names none."""
    groups = tuple(dict.fromkeys(option.group for option in whole.options if option.group))
    options = whole.options
    if use.groups is not None:
        for group in (group for group in use.groups if group not in groups):
            message = f"{name} picks the group “{group}”, which is not in the list “{use.name}”."
            reading.add(
                "TPL-016",
                use.line("groups"),
                message,
                nearest(group, groups, "" if groups else "The list has no groups."),
            )
        options = tuple(option for option in options if option.group in use.groups)
    if use.only is not None:
        for value in (value for value in use.only if value not in whole.by_value):
            message = f"{name} picks the option “{value}”, which is not in the list “{use.name}”."
            reading.add("TPL-016", use.line("only"), message, nearest(value, whole.by_value))
        options = tuple(option for option in options if option.value in use.only)
    if not options:
        reading.add("TPL-016", use.line(), f"{name} picks no option of the list “{use.name}”.", "Pick some.")
    return CodeList(whole.name, whole.title, options)


def _check_derived(reading: Reading, name: str, shape: FieldShape, kind: Kind) -> None:
    if kind.stores:
        return
    for key in ("required", "evidence", "missing", "decision"):
        if getattr(shape, key):
            message = f"{name} is derived, so nobody types it; `{key}` has no meaning."
            reading.add("TPL-046", shape.line(key), message, f"Take `{key}` out.")


def _limits(reading: Reading, name: str, shape: FieldShape) -> Limits:
    given = shape.limits
    if given is None:
        return Limits()
    for key in sorted(given.written()):
        if shape.kind not in LIMITS.get(key, tuple(KINDS)):
            message = f"{name} has the limit `{key}`, which the kind {shape.kind} does not have."
            reading.add("TPL-024", given.line(key), message, f"`{key}` is for: {', '.join(LIMITS[key])}.")
    _check_bounds(reading, name, given)
    if given.finest is not None and given.finest not in FINEST:
        message = f"{name}: “{given.finest}” is no part of a date."
        reading.add("TPL-024", given.line("finest"), message, nearest(given.finest, FINEST))
    return Limits(
        given.least,
        given.most,
        2 if given.places is None else given.places,
        given.length,
        FINEST.get(given.finest or "day", 3),
    )


def _check_bounds(reading: Reading, name: str, given: LimitsShape) -> None:
    if given.least is not None and given.most is not None and given.least > given.most:
        message = f"{name}: the smallest value {given.least:g} is above the largest, {given.most:g}."
        reading.add("TPL-023", given.line("min"), message, "Swap `min` and `max`.")
    if given.places is not None and not 0 <= given.places <= MOST_PLACES:
        message = f"{name}: {given.places} decimal places cannot be kept."
        reading.add("TPL-023", given.line("places"), message, f"Give from 0 to {MOST_PLACES}.")
    if given.length is not None and not 1 <= given.length <= MOST_LENGTH:
        message = f"{name}: {given.length} is no length for a text."
        reading.add("TPL-023", given.line("length"), message, f"Give from 1 to {MOST_LENGTH:,} characters.")


def _missing(reading: Reading, name: str, shape: FieldShape, codelist: CodeList | None) -> tuple[str, ...]:
    numbers = {option.code: option.value for option in codelist.options} if codelist else {}
    for position, code in enumerate(shape.missing):
        line = shape.line("missing")
        option = reading.missing.by_value.get(code)
        if option is None:
            remedy = nearest(code, reading.missing.by_value)
            reading.add(
                "TPL-029", line, f"{name} offers the missing code “{code}”, which does not exist.", remedy
            )
        elif option.attributes.get("set_by") == "routing":
            message = f"{name} offers “{code}”, which the form sets by itself and nobody types."
            reading.add("TPL-029", line, message, f"Take `{code}` out of `missing`.")
        elif option.attributes.get("only_for", shape.kind) != shape.kind:
            message = f"{name} offers “{code}”, which is for {option.attributes['only_for']} only."
            reading.add("TPL-029", line, message, f"Take `{code}` out of `missing`.")
        elif option.code in numbers:
            message = f"{name}: `{numbers[option.code]}` and the missing code `{code}` share the number {option.code}."
            reading.add(
                "TPL-041", line, message, "An export could not tell them apart; change the option's number."
            )
        if code in shape.missing[:position]:
            reading.add("TPL-029", line, f"{name} offers “{code}” twice.", "Keep one.")
    _check_routing_codes(reading, name, shape, numbers)
    return shape.missing


def _check_routing_codes(reading: Reading, name: str, shape: FieldShape, numbers: dict[int, str]) -> None:
    for option in reading.missing.options:
        if option.attributes.get("set_by") == "routing" and option.code in numbers:
            message = f"{name}: `{numbers[option.code]}` has the number {option.code}, which stands for “{option.label}”."
            reading.add("TPL-041", shape.line("codelist"), message, "Change the option's number.")


def _compare(reading: Reading, name: str, shape: FieldShape, kind: Kind) -> Compare:
    given = shape.compare
    if given is None:
        return Compare(kind.default_compare)
    rule = given.rule or ("tolerance" if given.tolerance is not None else "")
    line = shape.line("compare")
    if rule not in COMPARE or (given.rule and given.tolerance is not None):
        remedy = "Write exact, text, set, by_eye, ignore or {tolerance: 1}."
        reading.add("TPL-030", line, f"{name}: this is no way to compare.", remedy)
        return Compare(kind.default_compare)
    if rule == "tolerance" and (given.tolerance is None or given.tolerance <= 0):
        reading.add("TPL-030", line, f"{name}: a tolerance is above 0.", "Write {tolerance: 1}, or exact.")
    if shape.kind not in COMPARE[rule]:
        fitting = [name for name, kinds in COMPARE.items() if shape.kind in kinds]
        message = f"{name}: answers of the kind {shape.kind} cannot be compared as “{rule}”."
        reading.add("TPL-030", line, message, f"Use one of: {', '.join(fitting)}.")
    return Compare(rule, float(given.tolerance or 0))


def _measure(reading: Reading, name: str, shape: FieldShape, kind: Kind) -> str:
    measure = shape.measure or kind.default_measure
    fitting = [level for level, kinds in MEASURE.items() if shape.kind in kinds]
    if measure not in fitting:
        message = f"{name}: “{measure}” is no level of measurement of the kind {shape.kind}."
        reading.add("TPL-031", shape.line("measure"), message, nearest(measure, fitting))
    return measure


def _match(reading: Reading, name: str, section: SectionShape, shape: FieldShape) -> str:
    match = _one_of(reading, "TPL-032", name, shape, "match", shape.match, MATCH)
    if match in ("anchor", "weak") and (section.repeats is None or shape.kind == "derived"):
        why = "is derived" if section.repeats else "is not in a repeating group"
        message = f"{name} {why}, so it takes no part in matching rows."
        reading.add("TPL-032", shape.line("match"), message, "Take `match` out.")
    return match


def _one_of(
    reading: Reading, code: str, name: str, shape: FieldShape, key: str, value: str, allowed: tuple[str, ...]
) -> str:
    if value not in allowed:
        message = f"{name}: “{value}” is no value of `{key}`."
        reading.add(code, shape.line(key), message, nearest(value, allowed))
    return value
