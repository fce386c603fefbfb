"""What reports say about services, by sub-theme: phrases that combine. Every sentence and place here is invented."""

from __future__ import annotations

from typing import Final

PLACES: Final = (
    "Wexholme",
    "Northmere",
    "Aldermarsh",
    "Brackenford Vale",
    "Tarnstead",
    "Quernholme",
    "Sedgeholme",
    "Marlholme",
    "Otterwold",
    "Pellstead",
    "Velholme",
    "Yarstead",
    "Larkwold",
    "Thornmere Bay",
    "Copperdene",
    "Ashmarsh",
    "Winterholme",
    "Saltmere",
    "Corrawold",
    "Exampleshire",
    "Harrowmarsh",
    "Millstead",
    "Fernwold",
    "Greyholme",
)

ADDRESSEES: Final = {
    "childrens_social_care": "{place} Children's Social Care",
    "early_help": "the {place} Early Help service",
    "lscb": "the {place} Safeguarding Children Board",
    "cafcass": "Cafcass",
    "youth_justice_service": "{place} Youth Justice Service",
    "school_maintained": "maintained schools in {place}",
    "school_other": "academies and independent schools in {place}",
    "early_years": "nurseries and early years settings in {place}",
    "further_higher_education": "{place} College",
    "la_education": "the {place} education service",
    "education_unspecified": "education providers in {place}",
    "csp": "the {place} Community Safety Partnership",
    "police": "{place} Police",
    "probation": "the probation provider for {place}",
    "marac_mappa": "the {place} MARAC steering group",
    "gp_primary_care": "general practices in {place}",
    "acute_hospital_trust": "{place} Hospitals Trust",
    "community_health": "the {place} health visiting and school nursing service",
    "mental_health_trust": "the {place} Mental Health Trust",
    "icb": "the {place} commissioners of health services",
    "substance_misuse_service": "the {place} substance misuse service",
    "adult_social_care": "{place} Adult Social Care",
    "housing": "{place} Homes and the council's housing service",
    "specialist_da_service": "the commissioned domestic abuse service in {place}",
    "other_third_sector": "voluntary organisations in {place}",
    "home_office": "the Home Office",
    "wcva": "Wales Council for Voluntary Action",
    "ncvo": "the National Council for Voluntary Organisations",
    "national_unnamed": "those responsible nationally",
    "all_agencies": "all agencies represented on the panel",
    "no_addressee": "it is recommended that those concerned",
}

