"""Several acts at the same moment, each in a transaction of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy.orm import Session

from schema.problem import Refused
from schema.store.database import Database

Act = Callable[[Session], object]


def at_once(database: Database, *acts: Act) -> list[str]:
    """Do all of it at the same moment; give, sorted, ``done`` or the code of the refusal for each. Any other error is given by its name."""
    ready = threading.Barrier(len(acts))
    answers: list[str] = []

    def run(act: Act) -> None:
        ready.wait()
        try:
            with database.writing() as session:
                act(session)
            answers.append("done")
        except Refused as refused:
            answers.append(refused.problems[0].code)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test that compares the answers shows it
            answers.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)
