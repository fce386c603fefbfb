"""Asking the coders on the pages: each sees the question and their own answer, and nothing of the other entry."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from schema.answers.document import Evidence
from tests.support.policing import Page, PolicingClient
from tests.support.reconciling import address, as_second, comparison, extract, submitted_case
from tests.support.world import World

ClientFor = Callable[[str], PolicingClient]
A = extract(
    {"area": "Northshire", "children_known": "yes", "children_note": "Two were seen."},
    {"report.children_note": Evidence("12", "Two children were seen.")},
)
B = as_second(extract({"area": "Southshire", "children_known": "yes", "children_note": "Three were heard."}))
NOTE = "report.children_note"


@pytest.fixture
def case_id(world: World, client_for: ClientFor) -> str:
    made = submitted_case(world, A, B)
    revision = comparison(world, made).row.revision
    here = address(made, "/rows")
    client_for("carol").submit(f"{here}/confirm", {"revision": revision}, page=here)
    return made


def ask(
    client: PolicingClient, case_id: str, whom: list[str], text: str = "Where is that?", status: int = 303
) -> Page:
    here = address(case_id, f"/resolve?at={NOTE}")
    sent = {"path": NOTE, "whom": whom, "text": text}
    answer = client.submit(address(case_id, "/resolve/ask"), sent, page=here)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Page(answer) if status != 303 else client.page(here)


def question(client: PolicingClient) -> str:
    found = re.search(r'href="(/projects/pilot/cases/\w+/questions/\w+)"', client.page("/").text)
    assert found, "no question waits on the start page"
    return found[1]


def test_a_coder_sees_own_answer_and_evidence_and_nothing_of_the_other(
    case_id: str, client_for: ClientFor
) -> None:
    ask(client_for("carol"), case_id, ["a"])
    page = client_for("amara").page(question(client_for("amara")))
    for words in ("Where is that?", "Two were seen.", "p. 12", "Two children were seen."):
        assert words in page.words, words
    for other in ("Three", "heard", "Ben", "only"):
        assert other not in page.text, other
    assert address(case_id) not in page.text


def test_the_other_coder_neither_hears_of_it_nor_reads_it(case_id: str, client_for: ClientFor) -> None:
    ask(client_for("carol"), case_id, ["a"])
    there, ben = question(client_for("amara")), client_for("ben")
    assert "/questions/" not in ben.page("/").text
    assert ben.get(there).status_code == 404


def test_before_anything_is_compared_the_page_tells_nothing(
    world: World, case_id: str, client_for: ClientFor
) -> None:
    there = f"/projects/pilot/cases/{case_id}/questions/zzzzzzzzzzzzzzzz"
    assert client_for("amara").get(there).status_code == 404
    for name in ("carol", "dana"):
        assert client_for(name).get(there).status_code == 403


def test_an_answer_reaches_the_reconciler_and_leaves_the_entry(
    world: World, case_id: str, client_for: ClientFor
) -> None:
    carol, amara = client_for("carol"), client_for("amara")
    before = comparison(world, case_id)
    ask(carol, case_id, ["a", "b"])
    there = question(amara)
    sent = {"text": "On page 12; I would now say none.", "concedes": "y"}
    assert amara.submit(there, sent, page=there).status_code == 303
    assert "/questions/" not in amara.page("/").text
    assert "1 answer of coders to your questions" in carol.page("/").words
    page = carol.page(address(case_id, f"/resolve?at={NOTE}"))
    for words in ("On page 12; I would now say none.", "would change the answer", "waits for an answer"):
        assert words in page.words, words
    assert comparison(world, case_id).a == before.a


def test_the_queue_can_be_narrowed_to_what_was_asked(case_id: str, client_for: ClientFor) -> None:
    carol = client_for("carol")
    ask(carol, case_id, ["b"])
    page = carol.page(address(case_id, "/resolve?state=asked"))
    assert "1 question of 2" in page.words
    assert "What the report says about the children" in page.words


def test_a_refused_question_keeps_what_was_typed(case_id: str, client_for: ClientFor) -> None:
    page = ask(client_for("carol"), case_id, [], "A long and careful question.", status=422)
    assert 'class="context asking" open' in page.text, "what is wrong is not folded away"
    assert page.words.count("Nobody is asked.") == 2, "at the top and beside the boxes"
    assert "A long and careful question." in page.text
    assert "Nobody is asked." in page.words


def test_an_empty_answer_is_asked_for_again(case_id: str, client_for: ClientFor) -> None:
    ask(client_for("carol"), case_id, ["a"])
    amara = client_for("amara")
    there = question(amara)
    assert amara.submit(there, {"text": ""}, page=there).status_code == 422


def test_a_closed_question_takes_no_answer(case_id: str, client_for: ClientFor) -> None:
    carol, amara = client_for("carol"), client_for("amara")
    page = ask(carol, case_id, ["a"])
    there = question(amara)
    token_page = amara.page(there)
    assert token_page.heading.endswith("A question about your entry")
    (closing,) = re.findall(r'action="([^"]+/close)"', page.text)
    here = address(case_id, f"/resolve?at={NOTE}")
    assert carol.submit(closing, {"path": NOTE}, page=here).status_code == 303
    assert "no answer is needed any more" in amara.page(there).words
    assert amara.submit(there, {"text": "Too late?"}, page="/account").status_code == 409
