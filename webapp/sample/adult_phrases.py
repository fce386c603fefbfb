"""What reports recommend that is not about children: so that wording and codes agree there too. All of it is invented."""

from __future__ import annotations

from typing import Final

# Sub-theme: what should be done. Each follows "should" and ends without a full stop.
ADULT_ACTIONS: Final = {
    "T1.1": (
        "share information about repeat callers with the domestic abuse coordinator each week",
        "agree how concerns about an adult at risk are passed from one team to another and who confirms receipt",
    ),
    "T1.2": (
        "flag known domestic abuse on the record of the person at risk and on that of the person who poses the risk",
        "record the name of whoever accompanies a person to an appointment, and whether the person was seen alone",
    ),
    "T1.3": (
        "display information on domestic abuse in waiting rooms, in the languages that are spoken locally",
    ),
    "T1.4": (
        "set up a direct referral route to the independent domestic violence adviser, open to every front-line team",
        "review how referrals to MARAC are made for adults who decline support",
    ),
    "T1.5": ("publish a directory of domestic abuse services for staff, with the role of each",),
    "T2.1": (
        "ask routinely and safely about domestic abuse at assessment, and record both the question and the answer",
        "repeat the domestic abuse risk assessment at each change in circumstances, retirement and illness included",
        "ensure that a carer's assessment considers the possibility of abuse on either side",
    ),
    "T3.1": ("consider the needs of the couple together where one partner cares for the other",),
    "T3.2": ("support staff to explore the reasons behind missed appointments and repeated minor injuries",),
    "T4.1": (
        "deliver training on domestic abuse to reception staff as well as to those who give advice",
        "include coercive control and economic abuse in the annual training of all front-line staff",
        "train staff to recognise abuse behind complaints of noise, arrears of rent and repeated minor injuries",
    ),
    "T4.2": ("include domestic abuse as a standing item in supervision",),
    "T4.4": ("test by audit whether training on domestic abuse has changed what staff ask and record",),
    "T5.1": (
        "adopt a domestic abuse policy for those who use the service and for members of staff",
        "review the domestic abuse policy so that it covers abuse of older people by their adult sons and daughters",
    ),
    "T5.3": ("review the support available to those who misuse alcohol and also live with abuse",),
    "T5.5": (
        "revise the risk policy so that a threat to life is escalated on the day on which it becomes known",
    ),
    "T5.6": (
        "secure longer funding for the independent domestic violence advisers who work beside its staff",
    ),
}

ADULT_PURPOSES: Final = (
    "those at risk are offered help at the first opportunity",
    "staff know what to do and whom to call",
    "risk is understood in the same way by each agency",
    "people who cannot speak freely are given a private moment in which to do so",
    "the response does not depend on who happens to be on duty",
)
