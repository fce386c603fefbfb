"""What the tests of the whole house share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.databases import PostgresServer


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.close()
