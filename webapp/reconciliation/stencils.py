"""What comes again with every question of a page, drawn once: only its names and what is chosen differ.

A page of sixty questions has sixty controls for another value and sixty lists of causes, alike but for that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from secrets import token_hex

from markupsafe import Markup, escape

from forms.reconciliation import ItemForm, ask_for_reason
from schema.template.model import Field, Template
from webapp.reconciliation.choosing import Control

Macro = Callable[..., str]

#: Stands where a name will stand. It is new with each process, so that nobody can write it into a template or an answer.
MARK = f"stencil-{token_hex(8)}"
#: So many are kept; then all are drawn anew.
MOST = 2_000
INDENT = re.compile(r"\n\s+")
CHOSEN = {"select": "selected", "buttons": "checked", "ticks": "checked"}
_DRAWN: dict[tuple[object, ...], str] = {}


def other_value(macro: Macro, template: Template, control: Control, field: Field, name: str) -> Markup:
    """The control for another value as ``macro(control, field, name)`` draws it: once for each question of a template.

    Where a text was typed or a missing code chosen it is drawn for itself.
    """
    held = control.shown
    if control.kind not in CHOSEN or held.missing or not template.source_hash:
        return _drawn(macro(control, field, name))
    key = (template.source_hash, field.path)
    stencil = _DRAWN.get(key) or _keep(key, macro(control.untouched(), field, MARK))
    for value in held.chosen:
        offered = f'value="{escape(value)}"'
        if stencil.count(offered) != 1:  # retired, so that it is offered here alone
            return _drawn(macro(control, field, name))
        stencil = stencil.replace(offered, f"{offered} {CHOSEN[control.kind]}")
    return _drawn(stencil.replace(MARK, name))


def cause_and_reason(macro: Macro, number: int, *, reason_asked: bool) -> Markup:
    """The controls for cause and reason as ``macro(form, asked, open)`` draws them, of a question for which nothing was sent."""
    key = ("cause and reason", reason_asked)
    stencil = _DRAWN.get(key)
    if stencil is None:
        form = ItemForm(prefix=f"{MARK}-")
        if reason_asked:
            ask_for_reason(form)
        stencil = _keep(key, macro(form, reason_asked, reason_asked))
    return _drawn(stencil.replace(MARK, f"{number}"))


def _keep(key: tuple[object, ...], drawn: str) -> str:
    """Keep what a macro drew, without the indentation of its source."""
    if len(_DRAWN) >= MOST:
        _DRAWN.clear()
    _DRAWN[key] = INDENT.sub(" ", str(drawn))
    return _DRAWN[key]


def _drawn(page: str) -> Markup:
    return Markup(page)  # noqa: S704 - drawn by macros, which escape; the names put in are numbers of ours
