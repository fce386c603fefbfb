"""One coder against themselves: what they submitted first beside what they submitted when they coded the case again.

The same comparing, pairing and coefficients as between two coders: A is the first time, B the second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from schema.answers.document import Document
from schema.coding.align import propose
from schema.coding.compare import compare
from schema.coding.model import Comparison, Pair
from schema.template.model import Template


@dataclass(frozen=True, slots=True)
class Coding:
    """What a coder submitted, and the template as they filled it in."""

    template: Template
    document: Document


def pair_rows(first: Coding, second: Coding, new_id: Callable[[], str]) -> tuple[Pair, ...]:
    """Propose which rows of both codings belong together. Nobody looks at the proposal: it is made once, and stays."""
    return propose(_newer(first, second), first.document, second.document, new_id=new_id)


def compare_with_self(first: Coding, second: Coding, pairs: Sequence[Pair]) -> Comparison:
    """Compare a coder's two codings of one case, position by position; see :func:`schema.coding.compare.compare`.

    Sections that a second coder only checks count like all others where the first coder coded them twice.
    """
    return compare(
        _newer(first, second),
        first.document,
        second.document,
        pairs,
        template_a=first.template,
        template_b=second.template,
    )


def _newer(first: Coding, second: Coding) -> Template:
    return max(second.template, first.template, key=lambda template: template.version)
