"""How two people copy the same passage: spacing, quotation marks, dashes, where they stop, and words of their own."""

from __future__ import annotations

import re
from random import Random

from webapp.sample.dice import chance

_SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z])")
_SECOND_TASK = re.compile(r"(?<=\.) (?=They should also |In addition they should )")
_REWORDED = (
    (" should also ", " must also "),
    (" should ", " to "),
    ("ensure that", "make sure that"),
    ("make sure that", "see to it that"),
    ("review the", "undertake a review of the"),
    ("develop a", "put in place a"),
    ("This is to ensure that", "So that"),
    ("The purpose is that", "So that"),
    ("domestic abuse", "DA"),
    ("Children's Social Care", "CSC"),
    ("Safeguarding Children Board", "LSCB"),
    ("Community Safety Partnership", "CSP"),
    ("The panel found that", "Panel found"),
    ("information", "info"),
)


def transcribed(rng: Random, text: str) -> str:
    """Return the passage as a coder enters it: often exact, mostly near it, now and then in the coder's own words."""
    if chance(rng, 0.06):
        text = _paraphrased(rng, text)
    if chance(rng, 0.14):
        text = _cut_short(rng, text)
    if chance(rng, 0.35):
        text = _typed(rng, text)
    return text


def split_in_two(text: str) -> tuple[str, str] | None:
    """Return the passage as two where it asks for a second thing, or tells of a second one; otherwise None."""
    parts = _SECOND_TASK.split(text, maxsplit=1)
    if len(parts) == 1 and " should " not in text and len(_SENTENCE_END.findall(text)) > 1:
        parts = _SENTENCE_END.split(text, maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 else None


def _paraphrased(rng: Random, text: str) -> str:
    for printed, own in _REWORDED:
        if chance(rng, 0.6):
            text = text.replace(printed, own)
    return text


def _cut_short(rng: Random, text: str) -> str:
    """Leave out the addressee or the last sentence, marked by square brackets more often than not."""
    mark = "[\u2026]" if chance(rng, 0.6) else ""
    addressee, should, rest = text.partition(" should ")
    if should and "." not in addressee and chance(rng, 0.3):
        return f"{mark}{should}{rest}".strip()
    sentences = _SENTENCE_END.split(text)
    return text if len(sentences) == 1 else " ".join([*sentences[:-1], mark]).strip()


def _typed(rng: Random, text: str) -> str:
    """Vary what a keyboard and a copied PDF vary; no word changes."""
    if chance(rng, 0.5):
        text = text.replace("'", "\u2019")
    if chance(rng, 0.5):
        text = text.replace(" \u2013 ", " - ")
    if chance(rng, 0.4):
        text = re.sub(r'"([^"]*)"', "\u201c\\1\u201d", text)
    if chance(rng, 0.4):
        text = text.replace(". ", ".  ")
    if chance(rng, 0.2):
        text = text.replace(", ", ",\n", 1)
    return text
