"""A questionnaire as its coders look things up in it: definitions, examples and options, narrowed to what is sought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from schema.template.model import CodeList, Option, Template
from webapp.questionnaires.reading import Part, Question, readable

LONGEST_SOUGHT = 100


@dataclass(frozen=True)
class Guide:
    """What coders are asked now; nothing that is retired. ``found`` counts the questions and options that hold ``sought``."""

    template: Template
    sought: str
    parts: tuple[Part, ...]
    codelists: tuple[CodeList, ...]
    found: int

    @property
    def linked(self) -> frozenset[str]:
        """The names of the code lists that stand on the page, so that a question can lead to its own."""
        return frozenset(codelist.name for codelist in self.codelists)


def guide(template: Template, sought: str = "") -> Guide:
    """Give the guide, or what of it holds every word of ``sought``, whatever the case."""
    sought = " ".join(sought.split())[:LONGEST_SOUGHT]
    words = sought.casefold().split()
    whole = readable(template)
    parts = tuple(
        narrowed
        for part in whole.parts
        if not part.retired
        and ((narrowed := _narrowed(part, words)).questions or _holds((part.label, part.guidance), words))
    )
    lists = (*((template.missing,) if template.missing.options else ()), *whole.codelists)
    codelists = tuple(one for codelist in lists if (one := _narrowed_list(codelist, words)).options)
    found = sum(len(part.questions) for part in parts) + sum(len(one.options) for one in codelists)
    return Guide(template, sought, parts, codelists, found)


def _narrowed(part: Part, words: Iterable[str]) -> Part:
    questions = tuple(
        replace(one, options=_current(one.options))
        for one in part.questions
        if not one.retired and _holds(_texts(one), words)
    )
    return replace(part, questions=questions)


def _narrowed_list(codelist: CodeList, words: Iterable[str]) -> CodeList:
    title = codelist.title
    held = _current(codelist.options)
    return replace(
        codelist, options=tuple(one for one in held if _holds((title, *_option_texts(one)), words))
    )


def _current(options: tuple[Option, ...]) -> tuple[Option, ...]:
    return tuple(one for one in options if not one.retired)


def _texts(question: Question) -> tuple[str, ...]:
    options = (text for option in _current(question.options) for text in _option_texts(option))
    return (question.label, question.hint, question.guidance, *question.examples, *options)


def _option_texts(option: Option) -> tuple[str, ...]:
    return option.label, option.explained, option.value


def _holds(texts: Iterable[str], words: Iterable[str]) -> bool:
    text = "\n".join(texts).casefold()
    return all(word in text for word in words)
