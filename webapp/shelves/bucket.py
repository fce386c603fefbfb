"""A shelf that is a folder in a bucket of an object store that speaks S3, reached through fsspec and s3fs.

Address and credentials of the store are those of every AWS program: ``AWS_ENDPOINT_URL_S3``, ``AWS_ACCESS_KEY_ID``, a profile, or
the role of the machine; Tandem never sees or keeps them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import s3fs
from botocore.exceptions import BotoCoreError

from schema.problem import Refused, refuse
from schema.store.outages import NO_ROOM
from webapp.place import Bucket
from webapp.shelves.shelf import FRESH, SET_ASIDE, Held, Shelf

ENDPOINT = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")


@dataclass(frozen=True)
class Patience:
    """How long the store is waited for: seconds to connect, seconds without a word (of a file of any size), and how often it is asked.

    It is s3fs that asks again; its libraries below would do so too, each time that it does.
    """

    connect: float
    silence: float
    tries: int

    def reach(self) -> Any:
        """The store's file system. fsspec keeps one for each thread and each set of arguments."""
        limits = {
            "connect_timeout": self.connect,
            "read_timeout": self.silence,
            "retries": {"max_attempts": 0},
        }
        store = s3fs.S3FileSystem(endpoint_url=endpoint(), use_listings_cache=False, config_kwargs=limits)
        store.retries = self.tries
        return store


#: For work that nobody waits for.
PATIENCE = Patience(connect=5, silence=30, tries=5)
#: Where somebody waits, and with them a thread of the server.
HURRIED = Patience(connect=2, silence=5, tries=2)
#: For the question whether the store is there at all, which is asked every few seconds, and once each time.
QUICK = Patience(connect=1, silence=1, tries=1)
MISSING = (FileNotFoundError, IsADirectoryError)


def endpoint() -> str | None:
    """The address of the store; none for Amazon's own, which is reached by https."""
    return next(filter(None, map(os.environ.get, ENDPOINT)), None)


