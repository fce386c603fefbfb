"""A corpus for measuring row matching: invented reports, each as two coders entered it, with the truth known.

Every coder starts from the printed rows and makes slips of their own, so what differs between two entries is two coders'
noise. All is drawn from :data:`SEED`: the same corpus every time. Nothing in it comes from a real review.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from schema.answers.document import Document, Row
from schema.template.value import Missing, Value
from tests.support.matching_wording import ACTIONS, BODIES, CONDITIONS, PURPOSES, TOPICS, Clause

SEED = 20_261_123
CASES = 200
THEMES = ("T1", "T2", "T3", "T4", "T5")
TEXT_GROUPS = ("recommendations", "learning", "good_practice")
WORDED = {"recommendations": "text", "learning": "extract", "good_practice": "extract"}


@dataclass(frozen=True, slots=True)
class Noise:
    """How far each coder strays from the print: shares of rows, clauses or words, from 0 to 1."""

    name: str
    typos: float = 0.0  # of words
    reword: float = 0.0  # of clauses, given in other words
    shorten: float = 0.0  # of clauses, left out
    unnumbered: float = 0.0  # of rows, the number not copied
    page_off: float = 0.0  # of rows, a page or two away
    omit: float = 0.0  # of rows, missed altogether
    split: float = 0.0  # of rows with two sentences, made into two by one coder
    slips: float = 0.0  # of details of people, given otherwise or not at all
    shuffle: bool = False


LEVELS = (
    Noise("verbatim, same order"),
    Noise("verbatim, rows missed", omit=0.15),
    Noise("verbatim, shuffled", omit=0.05, shuffle=True),
    Noise(
        "lightly edited",
        typos=0.06, shorten=0.05, page_off=0.1, unnumbered=0.05, omit=0.1, slips=0.05, shuffle=True,
    ),
    Noise(
        "mildly paraphrased",
        typos=0.04, reword=0.12, shorten=0.08, page_off=0.15, unnumbered=0.1, omit=0.1, slips=0.1, shuffle=True,
    ),
    Noise(
        "paraphrased",
        typos=0.04, reword=0.3, shorten=0.12, page_off=0.2, unnumbered=0.2, omit=0.1, slips=0.15, shuffle=True,
    ),
    Noise(
        "split and lumped",
        typos=0.04, page_off=0.1, unnumbered=0.05, omit=0.05, split=0.5, slips=0.05, shuffle=True,
    ),
    Noise(
        "heavily paraphrased",
        typos=0.04, reword=0.7, shorten=0.25, page_off=0.3, unnumbered=0.35, omit=0.15, slips=0.2, shuffle=True,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    """A row as the report prints it: one or two sentences, each with the themes that it bears on."""

    number: str
    page: int
    body: str
    sentences: tuple[tuple[Clause, ...], ...]
    themes: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class CodedCase:
    """Two entries of one report.

    ``links`` holds by group the pairs of row ids that are the same row: where one coder split a row, its longer part.
    ``parts`` holds the pairs of a lumped row and the shorter part, which only a person can link as well.
    """

    a: Document
    b: Document
    links: Mapping[str, frozenset[tuple[str, str]]]
    parts: Mapping[str, frozenset[tuple[str, str]]]


@dataclass
class _Entry:
    """One coder's rows on their way: by group, each with the printed row it comes from and which part of it."""

    side: str
    rows: dict[str, list[tuple[int, int, Row]]] = field(default_factory=dict)

    def add(self, group: str, origin: int, part: int, values: Mapping[str, Value]) -> None:
        held = self.rows.setdefault(group, [])
        name = f"{self.side}{group[:2]}{origin}" + ("" if part < 0 else f"p{part}")
        held.append(
            (origin, part, Row(name, {key: value for key, value in values.items() if value is not None}))
        )


def corpus(noise: Noise, *, cases: int = CASES, seed: int = SEED) -> tuple[CodedCase, ...]:
    """Draw the corpus of one level of noise; the printed reports are the same at every level."""
    return tuple(
        _coded(Random(f"{seed} report {index}"), Random(f"{seed} {noise.name} {index}"), noise)
        for index in range(cases)
    )


