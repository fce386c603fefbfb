"""Archives whose bytes depend on their contents alone: equal contents are equal files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

LONG_AGO = (1980, 1, 1, 0, 0, 0)


class SteadyZip(ZipFile):
    """An archive whose members all carry one old date, so that equal contents are equal files."""

    def writestr(
        self,
        zinfo_or_arcname: str | ZipInfo,
        data: str | bytes,  # type: ignore[override]
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        """Write a member from memory."""
        name = zinfo_or_arcname if isinstance(zinfo_or_arcname, str) else zinfo_or_arcname.filename
        super().writestr(self._member(name), data)

    def write(
        self,
        filename: str | Path,  # type: ignore[override]
        arcname: str | None = None,  # type: ignore[override]
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        """Write a member from a file, in pieces."""
        target: IO[bytes]
        with (
            Path(filename).open("rb") as source,
            self.open(self._member(arcname or str(filename)), "w") as target,
        ):
            shutil.copyfileobj(source, target, 1 << 20)

    def _member(self, name: str) -> ZipInfo:
        info = ZipInfo(name.lstrip("/"), LONG_AGO)
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info


def pack(folder: Path, path: Path) -> None:
    """Write all files under ``folder`` into the archive ``path``, in the order of their names."""
    with SteadyZip(path, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            archive.write(file, file.relative_to(folder).as_posix())
