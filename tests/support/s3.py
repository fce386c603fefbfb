"""A real object store that speaks S3 over HTTP, on the loopback, for the length of a test module."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import s3fs
from moto.server import ThreadedMotoServer

from webapp.place import Bucket

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "a-key-of-nobody",
    "AWS_SECRET_ACCESS_KEY": "a-secret-of-nobody",
    "AWS_DEFAULT_REGION": "us-east-1",
}
BUCKET = "tandem-tests"


class ObjectStore:
    """The server, which can go away and come back at the same address with what it held."""

    def __init__(self) -> None:
        """Start it on a free port."""
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        self._port: int = self._server.get_host_and_port()[1]
        self.raw: Any = s3fs.S3FileSystem(endpoint_url=self.url, use_listings_cache=False)
        self.raw.mkdir(BUCKET)
        self._folders = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    def folder(self) -> Bucket:
        """A folder that nobody has used."""
        self._folders += 1
        return Bucket(BUCKET, f"study-{self._folders}")

    def stop(self) -> None:
        """Go away."""
        self._server.stop()

    def start(self) -> None:
        """Come back."""
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self._port, verbose=False)
        self._server.start()


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Run the store, with the environment that leads every AWS program to it."""
    before = {name: os.environ.get(name) for name in (*ENVIRONMENT, "AWS_ENDPOINT_URL_S3")}
    os.environ.update(ENVIRONMENT)
    store = ObjectStore()
    os.environ["AWS_ENDPOINT_URL_S3"] = store.url
    try:
        yield store
    finally:
        store.raw.rm(
            BUCKET, recursive=True
        )  # what it held outlives the server: the next one of this process begins empty
        store.stop()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
