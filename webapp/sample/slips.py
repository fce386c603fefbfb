"""What coders get wrong or see differently, field by field: the rate, and what else the answer may become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from webapp.sample import codes
from webapp.sample.dice import chance

FOUR: Final = ("not_reported", "not_known", "withheld", "contradictory")
_USUAL: Final = ("not_reported", "not_known", "withheld")
_SILENT: Final = ("not_reported", "not_known")
_YES_NO: Final = ("yes", "no")
_ROUND_ETHNICITIES: Final = (
    "white_british",
    "white_background_not_stated",
    "white_other",
    "asian_background_not_stated",
    "black_background_not_stated",
    "mixed_background_not_stated",
    "minoritised_group_not_stated",
)
_SOURCES: Final = (
    "stated_in_the_report",
    "inferred_from_a_relative",
    "inferred_from_nationality_language_or_name",
    "from_another_published_source",
)
_NEVER_ADDED: Final = (*codes.NATIONAL, "all_agencies", "no_addressee")


@dataclass(frozen=True)
class Slip:
    """How one field goes astray.

    `rate` is the share of answers changed (0..1), `pool` what a code may be taken for, in code-list order, `never` the
    part of the pool that nobody ticks by mistake, `missing` the missing codes between which coders waver, `zero` what is
    put by a reader who takes silence for an answer, and `low`..`high` the numbers allowed.
    """

    rate: float
    pool: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    zero: str | None = None
    low: int = 0
    high: int = 110


NOT_REPORTED: Final = {"missing": "not_reported"}
_SEX = Slip(0.03, ("female", "male"), missing=_USUAL)
_ETHNICITY = Slip(0.06, _ROUND_ETHNICITIES, missing=_USUAL)
_SOURCE = Slip(0.06, _SOURCES)
_VULNERABILITIES = Slip(0.1, codes.VULNERABILITIES, missing=("not_reported", "none_described"))

SLIPS: Final[Mapping[str, Mapping[str, Slip]]] = {
    "report": {
        "region": Slip(0.03, codes.REGIONS),
        "death_year": Slip(0.05, missing=_USUAL, low=2010, high=2017),
        "review_type": Slip(0.04, ("dhr", "joint_child_review", "joint_adult_review")),
        "document_type": Slip(0.06, ("overview_report", "both", "overview_report_and_action_plan")),
        "pages": Slip(0.07, low=10, high=2000),
        "recommendations_total": Slip(0.06, low=0, high=300),
    },
    "homicide": {
        "homicide_type": Slip(0.02, ("iph", "afh", "amicicide")),
        "separated": Slip(0.07, _YES_NO, missing=FOUR, zero="no"),
        "children_present": Slip(0.07, _YES_NO, missing=FOUR, zero="no"),
    },
    "victims": {
        "age": Slip(0.06, missing=_USUAL, low=16, high=100),
        "age_band": Slip(0.06, codes.AGE_BANDS),
        "sex": Slip(0.01, ("female", "male")),
        "ethnicity": _ETHNICITY,
        "ethnicity_source": _SOURCE,
        "relationship": Slip(0.06, codes.PARTNERS, missing=_USUAL),
        "vulnerabilities": _VULNERABILITIES,
    },
    "perpetrators": {
        "age": Slip(0.06, missing=_USUAL, low=18, high=100),
        "age_band": Slip(0.06, codes.AGE_BANDS),
        "sex": Slip(0.01, ("female", "male")),
        "ethnicity": _ETHNICITY,
        "ethnicity_source": _SOURCE,
        "vulnerabilities": _VULNERABILITIES,
    },
    "childhood": {
        "children_total": Slip(0.05, low=0, high=20),
        "childhood_themes": Slip(0.1, codes.CHILDHOOD_THEMES, missing=("not_reported", "none_described")),
    },
    "children": {
        "role": Slip(
            0.05, ("child_of_victim_and_perpetrator", "child_of_victim_only", "child_of_perpetrator_only")
        ),
        "unborn": Slip(0.01, _YES_NO),
        "age": Slip(0.06, missing=FOUR, low=1, high=17),
        "sex": _SEX,
        "ethnicity": _ETHNICITY,
        "ethnicity_source": Slip(0.08, _SOURCES),
        "lives_with": Slip(0.06, codes.LIVES_WITH, missing=("not_reported",)),
        "at_incident": Slip(0.07, codes.AT_INCIDENT, never=("killed", "perpetrator"), missing=_USUAL),
        "directly_abused": Slip(0.07, _YES_NO, missing=FOUR, zero="no"),
        "social_care_status": Slip(0.07, codes.SOCIAL_CARE, never=("not_known_to_csc",), missing=_SILENT),
    },
    "good_practice": {
        "source": Slip(0.06, ("childrens_social_worker", "education_professional", "other")),
        "agencies": Slip(0.08, codes.AGENCIES, never=_NEVER_ADDED),
        "themes": Slip(0.1, ("T6.1", "T6.2", "T6.3", "T6.4")),
    },
    "learning": {
        "kind": Slip(0.07, codes.LEARNING_KINDS),
        "agencies": Slip(0.08, codes.AGENCIES, never=_NEVER_ADDED),
    },
    "equality": {
        "treatment": Slip(0.06, codes.TREATMENTS),
        "characteristics": Slip(0.08, codes.CHARACTERISTICS),
        "assumptions": Slip(0.06, ("no",), missing=("not_reported",), zero="no"),
    },
    "recommendations": {
        "for_children_services": Slip(0.03, _YES_NO),
        "agencies": Slip(0.07, codes.AGENCIES, never=_NEVER_ADDED),
        "level": Slip(0.06, ("local_single", "local_multi", "regional")),
        "protected_characteristic": Slip(0.04, _YES_NO),
    },
}


def slipped(rng: Random, place: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of one section or row, some of its answers changed; `place` is the section's or group's key."""
    slips = SLIPS.get(place, {})
    changed = dict(answers)
    for field, answer in answers.items():
        slip = slips.get(field)
        if slip and chance(rng, _rate(slip, answer)):
            changed[field] = _astray(rng, slip, answer)
    return changed


