"""The sample study: 33 invented reviews, or any number, each with its true extract and the entries of two coders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from webapp.sample.cases import Setting, setting, true_answers
from webapp.sample.coders import Entry, coded
from webapp.sample.dice import dice
from webapp.sample.evidence import evidence_for
from webapp.sample.figures import DHRS
from webapp.sample.plan import CasePlan, block

PUBLISHED_SIZE: Final = DHRS
SEED: Final = 2019
PAIRS: Final = (("amara", "ben"), ("chidi", "elin"), ("amara", "elin"), ("chidi", "ben"))
TRUTH: Final = "reference"


@dataclass(frozen=True)
class SampleCase:
    """One review: what its case list says, the true extract, and two entries. All three are interchange objects.

    `origins` names, for each row id of either entry, the rows of the truth that it stands for: two where a coder lumped
    them; the halves of a split row name the same one.
    """

    reference: str
    title: str
    csp: str
    year: int
    published: str
    truth: Entry
    entries: tuple[Entry, Entry]
    origins: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Study:
    """A study of `size` cases that `seed` determines completely; `coders` are taken in turn, a pair for each case."""

    title: str
    size: int
    seed: int
    coders: tuple[tuple[str, str], ...] = PAIRS
    prefix: str = "DHR"

    @property
    def cases(self) -> tuple[SampleCase, ...]:
        """All cases at once; for large studies read `cases_of`, which holds one at a time."""
        return tuple(cases_of(self))


def study(cases: int = PUBLISHED_SIZE, seed: int = SEED, coders: Sequence[tuple[str, str]] = PAIRS) -> Study:
    """Return a study of `cases` reviews (1 or more).

    With 33 the true extracts have every count of the published briefing, whatever the seed; other sizes have its
    proportions, block by block. Of the thirty children whose age is reported, one is unborn: a flag and no age, counted as
    0 in the mean of exactly 7 (the 29 born children have a mean of 7.2). Raises ValueError where there is no case or no pair of two different coders.
    """
    if cases < 1:
        raise ValueError(f"A study needs at least one case, not {cases}.")
    if not coders or any(one == other for one, other in coders):
        raise ValueError("Each case needs two different coders.")
    return Study(f"Domestic homicide reviews: sample of {cases}", cases, seed, tuple(coders))


def cases_of(sample: Study) -> Iterator[SampleCase]:
    """Yield the cases one at a time, in the order of their references."""
    width = max(3, len(str(sample.size)))
    for number in range(sample.size):
        yield _case(sample, number, f"{sample.prefix}-{number + 1:0{width}}")


def jsonl(sample: Study) -> Iterator[str]:
    """Yield the entries as lines of the interchange form, two for each case, without line ends."""
    for case in cases_of(sample):
        yield from (line(entry) for entry in case.entries)


def truth_jsonl(sample: Study) -> Iterator[str]:
    """Yield the true extracts as lines of the interchange form, one for each case, without line ends."""
    for case in cases_of(sample):
        yield line(case.truth)


def line(entry: Entry) -> str:
    """Return one entry as a line of JSON."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=2)
def _block(seed: int, number: int) -> list[CasePlan]:
    return block(seed, number)


def _case(sample: Study, number: int, reference: str) -> SampleCase:
    rng = dice(sample.seed, "case", number)
    plan = _block(sample.seed, number // DHRS)[number % DHRS]
    where = setting(rng, plan)
    answers = true_answers(rng, plan, where)
    truth: Entry = {
        "case": reference,
        "coder": TRUTH,
        "submit": True,
        "answers": answers,
        "evidence": evidence_for(rng, answers),
    }
    pair = coded(truth, dice(sample.seed, "coders", number), sample.coders[number % len(sample.coders)])
    return SampleCase(
        reference=reference,
        title=_title(where, reference),
        csp=where.csp,
        year=where.death_year,
        published=where.published,
        truth=truth,
        entries=pair.entries,
        origins=pair.origins,
    )


def _title(where: Setting, reference: str) -> str:
    letter = chr(ord("A") + int(reference.rpartition("-")[2]) % 26)
    return f"Review into the death of Adult {letter}, {where.place}, {where.death_year}"
