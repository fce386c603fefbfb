"""What every form field shares: the names of its controls, reading what was sent, showing what is stored.

A question is drawn as a main control ``path`` and, beside it, ``path:missing`` (a missing code),
``path:page`` and ``path:quote`` (evidence), a note of the coder's (see :mod:`forms.notes`), and ``path:asked`` (the
set of ticks was on the page, so that none ticked means blank). In a row of buttons a missing code is a button of the main control, written ``~code``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from wtforms import Field as FormField
from wtforms.utils import unset_value

from forms import notes
from schema.answers.document import Evidence, Note
from schema.problem import Refused, refuse
from schema.template.kinds import fault_in, kind_of
from schema.template.kinds.base import check_missing, clean
from schema.template.model import Field
from schema.template.value import Invalid, Missing, Value

MISSING_PREFIX = "~"
SUFFIXES = ("missing", "page", "quote", "asked", *notes.SUFFIXES)
LONGEST_BUTTON_ROW = 7
PAGE_LENGTH = 100
QUOTE_LENGTH = 20_000
CODERS_OWN = frozenset({"FORM-004", "FORM-005", notes.TOO_LONG})


@dataclass(frozen=True, slots=True)
class Shown:
    """What the controls show: a text, chosen codes or a missing code; ``read_as`` says how a text was understood."""

    text: str = ""
    chosen: frozenset[str] = frozenset()
    missing: str = ""
    read_as: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent for a question, to show it again where it could not be saved."""

    shown: Shown
    evidence: Evidence | None = None
    note: Note | None = None


def single(name: str, texts: Sequence[str]) -> str:
    """Give the one text sent under a name. Raises ``Refused`` (FORM-002, 400) where there are several."""
    if len(texts) > 1:
        raise refuse(
            "FORM-002",
            "The form sent one field twice, so nothing was saved.",
            "Go back, load the page again and save once more.",
            where=name,
            status=400,
        )
    return texts[0] if texts else ""


def read_answer(question: Field, texts: Sequence[str], missing: str = "") -> Value:
    """Read what was sent for a question: the missing code, else the texts as its kind reads them.

    Raises ``Refused`` (FORM-003, 422) for a code that the page never offered, FORM-004 where a missing code
    and an answer came together.
    """
    value = kind_of(question).read(question, list(texts))
    if missing and value is not None:
        raise refuse(
            "FORM-004",
            f"{question.label}: there is both an answer and a reason why there is none.",
            "Keep one of them.",
            where=question.path,
        )
    if missing:
        value = Missing(missing)
    _check_codes(question, value)
    return value


def _check_codes(question: Field, value: Value) -> None:
    if isinstance(value, Missing):
        fault = check_missing(question, value)
    elif kind_of(question).choosing:
        fault = fault_in(question, value)
    else:
        fault = None
    if fault is not None:
        raise refuse("FORM-003", f"{question.label}: {fault.message}", where=question.path)


def read_evidence(question: Field, page: str, quote: str) -> Evidence | None:
    """Read page and quote; ``None`` where both are blank. Raises ``Refused`` (FORM-005) where one is too long."""
    evidence = Evidence(" ".join(clean(page).split()), clean(quote))
    if len(evidence.page) > PAGE_LENGTH or len(evidence.quote) > QUOTE_LENGTH:
        raise refuse(
            "FORM-005",
            f"{question.label}: the evidence is too long.",
            f"A page has at most {PAGE_LENGTH} characters, a quote {QUOTE_LENGTH:,}.",
            where=question.path,
        )
    return evidence or None


