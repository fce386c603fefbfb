"""Questions to coders: one thread for each coder, answered by nobody else, and no entry or figure changes by it."""

from __future__ import annotations

from typing import Any

import pytest

from schema.problem import Refused
from schema.store.asking import (
    Thread,
    answer,
    answers_to_read,
    ask,
    asked_paths,
    close,
    find_own,
    threads,
    waiting_for_coder,
)
from schema.store.comparisons import sign_off
from schema.store.database import Database
from schema.store.models import Comparison
from tests.store.double_coding import (
    Study,
    audited,
    build_study,
    differing,
    entry,
    second,
    settle,
)

PATH = "report.area"


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


@pytest.fixture
def comparison(study: Study) -> str:
    return differing(study)


def asked(study: Study, comparison: str, sides: str = "a", text: str = "Which page?") -> tuple[Thread, ...]:
    with study.writing() as session:
        ask(session, study.actor("carol"), comparison, PATH, sides, text)
    return seen(study, comparison)


def seen(study: Study, comparison: str) -> tuple[Thread, ...]:
    with study.database.reading() as session:
        return threads(session, comparison, PATH)


def answered(study: Study, thread: Thread, who: str = "amara", **more: Any) -> None:
    with study.writing() as session:
        answer(session, study.actor(who), thread.id, "Page 4 says North.", **more)


def waiting(study: Study, who: str) -> list[str]:
    with study.database.reading() as session:
        return [line.question_id for line in waiting_for_coder(session, study.users[who], study.project_id)]


def refusal(verb: Any) -> tuple[str, int]:
    with pytest.raises(Refused) as caught:
        verb()
    return caught.value.problems[0].code, caught.value.status


def test_a_question_waits_for_its_coder_until_it_is_answered(study: Study, comparison: str) -> None:
    (thread,) = asked(study, comparison)
    assert (thread.side, thread.state, waiting(study, "amara"), waiting(study, "ben")) == (
        "a",
        "asked",
        [thread.id],
        [],
    )
    answered(study, thread, concedes=True)
    (thread,) = seen(study, comparison)
    assert (thread.state, waiting(study, "amara")) == ("answered", [])
    assert [(one.author, one.text, one.concedes) for one in thread.messages] == [
        ("Carol", "Which page?", False),
        ("Amara", "Page 4 says North.", True),
    ]


def test_both_coders_have_threads_of_their_own(study: Study, comparison: str) -> None:
    first, second_ = asked(study, comparison, "ab")
    answered(study, first)
    with study.database.reading() as session:
        assert find_own(session, study.actor("ben"), comparison, first.id) is None
        own = find_own(session, study.actor("ben"), comparison, second_.id)
    assert own is not None
    assert [message.text for message in own.messages] == ["Which page?"]


def test_nobody_answers_for_another(study: Study, comparison: str) -> None:
    (thread,) = asked(study, comparison)
    for name in ("ben", "carol", "cyril"):
        assert refusal(lambda who=name: answered(study, thread, who)) == ("RESOLVE-062", 404)


def test_an_answer_changes_neither_entry_nor_comparison(study: Study, comparison: str) -> None:
    before = study.load(comparison)
    (thread,) = asked(study, comparison)
    answered(study, thread, concedes=True)
    after = study.load(comparison)
    assert (after.a, after.b, after.result, after.decisions) == (
        before.a,
        before.b,
        before.result,
        before.decisions,
    )
    assert after.row.revision == before.row.revision


def test_asking_again_goes_on_in_the_same_thread_and_a_closed_one_starts_anew(
    study: Study, comparison: str
) -> None:
    (thread,) = asked(study, comparison)
    answered(study, thread)
    (thread,) = asked(study, comparison, text="And the title page?")
    assert (thread.state, len(thread.messages)) == ("asked", 3)
    with study.writing() as session:
        close(session, study.actor("carol"), comparison, thread.id)
    with study.database.reading() as session:
        assert asked_paths(session, comparison) == frozenset()
    assert refusal(lambda: answered(study, thread)) == ("RESOLVE-063", 409)
    assert len(asked(study, comparison)) == 2
    with study.database.reading() as session:
        assert asked_paths(session, comparison) == {PATH}


def test_after_sign_off_or_return_nobody_waits(study: Study, comparison: str) -> None:
    (thread,) = asked(study, comparison)
    settle(study, comparison)
    with study.writing() as session:
        revision = session.get_one(Comparison, comparison).revision
        sign_off(session, study.actor("carol"), comparison, revision=revision)
    assert waiting(study, "amara") == []
    assert refusal(lambda: answered(study, thread)) == ("RESOLVE-063", 409)
    other = differing(study)
    (thread,) = asked(study, other)
    study.resubmitted(other, second(entry({"area": "South"})))
    assert waiting(study, "amara") == []


@pytest.mark.parametrize(
    ("path", "sides", "text", "expected"),
    [
        ("report.nowhere", "a", "Why?", ("RESOLVE-060", 409)),
        (PATH, "", "Why?", ("RESOLVE-061", 422)),
        (PATH, "a", "  ", ("RESOLVE-064", 422)),
        (PATH, "a", "x" * 5001, ("RESOLVE-065", 422)),
    ],
)
def test_a_question_that_cannot_be_is_refused(
    study: Study, comparison: str, path: str, sides: str, text: str, expected: tuple[str, int]
) -> None:
    def asking() -> None:
        with study.writing() as session:
            ask(session, study.actor("carol"), comparison, path, sides, text)

    assert refusal(asking) == expected
    assert seen(study, comparison) == ()


def test_who_coded_the_case_asks_nobody(study: Study, comparison: str) -> None:
    def asking() -> None:
        with study.writing() as session:
            ask(session, study.actor("ben"), comparison, PATH, "a", "What did you say?")

    assert refusal(asking) == ("RESOLVE-014", 403)


def test_each_act_is_on_record(study: Study, comparison: str) -> None:
    (thread,) = asked(study, comparison)
    answered(study, thread, concedes=True)
    with study.writing() as session:
        close(session, study.actor("carol"), comparison, thread.id)
    with study.database.reading() as session:
        assert [audited(session, f"question.{act}")[0]["path"] for act in ("ask", "answer", "close")] == [
            PATH
        ] * 3
        assert answers_to_read(session, study.users["carol"], study.project_id) == 0
