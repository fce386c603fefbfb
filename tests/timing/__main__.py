"""``python -m tests.timing``: do times to answer tell a coder of the other one, or a stranger of an account?

Prints the figures of every pair, twice: by the clock on the wall, which is what a person can see, and of the processor, which other
work on the machine does not change. Ends with 1 where a difference beyond the limit was shown, with 2 where the processor's times
leave it open (more rounds: ``python -m tests.timing 1000``). Requests go to the application itself, without a network, which would
only hide differences. No test asserts these times: a machine that has other work to do would fail it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from schema.store.database import Database
from schema.store.models import User
from schema.store.people import disable_user
from tests.support.blindness import browser_of
from tests.support.everyone import token_on
from tests.support.world import FILE, SYSTEM, World, add_person, build_world
from tests.support.worlds import WORLDS, nothing, sqlite_origin
from tests.timing.comparing import Compared, Taken, compared, in_turn

#: Milliseconds that a median may differ by: between worlds, and between kinds of account.
WORLD_LIMIT, ACCOUNT_LIMIT = 2.0, 5.0
WARM_UP = 20
#: How a comparison may end, the worst last: within the limit (0), left open, a difference shown.
OPEN, SHOWN = 1, 2

Line = tuple[str, Taken, Taken, float]


class Coder:
    """Coder B in one world."""

    def __init__(self, world: World, case: str) -> None:
        """Sign in and look where the entry stands."""
        self.client, self.case = browser_of(world, "ben"), f"/projects/pilot/cases/{case}"
        self.token, self.revision = token_on(self.client, "/account"), 0

    def get(self, where: str) -> None:
        """Open a page."""
        _expect(self.client.get(where), 200)

    def save(self, number: int) -> None:
        """Save an answer."""
        body = {
            "base_revision": self.revision,
            "changes": [{"path": "report.area", "value": f"number {number}"}],
        }
        answer = self.client.post(
            f"{self.case}/entry/report/autosave", json=body, headers={"X-CSRFToken": self.token}
        )
        _expect(answer, 200)
        self.revision = answer.get_json()["revision"]


def between_worlds(folder: Path, times: int) -> Iterator[Line]:
    """Coder B's requests where coder A is idle, against those where A has done half, or has submitted."""
    origin = sqlite_origin(folder)
    idle = Coder(_awake(origin.world(folder / "idle", nothing)), origin.case.id)
    for name in ("half", "submitted"):
        other = Coder(_awake(origin.world(folder / name, WORLDS[name])), origin.case.id)
        for label, ask in _asked(idle.case).items():
            taken = in_turn([ask(idle), ask(other)], WARM_UP + times)
            a, b = (one.later(WARM_UP) for one in taken)
            yield f"A idle, A {name}: {label}", a, b, WORLD_LIMIT


def _asked(case: str) -> dict[str, Callable[[Coder], Callable[[int], None]]]:
    pages = {
        "home": "/",
        "list of cases": "/projects/pilot/cases",
        "case": case,
        "section": f"{case}/entry/report",
    }
    asked: dict[str, Callable[[Coder], Callable[[int], None]]] = {
        label: (lambda coder, where=where: lambda _: coder.get(where))  # type: ignore[misc]
        for label, where in pages.items()
    }
    return asked | {"save": lambda coder: coder.save}


def _awake(world: World) -> World:
    """The same world by the real clock, so that sessions go on as they do."""
    world.database.dispose()
    return World(Database(f"sqlite:///{world.folder / FILE}"), world.folder)


def between_accounts(folder: Path, times: int) -> Iterator[Line]:
    """A wrong password for an account that there is, against a name that nobody has and an account that is disabled."""
    world = build_world(folder)
    with world.writing() as session:
        for number in range(WARM_UP + times):
            add_person(session, f"known{number}", "Known", (), world.project)
            user = add_person(session, f"gone{number}", "Gone", (), world.project)
            disable_user(session, SYSTEM, session.get_one(User, user.id))
    client = FlaskClient(world.app, world.app.response_class)
    token = token_on(client, "/sign-in")

    def refused(name: str) -> Callable[[int], None]:
        data = {"csrf_token": token, "password": "not the password of anybody"}
        return lambda number: _expect(client.post("/sign-in", data={**data, "name": f"{name}{number}"}), 422)

    known, unknown, gone = in_turn([refused("known"), refused("nobody"), refused("gone")], WARM_UP + times)
    for label, other in (("unknown name", unknown), ("disabled account", gone)):
        yield f"wrong password, {label}", known.later(WARM_UP), other.later(WARM_UP), ACCOUNT_LIMIT
    world.database.dispose()


def _expect(answer: TestResponse, status: int) -> None:
    if answer.status_code != status:
        raise AssertionError(f"{answer.request.path} answered {answer.status_code}, not {status}")


def main() -> int:
    """Measure and print; see the module."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    sys.stdout.write(
        f"{'':56} {'n':>5} {'A ms':>7} {'B ms':>7} {'B/A':>5}  95% of B-A, ms    p (rank)  within\n"
    )
    worst = 0
    with TemporaryDirectory(prefix="tandem-timing-") as folder:
        for measure in (between_worlds, between_accounts):
            place = Path(folder) / measure.__name__
            place.mkdir()
            for label, a, b, limit in measure(place, times):
                seen = _say(f"{label}, by the clock", compared(a.wall, b.wall), limit)
                worked = _say(f"{label}, processor", compared(a.work, b.work), limit)
                worst = max(worst, worked, seen if seen == SHOWN else 0)
    return {0: 0, OPEN: 2, SHOWN: 1}[worst]


def _say(label: str, found: Compared, limit: float) -> int:
    said = "yes" if found.alike(limit) else "NO" if found.differ(limit) else "not shown"
    sys.stdout.write(
        f"{label:56} {found.n:5} {found.a:7.2f} {found.b:7.2f} {found.b / found.a:5.2f}  "
        f"{found.low:+6.2f} to {found.high:+6.2f}  {found.p:8.3f}  {limit:.0f} ms: {said}\n"
    )
    sys.stdout.flush()
    return {"yes": 0, "not shown": OPEN, "NO": SHOWN}[said]


if __name__ == "__main__":
    sys.exit(main())
