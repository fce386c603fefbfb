"""The frame and the template: the frame that a template begins with, and the template as a frame has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from schema.framework.frame.model import Code, Frame
from schema.template.model import CodeList, Field, Option, Section, Template

CODED = ("choice", "choices")


def first_frame(template: Template, lists: Sequence[str]) -> Frame:
    """The frame as the template publishes it: the options of the lists, wherever a question offers them."""
    fields = [field for field in template.fields() if is_framed(field, lists)]
    codes = (code for name in lists for code in _codes_of(name, fields))
    return Frame(tuple(codes), parent_lists(template, lists))


def is_framed(field: Field, lists: Sequence[str]) -> bool:
    """Whether the question is answered with codes of the frame."""
    return field.kind in CODED and field.codelist is not None and field.codelist.name in lists


def links(template: Template) -> Mapping[str, str]:
    """Which question holds the codes that another's belong to (``belongs`` rules): child path to parent path."""
    rules = (rule for rule in template.rules if rule.kind == "belongs")
    return {
        f"{rule.section}.{rule.fields['child']}": f"{rule.section}.{rule.fields['parent']}" for rule in rules
    }


def parent_lists(template: Template, lists: Sequence[str]) -> dict[str, str]:
    """The list whose codes a list's codes belong to, by the rules of the template."""
    found: dict[str, str] = {}
    for child, parent in links(template).items():
        names = [_list_name(template.by_path[path]) for path in (child, parent)]
        if all(name in lists for name in names):
            found[names[0]] = names[1]
    return found


def framed(template: Template, frame: Frame) -> Template:
    """The template with the lists of the frame in place of its own; codes that have ended stay, marked as recoded."""
    by_link = links(template)
    sections = tuple(_section(section, frame, by_link) for section in template.sections)
    return replace(template, sections=sections)


def admits(frame: Frame, by_link: Mapping[str, str], field: Field, code: Code) -> bool:
    """Whether a question may be answered with the code.

    What belongs to a code may stand wherever that code may stand beside it; elsewhere the code itself says so.
    """
    if field.path in code.fields:
        return True
    parent_list = frame.parents.get(code.codelist, "")
    parent = frame.code(parent_list, code.parent)
    above = by_link.get(field.path)
    return parent is not None and above is not None and above in parent.fields


def kin_fields(frame: Frame, codelist: str, parent: str) -> tuple[str, ...]:
    """Where codes that belong to the same code stand already; for a list that belongs to none, all its questions."""
    kin = [code for code in frame.of(codelist) if code.parent == parent or codelist not in frame.parents]
    return tuple(dict.fromkeys(path for code in kin for path in code.fields))


def _section(section: Section, frame: Frame, by_link: Mapping[str, str]) -> Section:
    if not any(is_framed(field, frame.lists) for field in section.fields):
        return section
    fields = tuple(
        replace(field, codelist=_codelist(field, frame, by_link)) if is_framed(field, frame.lists) else field
        for field in section.fields
    )
    return replace(section, fields=fields)


def _codelist(field: Field, frame: Frame, by_link: Mapping[str, str]) -> CodeList:
    assert field.codelist is not None
    known = field.codelist.by_value
    options = [
        _option(code, known.get(code.value))
        for code in frame.of(field.codelist.name)
        if admits(frame, by_link, field, code)
    ]
    taken = {option.value for option in options}
    rest = (option for option in field.codelist.options if option.value not in taken)
    return replace(field.codelist, options=(*options, *rest))


def _option(code: Code, known: Option | None) -> Option:
    note = code.definition or (known.note if known else "")
    retired = bool(code.ended) or (known is not None and known.retired)
    attributes = known.attributes if known else {}
    return Option(
        code.value,
        code.number,
        code.label,
        code.parent,
        note,
        attributes,
        retired=retired,
        recoded=bool(code.ended),
    )


def _codes_of(name: str, fields: Sequence[Field]) -> Iterator[Code]:
    holding = [field for field in fields if _list_name(field) == name]
    for option in _merged(holding):
        paths = tuple(
            field.path for field in holding if field.codelist and option.value in field.codelist.by_value
        )
        yield Code(name, option.value, option.code, option.label, option.group, option.note, fields=paths)


def _merged(fields: Sequence[Field]) -> list[Option]:
    """All options that the questions offer, by their numbers: each question may offer another part of the list."""
    every = (option for field in fields if field.codelist for option in field.codelist.options)
    return sorted({option.value: option for option in every}.values(), key=lambda option: option.code)


def _list_name(field: Field) -> str:
    return field.codelist.name if field.codelist else ""
