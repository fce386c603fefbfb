"""Every mistake of a template has its code, the line on which it stands, what is wrong, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.template.writing import CODELISTS, TEMPLATE, edited, line_of, problems, read

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Case:
    """A replacement that makes one mistake, and what must be said; `# here` marks the line to be named."""

    what: str
    code: str
    old: str
    new: str
    says: str
    remedy: str


YEAR = "        label: Year\n"
NOTE = "        visible_when: {field: region, equals: east}\n"
WEIGHT = "        label: Weight\n"
AGREED = "        label: Agreed\n"
THEMES = "        codelist: theme\n"
PARTS = "        codelist: {list: subtheme, groups: [T1, T2]}\n"
DERIVED = "        derive: {from: origin, attribute: minoritised}\n"
BANDS = "{from: year, bands: [{value: early, max: 1999}, {value: late, min: 2000}]}"
REPEATS = "    repeats: {one: point, min: 0, max: 5, summary: [themes]}\n"
FOLLOW = (
    "  - {key: follow, kind: belongs, section: points, parent: themes, child: subthemes, message: Both.}\n"
)
SURE = "  - {key: sure, kind: confirm, section: report, when: {field: year, below: 1950}, message: Sure.}\n"

# fmt: off
CASES = [
    Case("YAML that is none", "TPL-001", "title: Small", "title: [Small", "begins on line 3", "brackets"),
    Case("a tab as indentation", "TPL-001", "    label: Report\n", "\tlabel: Report  # here\n", "not YAML", "indent"),
    Case("a key twice", "TPL-002", YEAR, YEAR + "        label: Again  # here\n", "twice", "Keep one"),
    Case("an unknown key", "TPL-003", YEAR, YEAR + "        requird: true  # here\n", "`requird`", "`required`"),
    Case("a foreign key", "TPL-003", YEAR, YEAR + "        colour: red  # here\n", "`colour`", "Allowed:"),
    Case("an unknown key at the top", "TPL-003", "title: Small", "title: S\nrulse: []  # here", "`rulse`", "`rules`"),
    Case("a key from elsewhere", "TPL-003", "{min: 1900, max: 2100}", "{minimum: 1900}  # here", "`minimum`", "`min`"),
    Case("an unknown key of a condition", "TPL-003", NOTE, NOTE[:-1].replace("equals", "equal") + "  # here\n",
         "`equal`", "`equals`"),
    Case("an anchor", "TPL-004", "title: Small", "title: &it Small  # here", "&it", "Write the text out"),
    Case("a tag", "TPL-004", "title: Small", "title: !!str Small  # here", "tag", "Leave the tag out"),
    Case("a list where a mapping belongs", "TPL-005", "{min: 1900, max: 2100}", "[1900, 2100]  # here", "mapping", ":"),
    Case("a word where a list belongs", "TPL-005", "missing: [not_known]", "missing: not_known  # here", "a list", "["),
    Case("a list where a text belongs", "TPL-005", YEAR, "        label: [Year]  # here\n", "A text", "single"),
    Case("a number in quotes", "TPL-005", "min: 1900, max", 'min: "1900", max', "not a number", "without quotation"),
    Case("a version in words", "TPL-005", "version: 1", "version: one  # here", "not a whole number", "digits"),
    Case("a yes where true belongs", "TPL-005", YEAR, YEAR + "        required: yes  # here\n", "neither true", "true"),
    Case("a field without a label", "TPL-006", f"kind: integer\n{YEAR}", "kind: integer\n", "`label`", "Write `label:`"),
    Case("a field without a key", "TPL-006", "- key: weight\n        kind", "- kind", "`key`", "Write `key:`"),
    Case("a label left empty", "TPL-006", YEAR, "        label:  # here\n", "Nothing is written", "Write something"),
    Case("a template without a title", "TPL-006", "title: Small\n", "", "`title` is missing", "Write `title:`"),
    Case("a code that reads as true or false", "TPL-007", "equals: east", "equals: no", "true or false", 'Write "no"'),
    Case("a code of YAML's own", "TPL-007", "missing: [not_known]", "missing: [~x, 012]  # here", "a number", '"012"'),
    Case("a code with a space", "TPL-008", "missing: [not_known]", "missing: [not known]  # here", "not known", "digits"),
    Case("a key with a dot", "TPL-009", "key: weight", "key: re.port  # here", "re.port", "no dots"),
    Case("a key with a capital", "TPL-009", "key: weight", "key: Year  # here", "Year", "no capitals"),
    Case("a key that the program uses", "TPL-009", "key: weight", "key: row_id  # here", "uses itself", "another key"),
    Case("a template key with a space", "TPL-009", "template: small", "template: so small  # here", "so small", "hyphens"),
    Case("an unknown mode", "TPL-050", "    label: Closing\n", "    label: Closing\n    mode: verfy  # here\n", "“verfy”",
         "`verify`"),
    Case("a group that is checked", "TPL-051", REPEATS, REPEATS + "    mode: verify  # here\n", "overlooked", "both coders"),
    Case("a section that hangs on one that is checked", "TPL-052", "- key: closing\n    label: Closing\n",
         "- key: early\n    label: Early\n    mode: verify\n    fields: [{key: q, kind: yes_no, label: Q, codelist: yes_no}]\n"
         "  - key: closing  # here\n    label: Closing\n    visible_when: {field: early.q, equals: \"yes\"}\n",
         "`early`", "`mode: verify`"),
    Case("an unknown demand of decisions", "TPL-053", YEAR, YEAR + "        decision: reasons  # here\n", "“reasons”", "`reason`"),
    Case("a reason with a derived value", "TPL-046", BANDS + "\n", BANDS + "\n        decision: reason  # here\n",
         "`decision`", "Take `decision` out"),
    Case("a section twice", "TPL-010", "- key: closing", "- key: report  # here", "on line 5", "of its own"),
    Case("a field twice", "TPL-011", "- key: published", "- key: year  # here", "`report.year`", "of its own"),
    Case("an unknown kind", "TPL-013", "kind: decimal", "kind: decimals  # here", "“decimals”", "`decimal`"),
    Case("an unknown code list", "TPL-014", THEMES, "        codelist: themes  # here\n", "“themes”", "`theme`"),
    Case("an unknown list of missing codes", "TPL-014", "title: Small", "title: S\nmissing: missng  # here",
         "“missng”", "`missing`"),
    Case("a code list on a number", "TPL-015", YEAR, YEAR + "        codelist: theme  # here\n", "no options", "`choice`"),
    Case("a choice without a code list", "TPL-015", THEMES, "", "without a code list", "Write `codelist:`"),
    Case("a group that a list lacks", "TPL-016", "[T1, T2]", "[T1, T2, T9]", "“T9”", "T1"),
    Case("a pick that a list lacks", "TPL-016", "codelist: origin\n",
         "codelist: {list: origin, only: [a, b, c, d]}  # here\n", "“d”", "a, b, c"),
    Case("a condition on no field", "TPL-017", "field: region, equals: east}\n", "field: regoin, equals: east}  # here\n",
         "“regoin”", "`region`"),
    Case("a condition on another section by bare key", "TPL-017", WEIGHT,
         WEIGHT + "        visible_when: {field: region, equals: east}  # here\n", "“region”", "`report.region`"),
    Case("a condition of a section without its section", "TPL-017", "    label: Closing\n",
         "    label: Closing\n    visible_when: {field: region, equals: east}  # here\n", "no section", "section.field"),
    Case("a condition on a later field", "TPL-018", YEAR, YEAR + "        visible_when: {field: note, answered: true}  # here\n",
         "comes later", "Move"),
    Case("a condition on itself", "TPL-018", YEAR, YEAR + "        visible_when: {field: year, answered: true}  # here\n",
         "comes later", "Move"),
    Case("a condition on a later section", "TPL-018", YEAR,
         YEAR + "        visible_when: {field: closing.weight, answered: true}  # here\n", "comes later", "Move"),
    Case("a condition on a repeating group", "TPL-019", WEIGHT,
         WEIGHT + "        visible_when: {field: points.themes, contains: T1}  # here\n", "repeating group", "same row"),
    Case("a condition on a value that the list lacks", "TPL-020", "equals: east}\n", "equals: esat}  # here\n",
         "“esat”", "`east`"),
    Case("a condition on a number as text", "TPL-020", NOTE, '        visible_when: {field: year, equals: "2001"}  # here\n',
         "is a number", "without quotation"),
    Case("a condition on a retired option", "TPL-021", "equals: east}\n", "equals: past}  # here\n", "retired", "Take it out"),
    Case("contains on a single choice", "TPL-022", "equals: east}\n", "contains: east}  # here\n", "`contains`", "equals"),
    Case("equals on a multiple choice", "TPL-022", "contains: T1}\n", "equals: T1}  # here\n", "`equals`", "contains"),
    Case("below in a condition of visibility", "TPL-022", NOTE, "        visible_when: {field: year, below: 2}  # here\n",
         "rules only", "bands"),
    Case("missing on a field that offers none", "TPL-022", NOTE, "        visible_when: {field: year, missing: true}  # here\n",
         "never holds", "Offer"),
    Case("two tests in one", "TPL-022", NOTE, "        visible_when: {field: region, equals: east, answered: true}  # here\n",
         "one test", "all, any or not"),
    Case("answered: false", "TPL-022", NOTE, "        visible_when: {field: region, answered: false}  # here\n",
         "only true", "not:"),
    Case("a condition that is a word", "TPL-022", NOTE, "        visible_when: region  # here\n", "a mapping", "{field"),
    Case("a condition on a derived value", "TPL-022", NOTE,
         '        visible_when: {field: minoritised, equals: "yes"}  # here\n', "derived", "derived from"),
    Case("limits upside down", "TPL-023", "{min: 1900, max: 2100}", "{min: 2100, max: 1900}  # here", "above", "Swap"),
    Case("too many decimal places", "TPL-023", WEIGHT, WEIGHT + "        limits: {places: 9}  # here\n", "9", "0 to 6"),
    Case("a length of nothing", "TPL-023", "        label: Note\n", "        label: Note\n        limits: {length: 0}  # here\n",
         "no length", "1 to"),
    Case("a limit of another kind", "TPL-024", "{min: 1900, max: 2100}", "{length: 5}  # here", "`length`", "text"),
    Case("a part that dates lack", "TPL-024", "        label: Published\n",
         "        label: Published\n        limits: {finest: week}  # here\n", "“week”", "month"),
    Case("a derivation from no field", "TPL-025", "{from: origin,", "{from: orign,", "“orign”", "`origin`"),
    Case("a derivation from a later field", "TPL-025", "{from: year, bands", "{from: rows_said, bands", "comes later", "Move"),
    Case("a derived field without a source", "TPL-026", DERIVED, "", "from what", "Write `derive:"),
    Case("a text that is derived", "TPL-026", "        label: Note\n",
         "        label: Note\n        derive: {from: year, attribute: x}  # here\n", "cannot be derived", "choice"),
    Case("bands and an attribute", "TPL-026", "attribute: minoritised}", "attribute: a, bands: []}", "either", "exactly one"),
    Case("bands over a choice", "TPL-026", "{from: year, bands", "{from: origin, bands", "the kind choice", "integer"),
    Case("an attribute of a number", "TPL-026", "{from: origin, attr", "{from: year, attr", "the kind integer", "choice"),
    Case("bands that overlap", "TPL-027", "min: 2000", "min: 1999", "overlap", "after the one before"),
    Case("an open band before another", "TPL-027", "{value: early, max: 1999}", "{value: early, min: 3}", "overlap", "begin"),
    Case("a band upside down", "TPL-027", "max: 1999}", "min: 2000, max: 1999}", "above its end", "Swap"),
    Case("a band that the list lacks", "TPL-028", "value: late", "value: latest", "“latest”", "`late`"),
    Case("an attribute that options lack", "TPL-028", "attribute: minoritised", "attribute: majority", "“majority”", "attributes:"),
    Case("an unknown missing code", "TPL-029", "missing: [not_known]", "missing: [not_knwon]  # here", "not_knwon", "`not_known`"),
    Case("a missing code that routing sets", "TPL-029", "[not_known]", "[not_applicable]  # here", "by itself", "Take"),
    Case("a missing code for another kind", "TPL-029", "[not_known]", "[none_described]  # here", "choices only", "Take"),
    Case("a missing code twice", "TPL-029", "[not_known]", "[not_known, not_known]  # here", "twice", "Keep one"),
    Case("an unknown way to compare", "TPL-030", YEAR, YEAR + "        compare: roughly  # here\n", "no way", "tolerance"),
    Case("a way to compare that does not fit", "TPL-030", YEAR, YEAR + "        compare: set  # here\n", "“set”", "exact"),
    Case("a tolerance of nothing", "TPL-030", YEAR, YEAR + "        compare: {tolerance: 0}  # here\n", "above 0", "exact"),
    Case("an unknown measure", "TPL-031", YEAR, YEAR + "        measure: ratio  # here\n", "“ratio”", "interval"),
    Case("a measure that does not fit", "TPL-031", AGREED, AGREED + "        measure: interval  # here\n", "interval", "ordinal"),
    Case("an unknown part in matching", "TPL-032", "match: anchor", "match: ankor  # here", "“ankor”", "`anchor`"),
    Case("matching outside groups", "TPL-032", YEAR, YEAR + "        match: weak  # here\n", "not in a repeating", "out"),
    Case("an unknown sensitivity", "TPL-033", YEAR, YEAR + "        sensitive: secret  # here\n", "“secret”", "share"),
    Case("more rows at least than at most", "TPL-034", "min: 0, max: 5", "min: 6, max: 5", "6 to 5", "at least `min`"),
    Case("a summary of no field", "TPL-035", "summary: [themes]", "summary: [theme]", "“theme”", "`themes`"),
    Case("an unknown kind of rule", "TPL-036", "kind: belongs", "kind: belong", "“belong”", "`belongs`"),
    Case("a rule of no section", "TPL-037", "kind: order, section: report", "kind: order, section: reprot", "“reprot”", "`report`"),
    Case("a rule on no field", "TPL-037", "earlier: year", "earlier: yaer", "“yaer”", "`year`"),
    Case("a rule on the wrong kind", "TPL-037", "later: published", "later: note", "the kind text", "partial_date"),
    Case("a count of no group", "TPL-037", "group: points", "group: closing", "no repeating group", "points"),
    Case("a child group without parent", "TPL-037", "groups: [T1, T2]", "groups: [T1, T2, T3]", "“T3”", "Leave"),
    Case("a parent without children", "TPL-037", "groups: [T1, T2]", "groups: [T1]", "“T2”", "give it some"),
    Case("a rule with a part too few", "TPL-038", "earlier: year, ", "", "needs `earlier`", "Write `earlier:`"),
    Case("a rule with a part too many", "TPL-038", "earlier: year,", "earlier: year, group: points,", "`group`", "It takes"),
    Case("an unknown way of counting", "TPL-038", "group: points,", "group: points, rows: most,", "“most”", "`at_most`"),
    Case("a rule twice", "TPL-039", "{key: sure", "{key: follow", "there already", "of its own"),
    Case("an unknown severity", "TPL-040", "severity: warning", "severity: warn", "“warn”", "`warning`"),
    Case("a confirmation that refuses", "TPL-040", "below: 1950}, ", "below: 1950}, severity: error, ", "“error”", "confirm"),
    Case("an option number of a missing code", "TPL-041", THEMES + "      - key: sub",
         "        codelist: zero\n        missing: [none_described]  # here\n      - key: sub", "share the number 0", "change"),
    Case("an option number of the routing code", "TPL-041", THEMES, "        codelist: routed  # here\n", "-1", "Change"),
    Case("a label over its length", "TPL-042", YEAR, f"        label: {'y' * 201}  # here\n", "201", "Shorten"),
    Case("a title over its length", "TPL-042", "title: Small", f"title: {'s' * 201}  # here", "201", "Shorten"),
    Case("a version of nothing", "TPL-043", "version: 1", "version: 0  # here", "from 1", "version: 1"),
    Case("no sections", "TPL-045", TEMPLATE[TEMPLATE.index("sections:"):], "sections: []  # here\n", "no sections", "at least one"),
    Case("a section without fields", "TPL-045", "rules:\n", "  - {key: bare, label: Bare, fields: []}  # here\nrules:\n",
         "no fields", "at least one"),
    Case("a derived field that is required", "TPL-046", DERIVED, DERIVED + "        required: true  # here\n", "derived", "out"),
    Case("a condition on a retired field", "TPL-048", "        label: Region\n", "        label: Region\n        retired: true\n",
         "retired", "retire this"),
]
# fmt: on

MORE_LISTS = {
    "zero": "codelist: zero\ntitle: Zero\noptions:\n  - {value: T1, code: 0, label: One}\n  - {value: T2, code: 1, label: Two}\n",
    "routed": "codelist: routed\ntitle: R\noptions:\n  - {value: T1, code: -1, label: One}\n  - {value: T2, code: 1, label: Two}\n",
}


def test_the_small_template_has_no_mistake() -> None:
    assert problems() == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.what}")
def test_a_mistake_is_reported_with_code_line_and_remedy(case: Case) -> None:
    found = problems((case.old, case.new), codelists=MORE_LISTS)
    assert case.code in [problem.code for problem in found], [str(problem) for problem in found]
    problem = next(problem for problem in found if problem.code == case.code and case.says in problem.message)
    assert case.remedy in problem.remedy
    if expected := line_of(edited(TEMPLATE, (case.old, case.new))):
        assert problem.line == expected
    else:
        assert problem.line > 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.what}")
def test_a_mistake_gives_no_template_and_no_wild_goose(case: Case) -> None:
    loaded = read((case.old, case.new), codelists=MORE_LISTS)
    assert loaded.template is None
    # One slip is one problem, or a few of what directly hangs on it: never an avalanche.
    assert len(loaded.problems) <= 3, [str(problem) for problem in loaded.problems]


LIST_CASES = [
    ("TPL-012", "value: wales", "value: EAST", "capitals make no difference"),
    ("TPL-012", "code: 2", "code: 1", "belongs to `east`"),
    ("TPL-012", "label: Wales", "label: east", "same group and label"),
    ("TPL-007", "value: wales", "value: 16_25", "a number"),
    ("TPL-008", "value: wales", "value: wa/es", "wa/es"),
    ("TPL-005", "code: 2", 'code: "2"', "not a whole number"),
    ("TPL-006", ", label: Wales", "", "`label` is missing in option `wales`"),
    ("TPL-003", "code: 2", "code: 2, colour: red", "`colour`"),
    ("TPL-042", "label: Wales", f"label: {'w' * 201}", "201"),
    ("TPL-042", "label: Wales", f"label: Wales, examples: [{'w' * 1001}]", "`examples` of option `wales`"),
    (
        "TPL-054",
        "label: Wales",
        "label: Wales, include: [Gwent], exclude: [Gwent]",
        "both included and excluded",
    ),
    ("TPL-005", "label: Wales", "label: Wales, include: Gwent", "a list is expected"),
    ("TPL-047", "codelist: region", "codelist: county", "“county”"),
    ("TPL-001", "title: Region", "title: [Region", "not YAML"),
]


@pytest.mark.parametrize(("code", "old", "new", "says"), LIST_CASES)
def test_a_mistake_in_a_code_list_names_the_list_and_its_line(
    code: str, old: str, new: str, says: str
) -> None:
    text = edited(CODELISTS["region"], (old, new))
    found = problems(codelists={"region": text})
    problem = next(problem for problem in found if problem.code == code and says in problem.message)
    assert problem.where == "codelists/region.yaml"
    assert problem.remedy
    assert problem.line >= 1


def test_a_code_list_without_options_is_reported() -> None:
    found = problems(codelists={"band": "codelist: band\ntitle: Band\noptions: []\n"})
    assert "TPL-045" in [problem.code for problem in found]


def test_all_mistakes_come_in_one_run_in_the_order_of_the_file() -> None:
    found = problems(
        ("title: Small", "title: Small\ncolour: red"),
        (YEAR, ""),
        (THEMES, "        codelist: themes\n"),
        ("equals: east}\n", "equals: esat}\n"),
        ("kind: belongs", "kind: belong"),
    )
    assert [problem.code for problem in found] == ["TPL-003", "TPL-006", "TPL-020", "TPL-014", "TPL-036"]
    assert [problem.line for problem in found] == sorted(problem.line for problem in found)


def test_a_reference_to_a_broken_field_is_not_reported_a_second_time() -> None:
    found = problems(("      - key: region\n        kind: choice\n", "      - key: region\n"))
    assert [problem.code for problem in found] == ["TPL-006"]


def test_the_number_in_the_file_name_must_be_the_version() -> None:
    assert [problem.code for problem in read(file="templates/small/v2.yaml").problems] == ["TPL-043"]
    assert read(file="templates/small/v1.yaml").problems == ()
    assert read(file="templates/small/draft.yaml").problems == ()


@pytest.mark.parametrize(("count", "refused"), [(500, False), (501, True)])
def test_a_template_has_at_most_five_hundred_fields(count: int, refused: bool) -> None:
    fields = "".join(f"      - {{key: f{number}, kind: text, label: F}}\n" for number in range(count))
    head = TEMPLATE[: TEMPLATE.index("      - key: region")]
    found = problems((TEMPLATE, head + fields))
    assert ("TPL-044" in [problem.code for problem in found]) is refused


def _codes_in_the_product() -> set[str]:
    files = [*(ROOT / "schema/template").rglob("*.py")]
    return {code for path in files for code in re.findall(r"TPL-0\d\d", path.read_text(encoding="utf-8"))}


def test_every_code_has_a_test() -> None:
    tested = set(
        re.findall(r"TPL-0\d\d", "".join(p.read_text("utf-8") for p in Path(__file__).parent.glob("*.py")))
    )
    assert _codes_in_the_product() - tested == set()


def test_every_code_is_explained_in_the_documentation() -> None:
    page = (ROOT / "docs/template-language.md").read_text(encoding="utf-8")
    assert _codes_in_the_product() - set(re.findall(r"TPL-0\d\d", page)) == set()
