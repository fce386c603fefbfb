"""The recommendations of one report: codes first, built from the plan, then numbers, pages and wording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from webapp.sample import figures, narrative, phrases
from webapp.sample.adult_phrases import ADULT_ACTIONS
from webapp.sample.codes import (
    ADULT_AGENCIES,
    AGENCIES,
    AGENCY_GROUPS,
    GROUP_OF_AGENCY,
    OTHER_CHILDREN_AGENCIES,
    ordered,
    themes_of,
)
from webapp.sample.dice import chance, row_id, some
from webapp.sample.plan import CasePlan, ThemePlan

_MOST_SUBTHEMES = 3
_MOST_AGENCIES = 4


@dataclass(frozen=True)
class Coding:
    """The codes of one recommendation."""

    subthemes: tuple[str, ...]
    agencies: tuple[str, ...]
    for_children: bool = True
    national: bool = False


def rows(rng: Random, plan: CasePlan, place: str, first_page: int) -> list[dict[str, Any]]:
    """Return the recommendations of a case in report order, as rows of the interchange form."""
    codings = _codings(rng, plan)
    numbers = _numbers(rng, len(codings), plan.longest)
    page, found = first_page, []
    for coding, number in zip(codings, numbers, strict=True):
        found.append(_row(rng, coding, number, page, place))
        page += chance(rng, 0.35)
    return found


# ---------------------------------------------------------------------------------------------- codes


def _codings(rng: Random, plan: CasePlan) -> list[Coding]:
    local = [coding for theme, each in plan.themes.items() for coding in _of_theme(rng, plan, theme, each)]
    local = _joined(rng, plan, local)
    local += [_again(rng, coding) for coding in some(rng, local, 0, 2)]
    national = _national(plan)
    wanted = (
        figures.RECOMMENDATIONS_IN_LONGEST if plan.longest else len(local) + len(national) + rng.randint(1, 6)
    )
    others = [_not_for_children(rng) for _ in range(wanted - len(local) - len(national))]
    mixed = [*local, *others]
    rng.shuffle(mixed)
    return [*mixed, *national]


def _of_theme(rng: Random, plan: CasePlan, theme: str, each: ThemePlan) -> list[Coding]:
    """Enough rows to hold every planned sub-theme and agency group of a theme, each at least once."""
    if theme == "T5" and plan.national and not each.agencies and len(each.subthemes) == 1:
        return []
    length = max(len(each.subthemes), len(each.agencies))
    return [
        Coding(
            (each.subthemes[index % len(each.subthemes)],),
            _agencies(rng, each.agencies[index % len(each.agencies)] if each.agencies else None),
        )
        for index in range(length)
    ]


def _agencies(rng: Random, group: str | None) -> tuple[str, ...]:
    if group is None:
        return (rng.choice(OTHER_CHILDREN_AGENCIES),)
    return tuple(some(rng, AGENCY_GROUPS[group], 1, 2 if chance(rng, 0.25) else 1))


def _joined(rng: Random, plan: CasePlan, codings: list[Coding]) -> list[Coding]:
    """Put some pairs of recommendations together, where that adds no counted pair of theme and agency."""
    waiting, joined = list(codings), []
    rng.shuffle(waiting)
    while waiting:
        coding = waiting.pop()
        if waiting and chance(rng, 0.45):
            both = _union(coding, waiting[-1])
            if _allowed(plan, both):
                waiting.pop()
                coding = both
        joined.append(coding)
    return joined


def _union(one: Coding, other: Coding) -> Coding:
    return Coding(
        tuple(sorted({*one.subthemes, *other.subthemes})),
        tuple(ordered({*one.agencies, *other.agencies}, AGENCIES)),
    )


def _allowed(plan: CasePlan, coding: Coding) -> bool:
    if len(coding.subthemes) > _MOST_SUBTHEMES or len(coding.agencies) > _MOST_AGENCIES:
        return False
    groups = {GROUP_OF_AGENCY[code] for code in coding.agencies if code in GROUP_OF_AGENCY}
    return all(
        plan.counts(theme, group)
        for theme in themes_of(coding.subthemes)
        for group in groups
        if group in figures.AGENCY_DHRS[theme]
    )


def _again(rng: Random, coding: Coding) -> Coding:
    """Return a further recommendation with the same codes, as reports that repeat themselves have them."""
    return replace(coding, subthemes=tuple(some(rng, coding.subthemes, 1, len(coding.subthemes))))


def _national(plan: CasePlan) -> list[Coding]:
    if plan.national is None:
        return []
    topic = plan.themes["T5"].subthemes[0]
    return [
        Coding((topic, national_topic), (plan.national.agency,), national=True)
        for national_topic in plan.national.topics
    ]


def _not_for_children(rng: Random) -> Coding:
    subtheme = rng.choice(tuple(ADULT_ACTIONS))
    return Coding((subtheme,), tuple(some(rng, ADULT_AGENCIES, 1, 2)), for_children=False)


# ----------------------------------------------------------------------------- number, page, wording


def _numbers(rng: Random, length: int, longest: bool) -> list[str]:
    """Return the numbers as a report prints them; a long list is numbered in sections."""
    if longest:
        return [f"10.1.{1 + index // 8}.{1 + index % 8}" for index in range(length)]
    patterns = (
        "R{}",
        "{}",
        "Recommendation {}",
        f"{rng.randint(4, 9)}.{{}}",
        f"{rng.randint(10, 14)}.1.1.{{}}",
    )
    pattern = rng.choice((*patterns, "unnumbered"))
    numbers = [pattern.format(index + 1) for index in range(length)]
    if length > 2 and chance(rng, 0.1):
        numbers[-1] = "unnumbered"
    return numbers


def _row(rng: Random, coding: Coding, number: str, page: int, place: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": row_id(rng),
        "number": number,
        "text": _wording(rng, coding, place),
        "page": f"{page}" if chance(rng, 0.7) else f"{page}, para {rng.randint(8, 12)}.{rng.randint(1, 30)}",
        "for_children_services": "yes" if coding.for_children else "no",
        "agencies": ordered(coding.agencies, AGENCIES),
    }
    if chance(rng, 0.3):
        row["addressee"] = rng.choice(phrases.ADDRESSEE_ROLES)
    row |= {
        "level": _level(rng, coding),
        "themes": themes_of(coding.subthemes),
        "subthemes": sorted(coding.subthemes),
        "protected_characteristic": "yes" if chance(rng, 0.1) else "no",
        "confidence": rng.choice(("clear", "clear", "clear", "inferred")),
    }
    return row


def _wording(rng: Random, coding: Coding, place: str) -> str:
    if coding.for_children:
        return narrative.recommendation(rng, place, coding.agencies, coding.subthemes)
    return narrative.adult_recommendation(rng, place, coding.agencies, coding.subthemes[0])


def _level(rng: Random, coding: Coding) -> str:
    if coding.national:
        return "national"
    partnership: Sequence[str] = ("lscb", "csp", "marac_mappa", "all_agencies")
    if len(coding.agencies) > 1 or coding.agencies[0] in partnership:
        return "local_multi"
    return "regional" if chance(rng, 0.04) else "local_single"
