"""A report as plain JSON values and back, so that what was counted once can be kept and read by any process.

Only what a report is made of is written and read: a closed list of its own classes, never a name that a text brings along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from schema.coding.agreement.by_field import Caution, FieldAgreement, OptionAgreement, WithLoneRows
from schema.coding.agreement.estimate import Estimate, Interval, NoInterval, Undefined
from schema.coding.agreement.report import AgreementReport, SliceAgreement
from schema.coding.agreement.rows import RowAgreement
from schema.coding.agreement.verified import VerifiedCount
from schema.template.model import Field, Template

Templates = Mapping[int, Template]
"""All versions of the template by number: fields are kept as version and path."""
CLASSES: Mapping[str, type] = {
    held.__name__: held
    for held in (
        AgreementReport,
        Caution,
        Estimate,
        FieldAgreement,
        Interval,
        NoInterval,
        OptionAgreement,
        RowAgreement,
        SliceAgreement,
        Undefined,
        VerifiedCount,
        WithLoneRows,
    )
}


def report_to_plain(report: AgreementReport, templates: Templates) -> Any:
    """Write a report. Raises ``TypeError`` for what no report holds, ``KeyError`` for a field of no version."""
    return _plain(report, templates)


def report_from_plain(plain: Any, templates: Templates) -> AgreementReport:
    """Read a report back. Raises ``ValueError`` for what :func:`report_to_plain` cannot have written."""
    try:
        report = _held(plain, templates)
    except (KeyError, TypeError) as error:
        raise ValueError("this is no report") from error
    if not isinstance(report, AgreementReport):
        raise ValueError("this is no report")
    return report


def _plain(held: Any, templates: Templates) -> Any:
    if held is None or isinstance(held, str | int | float):
        return held
    if isinstance(held, Template):
        return {"template": held.version}
    if isinstance(held, Field):
        return {"field": held.path, "version": _version_of(held, templates)}
    if isinstance(held, tuple):
        return {"tuple": [_plain(one, templates) for one in held]}
    if isinstance(held, frozenset):
        return {"set": sorted(held)}
    if isinstance(held, Mapping):
        return {"map": [[_plain(key, templates), _plain(value, templates)] for key, value in held.items()]}
    if type(held).__name__ in CLASSES:
        values = {part.name: _plain(getattr(held, part.name), templates) for part in fields(held)}
        return {"class": type(held).__name__, "values": values}
    raise TypeError(f"no report holds a {type(held).__name__}")


def _held(plain: Any, templates: Templates) -> Any:
    match plain:
        case {"template": int(version)}:
            return templates[version]
        case {"field": str(path), "version": int(version)}:
            return templates[version].by_path[path]
        case {"tuple": list(parts)}:
            return tuple(_held(one, templates) for one in parts)
        case {"set": list(parts)}:
            return frozenset(parts)
        case {"map": list(pairs)}:
            return {_held(key, templates): _held(value, templates) for key, value in pairs}
        case {"class": str(name), "values": dict(values)}:
            return CLASSES[name](**{key: _held(value, templates) for key, value in values.items()})
        case None | str() | int() | float():
            return plain
    raise ValueError("this is no report")


def _version_of(field: Field, templates: Templates) -> int:
    """The newest version that has exactly this field."""
    for version in sorted(templates, reverse=True):
        if templates[version].by_path.get(field.path) == field:
            return version
    raise KeyError(field.path)
