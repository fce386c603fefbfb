"""Sentences in the manner of a report, put together from `phrases` so that the wording fits the codes."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from webapp.sample import phrases
from webapp.sample.adult_phrases import ADULT_ACTIONS, ADULT_PURPOSES
from webapp.sample.codes import theme_of, themes_of
from webapp.sample.dice import chance

SHORTEST = 200
LONGEST = 600
_QUARTERS = ("spring", "summer", "autumn", "winter")


def recommendation(rng: Random, place: str, agencies: Sequence[str], subthemes: Sequence[str]) -> str:
    """Return the wording of a recommendation about children's services: 200 to 600 characters on every sub-theme given."""
    topics = sorted(subthemes, key=lambda code: theme_of(code) != "T7")
    sentences = [f"{_addressed(place, agencies)} should {_action(rng, topics[0])}."]
    national = theme_of(topics[0]) == "T7"
    for topic in topics[1:]:
        follow = "They should also" if len(sentences) == 1 else "In addition they should"
        action = phrases.NATIONAL_ACTIONS[topic] if national else _action(rng, topic)
        sentences.append(f"{follow} {action}.")
    return _filled(rng, sentences, _purpose(rng, subthemes))


def adult_recommendation(rng: Random, place: str, agencies: Sequence[str], subtheme: str) -> str:
    """Return the wording of a recommendation that is not about children, 200 to 600 characters."""
    action = rng.choice(ADULT_ACTIONS[subtheme])
    sentence = f"{_addressed(place, agencies)} should {action}."
    return _filled(rng, [sentence], _stated(rng, rng.choice(ADULT_PURPOSES)))


def _addressed(place: str, agencies: Sequence[str]) -> str:
    names = [phrases.ADDRESSEES[agency].format(place=place) for agency in agencies]
    return _capital(_listed(names))


def _action(rng: Random, subtheme: str) -> str:
    return rng.choice(phrases.ACTIONS[subtheme])


def _purpose(rng: Random, subthemes: Sequence[str]) -> str:
    themes = [theme for theme in themes_of(subthemes) if theme in phrases.PURPOSES]
    return _stated(rng, rng.choice(phrases.PURPOSES[rng.choice(themes)]))


def _stated(rng: Random, reason: str) -> str:
    return rng.choice(
        ("This is to ensure that {}.", "The purpose is that {}.", "The aim is that {}.")
    ).format(reason)


def _filled(rng: Random, sentences: list[str], purpose: str) -> str:
    text = " ".join(sentences)
    extra = [purpose, *rng.sample(phrases.CLOSERS, 3)]
    for sentence in extra:
        longer = f"{text} {_dated(rng, sentence)}"
        if len(longer) > LONGEST or (len(text) >= SHORTEST and chance(rng, 0.4)):
            break
        text = longer
    return text


def _dated(rng: Random, sentence: str) -> str:
    return sentence.format(
        months=rng.choice((3, 6, 9, 12)),
        quarter=rng.choice(_QUARTERS),
        cases=rng.choice((10, 12, 20, 25, 30)),
    )


def learning(rng: Random, place: str, agencies: Sequence[str], subthemes: Sequence[str]) -> str:
    """Return an extract about what was found, one clause for each sub-theme."""
    agency = phrases.ADDRESSEES[agencies[0]].format(place=place)
    openers = rng.sample(phrases.FINDING_OPENERS, len(subthemes))
    sentences = [
        opener.format(finding=rng.choice(phrases.FINDINGS[code]), agency=agency)
        for opener, code in zip(openers, subthemes, strict=True)
    ]
    return " ".join([*sentences, rng.choice(phrases.FINDING_CLOSERS)])


def good_practice(rng: Random, source: str, subthemes: Sequence[str]) -> str:
    """Return an extract about good practice by the given source (a code of good_practice_source)."""
    who = phrases.GOOD_PRACTICE_WHO[source]
    told = [_capital(rng.choice(phrases.GOOD_PRACTICE[code]).format(who=who)) + "." for code in subthemes]
    return " ".join([*told, rng.choice(phrases.GOOD_PRACTICE_CLOSERS)])


def childhood(themes: Sequence[str]) -> str:
    """Return the passage of the narrative that supports the childhood themes given."""
    return " ".join(phrases.CHILDHOOD[theme] for theme in themes)


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