def _coded(print_rng: Random, rng: Random, noise: Noise) -> CodedCase:
    report, people = _report(print_rng), _people(print_rng)
    splitter = rng.choice("ab")
    a, b = _Entry("a"), _Entry("b")
    for entry in (a, b):
        for group, printed in report.items():
            for origin, row in enumerate(printed):
                _enter(entry, group, origin, row, noise, rng, may_split=entry.side == splitter)
        for group, rows in people.items():
            _enter_people(entry, group, rows, noise, rng)
        if noise.shuffle:
            for held in entry.rows.values():
                rng.shuffle(held)
    links, parts = _truth(a, b)
    return CodedCase(_document(a), _document(b), links, parts)


def _document(entry: _Entry) -> Document:
    groups = {key: tuple(row for _, _, row in held) for key, held in entry.rows.items()}
    return Document({"childhood": {"child_details": "yes"}}, groups)


def _truth(
    a: _Entry, b: _Entry
) -> tuple[dict[str, frozenset[tuple[str, str]]], dict[str, frozenset[tuple[str, str]]]]:
    links: dict[str, frozenset[tuple[str, str]]] = {}
    parts: dict[str, frozenset[tuple[str, str]]] = {}
    for group in a.rows.keys() | b.rows.keys():
        same = [
            (max(part_a, part_b), (row_a.id, row_b.id))
            for origin_a, part_a, row_a in a.rows.get(group, ())
            for origin_b, part_b, row_b in b.rows.get(group, ())
            if origin_a == origin_b
        ]
        links[group] = frozenset(pair for part, pair in same if part <= 0)
        parts[group] = frozenset(pair for part, pair in same if part > 0)
    return links, parts


# ---------------------------------------------------------------------------------------------- what is printed


def _report(rng: Random) -> dict[str, list[Printed]]:
    style = rng.choices(("chapter", "restarting", "unnumbered"), (0.6, 0.25, 0.15))[0]
    sizes = {"recommendations": (3, 18), "learning": (2, 10), "good_practice": (1, 5)}
    return {group: _printed(rng, style, rng.randint(*size)) for group, size in sizes.items()}


def _printed(rng: Random, style: str, size: int) -> list[Printed]:
    page, chapter, number = rng.randint(20, 60), rng.randint(4, 9), 0
    found = []
    for index in range(size):
        page += rng.choices((0, 1, 2), (0.5, 0.35, 0.15))[0]
        restart = style == "restarting" and index and rng.random() < 0.3
        number = 1 if restart else number + 1
        printed = {"chapter": f"{chapter}.{number}", "restarting": str(number), "unnumbered": "unnumbered"}
        found.append(_sentences(rng, printed[style], page))
    return found


def _sentences(rng: Random, number: str, page: int) -> Printed:
    body = rng.choice(sorted(BODIES))
    first = (
        BODIES[body],
        rng.choice(ACTIONS),
        rng.choice(TOPICS),
        rng.choice(PURPOSES),
        rng.choice(CONDITIONS),
    )
    sentences: tuple[tuple[Clause, ...], ...] = (first,)
    if rng.random() < 0.4:
        sentences += ((("It should also", "A further step is to"), rng.choice(ACTIONS), rng.choice(TOPICS)),)
    themes = tuple(frozenset(rng.sample(THEMES, rng.choices((1, 2), (0.65, 0.35))[0])) for _ in sentences)
    return Printed(number, page, body, sentences, themes)


# ------------------------------------------------------------------------------------------ what a coder enters


def _enter(
    entry: _Entry, group: str, origin: int, row: Printed, noise: Noise, rng: Random, *, may_split: bool
) -> None:
    if rng.random() < noise.omit:
        return
    if may_split and len(row.sentences) == 2 and rng.random() < noise.split:
        for part in (0, 1):
            entry.add(group, origin, part, _values(group, row, (part,), noise, rng))
        return
    entry.add(group, origin, -1, _values(group, row, tuple(range(len(row.sentences))), noise, rng))