class KindField(FormField):
    """A question in a form. After ``process``: ``sent`` and ``value``; ``evidence_sent`` and ``evidence``;
    ``note_sent`` and ``note``.

    ``present`` says that something came under its name, readable or not; ``typed`` keeps it.
    """

    kind: ClassVar[str] = ""

    def __init__(self, question: Field, **options: Any) -> None:
        """Bind to the template's question, whose key is the field's name."""
        super().__init__(label=question.label, **options)
        self.question = question
        self.present = False
        self.sent = False
        self.value: Value = None
        self.evidence_sent = False
        self.evidence: Evidence | None = None
        self.note_sent = False
        self.note: Note | None = None
        self.typed = Typed(Shown())

    @classmethod
    def control(cls, question: Field) -> str:
        """Name the control that is drawn: text, area, buttons, select, ticks or output."""
        return "text"

    @classmethod
    def shown(cls, question: Field, value: Value) -> Shown:
        """Give what the controls show for a stored value."""
        if isinstance(value, Missing):
            return Shown(missing=value.code)
        if isinstance(value, Invalid):
            return Shown(text=value.text)
        if value is None:
            return Shown()
        return Shown(text=cls.text_of(question, value), read_as=cls.read_as(question, value))

    @classmethod
    def text_of(cls, question: Field, value: Any) -> str:
        """Give the text that stands in the control; reading it gives the same value."""
        return str(value)

    @classmethod
    def read_as(cls, question: Field, value: Any) -> str:
        """Say how a typed text was understood, where that is worth saying."""
        return ""

    def names(self) -> tuple[str, ...]:
        """Every name under which this question may be sent."""
        return (self.name, *(f"{self.name}:{suffix}" for suffix in SUFFIXES))

    def process(self, formdata: Any, data: object = unset_value, extra_filters: object = None) -> None:
        """Read what was sent; nothing sent leaves ``sent`` false, so that a missing key blanks nothing."""
        self.process_errors: list[str] = []
        if formdata is None:
            return
        texts, missing = self._answer_sent(formdata)
        self.present = self.sent or bool(missing)
        self.typed = Typed(self.as_typed(texts, missing))
        with self._keeping_refusals():
            if self.sent:
                self.value = read_answer(self.question, texts, missing)
        with self._keeping_refusals():
            self._process_evidence(formdata)
        with self._keeping_refusals():
            self._process_note(formdata)

    @contextmanager
    def _keeping_refusals(self) -> Iterator[None]:
        """Turn what the coder can put right into an error beside the field; what no page of ours sends goes on."""
        try:
            yield
        except Refused as refused:
            problem = refused.problems[0]
            if problem.code not in CODERS_OWN:
                raise
            self.process_errors.append(f"{problem.message} {problem.remedy}".strip())
            self.sent = self.evidence_sent = self.note_sent = False

    def _answer_sent(self, formdata: Any) -> tuple[list[str], str]:
        texts = self.texts(formdata)
        missing = clean(single(f"{self.name}:missing", formdata.getlist(f"{self.name}:missing")))
        if len(texts) == 1 and texts[0].startswith(MISSING_PREFIX) and kind_of(self.question).choosing:
            texts, missing = [], texts[0].removeprefix(MISSING_PREFIX)
        return texts, missing

    def texts(self, formdata: Any) -> list[str]:
        """Give the texts of the main control, and note whether it was sent at all."""
        texts: list[str] = formdata.getlist(self.name)
        single(self.name, texts)
        self.sent = bool(texts)
        return texts

    def as_typed(self, texts: Sequence[str], missing: str) -> Shown:
        """Give what was sent as it should stand in the controls again."""
        return Shown(text=texts[0] if texts else "", missing=missing)

    def _process_evidence(self, formdata: Any) -> None:
        page, quote = (formdata.getlist(f"{self.name}:{part}") for part in ("page", "quote"))
        self.evidence_sent = self.question.evidence and bool(page or quote)
        if self.evidence_sent:
            self.evidence = read_evidence(
                self.question, single(f"{self.name}:page", page), single(f"{self.name}:quote", quote)
            )
            self.typed = replace(self.typed, evidence=self.evidence)

    def _process_note(self, formdata: Any) -> None:
        """Read the note; what was typed of it is kept for the page even where it is refused."""
        asked, flag, memo = (
            single(f"{self.name}:{part}", formdata.getlist(f"{self.name}:{part}")) for part in notes.SUFFIXES
        )
        if not asked or not kind_of(self.question).stores:
            return
        self.typed = replace(self.typed, note=Note(bool(flag), memo))
        self.note = notes.read_note(self.question, bool(flag), memo)
        self.note_sent = True


def json_answer(question: Field, plain: object) -> Value:
    """Read the JSON form of one answer as the page sends it: a text, a number, a list of codes, a missing code or null.

    A text is read as typed ("6 months"). Raises ``Refused`` (FORM-001, 422) for any other shape.
    """
    match plain:
        case None:
            return None
        case bool():
            pass
        case str():
            return read_answer(question, [plain])
        case int() | float():
            return read_answer(question, [str(plain)])
        case list() if kind_of(question).many and all(isinstance(item, str) for item in plain):
            return read_answer(question, plain)
        case {"missing": str(code), **rest} if not rest and code:
            return read_answer(question, [], code)
        case {"invalid": str(text), **rest} if not rest:
            return read_answer(question, [text])
    raise refuse(
        "FORM-001",
        f"{question.label}: this is not an answer that the field can hold.",
        "Load the page again.",
        where=question.path,
    )


def json_evidence(question: Field, plain: object) -> Evidence | None:
    """Read ``{"page": …, "quote": …}`` or null. Raises ``Refused`` (FORM-001, 422) for any other shape."""
    if plain is None:
        return None
    if question.evidence and isinstance(plain, Mapping) and set(plain) <= {"page", "quote"}:
        page, quote = plain.get("page", ""), plain.get("quote", "")
        if isinstance(page, str) and isinstance(quote, str):
            return read_evidence(question, page, quote)
    raise refuse("FORM-001", f"{question.label}: this is not evidence.", where=question.path)