def _rate(slip: Slip, answer: Any) -> float:
    """Taking silence for a no is the commonest slip of all."""
    return min(1.0, 3 * slip.rate) if slip.zero and answer == NOT_REPORTED else slip.rate


def _astray(rng: Random, slip: Slip, answer: Any) -> Any:
    if isinstance(answer, dict):
        return _other_silence(rng, slip, answer["missing"])
    if slip.missing and chance(rng, 0.2):
        return {"missing": rng.choice(slip.missing)}
    if isinstance(answer, list):
        return _other_ticks(rng, slip, answer)
    if isinstance(answer, str):
        return _other_code(rng, slip.pool, answer)
    return _other_number(rng, slip, answer)


def _other_silence(rng: Random, slip: Slip, code: str) -> Any:
    if slip.zero and chance(rng, 0.5):
        return slip.zero
    others = [each for each in slip.missing if each != code]
    return {"missing": rng.choice(others)} if others else {"missing": code}


def _other_code(rng: Random, pool: tuple[str, ...], code: str) -> str:
    near = [each for each in pool if each != code]
    known = code in pool or pool is _ROUND_ETHNICITIES
    return rng.choice(near) if known and near else code


def _other_ticks(rng: Random, slip: Slip, ticks: list[str]) -> list[str]:
    """Drop one, add one or exchange one; a list never becomes empty, for that would be no answer."""
    way = rng.choice(("drop", "add", "exchange"))
    if way == "drop" and len(ticks) > 1:
        dropped = rng.choice(ticks)
        return [each for each in ticks if each != dropped]
    kept = ticks if way == "add" else ticks[:-1]
    offered = [each for each in slip.pool if each not in {*ticks, *slip.never}]
    return codes.ordered((*kept, rng.choice(offered)), slip.pool)


def _other_number(rng: Random, slip: Slip, number: float) -> float:
    """Turn two digits round (34, 43), or be one out; the result stays within the limits of the field."""
    turned = int(str(number)[::-1]) if isinstance(number, int) and 9 < number < 100 else number
    choices = [
        each for each in (turned, number + 1, number - 1) if slip.low <= each <= slip.high and each != number
    ]
    return rng.choice(choices) if choices else number