class BucketShelf(Shelf):
    """Files in a bucket. One that is read is fetched whole into the scratch folder, so that its hash is known before it is used."""

    def __init__(
        self, bucket: Bucket, scratch: Path, turn: Callable[[], AbstractContextManager[None]] | None = None
    ) -> None:
        """Use a folder of a bucket, and a folder of this machine for files on their way. With a ``turn`` for each fetching somebody waits."""
        self._bucket = bucket
        self._turn = turn or nullcontext
        self._patience = HURRIED if turn else PATIENCE
        self.scratch = scratch

    def put(self, name: str, source: Path) -> None:
        """Send the file, with a checksum that the store compares, and see that it has arrived whole."""
        key, size = self._key(name), source.stat().st_size
        with self._reached(missing_is_away=True) as store:
            store.put_file(str(source), key)
            arrived = store.info(key)["size"]
        if arrived != size:
            raise self._away()
        source.unlink()

    @contextmanager
    def at(self, name: str) -> Iterator[Path]:
        """Fetch the file for as long as it is needed."""
        path = self.unfinished(Path(name).suffix)
        try:
            with self._turn(), self._reached() as store:
                store.get_file(self._key(name), str(path))
            yield path
        finally:
            _unlink(path)

    def held(self) -> Iterator[Held]:
        """Every file in the folder and below it."""
        with self._reached(missing_is_away=True) as store:
            found: dict[str, Any] = store.find(self._bucket.key, detail=True)
        before = len(self._bucket.key) + 1
        for key in sorted(found):
            yield Held(key[before:], found[key]["size"], found[key]["LastModified"])

    def remove(self, name: str) -> None:
        """Remove the file."""
        with self._reached() as store:
            try:
                store.rm_file(self._key(name))
            except FileNotFoundError:
                return

    def address(self, name: str = "") -> str:
        """The address, as TANDEM_FILES gives it."""
        return str(self._bucket / name if name else self._bucket)

    def fresh(self, ending: str) -> Path:
        """A folder of the data folder, from which they are sent."""
        return self.scratch / f"{self._bucket.last}.{ending}{FRESH}"

    def prepare(self, ending: str) -> None:
        """Send the files to a folder beside the shelf's, and copy what is there to another: a bucket renames nothing."""
        fresh, sent, aside = self.fresh(ending), self._beside(f"{ending}{FRESH}"), self._beside(ending)
        files = sorted(path for path in fresh.rglob("*") if path.is_file())
        with self._reached(missing_is_away=True) as store:
            for path in files:
                key, size = (sent / path.relative_to(fresh).as_posix()).key, path.stat().st_size
                store.put_file(str(path), key)
                if store.info(key)["size"] != size:
                    raise self._away()
        self._copy(self._bucket, aside)

    def swap(self, endings: Sequence[str]) -> list[str]:
        """Copy the sent files to the shelf, inside the bucket, and remove what was not among them."""
        sent = self._beside(f"{endings[-1]}{FRESH}")
        names = self._copy(sent, self._bucket)
        for held in list(self.held()):
            if held.name not in names:
                self.remove(held.name)
        with self._reached(missing_is_away=True) as store:
            return [str(place) for place in map(self._beside, endings) if store.find(place.key)]

    def clear_fresh(self) -> None:
        """Remove folders beside the shelf's, and here, whose files never came to the shelf, or are there."""
        for left in self.scratch.glob(f"{self._bucket.last}.{SET_ASIDE}*{FRESH}"):
            shutil.rmtree(left, ignore_errors=True)
        above, name = self._bucket.parent.key, f"{self._bucket.last}.{SET_ASIDE}"
        with self._reached(missing_is_away=True) as store:
            for key in store.find(above, prefix=name):
                if key[len(above) + 1 :].partition("/")[0].endswith(FRESH):
                    store.rm_file(key)

    def _beside(self, ending: str) -> Bucket:
        return self._bucket.parent / f"{self._bucket.last}.{ending}"

    def _copy(self, source: Bucket, target: Bucket) -> set[str]:
        """Copy every file of a folder into another one, and give their names in it."""
        with self._reached(missing_is_away=True) as store:
            names = {key[len(source.key) + 1 :] for key in store.find(source.key)}
            for name in sorted(names):
                store.cp_file((source / name).key, (target / name).key)
        return names

    def check(self) -> None:
        """Ask for the bucket's list, one file long."""
        try:
            with self._reached(missing_is_away=True) as store:
                store.call_s3("list_objects_v2", Bucket=self._bucket.name, MaxKeys=1)
        except Refused as refused:
            raise refuse(
                "FIL-002",
                f"{self.address()} cannot be used: {_told(refused)}.",
                "Compare the bucket’s name, AWS_ENDPOINT_URL_S3 and the credentials; see docs/deploying.md.",
                status=503,
            ) from refused

    def answers(self) -> bool:
        """Ask for the bucket's head, once and not for long."""
        try:
            with self._reached(missing_is_away=True, patience=QUICK) as store:
                store.call_s3("head_bucket", Bucket=self._bucket.name)
        except (Refused, OSError):
            return False
        return True

    def _key(self, name: str) -> str:
        return (self._bucket / name).key

    @contextmanager
    def _reached(self, *, missing_is_away: bool = False, patience: Patience | None = None) -> Iterator[Any]:
        """Give the store's file system, and tell a store that is away from a file that is missing."""
        try:
            yield (patience or self._patience).reach()
        except MISSING as error:
            if missing_is_away:
                raise self._away() from error
            raise FileNotFoundError(str(error)) from error
        except (OSError, BotoCoreError, aiohttp.ClientError) as error:
            if getattr(error, "errno", None) in NO_ROOM:
                raise
            raise self._away() from error

    def _away(self) -> Refused:
        return refuse(
            "FIL-001",
            "The store in which files are kept cannot be reached just now.",
            "Send it again in a minute; if it lasts, tell an administrator.",
            status=503,
        )


def _told(refused: Refused) -> str:
    """What the store, or its library, said."""
    cause = refused.__cause__
    return str(cause).rstrip(".") if cause is not None else "it does not answer"


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:  # Windows, where it is still being sent; the scratch folder is cleared later
        return
