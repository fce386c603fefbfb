"""The tables of docs/matching.md: ``python -m tests.support.matching_table`` computes them and writes them into the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.support.matching_corpus import CASES, LEVELS, SEED, Noise
from tests.support.matching_measures import JUDGED, Agreed, Measured, age_agreement, measure

PAGE = Path(__file__).parents[2] / "docs/matching.md"
SHARES = {
    "typos": "words mistyped",
    "reword": "clauses reworded",
    "shorten": "clauses left out",
    "unnumbered": "numbers not copied",
    "page_off": "pages off",
    "omit": "rows missed",
    "split": "long rows split by one coder",
    "slips": "details of people otherwise",
}


def levels_table() -> str:
    """What each level does to the print."""
    header = ["Level", *SHARES.values(), "order"]
    return _table(header, ([noise.name, *_shares(noise), _order(noise)] for noise in LEVELS))


def pairs_table() -> str:
    """F1 of the pairs, level by level: three rules on recommendations, the proposal on the other groups."""
    header = [
        "Level",
        "Recommendations: Tandem",
        "by position",
        "by number",
        "Learning",
        "Good practice",
        "Children",
    ]
    return _table(header, (_pairs(measure(noise)) for noise in LEVELS))


def agreement_table() -> str:
    """Percent agreement and mean kappa on themes: the true ones, and those that each rule would report."""
    header = ["Level", "True", "Tandem", "By position", "By number"]
    return _table(header, (_agreement(measure(noise)) for noise in LEVELS))


def age_table() -> str:
    """Agreement on children's ages: the true one, and as reported with the age in the pairing and without it."""
    header = ["Level", "True", "Pairing with the age", "Pairing without it"]
    return _table(
        header, ([noise.name, *(f"{share:.1%}" for share in age_agreement(noise))] for noise in LEVELS)
    )


TABLES = {
    "levels": levels_table,
    "pairs": pairs_table,
    "agreement": agreement_table,
    "age": age_table,
}


def published(name: str) -> str:
    """A table as the page holds it."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end -->", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return found[1].strip() if found else ""


def write() -> None:
    """Put all tables into the page, each between its two marks."""
    text = PAGE.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        before, rest = text.split(f"<!-- {name} -->\n", 1)
        text = f"{before}<!-- {name} -->\n\n{table()}\n\n<!-- end -->{rest.split('<!-- end -->', 1)[1]}"
    PAGE.write_text(text, encoding="utf-8")


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---", *("--:" for _ in header[1:])]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *rows))


def _shares(noise: Noise) -> list[str]:
    return [f"{getattr(noise, key):.0%}" if getattr(noise, key) else "–" for key in SHARES]


def _order(noise: Noise) -> str:
    return "shuffled" if noise.shuffle else "as printed"


def _pairs(measured: Measured) -> list[str]:
    ruled = [measured.found[rule, JUDGED[0]].f1 for rule in ("proposal", "position", "number")]
    others = [measured.found["proposal", group].f1 for group in ("learning", "good_practice", "children")]
    return [measured.noise.name, *(f"{f1:.3f}" for f1 in (*ruled, *others))]


def _agreement(measured: Measured) -> list[str]:
    rules = [measured.reported[rule] for rule in ("proposal", "position", "number")]
    return [measured.noise.name, *(_agreed(agreed) for agreed in (measured.true, *rules))]


def _agreed(agreed: Agreed) -> str:
    return f"{agreed.percent:.1%}, {agreed.kappa:.3f}"


if __name__ == "__main__":
    write()
    print(f"Wrote the tables of {CASES} reports (seed {SEED}) into {PAGE.name}.")  # noqa: T201