# Sub-theme: what should be done. Each follows "should" and ends without a full stop.
ACTIONS: Final = {
    "T1.1": (
        "agree with their partners how information about domestic abuse is shared where children live in the household",
        "make sure that what one team knows about risk in a family reaches every other team working with that family",
        "set out who tells the school, the health visitor and the social worker when a domestic abuse incident is reported",
        "review how notifications of domestic abuse incidents reach the professionals who see the children every day",
    ),
    "T1.2": (
        "audit a sample of case records to establish whether concerns about domestic abuse and the children are recorded and reviewed",
        "ensure that records show who lives in the household, who has contact with the children and when this was last checked",
        "require a chronology on every file that is open for more than three months, and its review at each change of worker",
        "revise the recording standard so that the views of each child are written down separately from those of the parents",
    ),
    "T1.3": (
        "publish information for families, friends and neighbours on recognising domestic abuse and on where to seek advice",
        "run a public campaign on domestic abuse that also speaks to young people and to communities rarely reached before",
        "make information about local domestic abuse services available in schools, surgeries, libraries and places of worship",
        "work with local employers and community groups so that the public knows how to report a concern about a family",
    ),
    "T1.4": (
        "simplify the referral route into children's services and tell each referrer in writing what was decided and why",
        "review the thresholds for referral so that repeated lower-level concerns about a family are looked at together",
        "check that referrals from schools and health services are acknowledged, and that no referral is closed without a reason",
    ),
    "T1.5": (
        "clarify for front-line staff what each agency can and cannot do where domestic abuse and children are involved",
        "produce a short guide to the roles and responsibilities of the agencies that work with families",
    ),
    "T1.6": (
        "ensure that families are told, in a form they can keep, what is happening in their case and whom they can contact",
        "give parents and carers written information about assessments, meetings and decisions that concern their children",
    ),
    "T1.7": (
        "review the way in which new cases are allocated, so that the worker's experience matches the complexity of the case",
        "introduce a weekly check that no case involving domestic abuse waits for allocation",
    ),
    "T2.1": (
        "embed the use of a recognised domestic abuse risk assessment in every contact where abuse is disclosed or suspected",
        "ensure that a risk assessment is repeated when a relationship ends, a pregnancy is known or contact arrangements change",
        "require an assessment of the risk that each adult poses to the others in the household, not only of the presenting need",
        "audit the quality of domestic abuse risk assessments and report the findings to the board",
    ),
    "T2.2": (
        "carry out a child safeguarding assessment whenever an adult in the household is assessed as at high risk",
        "ensure that assessments consider each child in the household in their own right and record what the child said",
        "review whether assessments of children take account of the history of earlier referrals about the same adults",
    ),
    "T2.3": (
        "review child in need and child protection plans where domestic abuse is a factor, and test whether they reduce risk",
        "ensure that core groups meet as planned and that the plan names who will do what to keep the child safe",
    ),
    "T3.1": (
        "promote an approach that considers the whole family, including fathers, new partners and the wider family",
        "work with the needs of all members of the household together, rather than one person and one incident at a time",
        "ensure that workers look at the pattern of events over time and its effect on the children",
        "bring adult and children's workers together to plan for families in which a parent has several needs",
    ),
    "T3.2": (
        "support staff to be professionally curious, to ask about relationships at home and to test what they are told",
        "encourage practitioners to challenge one another, and to see adults alone when asking about abuse",
        "promote respectful enquiry where explanations change, appointments are missed or access to the home is refused",
    ),
    "T3.3": (
        "offer continuing support to young people who have lived with domestic abuse, care leavers among them",
        "ensure that a young person leaving care has a named worker who understands abuse in young people's relationships",
        "develop practice with young people who are in abusive relationships themselves",
    ),
    "T4.1": (
        "increase the take-up of domestic abuse training, coercive control included, among all staff who work with families",
        "develop domestic abuse training with specialist services and make it part of induction",
        "ensure that designated safeguarding leads have completed training on domestic abuse and its effect on children",
        "review the content of domestic abuse training so that it covers abuse in later life and between family members",
    ),
    "T4.2": (
        "ensure that supervision addresses every open case in which domestic abuse is known, and that decisions are recorded",
        "review management oversight of cases held by newly qualified staff and by agency workers",
        "set a standard for the frequency of reflective supervision and report on whether it is met",
    ),
    "T4.3": (
        "provide refresher training in child safeguarding to staff whose main client is an adult",
        "ensure that all staff, volunteers included, complete child safeguarding training at the level their role requires",
        "review the child safeguarding training offered to schools and early years settings",
    ),
    "T4.4": (
        "evaluate whether training and supervision have changed practice, using case audits and the views of families",
        "report each year on training attendance and on evidence that learning is applied",
    ),
    "T5.1": (
        "develop a domestic abuse policy that covers adults, children and members of staff",
        "review the domestic abuse policy so that it includes coercive control and abuse by family members",
        "adopt a policy on domestic abuse and appoint a lead officer who is responsible for putting it into practice",
    ),
    "T5.2": (
        "review the safeguarding policy to make plain the link between domestic abuse and harm to children",
        "ensure that the safeguarding policy names who acts when a child discloses violence at home",
        "revise safeguarding procedures for children who are educated at home or who change school often",
    ),
    "T5.3": (
        "review the services available to children who have lived with domestic abuse, and develop provision where there is none",
        "develop a service for parents and children recovering from abuse that does not depend on a current social work plan",
        "develop a service that works with those who use abusive behaviour, with support for their families alongside it",
    ),
    "T5.4": (
        "review the information sharing protocol and check that each signatory complies with it",
        "develop a protocol for the exchange of information about families who move between areas",
    ),
    "T5.5": (
        "revise the policy on risk assessment so that staff know how and when to escalate a disagreement about risk",
        "put in place an escalation process for cases in which agencies take different views of the risk to a child",
    ),
    "T5.6": (
        "review commissioning arrangements so that specialist support for children is funded for longer than one year",
        "ensure that contracts require providers to follow local safeguarding procedures and to take part in reviews",
    ),
    "T5.7": (
        "review procedures for families who do not engage, so that a case is not closed only because appointments were missed",
        "issue a procedure on disguised compliance, with examples of what to look for",
    ),
    "T5.8": (
        "evaluate the practice model used with families and publish what has been learned",
        "monitor the use and the outcomes of services for families affected by domestic abuse, and report them to the partnership",
    ),
    "T7.1": ("issue guidance on how the risk to those under 16 in abusive relationships is to be managed",),
    "T7.2": (
        "issue guidance on assessing the risk that known violent offenders pose to children with whom they live",
    ),
    "T7.3": (
        "issue guidance on the domestic homicide review process for schools that are outside local authority control",
    ),
    "T7.4": ("promote more rigorous child protection processes and guidance in voluntary organisations",),
    "T7.5": ("make personal, social, health and economic education mandatory in all schools",),
    "T7.6": (
        "widen education on domestic abuse so that it covers abuse by family members as well as by partners",
    ),
}

