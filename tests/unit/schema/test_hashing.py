"""Few passwords are hashed at once; some more wait a little, and whoever comes beyond is told so at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice

import pytest

from schema.store import passwords
from schema.store.hashing import AT_ONCE, WAITING, TooBusy, Turns


class Gate:
    """Work that goes on until it is let through, and how much of it went on at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.changed, self.open = threading.Condition(), False

    def work(self, *_: object) -> bool:
        with self.changed:
            self.now += 1
            self.most = max(self.most, self.now)
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.open)
            self.now -= 1
        return True

    def wait_until_busy(self, number: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.now >= number, timeout=60)

    def let_through(self) -> None:
        with self.changed:
            self.open = True
            self.changed.notify_all()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Hashing that goes on until it is let through; the turns are those of nobody else."""
    held = Gate()
    monkeypatch.setattr(passwords, "TURNS", Turns(patience=120))
    monkeypatch.setattr(passwords, "HASHER", type("Held", (), {"verify": held.work, "hash": held.work}))
    return held


@pytest.mark.parametrize(
    "act", [passwords.hash_password, lambda given: passwords.verify_password("x", given)]
)
def test_few_are_hashed_at_once_some_wait_and_all_others_are_told_at_once(
    gate: Gate, act: Callable[[str], object]
) -> None:
    def outcome(_: int) -> str:
        try:
            act("violet kettle")
        except TooBusy as refused:
            return f"{refused.status} {refused.problems[0].code}"
        return "done"

    beyond = 6
    with ThreadPoolExecutor(AT_ONCE + WAITING + beyond) as people:
        asked = [people.submit(outcome, number) for number in range(AT_ONCE + WAITING + beyond)]
        try:
            gate.wait_until_busy(AT_ONCE)
            told = [one.result() for one in islice(as_completed(asked, timeout=60), beyond)]
        finally:
            gate.let_through()
        outcomes = [one.result() for one in asked]
    assert gate.most == AT_ONCE
    assert told == ["429 BUSY-003"] * beyond
    assert sorted(outcomes) == ["429 BUSY-003"] * beyond + ["done"] * (AT_ONCE + WAITING)


def test_whoever_has_a_turn_takes_it_again_and_gives_it_back_once() -> None:
    turns = Turns(at_once=1, waiting=0, patience=0)
    for _ in range(2):
        with turns.turn(), turns.turn():
            pass
    with pytest.raises(ZeroDivisionError), turns.turn():
        1 / 0  # noqa: B018 - to fail
    with turns.turn():
        pass


def test_who_waited_in_vain_leaves_no_place_taken() -> None:
    turns, outcomes = Turns(at_once=1, waiting=1, patience=0.01), list[str]()

    def another() -> None:
        try:
            with turns.turn():
                outcomes.append("in")
        except TooBusy:
            outcomes.append("refused")

    with turns.turn():
        for _ in range(3):
            waiting = threading.Thread(target=another)
            waiting.start()
            waiting.join()
    another()
    assert outcomes == ["refused"] * 3 + ["in"]
