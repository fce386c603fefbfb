"""The code values that the generator draws from, in the order of the template's code lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

AGENCIES: Final = (
    "childrens_social_care",
    "early_help",
    "lscb",
    "cafcass",
    "youth_justice_service",
    "school_maintained",
    "school_other",
    "early_years",
    "further_higher_education",
    "la_education",
    "education_unspecified",
    "csp",
    "police",
    "probation",
    "marac_mappa",
    "gp_primary_care",
    "acute_hospital_trust",
    "community_health",
    "mental_health_trust",
    "icb",
    "substance_misuse_service",
    "adult_social_care",
    "housing",
    "specialist_da_service",
    "other_third_sector",
    "home_office",
    "wcva",
    "ncvo",
    "national_unnamed",
    "all_agencies",
    "no_addressee",
)

EDUCATION: Final = (
    "school_maintained",
    "school_other",
    "early_years",
    "further_higher_education",
    "la_education",
    "education_unspecified",
)
NATIONAL: Final = ("home_office", "wcva", "ncvo", "national_unnamed")

# The briefing's agency groups, as far as its tables name them.
AGENCY_GROUPS: Final = {
    "csc": ("childrens_social_care",),
    "education": EDUCATION,
    "lscb": ("lscb",),
    "csp": ("csp",),
}
GROUP_OF_AGENCY: Final = {code: group for group, codes in AGENCY_GROUPS.items() for code in codes}

# Who else receives recommendations about children, and who receives the rest.
OTHER_CHILDREN_AGENCIES: Final = (
    "early_help",
    "cafcass",
    "youth_justice_service",
    "marac_mappa",
    "community_health",
    "mental_health_trust",
    "specialist_da_service",
    "all_agencies",
)
ADULT_AGENCIES: Final = (
    "police",
    "probation",
    "marac_mappa",
    "gp_primary_care",
    "acute_hospital_trust",
    "mental_health_trust",
    "icb",
    "substance_misuse_service",
    "adult_social_care",
    "housing",
    "specialist_da_service",
)

REGIONS: Final = (
    "east",
    "east_midlands",
    "greater_london",
    "north_east",
    "north_west",
    "south_east",
    "south_west",
    "wales",
    "west_midlands",
    "yorkshire_and_humber",
)

AGE_BANDS: Final = ("16_25", "26_35", "36_45", "46_55", "56_65", "over_65")

MINORITY_ETHNICITIES: Final = (
    "white_other",
    "asian_pakistani",
    "asian_indian",
    "asian_bangladeshi",
    "black_african",
    "black_caribbean",
    "mixed_white_and_black_caribbean",
    "white_irish",
    "white_roma",
    "other_arab",
    "asian_background_not_stated",
    "asian_any_other_asian_background",
)

PARTNERS: Final = (
    "spouse",
    "cohabiting_partner",
    "boyfriend_or_girlfriend",
    "ex_spouse_or_cohabitant",
    "ex_boyfriend_or_girlfriend",
)

VULNERABILITIES: Final = (
    "alcohol_misuse",
    "substance_misuse",
    "mental_ill_health",
    "physical_disability",
    "neurodiverse_condition",
    "serious_illness",
    "housing_issues",
    "pregnancy",
    "immigration_or_nrpf",
    "unemployment",
    "financial_pressures",
    "early_parenthood",
    "care_experience",
)
CHILDHOOD_THEMES: Final = (
    "abuse_intersects",
    "child_used_to_control_mother",
    "child_controlled",
    "groomed_towards_perpetration",
    "disclosed_to_professional",
    "called_for_help",
    "other_protective_agency",
    "contact_used_to_control",
)
AT_INCIDENT: Final = (
    "saw_incident",
    "in_home_not_seen",
    "found_or_aftermath",
    "called_for_help",
    "killed",
    "perpetrator",
    "not_present",
)
LIVES_WITH: Final = ("victim", "perpetrator", "other_relative", "care")
SOCIAL_CARE: Final = (
    "child_protection_plan",
    "child_in_need",
    "looked_after_in_care",
    "care_leaver",
    "early_help",
    "referred_no_further_action",
    "closed_case",
    "not_known_to_csc",
)
CHARACTERISTICS: Final = (
    "age",
    "disability",
    "gender_reassignment",
    "marriage_and_civil_partnership",
    "pregnancy_and_maternity",
    "race",
    "religion_or_belief",
    "sex",
    "sexual_orientation",
)
TREATMENTS: Final = ("not_mentioned", "listed", "discussed", "analysed")
LEARNING_KINDS: Final = ("area_for_development", "learning_point", "missed_opportunity")


def theme_of(subtheme: str) -> str:
    """Return the theme a sub-theme belongs to: "T1" of "T1.4"."""
    return subtheme.partition(".")[0]


def themes_of(subthemes: Iterable[str]) -> list[str]:
    """Return the themes of some sub-themes, each once, in code-list order."""
    return sorted({theme_of(subtheme) for subtheme in subthemes})


def ordered(values: Iterable[str], order: Sequence[str]) -> list[str]:
    """Return `values`, each once, in the order of their code list; a value outside the list is a KeyError by intent."""
    wanted = set(values)
    if not wanted <= set(order):
        raise KeyError(sorted(wanted - set(order)))
    return [value for value in order if value in wanted]


def band_of(age: int) -> str:
    """Return the age band of an age of 16 or more."""
    upper = (25, 35, 45, 55, 65)
    return AGE_BANDS[sum(age > limit for limit in upper)]