# Sub-theme: what a national recommendation asks of local policy besides. Each follows "They should also".
NATIONAL_ACTIONS: Final = {
    "T5.1": "ask local partnerships to bring their domestic abuse policies into line with this",
    "T5.2": "require safeguarding policies to be revised in this light",
    "T5.3": "support the development of services for the children concerned",
    "T5.4": "say how information may be shared for this purpose",
    "T5.5": "state when a concern of this kind is to be escalated, and to whom",
    "T5.6": "reflect this in the conditions of grants and contracts",
    "T5.7": "cover families who appear to comply and do not engage",
    "T5.8": "evaluate within two years what difference this has made",
}

# Theme: what it is for. Each follows "so that" or stands after "This is to ensure that".
PURPOSES: Final = {
    "T1": (
        "no professional has to decide about a child with only part of the picture",
        "patterns across agencies can be seen early",
        "families do not have to tell their story again to each service",
        "a concern known to one agency becomes known to those who can act on it",
    ),
    "T2": (
        "the risk to each child and each adult is understood before plans are made",
        "decisions rest on a current assessment and not on a previous one",
        "the level of concern is stated in terms that every agency uses",
    ),
    "T3": (
        "the daily life of the child is at the centre of the work",
        "staff feel able to ask, to listen and to ask again",
        "help is offered to the family as it is, and not to one person alone",
    ),
    "T4": (
        "staff recognise domestic abuse in all its forms and know what to do next",
        "learning from this review reaches those who work with families",
        "managers can show that training has made a difference",
    ),
    "T5": (
        "staff have clear and current procedures to follow",
        "children receive a consistent response wherever they live in the area",
        "services are there when families are ready to use them",
        "the partnership can be assured that procedures are followed",
    ),
}

CLOSERS: Final = (
    "Progress should be reported to the partnership within {months} months.",
    "The lead officer will bring an action plan to the {quarter} meeting of the board.",
    "An audit of {cases} cases should follow after {months} months \u2013 its findings to be shared with the panel.",
    "Completion is expected by the end of the {quarter} quarter.",
    "This applies to commissioned services as well as to those run directly.",
    "The views of families and of those who use services should inform this work.",
    "The outcome should be shared with neighbouring areas \u2013 and with the chair of this panel.",
    'The panel asks that this is treated as "business as usual" and not as a single exercise.',
    "Evidence of completion should be kept for {months} months.",
    "Staff should be told of the change through the {quarter} briefing.",
)

# Sub-theme: what was found. Each is a full clause without a full stop.
FINDINGS: Final = {
    "T1.1": (
        "information about incidents at the address was not passed to the school",
        "two teams held different accounts of the household",
    ),
    "T1.2": (
        "the record did not show who was living in the home",
        "the chronology had not been brought up to date after the case was transferred",
    ),
    "T1.3": ("family and friends were worried and did not know whom to tell",),
    "T1.4": (
        "the referral was closed without a reply to the referrer",
        "three referrals were each looked at alone",
    ),
    "T1.5": ("each agency believed that another was taking the lead",),
    "T1.6": ("the family was not told what had been decided",),
    "T1.7": ("the case waited several weeks for a worker",),
    "T2.1": (
        "the risk assessment was not repeated when the couple separated",
        "no domestic abuse risk assessment was completed at the first contact",
    ),
    "T2.2": ("the assessment of the adults did not lead to one of the children",),
    "T2.3": ("the plan listed services and did not say how the child would be safer",),
    "T3.1": (
        "the father was not included in the work with the family",
        "each incident was seen apart from the others",
    ),
    "T3.2": ("the explanation given was accepted and not explored", "the adults were always seen together"),
    "T3.3": ("support ended when the young person turned eighteen",),
    "T4.1": ("staff had not been trained to recognise coercive control",),
    "T4.2": ("the case was not discussed in supervision for four months",),
    "T4.3": ("staff whose client was the parent had no recent training about children",),
    "T4.4": ("attendance at training was counted and its effect was not",),
    "T5.1": ("there was no domestic abuse policy at the time",),
    "T5.2": ("the safeguarding policy did not mention domestic abuse",),
    "T5.3": ("there was no local service for children who had lived with abuse",),
    "T5.4": ("the information sharing protocol was out of date and little known",),
    "T5.5": ("staff did not know how to escalate their disagreement",),
    "T5.6": ("the contract for the support service ended during the work with the family",),
    "T5.7": ("missed appointments led to closure and not to concern",),
    "T5.8": ("the model of practice had never been evaluated",),
}

