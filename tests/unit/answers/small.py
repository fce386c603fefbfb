"""A small template built by hand, with one of each thing that answers depend on."""

from __future__ import annotations

from schema.template.conditions import Not, Test
from schema.template.model import (
    CodeList,
    Derivation,
    Field,
    Limits,
    Option,
    Repeats,
    Rule,
    Section,
    Template,
)

MISSING = CodeList(
    "missing",
    "Missing",
    (
        Option("not_reported", -9, "Not reported"),
        Option("not_known", -8, "Not known"),
        Option("none_described", 0, "None described"),
    ),
)
YES_NO = CodeList("yes_no", "Yes or no", (Option("yes", 1, "Yes"), Option("no", 2, "No")))
REGION = CodeList(
    "region",
    "Region",
    (Option("east", 1, "East"), Option("wales", 2, "Wales"), Option("old", 3, "Old", retired=True)),
)
BANDS = CodeList("band", "Band", (Option("0_9", 1, "0 to 9"), Option("10_17", 2, "10 to 17")))
ORIGIN = CodeList(
    "origin",
    "Origin",
    (
        Option("a", 1, "A", attributes={"minoritised": "no"}),
        Option("b", 2, "B", attributes={"minoritised": "yes"}),
        Option("c", 3, "C", attributes={"minoritised": "not_known"}),
    ),
)
THEME = CodeList(
    "theme", "Theme", (Option("T1", 1, "Talking"), Option("T2", 2, "Risk"), Option("T7", 7, "National"))
)
SUBTHEME = CodeList(
    "subtheme",
    "Sub-theme",
    (
        Option("T1.1", 101, "Sharing", group="T1"),
        Option("T1.2", 102, "Recording", group="T1"),
        Option("T2.1", 201, "Assessing", group="T2"),
        Option("T7.1", 701, "Guidance", group="T7"),
    ),
)
AGENCY = CodeList(
    "agency",
    "Agency",
    (
        Option("csc", 10, "Children's Social Care"),
        Option("school", 20, "Education: school or college, LA maintained"),
        Option("early", 22, "Education: early years / nursery"),
    ),
)
LEVEL = CodeList("level", "Level", (Option("local", 1, "Local"), Option("national", 2, "National")))


def field(section: str, key: str, kind: str, **more) -> Field:
    return Field(section, key, kind, more.pop("label", key.capitalize()), **more)


REPORT = Section(
    "report",
    "Report details",
    (
        field("report", "csp", "text", required=True, missing=("not_known",)),
        field("report", "region", "choice", codelist=REGION, required=True),
        field("report", "death_year", "integer", limits=Limits(2004, 2035), required=True, missing=("not_known",)),
        field("report", "published", "partial_date"),
        field("report", "children_given", "yes_no", codelist=YES_NO, required=True),
        field("report", "children_total", "integer", limits=Limits(0, 20), visible_when=Test("children_given", "equals", ("yes",))),
        field("report", "total_source", "text", required=True, visible_when=Test("children_total", "answered")),
        field("report", "gone", "text", required=True, retired=True),
        field("report", "memo", "long_text"),
    ),
)  # fmt: skip
CHILDREN = Section(
    "children",
    "Children",
    (
        field("children", "unborn", "yes_no", codelist=YES_NO, required=True),
        field("children", "age", "decimal", limits=Limits(0, 17.99), required=True, missing=("not_reported",), unit="years",
              visible_when=Not(Test("unborn", "equals", ("yes",)))),
        field("children", "band", "choice", codelist=BANDS, required=True, missing=("not_reported",),
              visible_when=Test("age", "missing"), derive=Derivation("age", (("0_9", 0, 9.99), ("10_17", 10, None)))),
        field("children", "origin", "choice", codelist=ORIGIN, missing=("not_reported",)),
        field("children", "minoritised", "derived", codelist=YES_NO, derive=Derivation("origin", attribute="minoritised")),
    ),
    repeats=Repeats("child", 0, 4, ("age", "origin")),
    visible_when=Test("report.children_given", "equals", ("yes",)),
)  # fmt: skip
RECOMMENDATIONS = Section(
    "recommendations",
    "Recommendations",
    (
        field("recommendations", "number", "text", required=True),
        field("recommendations", "text", "long_text", evidence=True),
        field(
            "recommendations",
            "agencies",
            "choices",
            codelist=AGENCY,
            missing=("not_reported", "none_described"),
        ),
        field("recommendations", "level", "choice", codelist=LEVEL),
        field("recommendations", "themes", "choices", codelist=THEME, required=True),
        field("recommendations", "subthemes", "choices", codelist=SUBTHEME, missing=("not_reported",)),
    ),
    repeats=Repeats("recommendation", 1, 40, ("number", "agencies", "themes")),
)
RULES = (
    Rule("after_death", "order", "report", "Published before the death.",
         fields={"earlier": "death_year", "later": "published"}),
    Rule("children_counted", "count", "report", "Count the children.", "warning",
         fields={"field": "children_total", "group": "children"}),
    Rule("memo_for_wales", "requires", "report", "Wales needs a memo.",
         fields={"field": "memo"}, conditions={"when": Test("region", "equals", ("wales",))}),
    Rule("baby", "confirm", "children", "A child under one.", "confirm",
         conditions={"when": Test("age", "below", (1,))}),
    Rule("follow", "belongs", "recommendations", "Sub-themes follow themes.",
         fields={"parent": "themes", "child": "subthemes"}),
    Rule("t7", "exactly_when", "recommendations", "T7 exactly when national.",
         conditions={"left": Test("themes", "contains", ("T7",)), "right": Test("level", "equals", ("national",))}),
)  # fmt: skip
TEMPLATE = Template("small", 1, "Small", (REPORT, CHILDREN, RECOMMENDATIONS), MISSING, RULES)
