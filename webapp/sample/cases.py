"""The true extract of one case: what a careful reader finds in the report, in the interchange form."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from webapp.sample import narrative, phrases, recommendations
from webapp.sample.codes import (
    AGENCIES,
    CHARACTERISTICS,
    CHILDHOOD_THEMES,
    LEARNING_KINDS,
    LIVES_WITH,
    OTHER_CHILDREN_AGENCIES,
    PARTNERS,
    REGIONS,
    SOCIAL_CARE,
    TREATMENTS,
    VULNERABILITIES,
    ordered,
    themes_of,
)
from webapp.sample.dice import chance, row_id, some
from webapp.sample.figures import SUBTHEME_DHRS
from webapp.sample.people import Child, Household, Person, is_parent_of_perpetrator, second_perpetrator
from webapp.sample.plan import CasePlan

Answers = dict[str, Any]
Row = dict[str, Any]

NOT_REPORTED = {"missing": "not_reported"}
_YOUNG_ADULT = 20
_PRESENT = ("saw_incident", "in_home_not_seen", "found_or_aftermath")


@dataclass(frozen=True)
class Setting:
    """Where and when a case is set."""

    place: str
    csp: str
    region: str
    death_year: int
    published: str
    pages: int


def setting(rng: Random, plan: CasePlan) -> Setting:
    """Return an invented partnership, a death between 2012 and 2017 and a publication between 2017 and 2019."""
    place = rng.choice(phrases.PLACES)
    welsh = plan.national is not None and plan.national.agency == "wcva"
    year = rng.randint(2017, 2019)
    return Setting(
        place=place,
        csp=rng.choice(("Safer {} Partnership", "{} Community Safety Partnership")).format(place),
        region="wales" if welsh else rng.choice(REGIONS),
        death_year=year - rng.randint(2, 5),
        published=f"{year}-{rng.randint(1, 12):02}" if chance(rng, 0.9) else f"{year}",
        pages=rng.randint(120, 180) if plan.longest else rng.randint(38, 120),
    )


def true_answers(rng: Random, plan: CasePlan, where: Setting) -> Answers:
    """Return the answers of the true extract: sections as objects, repeating groups as lists of rows."""
    home = plan.household
    found = recommendations.rows(rng, plan, where.place, where.pages * 3 // 4)
    children = [_child(rng, child) for child in home.children]
    return {
        "report": _report(rng, where, len(found)),
        "homicide": _homicide(rng, home, children),
        "victims": [_victim(rng, home)],
        "perpetrators": _perpetrators(rng, home),
        "childhood": _childhood(rng, len(children)),
        "children": children,
        "good_practice": _good_practice(rng, plan, where),
        "learning": _learning(rng, where),
        "equality": _equality(rng),
        "recommendations": found,
        "closing": {"minutes": rng.randint(90, 420)},
    }


def _report(rng: Random, where: Setting, recommendations_total: int) -> Row:
    return {
        "csp": where.csp,
        "region": where.region,
        "death_year": where.death_year,
        "published": where.published,
        "review_type": rng.choice(
            ("dhr", "dhr", "dhr", "dhr", "dhr", "joint_child_review", "joint_adult_review")
        ),
        "document_type": rng.choice(
            ("overview_report", "overview_report", "both", "overview_report_and_action_plan")
        ),
        "pages": where.pages,
        "recommendations_total": recommendations_total,
    }


def _homicide(rng: Random, home: Household, children: list[Row]) -> Row:
    section: Row = {"homicide_type": home.homicide_type}
    if home.homicide_type == "iph":
        section["separated"] = rng.choice(("yes", "yes", "no", "no", NOT_REPORTED, {"missing": "not_known"}))
    present = any(set(_values(child["at_incident"])) & set(_PRESENT) for child in children)
    section["children_present"] = "yes" if present else rng.choice(("no", NOT_REPORTED))
    return section


def _values(answer: object) -> list[str]:
    return answer if isinstance(answer, list) else []


# --------------------------------------------------------------------------------------------- people


def _victim(rng: Random, home: Household) -> Row:
    row = {"id": row_id(rng)} | _person(rng, home.victim)
    row["relationship"] = _relationship(rng, home)
    return row | _vulnerabilities(rng)


def _perpetrators(rng: Random, home: Household) -> list[Row]:
    second = second_perpetrator(rng, home)
    people = [home.perpetrator, second] if second else [home.perpetrator]
    return [{"id": row_id(rng)} | _person(rng, person) | _vulnerabilities(rng) for person in people]


def _person(rng: Random, person: Person) -> Row:
    row: Row = {"age": person.age}
    if person.age is None:
        row = {"age": rng.choice((NOT_REPORTED, {"missing": "withheld"})), "age_band": person.band}
    return row | {"sex": person.sex} | _ethnicity(rng, person.ethnicity, inferred=0.1)


def _ethnicity(rng: Random, ethnicity: str | None, inferred: float) -> Row:
    if ethnicity is None:
        return {"ethnicity": NOT_REPORTED}
    source = "inferred_from_a_relative" if chance(rng, inferred) else "stated_in_the_report"
    return {"ethnicity": ethnicity, "ethnicity_source": source}


def _relationship(rng: Random, home: Household) -> str:
    if home.homicide_type == "amicicide":
        return "cohabitant_not_partner"
    if home.homicide_type == "afh":
        return "parent" if is_parent_of_perpetrator(home) else "brother_or_sister"
    if (home.victim.age or _YOUNG_ADULT) < _YOUNG_ADULT:
        return "boyfriend_or_girlfriend"
    return rng.choice(PARTNERS)


def _vulnerabilities(rng: Random) -> Row:
    if chance(rng, 0.2):
        return {"vulnerabilities": {"missing": rng.choice(("none_described", "not_reported"))}}
    return {"vulnerabilities": some(rng, VULNERABILITIES, 1, 3)}


# ------------------------------------------------------------------------------------------- children


def _childhood(rng: Random, children: int) -> Row:
    if not children:
        return {"child_details": "no"}
    section: Row = {"child_details": "yes", "children_total": children}
    if chance(rng, 0.15):
        return section | {"childhood_themes": {"missing": "none_described"}}
    themes = some(rng, CHILDHOOD_THEMES, 1, 3)
    return section | {"childhood_themes": themes, "childhood_extract": narrative.childhood(themes)}


def _child(rng: Random, child: Child) -> Row:
    row: Row = {"id": row_id(rng), "role": _role(rng, child), "unborn": "yes" if child.unborn else "no"}
    silent = rng.choice(("not_reported", "withheld"))
    if not child.unborn:
        row["age"] = {"missing": silent} if child.age is None else child.age
    row["sex"] = child.sex or {"missing": "not_known" if child.unborn else silent}
    row |= _ethnicity(rng, child.ethnicity, inferred=0.5)
    return row | (_unborn_life(rng) if child.unborn else _life(rng))


def _role(rng: Random, child: Child) -> str:
    if child.unborn:
        return "unborn_child"
    return rng.choice(
        (
            "child_of_victim_and_perpetrator",
            "child_of_victim_and_perpetrator",
            "child_of_victim_only",
            "child_of_perpetrator_only",
        )
    )


def _unborn_life(rng: Random) -> Row:
    return {
        "at_incident": ["not_present"],
        "social_care_status": rng.choice((["child_protection_plan"], NOT_REPORTED)),
    }


def _life(rng: Random) -> Row:
    row: Row = {"lives_with": some(rng, LIVES_WITH[:2], 1, 2) if chance(rng, 0.85) else NOT_REPORTED}
    row["at_incident"] = _at_incident(rng)
    row["directly_abused"] = rng.choice(("yes", "no", NOT_REPORTED, NOT_REPORTED))
    if chance(rng, 0.7):
        row["social_care_status"] = (
            some(rng, SOCIAL_CARE[:-1], 1, 2) if chance(rng, 0.8) else ["not_known_to_csc"]
        )
    if chance(rng, 0.4):
        row["afterwards"] = rng.choice(phrases.AFTERWARDS)
    return row


def _at_incident(rng: Random) -> list[str] | dict[str, str]:
    if chance(rng, 0.2):
        return {"missing": rng.choice(("not_reported", "not_known"))}
    return [rng.choice((*_PRESENT, "not_present", "not_present", "not_present"))]


# ----------------------------------------------------------------------------------------- narratives


def _page(rng: Random, where: Setting) -> str:
    page = rng.randint(12, where.pages * 3 // 4)
    return f"{page}" if chance(rng, 0.5) else f"{page}, para {rng.randint(4, 7)}.{rng.randint(1, 60)}"


def _good_practice(rng: Random, plan: CasePlan, where: Setting) -> list[Row]:
    return [_praise(rng, source, where) for source in plan.good_practice]


def _praise(rng: Random, source: str, where: Setting) -> Row:
    themes = some(rng, list(phrases.GOOD_PRACTICE), 1, 2)
    return {
        "id": row_id(rng),
        "extract": narrative.good_practice(rng, source, themes),
        "page": _page(rng, where),
        "source": source,
        "agencies": [rng.choice(phrases.GOOD_PRACTICE_AGENCY[source])],
        "themes": themes,
    }


def _learning(rng: Random, where: Setting) -> list[Row]:
    return [_finding(rng, where) for _ in range(rng.randint(0, 5))]


def _finding(rng: Random, where: Setting) -> Row:
    themes = some(rng, list(SUBTHEME_DHRS), 1, 2)
    subthemes = [code for theme in themes for code in some(rng, list(SUBTHEME_DHRS[theme]), 1, 1)]
    pool = ordered(
        ("childrens_social_care", "school_maintained", "csp", "police", *OTHER_CHILDREN_AGENCIES[:-1]),
        AGENCIES,
    )
    agencies = some(rng, pool, 1, 2)
    return {
        "id": row_id(rng),
        "kind": rng.choice(LEARNING_KINDS),
        "extract": narrative.learning(rng, where.place, agencies, subthemes),
        "page": _page(rng, where),
        "agencies": agencies,
        "themes": themes_of(subthemes),
        "subthemes": subthemes,
    }


def _equality(rng: Random) -> Row:
    treatment = rng.choice((*TREATMENTS, "listed", "discussed"))
    if treatment == "not_mentioned":
        return {"treatment": treatment, "assumptions": NOT_REPORTED}
    section: Row = {"treatment": treatment, "characteristics": some(rng, CHARACTERISTICS, 1, 5)}
    if treatment == "analysed" and chance(rng, 0.6):
        return section | {"assumptions": "yes", "extract": rng.choice(phrases.EQUALITY)}
    return section | {"assumptions": rng.choice(("no", NOT_REPORTED))}
