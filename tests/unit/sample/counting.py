"""Counts the true extracts by hand, without the product's framework: one small function for each kind of figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.unit.sample.facts import FIGURES, GROUPS, MINORITISED

Answers = dict[str, Any]
Figure = dict[str, str]
Count = tuple[int, int | None]

AGENCIES_OF = {
    "Education": {code for code, group in GROUPS["agency"].items() if group == "Education"},
    "Children's Social Care": {"childrens_social_care"},
    "LSCB": {"lscb"},
    "CSP": {"csp"},
    "National bodies (any)": {code for code, group in GROUPS["agency"].items() if group == "National"},
    "Home Office": {"home_office"},
    "Wales Council for Voluntary Action (WCVA)": {"wcva"},
    "National Council for Voluntary Organisations (NCVO)": {"ncvo"},
    "National: no specific agency or body named": {"national_unnamed"},
}


def theme_code(figure: Figure) -> str:
    return figure["theme"][:2]


def subtheme_code(figure: Figure) -> str:
    """The briefing lists a theme's sub-themes in the order of their codes."""
    theme = theme_code(figure)
    listed = [
        row["subtheme"] for row in FIGURES if row["section"] == "Sub-theme" and theme_code(row) == theme
    ]
    return f"{theme}.{listed.index(figure['subtheme']) + 1}"


def about_children(answers: Answers) -> list[Answers]:
    return [row for row in answers["recommendations"] if row["for_children_services"] == "yes"]


def dhrs(study: list[Answers], holds: Callable[[Answers], bool]) -> int:
    """How many DHRs have at least one recommendation for children's services of which `holds` is true."""
    return sum(any(holds(row) for row in about_children(answers)) for answers in study)


def of_theme(study: list[Answers], figure: Figure) -> Count:
    theme = theme_code(figure)
    if theme == "T6":
        return sum(bool(answers["good_practice"]) for answers in study), len(study)
    return dhrs(study, lambda row: theme in row["themes"]), len(study)


def of_subtheme(study: list[Answers], figure: Figure) -> Count:
    code = subtheme_code(figure)
    return dhrs(study, lambda row: code in row["subthemes"]), len(study)


def of_agency(study: list[Answers], figure: Figure) -> Count:
    theme, agencies = theme_code(figure), AGENCIES_OF[figure["agency"]]
    found = dhrs(study, lambda row: theme in row["themes"] and bool(agencies & set(row["agencies"])))
    unnamed = figure["agency"].startswith("National: no specific")
    return found, dhrs(study, lambda row: "T7" in row["themes"]) if unnamed else len(study)


def of_mentions(study: list[Answers], figure: Figure) -> Count:
    theme = theme_code(figure)
    mentions = sum(
        len(
            {
                code
                for row in about_children(answers)
                for code in row["subthemes"]
                if code.startswith(f"{theme}.")
            }
        )
        for answers in study
    )
    return mentions, dhrs(study, lambda row: theme in row["themes"])


def of_homicides(study: list[Answers], figure: Figure) -> Count:
    code = {"Int": "iph", "Adu": "afh", "Ami": "amicicide"}[figure["subtheme"][:3]]
    return sum(answers["homicide"]["homicide_type"] == code for answers in study), len(study)


def of_people(study: list[Answers], figure: Figure) -> Count:
    group = "victims" if figure["unit"] == "victim" else "perpetrators"
    return of_persons([answers[group][0] for answers in study], figure)


def of_children(study: list[Answers], figure: Figure) -> Count:
    children = [row for answers in study for row in answers["children"]]
    aged = sum(is_aged(child) for child in children)
    whole: dict[str, Count] = {
        "DHRs giving details of children": (
            sum(answers["childhood"]["child_details"] == "yes" for answers in study),
            len(study),
        ),
        "Children reported in total": (len(children), None),
        "Children with age reported": (aged, len(children)),
        "Age missing (derived 43-30)": (len(children) - aged, len(children)),
        "Children with sex reported": (len(known(children, "sex")), len(children)),
        "Sex missing (derived 43-19)": (len(children) - len(known(children, "sex")), len(children)),
    }
    return whole.get(figure["subtheme"]) or of_persons(children, figure)


def is_aged(child: Answers) -> bool:
    return child["unborn"] == "yes" or not isinstance(child["age"], dict)


def known(people: Iterable[Answers], field: str) -> list[str]:
    return [person[field] for person in people if isinstance(person[field], str)]


def of_persons(people: list[Answers], figure: Figure) -> Count:
    sexes, ethnicities = known(people, "sex"), known(people, "ethnicity")
    minoritised = [MINORITISED[code] for code in ethnicities]
    name = figure["subtheme"].partition(" (derived")[0].partition(" incl.")[0]
    counts: dict[str, Count] = {
        "Female": (sexes.count("female"), len(sexes)),
        "Male": (sexes.count("male"), len(sexes)),
        "Not female": (len(sexes) - sexes.count("female"), len(sexes)),
        "Not male": (len(sexes) - sexes.count("male"), len(sexes)),
        "White British": (ethnicities.count("white_british"), len(ethnicities)),
        "Minority background": (minoritised.count("yes"), len(ethnicities)),
        "Minoritised background": (minoritised.count("yes"), len(ethnicities)),
        "Not minoritised": (minoritised.count("no"), len(ethnicities)),
        "Ethnicity missing": (len(people) - len(ethnicities), len(people)),
    }
    return counts[name]


def of_praise(study: list[Answers], figure: Figure) -> Count:
    examples = [row for answers in study for row in answers["good_practice"]]
    if figure["agency"] == "Third sector":
        return sum(row["source"] == "third_sector_organisation" for row in examples), len(examples)
    return len(examples), None


COUNTERS: dict[str, Callable[[list[Answers], Figure], Count]] = {
    "Methods": lambda study, _: (len(study), None),
    "Findings: homicide type": of_homicides,
    "Demographics: victims": of_people,
    "Demographics: perpetrators": of_people,
    "Children": of_children,
    "Theme prevalence": of_theme,
    "Theme by agency": of_agency,
    "Sub-theme": of_subtheme,
    "Check": of_mentions,
    "Good practice": of_praise,
}
