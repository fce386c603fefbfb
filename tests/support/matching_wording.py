"""What the invented recommendations of the matching corpus are made of.

A clause has one printed wording (the first) and other wordings with the same meaning, for coders who paraphrase.
The clauses are short and few, so that recommendations of one report resemble each other, as they do in life.
"""

from __future__ import annotations

Clause = tuple[str, ...]

BODIES: dict[str, Clause] = {
    "childrens_social_care": (
        "Children's Social Care should",
        "The local authority's service for children ought to",
        "Managers in the children's directorate are asked to",
    ),
    "early_help": (
        "The Early Help service should",
        "Family support teams ought to",
        "Those who run early help need to",
    ),
    "lscb": (
        "The Safeguarding Children Partnership should",
        "Local safeguarding partners ought to",
        "The board for safeguarding children is asked to",
    ),
    "school_maintained": (
        "Schools and colleges should",
        "Head teachers ought to",
        "Every place of education needs to",
    ),
    "police": (
        "The Police should",
        "Officers and their supervisors ought to",
        "The Constabulary is asked to",
    ),
    "csp": (
        "The Community Safety Partnership should",
        "Partners in community safety ought to",
        "The commissioning partnership needs to",
    ),
    "probation": (
        "The Probation Service should",
        "Those who supervise offenders ought to",
        "Probation practitioners need to",
    ),
    "early_years": (
        "Nurseries and early years settings should",
        "Childcare providers ought to",
        "Staff who look after the youngest need to",
    ),
}
ACTIONS: tuple[Clause, ...] = (
    ("review its training on", "look again at what staff are taught about", "update courses that deal with"),
    ("agree a shared procedure for", "write a joint protocol covering", "settle with partners how to handle"),
    ("audit a sample of its records on", "check case files for", "dip into recent cases to examine"),
    ("issue guidance to all staff on", "tell its workforce in writing about", "send practitioners advice on"),
    ("improve the way it assesses", "strengthen its assessments of", "make better judgements about"),
    ("name a senior lead for", "put one manager in charge of", "appoint a champion responsible for"),
    ("report once a year on", "publish annual findings about", "give the board yearly news of"),
    ("provide more help with", "widen the support available for", "offer additional services around"),
    ("record in every case", "note on each file", "write down without exception"),
    (
        "share information promptly about",
        "pass on at once what is known of",
        "notify others quickly regarding",
    ),
)
TOPICS: tuple[Clause, ...] = (
    ("domestic abuse in families with young children", "violence at home where infants live"),
    ("coercive and controlling behaviour", "patterns of domination by a partner"),
    ("the voice of the child", "what boys and girls themselves say"),
    ("children who are present at incidents", "young witnesses of an assault"),
    ("contact after parents separate", "visits once a couple has split up"),
    ("referrals from schools", "concerns that teachers pass on"),
    ("families who move between areas", "households that change address often"),
    ("abuse by adult sons and daughters", "harm done to parents by grown-up offspring"),
    ("the mental health of parents", "psychological illness in a mother or father"),
    ("alcohol and drugs in the household", "drinking and substance use at home"),
    ("children who care for a relative", "young carers and their needs"),
    ("risk after a case is closed", "danger that remains when work has ended"),
    ("pregnancy and the first year of life", "expectant mothers and new babies"),
    ("families with no recourse to public funds", "people whose visa bars them from benefits"),
    ("missed appointments", "occasions when a child was not brought"),
    ("bereaved children and their carers", "those who lose a parent and whoever looks after them"),
)
PURPOSES: tuple[Clause, ...] = (
    ("so that no child is overlooked", "in order that every young person is noticed"),
    ("so that risk is understood early", "to recognise danger before it grows"),
    ("so that staff know what to do and whom to ask", "giving workers clear steps and a point of contact"),
    ("so that information reaches those who need it", "in order that facts get to the right people"),
    ("so that help is offered before a crisis", "to bring in support ahead of an emergency"),
    ("so that lessons are put into practice", "turning what was learned into everyday work"),
    ("so that the whole family is seen", "taking in all members of the household"),
    ("so that decisions are recorded with their reasons", "leaving a trail of what was concluded and why"),
)
CONDITIONS: tuple[Clause, ...] = (
    ("within six months of this report", "no later than half a year after publication"),
    ("together with its partners", "in collaboration with other organisations"),
    ("with regular supervision by managers", "overseen by senior colleagues at set intervals"),
    ("and report progress to the board", "telling the governing group how far it has come"),
    ("in line with national guidance", "as government advice sets out"),
    ("including where English is not spoken at home", "also for households that use another language"),
    ("using a recognised risk assessment tool", "by means of an established checklist"),
    ("and repeat this every year", "doing the same again annually"),
)