def _values(group: str, row: Printed, which: tuple[int, ...], noise: Noise, rng: Random) -> dict[str, Value]:
    themes = frozenset().union(*(row.themes[index] for index in which))
    values: dict[str, Value] = {
        WORDED[group]: ". ".join(_worded(row.sentences[index], noise, rng) for index in which) + ".",
        "page": _page(row.page, noise, rng),
        "agencies": (row.body if rng.random() < 0.85 else rng.choice(sorted(BODIES)),),
    }
    if group == "recommendations":
        values["number"] = _number(row.number, noise, rng)
    if group != "good_practice":
        values["themes"] = _coded_themes(themes, rng)
    return values


def _coded_themes(themes: frozenset[str], rng: Random) -> tuple[str, ...]:
    """The coder's judgement: each theme is seen or not, one that is not there is sometimes seen."""
    seen = {theme for theme in THEMES if rng.random() < (0.9 if theme in themes else 0.04)}
    return tuple(sorted(seen or themes))


def _worded(clauses: tuple[Clause, ...], noise: Noise, rng: Random) -> str:
    kept = [
        clause for index, clause in enumerate(clauses) if index in (1, 2) or rng.random() >= noise.shorten
    ]
    told = [rng.choice(clause[1:]) if rng.random() < noise.reword else clause[0] for clause in kept]
    return " ".join(_typed(word, noise, rng) for word in " ".join(told).split())


def _typed(word: str, noise: Noise, rng: Random) -> str:
    if rng.random() >= noise.typos or len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    return rng.choice((word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word.upper()))


def _number(number: str, noise: Noise, rng: Random) -> str:
    if number == "unnumbered" or rng.random() < noise.unnumbered:
        return "unnumbered"
    return rng.choice((number, number, f"{number}.", f"Rec {number}", f"Recommendation {number}"))


def _page(page: int, noise: Noise, rng: Random) -> str:
    page += rng.choice((-2, -1, 1, 2)) if rng.random() < noise.page_off else 0
    return rng.choice((f"{page}", f"p. {page}", f"p{page}", f"pp. {page}-{page + 1}"))


# --------------------------------------------------------------------------------------------------------- people


def _people(rng: Random) -> dict[str, list[dict[str, Value]]]:
    children = [_child(rng) for _ in range(rng.choices((1, 2, 3, 4, 5), (0.25, 0.3, 0.25, 0.12, 0.08))[0])]
    victims = [_adult(rng) for _ in range(rng.choices((1, 2, 3), (0.85, 0.1, 0.05))[0])]
    for victim in victims:
        victim["relationship"] = rng.choice(
            ("spouse", "cohabiting_partner", "parent", "ex_spouse_or_cohabitant")
        )
    return {
        "victims": victims,
        "perpetrators": [_adult(rng) for _ in range(rng.choices((1, 2), (0.9, 0.1))[0])],
        "children": children,
    }


def _adult(rng: Random) -> dict[str, Value]:
    return {"age": rng.randint(18, 80), "sex": rng.choice(("female", "male"))}


def _child(rng: Random) -> dict[str, Value]:
    role = rng.choice(
        ("child_of_victim_and_perpetrator", "child_of_victim_only", "child_of_perpetrator_only")
    )
    if rng.random() < 0.06:
        return {"role": "unborn_child", "unborn": "yes", "sex": Missing("not_reported")}
    sex: Value = rng.choices(("female", "male", Missing("withheld")), (0.4, 0.4, 0.2))[0]
    return {"role": role, "unborn": "no", "age": float(rng.randint(0, 17)), "sex": sex}


def _enter_people(entry: _Entry, group: str, rows: list[dict[str, Value]], noise: Noise, rng: Random) -> None:
    for origin, row in enumerate(rows):
        if group == "children" and rng.random() < noise.omit:
            continue
        entry.add(group, origin, -1, {key: _heard(key, value, noise, rng) for key, value in row.items()})


def _heard(key: str, value: Value, noise: Noise, rng: Random) -> Value:
    """A person's detail as a coder enters it: an age a year off, or an answer that this coder did not find."""
    if rng.random() >= noise.slips or key == "unborn":
        return value
    if key == "age" and isinstance(value, int | float):
        return rng.choice((value + 1, max(value - 1, 0), Missing("not_reported")))
    if key == "sex":
        return Missing("not_reported")
    return value if key != "role" else "child_of_victim_and_perpetrator"
