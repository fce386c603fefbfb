"""A password is long and not what everybody tries; it is kept so that a stolen file does not give it away."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import PasswordHasher, extract_parameters

from schema.problem import Refused
from schema.store.passwords import (
    accept,
    check_policy,
    hash_password,
    needs_rehash,
    verify_password,
)

GOOD = "kettle anvil moss eleven"


def _codes(password: str, **words: object) -> list[str]:
    return [problem.code for problem in check_policy(password, **words)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "xk2Lq9vTz81mnPw",
        "a wet bicycle sings",
        "ein nasses fahrrad singt",
        "雨の自転車が歌う夜の小さな庭先",
        "{}[]<>|~^`§°€ß",
    ],
)
def test_a_long_password_of_its_own_is_accepted_without_rules_of_composition(password: str) -> None:
    assert _codes(password) == ([] if len(password) >= 15 else ["PWD-001"])


def test_fifteen_characters_are_enough_and_fourteen_are_not() -> None:
    assert _codes("xk2Lq9vTz81mnPw") == []
    assert _codes("xk2Lq9vTz81mnP") == ["PWD-001"]


def test_length_counts_characters_as_they_are_seen() -> None:
    composed = "éàüöñ" * 2 + "xkqz"
    assert _codes(unicodedata.normalize("NFD", composed)) == ["PWD-001"]


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password1234567!",
        "P@ssw0rdP@ssw0rd",
        "qwertyuiopasdfgh",
        "1qaz2wsx3edc4rfv",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "123456789012345",
        "987654321987654321",
        "letmeinletmeinletmein",
        "correct horse battery staple",
        "Summer2024Summer2024",
        "iloveyouiloveyou123",
        "changeme-changeme-1",
        "DomesticHomicideReview1",
    ],
)
def test_what_everybody_tries_is_refused(password: str) -> None:
    assert _codes(password) == ["PWD-004"]


def test_the_sign_in_name_in_it_is_refused() -> None:
    assert _codes("Amara likes wet bicycles", name="amara") == ["PWD-003"]
    assert _codes("rowan likes wet bicycles", name="rowan@example.org") == ["PWD-003"]


def test_the_project_or_the_program_in_it_is_refused() -> None:
    assert _codes("dhr-pilot wet bicycles", also=["dhr-pilot"]) == ["PWD-003"]
    assert _codes("TANDEM wet bicycles ring") == ["PWD-003"]


def test_a_name_of_two_letters_does_not_forbid_half_the_language() -> None:
    assert _codes("a wet bicycle sings", name="et") == []


@pytest.mark.parametrize("password", ["ab3 " * 300, "€" * 400, "x" * 1_000_000])
def test_more_than_a_kilobyte_is_refused(password: str) -> None:
    assert _codes(password) == ["PWD-002"]
    assert not verify_password(hash_password(GOOD), password)


def test_a_password_opens_its_own_hash_and_no_other() -> None:
    stored = hash_password(GOOD)
    assert verify_password(stored, GOOD)
    assert not verify_password(stored, GOOD + " ")
    assert not verify_password(stored, GOOD.upper())


def test_two_ways_of_typing_an_accent_are_one_password() -> None:
    typed = "a wet bicyclé sings"
    assert verify_password(
        hash_password(unicodedata.normalize("NFD", typed)), unicodedata.normalize("NFC", typed)
    )


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_nothing_opens_an_account_without_a_password(stored: str | None) -> None:
    assert not verify_password(stored, "no account has this password")
    assert not verify_password(stored, "")


def test_a_lone_surrogate_is_a_wrong_password_and_no_accident() -> None:
    assert not verify_password(hash_password(GOOD), "\ud800")


def test_the_hash_is_argon2id_at_nineteen_mebibytes_and_two_passes() -> None:
    parameters = extract_parameters(hash_password(GOOD))
    assert (parameters.type.name, parameters.memory_cost, parameters.time_cost) == ("ID", 19 * 1024, 2)


def test_a_hash_of_another_cost_is_made_again() -> None:
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=8 * 1024).hash(GOOD))
    assert not needs_rehash(hash_password(GOOD))


def test_accepting_gives_the_hash_or_all_that_stands_against_it() -> None:
    assert verify_password(accept(GOOD), GOOD)
    with pytest.raises(Refused) as caught:
        accept("amara", name="amara")
    assert [problem.code for problem in caught.value.problems] == ["PWD-001", "PWD-003"]


@pytest.mark.parametrize("length", [64, 128, 1000])
def test_a_long_password_is_taken_and_counts_to_its_last_character(length: int) -> None:
    password = (f"{GOOD} " * 60)[:length]
    stored = accept(password[:-1] + "é")
    assert verify_password(stored, password[:-1] + "é")
    assert not verify_password(stored, password[:-1] + "è")
