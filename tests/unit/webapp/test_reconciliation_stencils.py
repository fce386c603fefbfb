"""A control that is drawn from what was drawn before is the one that its macro draws, whatever is chosen."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

import webapp
from forms.fields import FIELDS, Shown
from schema.template.kinds import kind_of
from schema.template.model import Field, Template
from schema.template.shipped import load_shipped
from webapp.reconciliation import stencils
from webapp.reconciliation.choosing import Control
from webapp.sample import loading

TEMPLATE = load_shipped(*loading.TEMPLATE)
FIELDS_ASKED = [field for field in TEMPLATE.fields() if kind_of(field).stores]
PAGES = Environment(
    loader=FileSystemLoader(Path(webapp.__file__).parent / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)  # fmt: skip
MACRO = PAGES.get_template("reconciliation/_control.html").module.control  # type: ignore[attr-defined]


def control(template: Template, field: Field, shown: Shown) -> Control:
    reasons = tuple((code, template.missing_label(code)) for code in field.missing)
    return Control(FIELDS[field.kind].control(field), shown, reasons, template, field)


def alike(page: str) -> str:
    """The page without the indentation of its source."""
    return re.sub(r"\n\s+", " ", page)


@pytest.mark.parametrize("field", FIELDS_ASKED, ids=lambda field: field.path)
def test_a_control_is_the_same_as_drawn_for_itself(field: Field) -> None:
    options = [option.value for option in field.codelist.options] if field.codelist else []
    held = [Shown(), Shown(text="“1 < 2”"), Shown(missing="not_known"), *(Shown(chosen=frozenset({one})) for one in options[:2])]  # fmt: skip
    if kind_of(field).many:
        held.append(Shown(chosen=frozenset(options)))
    for number, shown in enumerate(held, 1):
        made, name = control(TEMPLATE, field, shown), f"{number}-value"
        drawn = stencils.other_value(MACRO, TEMPLATE, made, field, name)
        assert alike(drawn) == alike(str(MACRO(made, field, name)))
        assert stencils.MARK not in drawn


def test_a_retired_option_is_offered_to_whoever_has_it_chosen_and_to_nobody_else() -> None:
    field = next(one for one in FIELDS_ASKED if one.codelist and not kind_of(one).many)
    assert field.codelist is not None
    first, *others = field.codelist.options
    retired = replace(
        field, codelist=replace(field.codelist, options=(replace(first, retired=True), *others))
    )
    template = replace(TEMPLATE, source_hash="with a retired option")
    for shown, offered in ((Shown(), 0), (Shown(chosen=frozenset({first.value})), 1)):
        made = control(template, retired, shown)
        drawn = stencils.other_value(MACRO, template, made, retired, "1-value")
        assert drawn.count(f'value="{first.value}"') == offered
        assert alike(drawn) == alike(str(MACRO(made, retired, "1-value")))
