"""Marking the words that only one of two texts has: nothing is added, nothing is lost, nothing equal is marked."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from webapp.reconciliation.differences import Runs, differing_words

TEXTS = st.lists(
    st.sampled_from(["the", "child", "was", "known,", "to", "Health", "–", "\n\n"]), max_size=30
).map(" ".join)


def joined(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def marked(runs: Runs) -> list[str]:
    return [run.text for run in runs if run.differs]


@given(TEXTS, TEXTS)
def test_the_runs_put_together_are_the_texts(a: str, b: str) -> None:
    first, second = differing_words(a, b)
    assert (joined(first), joined(second)) == (a, b)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert [marked(runs) for runs in differing_words(text, text)] == [[], []]


@given(TEXTS, TEXTS)
@example("the child child the child the was", "was the the the the the the")
def test_swapping_the_coders_marks_as_many_words(a: str, b: str) -> None:
    there, back = differing_words(a, b), differing_words(b, a)
    words = [sum(len(run.split()) for run in marked(runs)) for runs in (*there, *back[::-1])]
    assert words[0] - words[1] == words[2] - words[3]


def test_only_the_words_that_differ_are_marked() -> None:
    first, second = differing_words(
        "Three of the children were known.", "Two of the children were not known."
    )
    assert (marked(first), marked(second)) == (["Three"], ["Two", "not"])


def test_case_quotes_and_dashes_are_not_marked() -> None:
    first, second = differing_words("The “panel” – St John's", 'the "panel" - St John’s')
    assert marked(first) == marked(second) == []


def test_texts_that_share_hardly_a_word_are_left_unmarked() -> None:
    first, second = differing_words("one two three four five six", "seven eight nine ten eleven six")
    assert marked(first) == marked(second) == []
