"""The published counts that the sample study is built to reproduce.

Source: the briefing on domestic homicide reviews and children's services (33 reviews published 2017 to 2019), as tabulated
in the project's file of figures. The unit is the DHR unless a name says otherwise; a DHR counts once however many rows it has.
"""

from __future__ import annotations

from typing import Final

DHRS: Final = 33

THEME_DHRS: Final = {"T1": 24, "T2": 12, "T3": 14, "T4": 19, "T5": 26}

SUBTHEME_DHRS: Final = {
    "T1": {"T1.1": 10, "T1.2": 10, "T1.3": 10, "T1.4": 5, "T1.5": 2, "T1.6": 1, "T1.7": 1},
    "T2": {"T2.1": 9, "T2.2": 5, "T2.3": 2},
    "T3": {"T3.1": 8, "T3.2": 6, "T3.3": 3},
    "T4": {"T4.1": 15, "T4.2": 4, "T4.3": 5, "T4.4": 3},
    "T5": {"T5.1": 10, "T5.2": 8, "T5.3": 5, "T5.4": 5, "T5.5": 3, "T5.6": 2, "T5.7": 2, "T5.8": 2},
}

# Only the pairs that the briefing prints; a pair that is not here may occur in the study at any frequency.
AGENCY_DHRS: Final = {
    "T1": {"education": 11, "csc": 10},
    "T2": {"csc": 8},
    "T3": {"csc": 8, "education": 5},
    "T4": {"csc": 9, "education": 8, "lscb": 5, "csp": 5},
    "T5": {"lscb": 10, "csp": 9, "csc": 6, "education": 6},
}

# The six DHRs with national recommendations: the body addressed (agency code) and the T7 topics raised.
NATIONAL: Final = (
    ("home_office", ("T7.2",)),
    ("wcva", ("T7.4",)),
    ("ncvo", ("T7.4", "T7.1")),
    ("national_unnamed", ("T7.3",)),
    ("national_unnamed", ("T7.5",)),
    ("national_unnamed", ("T7.6",)),
)

# Twelve examples of good practice in five DHRs, one of them by a third sector organisation.
GOOD_PRACTICE: Final = (
    (
        "childrens_social_worker",
        "childrens_social_worker",
        "education_professional",
        "childrens_social_worker",
    ),
    ("education_professional", "childrens_social_worker", "third_sector_organisation"),
    ("childrens_social_worker", "education_professional"),
    ("education_professional", "education_professional"),
    ("childrens_social_worker",),
)

# Homicide type, sex of the victim, sex of the perpetrator: 29 + 3 + 1 DHRs, 29 women killed, 30 men responsible.
PAIRS: Final = (
    *((("iph", "female", "male"),) * 27),
    *((("iph", "male", "female"),) * 2),
    ("afh", "female", "male"),
    ("afh", "male", "male"),
    ("afh", "female", "female"),
    ("amicicide", "male", "male"),
)

WHITE_BRITISH_VICTIMS: Final = 22
# 21 of 32: the ethnic group of one perpetrator is missing.
WHITE_BRITISH_PERPETRATORS: Final = 21

# 43 children in 22 DHRs.
FAMILY_SIZES: Final = (5, 4, 4, 3, 3, 3, 2, 2, 2, 2, 2, *((1,) * 11))
# Thirty ages: 29 born children and one unborn. The unborn child is a flag, never an age of 0; the thirty ages have
# a mean of exactly 7 when it is counted as 0 and of 7.2 when it is left out, so both readings round to the printed 7.
UNBORN: Final = 1
BORN_WITH_AGE: Final = 29
SUM_OF_AGES: Final = 210
CHILD_SEXES: Final = (*(("female",) * 11), *(("male",) * 8))
MINORITISED_CHILDREN: Final = 19
CHILDREN_WITHOUT_ETHNICITY: Final = 3

RECOMMENDATIONS_IN_LONGEST: Final = 31
