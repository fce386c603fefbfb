"""The frameworks that come with the program (``config/frameworks``)."""

from __future__ import annotations

from config import frameworks_dir
from schema.framework.loader import load_framework
from schema.framework.model import Framework
from schema.problem import Refused
from schema.template.model import Template


def framework_for(template: Template) -> Framework | None:
    """The shipped framework of a template's key, read against this version; ``None`` where there is none.

    Raises ``Refused`` with every problem where the framework does not fit the template.
    """
    path = frameworks_dir() / f"{template.key}.yaml"
    if not path.is_file():
        return None
    loaded = load_framework(path.read_text(encoding="utf-8"), template, file=path.name)
    if loaded.framework is None:
        raise Refused(loaded.problems)
    return loaded.framework
