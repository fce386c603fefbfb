"""A shelf that is a folder of this machine: files readable by their owner alone, each appearing whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from schema.disk import sync, sync_names
from schema.problem import refuse
from webapp.shelves.shelf import FRESH, SET_ASIDE, UNFINISHED, Held, Shelf


class FolderShelf(Shelf):
    """Files in a folder, which is made for its owner alone (0700) when the first one comes."""

    def __init__(self, folder: Path) -> None:
        """Use the folder, which need not be there yet. Unfinished files lie in it too, so that putting one is a renaming."""
        self._folder = folder
        self.scratch = folder

    def put(self, name: str, source: Path) -> None:
        """Rename a file of the scratch folder once it has reached the disk; one from elsewhere is copied into it first."""
        if source.parent != self._folder:
            copy = self.unfinished(".copied")
            shutil.copyfile(source, copy)
            source.unlink()
            source = copy
        source.chmod(0o600)
        with source.open("rb+") as file:
            sync(file.fileno())
        source.replace(self._folder / name)
        sync_names(self._folder)

    @contextmanager
    def at(self, name: str) -> Iterator[Path]:
        """The file itself."""
        path = self._folder / name
        if not path.is_file():
            raise FileNotFoundError(name)
        yield path

    def held(self) -> Iterator[Held]:
        """Every file of the folder and of those in it, but for unfinished ones and links.

        Raises PermissionError where the folder itself may not be read: it is not empty for that.
        """
        for path in sorted(self._files()):
            inner = path.relative_to(self._folder)
            if any(part.startswith(UNFINISHED) for part in inner.parts) or path.is_symlink():
                continue
            try:
                found = path.stat()
            except FileNotFoundError:  # it was removed meanwhile
                continue
            if path.is_file():
                yield Held(inner.as_posix(), found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def _files(self) -> Iterator[Path]:
        def failed(error: OSError) -> None:
            if isinstance(error, PermissionError) and error.filename == str(self._folder):
                raise error

        for place, _, names in os.walk(self._folder, onerror=failed):
            yield from (Path(place, name) for name in names)

    def remove(self, name: str) -> None:
        """Remove the file."""
        (self._folder / name).unlink(missing_ok=True)

    def address(self, name: str = "") -> str:
        """The path."""
        return str(self._folder / name)

    def fresh(self, ending: str) -> Path:
        """Beside the folder, on the same disk, so that nothing but renaming is left to do."""
        return self._folder.with_name(f"{UNFINISHED}{self._folder.name}.{ending}{FRESH}")

    def prepare(self, ending: str) -> None:
        """See that the folder can be renamed, which that of a mounted disk cannot."""
        if os.path.ismount(self._folder):
            raise refuse(
                "BAK-023",
                f"{self._folder} is a disk of its own, which cannot be set aside.",
                f"Mount the disk at {self._folder.parent}, or name another place with TANDEM_FILES.",
                status=409,
            )

    def swap(self, endings: Sequence[str]) -> list[str]:
        """Rename the folder that is there, and give its name to the other."""
        folder = self._folder
        places = [folder.with_name(f"{folder.name}.{ending}") for ending in endings]
        if folder.is_dir() and any(folder.iterdir()):
            folder.rename(next(place for place in places if not place.exists()))
        elif folder.is_dir():
            folder.rmdir()
        self.fresh(endings[-1]).rename(folder)
        sync_names(folder.parent)
        return [str(place) for place in places if place.exists()]

    def clear_fresh(self) -> None:
        """Remove folders beside the folder that never came to its name."""
        for left in self._folder.parent.glob(f"{UNFINISHED}{self._folder.name}.{SET_ASIDE}*"):
            shutil.rmtree(left, ignore_errors=True)

    def check(self) -> None:
        """See whether the folder, or the one in which it will be made, can be written to."""
        there = self._folder if self._folder.is_dir() else self._folder.parent
        if not os.access(there, os.R_OK | os.W_OK | os.X_OK):
            raise refuse(
                "FIL-002", f"Files cannot be written to {there}.", "Give it to Tandem’s own account."
            )
