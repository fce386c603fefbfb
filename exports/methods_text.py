"""The methods section in words: items 9, 10a and 10b of PRISMA 2020, ready to edit.

What Tandem cannot know stands in square brackets, for the authors to complete; nothing is claimed that was not done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exports.methods import MethodsFacts
from schema.coding.agreement import Estimate, Measure
from schema.coding.agreement.plan import MEASURES, AgreementPlan, PlanResult
from schema.coding.model import CAUSES
from schema.framework.percent import percent
from schema.store.master import PilotFact
from schema.template.model import Template

SOURCE = "PRISMA 2020, items 9, 10a and 10b (Page et al., BMJ 2021;372:n160)."
LEAD = (
    "A draft to edit. Every number is counted from the signed-off cases of the project. Text in square brackets is for "
    "you to complete, because Tandem has no record of it."
)
NOTHING = (
    "No case of this project has been signed off, so nothing can be said yet about how data were collected."
)
REHEARSAL = "This project is a rehearsal. What follows describes an exercise; nothing in it is a finding."
CHOICES = {
    "a": "one coder's value was taken",
    "b": "the other coder's value was taken",
    "other": "another value was taken from the report",
    "both": "the values of both were joined",
    "equivalent": "both values were held to mean the same",
    "keep_row": "an item that one coder alone had recorded was kept",
    "drop_row": "an item that one coder alone had recorded was left out",
}
TAKEN = ("a", "b")
PILOT = "pilot"


@dataclass(frozen=True)
class Item:
    """One item of the checklist, with its paragraphs."""

    number: str
    heading: str
    paragraphs: tuple[str, ...]


def items(facts: MethodsFacts) -> tuple[Item, ...]:
    """The three items."""
    return (
        Item("9", "Data collection process", tuple(_collection(facts))),
        Item("10a", "Data items: outcomes", tuple(_outcomes(facts))),
        Item("10b", "Data items: other variables, and missing information", tuple(_variables(facts))),
    )


def plain_text(facts: MethodsFacts) -> str:
    """All items as plain text, a blank line between paragraphs."""
    blocks = [LEAD]
    for item in items(facts):
        blocks += [f"Item {item.number}. {item.heading}", *item.paragraphs]
    return "\n\n".join([*blocks, SOURCE]) + "\n"


def _collection(facts: MethodsFacts) -> Iterator[str]:
    if facts.rehearsal:
        yield REHEARSAL
    if not facts.included:
        yield NOTHING
        return
    yield _reports(facts)
    yield _independence(facts)
    yield _reconciliation(facts)
    yield _plan(facts.plan)
    yield _agreement(facts)
    if facts.plan:
        yield _planned(facts.agreement.planned)
    yield (
        "[State whether authors or commissioners of the reports were asked to supply or confirm data, and how.] "
        "[Name any tool that helped to find or to fill in values.]"
    )


def _reports(facts: MethodsFacts) -> str:
    registered = facts.included + sum(facts.left_out.values())
    text = (
        f"Data were extracted from {_of(facts.included, registered, 'registered report')} with the extraction template "
        f"“{facts.newest.title}”, {_versions(facts.versions)}."
    )
    others = {state: number for state, number in facts.left_out.items() if state != PILOT}
    if others:
        states = _listed(f"{number} {state}" for state, number in others.items())
        text += f" {_many(sum(others.values()), 'report')} had not been signed off, or were withdrawn, and are left out ({states})."
    return text + "".join(map(_pilot, facts.pilots))


def _pilot(one: PilotFact) -> str:
    """What was marked as a pilot, what was decided on it, and whether its reports are in the data."""
    place = "among the data" if one.in_master else "kept out of the data"
    return (
        f" {_many(one.cases, 'report')} {_was(one.cases)} coded as a pilot (round {one.number}); decided on its agreement: "
        f"{one.decided}. The {one.signed_off:,} signed off of these are {place}."
    )


def _versions(versions: Mapping[int, int]) -> str:
    if len(versions) == 1:
        return f"version {next(iter(versions))}"
    return "versions " + _listed(
        f"{version} ({_many(cases, 'report')})" for version, cases in versions.items()
    )


def _independence(facts: MethodsFacts) -> str:
    hands = facts.hands
    whole = "The report was" if facts.included == 1 else "Each report was"
    return (
        f"{whole} read and coded by two people ({_many(hands.coders, 'coder')} in {_many(hands.pairs, 'pair')}). They "
        "worked independently: neither could see anything of the other's entry before both had submitted."
        + _checked(facts)
    )


def _checked(facts: MethodsFacts) -> str:
    """What was not coded twice, if anything."""
    if not facts.verified:
        return ""
    return (
        f" This does not hold for {_listed(facts.verified)}: there one person extracted, and the other checked each value "
        "against the report. Agreement is not counted there."
    )


def _reconciliation(facts: MethodsFacts) -> str:
    held = facts.differences
    text = "Both entries were compared position by position."
    if any(section.repeats for section in facts.newest.sections):
        text += " Which items of repeating sections belonged together was proposed by likeness, and confirmed by a person."
    text += (
        f" {_many(held.settled, 'difference')}, {held.rows:,} of them items that one coder alone had recorded, "
        f"{_was(held.settled)} settled by {_many(facts.hands.reconcilers, 'reconciler')}, who had coded neither entry of "
        "the report"
    )
    text += f": {_decisions(held.choices)}." if held.settled else "."
    if held.causes:
        causes = (
            f"{CAUSES.get(cause, cause).lower()} {number:,}" for cause, number in held.causes.most_common()
        )
        text += f" Causes, where one was recorded: {_listed(causes)}."
    if held.overruled:
        text += (
            f" {_many(held.overruled, 'position')} on which both coders agreed {_was(held.overruled)} looked at again and "
            "decided by the reconciler."
        )
    return text


def _decisions(choices: Mapping[str, int]) -> str:
    taken = sum(choices.get(side, 0) for side in TAKEN)
    told = [(taken, "the value of one of the coders was taken")] if taken else []
    told += [
        (number, CHOICES.get(choice, choice))
        for choice, number in sorted(choices.items())
        if choice not in TAKEN
    ]
    return _listed(f"in {number:,} {words}" for number, words in told)


def _plan(plan: AgreementPlan | None) -> str:
    """What was laid down about agreement, and when; nothing where nothing was."""
    if plan is None:
        return "Which measure of agreement would count for which question was not laid down in an agreement plan."
    when = f"after coding had begun, because: {plan.reason}" if plan.after_coding else "before coding began"
    return (
        f"Agreement was to be judged by a plan recorded on {plan.recorded_at:%Y-%m-%d} (version {plan.version}), {when}. It names "
        f"{_many(len(plan.fields), 'question')}, with a measure and the least value for each, and {plan.share}% of the cases as to "
        "be coded twice."
    )


def _planned(results: Sequence[PlanResult]) -> str:
    """The questions of the plan with their figures; a figure that is undefined says why."""
    met, undefined = sum(one.met is True for one in results), sum(one.met is None for one in results)
    text = f"Of the questions of the plan {met} of {len(results)} reached the value laid down"
    text += f", and for {undefined} there is no figure: " if undefined else ": "
    return text + "; ".join(_figure(one) for one in results) + "."


def _figure(one: PlanResult) -> str:
    wanted = f"{one.label}: {MEASURES[one.planned.measure]}, at least {one.planned.threshold:g}"
    if isinstance(one.figure, Estimate):
        return f"{wanted}; found {one.figure.value:.2f}"
    return f"{wanted}; undefined, because {one.figure.reason}"


def _agreement(facts: MethodsFacts) -> str:
    held = facts.agreement
    text = (
        f"Before reconciliation the coders agreed on {held.agreed:,} of {_many(held.compared, 'position')} "
        f"({_percent(held.agreed, held.compared)}), free texts not counted, which a person compared."
    )
    means = [
        _mean("Cohen's kappa", held.kappa),
        _mean("Gwet's AC1", held.ac1),
        _mean("Krippendorff's alpha", held.alpha),
    ]
    text += f" Means over questions: {_listed(means)}."
    rows = [_row(facts.newest, row.section, row.f1) for row in held.rows]
    return f"{text} Agreement on which items there were (F1): {_listed(rows)}." if rows else text


def _mean(name: str, held: Measure) -> str:
    if isinstance(held, Estimate):
        return f"{name} {held.value:.2f} ({_many(held.n, 'question')})"
    return f"{name} could not be computed, because {held.reason}"


def _row(template: Template, key: str, held: Measure) -> str:
    section = template.by_key.get(key)
    name = section.label if section else key
    value = f"{held.value:.2f}" if isinstance(held, Estimate) else f"undefined, because {held.reason}"
    return f"{name} {value}"


def _outcomes(facts: MethodsFacts) -> Iterator[str]:
    if facts.framework is None:
        yield "[List and define the outcomes. The project's template has no quantitative framework.]"
    else:
        tables = facts.framework.tables
        titles = "; ".join(f"{table.title} (counted in {table.unit_label})" for table in tables)
        yield (
            f"Outcomes are the tables of the quantitative framework “{facts.framework.title}”: {titles}. Percentages are of "
            "the units with an answer, whose number is given beside each; they are rounded half up."
        )
    groups = [section.label for section in facts.newest.sections if section.repeats and not section.retired]
    if groups:
        yield f"The form asks for every item that a report gives, each in a row of its own, for: {_listed(groups)}."
    yield (
        "[State whether, for other questions, all results in a report that fit were sought, and if not, how one was chosen.]"
    )


def _variables(facts: MethodsFacts) -> Iterator[str]:
    fields = [held for held in facts.newest.fields() if not held.retired]
    derived = sum(held.derive is not None and held.kind == "derived" for held in fields)
    sections = [section for section in facts.newest.sections if not section.retired]
    told = _listed(
        f"{section.label} ({sum(not held.retired for held in section.fields)})" for section in sections
    )
    yield (
        f"The template has {_many(len(fields), 'variable')} in {_many(len(sections), 'section')}: {told}. "
        f"{_many(derived, 'variable')} followed from other answers by rule. The codebook defines each variable and its codes "
        "[cite the appendix]."
    )
    if facts.included:
        yield _missing(facts)
    yield (
        "Blank and missing values were never counted as zero or as “no”. No value was imputed; values without an answer are "
        "left out of denominators. [State any assumption that you made beyond this.]"
    )


def _missing(facts: MethodsFacts) -> str:
    held = facts.answers
    text = (
        f"Of {_many(held.asked, 'value')} that the form asked for in the consensus, {held.given:,} "
        f"({_percent(held.given, held.asked)}) were given"
    )
    reasons = [
        f"{label.lower()} {number:,} ({_percent(number, held.asked)})"
        for label, number in held.missing.most_common()
    ]
    if reasons:
        text += (
            f"; for {held.missing.total():,} the reason for there being none was recorded: {_listed(reasons)}"
        )
    return f"{text}. {_many(held.blank, 'value')} {_was(held.blank)} left blank."


def _of(number: int, whole: int, noun: str) -> str:
    return f"{number:,} of {_many(whole, noun)}"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _percent(number: int, whole: int) -> str:
    value = percent(number, whole, 0)
    if value is None:
        return "n/a"
    return "under 1%" if number and not value else f"{value}%"


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)