FINDING_OPENERS: Final = (
    "The panel found that {finding}.",
    "The chronology shows that {finding}.",
    "It emerged in the individual management review of {agency} that {finding}.",
    "The author notes that {finding}, although staff were working under pressure.",
)
FINDING_CLOSERS: Final = (
    "An opportunity to understand the children's daily life was not taken.",
    "This has since been addressed, but the panel has not yet seen evidence of the change.",
    "Had this been known, a different plan might have been made.",
    "The learning is relevant to every agency that works with families.",
    "Similar findings were made in an earlier local review \u2013 the panel asks why they were not acted on.",
)

GOOD_PRACTICE: Final = {
    "T6.1": (
        "{who} telephoned the school on the same day and confirmed the conversation in writing",
        "{who} kept the health visitor informed throughout, and the record of those calls is clear",
    ),
    "T6.2": (
        "{who} arranged a meeting at a place and time that the mother had chosen, with every agency present",
        "{who} asked what would help, and brought the agencies together around that answer",
    ),
    "T6.3": (
        "{who} acted on a change in the child's behaviour without waiting for a disclosure",
        "{who} visited again when an appointment was missed, and saw each child alone",
    ),
    "T6.4": (
        "{who} built a relationship of trust with the young person over several months",
        "{who} stayed in touch with the family through two changes of address",
    ),
}
GOOD_PRACTICE_WHO: Final = {
    "childrens_social_worker": "the children's social worker",
    "education_professional": "the school's safeguarding lead",
    "third_sector_organisation": "the family support charity",
}
GOOD_PRACTICE_AGENCY: Final = {
    "childrens_social_worker": ("childrens_social_care",),
    "education_professional": ("school_maintained", "school_other", "early_years"),
    "third_sector_organisation": ("other_third_sector",),
}
GOOD_PRACTICE_CLOSERS: Final = (
    "The panel recognises this as good practice.",
    "This was persistent and thoughtful work.",
    "The family told the panel how much this had meant to them.",
    "Such practice should be shared more widely.",
)

CHILDHOOD: Final = {
    "abuse_intersects": "The children's own experience of harm and the abuse of their parent were known to different teams and not seen as one picture.",
    "child_used_to_control_mother": "Friends described how arrangements for the children were used to limit where their mother could go.",
    "child_controlled": "The young person told the panel that gifts and promises had been used to keep them from speaking about life at home.",
    "groomed_towards_perpetration": "The report considers how the young person had been drawn into watching over their parent.",
    "disclosed_to_professional": "One of the children told a teacher that there was shouting at home and that they were worried.",
    "called_for_help": "A child had telephoned a relative on an earlier occasion to ask for help.",
    "other_protective_agency": "The eldest child took care of the younger ones and kept them in another room during arguments.",
    "contact_used_to_control": "After the separation, handovers for contact became the occasion for further control.",
}
AFTERWARDS: Final = (
    "The children went to live with their maternal grandparents.",
    "The child was placed with foster carers and later with an aunt.",
    "An interim care order was made and contact with the wider family was supported.",
    "The children remained with relatives under a special guardianship order.",
)
EQUALITY: Final = (
    "The panel considered whether assumptions about the family's background had led staff to expect that relatives would protect them.",
    "Professionals appear to have taken the absence of a request for an interpreter as a sign that none was needed.",
    "The author asks whether the response would have been the same had the victim been younger.",
)
HOMICIDE_QUOTES: Final = {
    "iph": "The panel was set up to review the death of the victim, who was killed by a current or former partner.",
    "afh": "This review concerns the death of an adult who was killed by a member of the same family.",
    "amicicide": "The victim was killed by a person known to him as a friend; there was no family tie between them.",
}
ADDRESSEE_ROLES: Final = (
    "Head of service",
    "Named safeguarding lead",
    "Chief officer",
    "Director of operations",
    "Chair of the board",
)
MEMOS: Final = (
    "Could also be read as a matter of policy; see the wording.",
    "Several agencies in one sentence.",
    "The action plan words this differently.",
    "Check against the executive summary.",
)
