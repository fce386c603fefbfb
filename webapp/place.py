"""Where files may lie: a folder of this machine, or a bucket of an object store that speaks S3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

SCHEME = "s3://"
#: A bucket's name, then any number of names that lead to a folder in it; nothing that a URL would have to escape.
ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9._-]+)*)/?")


@dataclass(frozen=True, slots=True)
class Bucket:
    """A folder in a bucket. ``path``: the names that lead to it, with strokes between them; empty for the bucket itself."""

    name: str
    path: str = ""

    def __truediv__(self, inner: str) -> Bucket:
        """Return a folder, or a file, inside this one."""
        return Bucket(self.name, f"{self.path}/{inner}" if self.path else inner)

    def __str__(self) -> str:
        """Return the address, as a person writes it."""
        return f"{SCHEME}{self.key}"

    @property
    def key(self) -> str:
        """Bucket and path, as the store's library names them."""
        return f"{self.name}/{self.path}" if self.path else self.name

    @property
    def last(self) -> str:
        """The last of the names."""
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> Bucket:
        """The folder that this is in."""
        return Bucket(self.name, self.path.rpartition("/")[0])


Place: TypeAlias = Path | Bucket


def is_bucket(text: str) -> bool:
    """Whether an address is meant for a bucket."""
    return text.casefold().startswith(SCHEME)


def read_bucket(text: str) -> Bucket | None:
    """Return the bucket that an address names: ``s3://bucket/folder``; None where it is none."""
    found = ADDRESS.fullmatch(text)
    if found is None or {".", ".."} & set(found[2].split("/")):
        return None
    return Bucket(found[1], found[2].strip("/"))
