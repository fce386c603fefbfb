"""Which case carries which themes, sub-themes and agencies: built by construction, so that the totals cannot miss.

A block of 33 cases has the published counts exactly. Larger studies are made of such blocks, and the last block may be cut short.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from webapp.sample import figures
from webapp.sample.dice import dice
from webapp.sample.people import Household, households

Item = TypeVar("Item")


@dataclass(frozen=True)
class ThemePlan:
    """What one case says under one theme: its sub-themes, and the agency groups that the briefing counts."""

    subthemes: tuple[str, ...]
    agencies: tuple[str, ...]


@dataclass(frozen=True)
class National:
    """The national recommendations of a case: the body addressed and the T7 topics."""

    agency: str
    topics: tuple[str, ...]


@dataclass(frozen=True)
class CasePlan:
    """Everything about one case that a published figure counts."""

    household: Household
    themes: Mapping[str, ThemePlan]
    national: National | None
    good_practice: tuple[str, ...]
    longest: bool

    def counts(self, theme: str, agency_group: str) -> bool:
        """Return True where the case is one of those counted for this theme and agency group."""
        return theme in self.themes and agency_group in self.themes[theme].agencies


def block(seed: int, number: int) -> list[CasePlan]:
    """Return the 33 plans of a block; the same seed and number give the same plans."""
    rng = dice(seed, "block", number)
    themes = _theme_cases(rng)
    national = rng.sample(themes["T5"], len(figures.NATIONAL))
    named = dict(zip(national, figures.NATIONAL, strict=True))
    praised = dict(
        zip(_draw(rng, range(figures.DHRS), len(figures.GOOD_PRACTICE)), figures.GOOD_PRACTICE, strict=True)
    )
    longest = rng.choice([case for case in range(figures.DHRS) if case not in named])
    plans = {theme: _theme_plans(rng, theme, cases) for theme, cases in themes.items()}
    return [
        CasePlan(
            household=home,
            themes={theme: plans[theme][case] for theme in plans if case in plans[theme]},
            national=National(*named[case]) if case in named else None,
            good_practice=praised.get(case, ()),
            longest=case == longest,
        )
        for case, home in enumerate(households(rng))
    ]


def _theme_cases(rng: Random) -> dict[str, list[int]]:
    """Choose the cases of each theme; those without T5 all have T1, so that no case is without a theme."""
    cases = range(figures.DHRS)
    chosen = {theme: _draw(rng, cases, number) for theme, number in figures.THEME_DHRS.items()}
    without = [case for case in cases if case not in chosen["T5"]]
    rest = figures.THEME_DHRS["T1"] - len(without)
    chosen["T1"] = [*without, *_draw(rng, chosen["T5"], rest)]
    return chosen


def _theme_plans(rng: Random, theme: str, cases: list[int]) -> dict[int, ThemePlan]:
    subthemes = _dealt(rng, cases, figures.SUBTHEME_DHRS[theme])
    agencies = _drawn_agencies(rng, cases, figures.AGENCY_DHRS[theme])
    return {case: ThemePlan(tuple(sorted(subthemes[case])), agencies[case]) for case in cases}


def _dealt(rng: Random, cases: list[int], counts: Mapping[str, int]) -> dict[int, set[str]]:
    """Deal sub-themes round the table: each in turn to as many successive cases as its count.

    No count exceeds the number of cases, so a case never receives one twice; the counts sum to at least the number of
    cases, so none goes without.
    """
    table = _draw(rng, cases, len(cases))
    deck = [name for name in _draw(rng, counts, len(counts)) for _ in range(counts[name])]
    dealt: dict[int, set[str]] = {case: set() for case in cases}
    for turn, name in enumerate(deck):
        dealt[table[turn % len(table)]].add(name)
    return dealt


def _drawn_agencies(rng: Random, cases: list[int], counts: Mapping[str, int]) -> dict[int, tuple[str, ...]]:
    members = {group: set(rng.sample(cases, number)) for group, number in counts.items()}
    return {case: tuple(group for group in counts if case in members[group]) for case in cases}


def _draw(rng: Random, pool: Iterable[Item], number: int) -> list[Item]:
    return rng.sample(list(pool), number)
