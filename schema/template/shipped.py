"""The templates and code lists that come with the program (``config/``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config import codelists_dir, templates_dir
from schema.problem import refuse
from schema.template.loader import load_template
from schema.template.model import Template

VERSION_FILE = re.compile(r"v([1-9][0-9]*)\.yaml")


@dataclass(frozen=True)
class ShippedTemplate:
    """The texts of one shipped template version; ``codelists`` holds only those that it uses."""

    key: str
    version: int
    source: str
    codelists: Mapping[str, str]
    file: str


def shipped_keys() -> tuple[tuple[str, int], ...]:
    """Key and version of every shipped template, sorted."""
    return tuple(sorted((path.parent.name, _number(path)) for path in _files()))


def shipped_codelists(folder: Path | None = None) -> dict[str, str]:
    """The texts of the code lists of a folder by name; those of ``config/codelists`` where none is given."""
    return {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted((folder or codelists_dir()).glob("*.yaml"))
    }


@cache
def shipped_template(key: str, version: int) -> ShippedTemplate:
    """One shipped template; ``Refused`` (404) where the program has no such template or version."""
    path = next((path for path in _files() if (path.parent.name, _number(path)) == (key, version)), None)
    if path is None:
        known = ", ".join(f"{name} {number}" for name, number in shipped_keys())
        raise refuse(
            "TPL-049", f"There is no template {key} {version}.", f"Shipped are: {known}.", status=404
        )
    source, offered = path.read_text(encoding="utf-8"), shipped_codelists()
    loaded = load_template(source, offered, file=f"{key}/{path.name}")
    loaded.needed()
    return ShippedTemplate(
        key, version, source, {name: offered[name] for name in loaded.used}, f"{key}/{path.name}"
    )


@cache
def load_shipped(key: str, version: int) -> Template:
    """One shipped template, read."""
    shipped = shipped_template(key, version)
    return load_template(shipped.source, shipped.codelists, file=shipped.file).needed()


def _files() -> tuple[Path, ...]:
    return tuple(
        path for path in sorted(templates_dir().glob("*/v*.yaml")) if VERSION_FILE.fullmatch(path.name)
    )


def _number(path: Path) -> int:
    found = VERSION_FILE.fullmatch(path.name)
    return int(found[1]) if found else 0
