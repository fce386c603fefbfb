"""What no page of ours sends does nothing: fields that a form does not have, names like lists, and fields sent twice.

Each form is filled in and sent as a person would; then once more from the same state with more in it. What is stored afterwards is the
same to the row, or nothing at all where the whole was refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import pytest

from tests.support.everyone import Everyone, everyone
from tests.support.posting import Sendable, Sending, forms_of
from tests.support.world import build_world

#: Who is tried on every page, and how many of their forms are accepted as they stand.
PEOPLE = {
    "coder 2": 8,
    "reconciler": 8,
    "manager": 12,
    "manager who codes": 10,
    "administrator": 9,
    "viewer": 4,
}
#: The pages on which most could be gained, for every run.
FEW = {
    "coder 2": ("entry.section_page",),
    "reconciler": ("reconciliation.rows_page",),
    "manager": ("projects.settings_page", "cases.edit_page"),
    "administrator": ("people.new_page",),
}
ACCEPTED = (200, 303)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everyone]:
    world = build_world(tmp_path_factory.mktemp("strange"))
    yield everyone(world)
    world.database.dispose()


@pytest.fixture(scope="module")
def sending(sample: Everyone, tmp_path_factory: pytest.TempPathFactory) -> Sending:
    return Sending(sample, tmp_path_factory.mktemp("kept"))


def _strange(sample: Everyone, form: Sendable) -> list[tuple[str, str]]:
    """Names of columns, of parts of the address and of lists, with what somebody would want to stand there."""
    other, mona = sample.foreign, sample.world.user("mona").id
    wanted = {
        **dict.fromkeys(("project_id", "project"), other.project_id),
        **dict.fromkeys(("case_id", "id"), other.id),
        **dict.fromkeys(("coder_id", "user_id", "actor_id", "by"), mona),
        **dict.fromkeys(("is_admin", "admin", "locked", "unblinded", "rehearsal", "version_id"), "1"),
        **dict.fromkeys(("created_at", "submitted_at", "disabled_at"), "1999-01-01"),
        **dict.fromkeys(("state", "status"), "signed_off"),
        **dict.fromkeys(("roles[]", "role[0]"), "manager"),
        **dict.fromkeys(("user[is_admin]", "__class__", "csrf_token[]", "password_hash", ""), "x"),
        "project_key": "other",
        "slot": "2",
    }
    held = {name for name, _ in form.pairs}
    return [(name, value) for name, value in wanted.items() if name not in held]


def _twice(form: Sendable) -> list[tuple[str, str]]:
    return [(name, "x") for name, _ in form.pairs if name != "csrf_token"]


def _tables(one: dict[str, list[str]], other: dict[str, list[str]]) -> list[str]:
    return [table for table in one if one[table] != other[table]]


def _wrongs(sample: Everyone, sending: Sending, form: Sendable) -> Iterator[str]:
    _, as_it_stands = sending.send(form)
    for what, more in (("strange fields", _strange(sample, form)), ("fields sent twice", _twice(form))):
        answer, stored = sending.send(form, more)
        refused = answer.status_code in (400, 409, 422) and stored == sending.before
        if answer.status_code >= 500 or not (refused or stored == as_it_stands):
            yield f"{form.title}, {what}: {answer.status_code}, {_tables(as_it_stands, stored)} differ"


def _walk(sample: Everyone, sending: Sending, kind: str, pages: Collection[str]) -> tuple[int, Sequence[str]]:
    """How many forms are accepted as they stand, and whatever is wrong."""
    forms = list(forms_of(sample, kind, pages))
    accepted = sum(sending.send(form)[0].status_code in ACCEPTED for form in forms)
    return accepted, [wrong for form in forms for wrong in _wrongs(sample, sending, form)]


@pytest.mark.parametrize("kind", FEW)
def test_what_a_form_does_not_have_changes_nothing(sample: Everyone, sending: Sending, kind: str) -> None:
    accepted, wrong = _walk(sample, sending, kind, FEW[kind])
    assert wrong == []
    assert accepted, "no form was accepted, so nothing was proved"


@pytest.mark.full
@pytest.mark.parametrize("kind", PEOPLE)
def test_the_same_on_every_page_of_everybody(sample: Everyone, sending: Sending, kind: str) -> None:
    accepted, wrong = _walk(sample, sending, kind, ())
    assert wrong == []
    assert accepted >= PEOPLE[kind]
