"""Pages of a project with 100 cases and with 10,000: their time, and the number of their statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from statistics import median

from flask.testing import FlaskClient

from schema.store.database import Database
from tests.bench.measuring import Figure, growth, seconds, settled
from tests.bench.studies import KEY, copied
from tests.bench.studio import Studio, signed_in
from tests.support.watched import watched
from webapp.app import create_app
from webapp.settings import Settings

SIZES, GOAL, ROUNDS = (100, 10_000), 0.1, 9
STATEMENTS = (
    "The number of statements does not grow. Cases are counted by state over an index, since the database keeps each case's state "
    "beside it. As in a server, Python's collector of cycles leaves alone what stood before the first request, which took two fifths of the "
    "time of a large page."
)
OWN = (
    "A coder's and a reconciler's own counts read an index entry and a case for each of theirs (half of the 10,000 here), and the "
    "reconciler's page sorts the 1,600 cases that wait for them by what is due first, then reads the comparisons of the first dozen: "
    "10 ms of the 18 are the two statements that read an index for each of their cases."
)
PROGRESS = (
    "Progress tells the age of every open case (3,000 here) and what each waits for, which reads five rows for each and makes 27,000 moments of "
    "what SQLite keeps as texts; what is signed off is counted by one statement over 7,000 cases with their entries (80 ms where four took 195). "
    "It is not counted before it is asked for: a count that is kept for every age would be wrong by the next day."
)
#: What is asked for, by whom, where, and by what it is bound.
PAGES = (
    ("case list", "dana", f"/projects/{KEY}/cases", STATEMENTS),
    ("progress", "dana", f"/projects/{KEY}/progress", PROGRESS),
    ("project", "dana", f"/projects/{KEY}", STATEMENTS),
    ("a manager's own work", "dana", "/", STATEMENTS),
    ("a coder's own work", "amara", "/", OWN),
    ("a reconciler's own work", "carol", "/", OWN),
)


def run(place: Studio) -> Iterator[Figure]:
    """Each page on both databases, in turn."""
    sides = [
        (study.database, _clients(place, study.database))
        for study in (copied(place, size, open_share=3) for size in SIZES)
    ]
    for what, who, address, bound in PAGES:
        taken: list[list[float]] = [[], []]
        with settled():
            for _ in range(ROUNDS):
                for held, (_database, clients) in zip(taken, sides, strict=True):
                    held.append(seconds(partial(_get, clients[who], address)))
        figure = growth(
            f"{what}, {SIZES[0]:,} to {SIZES[-1]:,} cases", SIZES, [median(one) for one in taken], GOAL
        )
        yield replace(figure, remark=bound, work=partial(_get, sides[-1][1][who], address))
        counts = [_statements(database, clients[who], address) for database, clients in sides]
        sides_said = f"{counts[0]} : {counts[1]} statements"
        yield Figure(
            f"{what}, further statements",
            "itself",
            float(counts[1] - counts[0]),
            0.0,
            unit="",
            sides=sides_said,
        )


def _clients(place: Studio, database: Database) -> dict[str, FlaskClient]:
    settings = Settings(
        database_url=database.url.render_as_string(hide_password=False),
        secret_key="a key for benchmarks, long enough: 0123456789",
        data_dir=place.folder,
    )
    app = create_app(settings, database=database)
    return {name: signed_in(app, name) for name in {who for _, who, *_ in PAGES}}


def _get(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code


def _statements(database: Database, client: FlaskClient, address: str) -> int:
    with watched(database) as watch:
        _get(client, address)
    return len(watch.statements)
