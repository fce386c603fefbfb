"""The frameworks that come with the program (``config/frameworks``)."""

from __future__ import annotations

from config import frameworks_dir
from schema.framework.loader import LoadedFramework, load_framework
from schema.framework.model import Framework
from schema.problem import Refused
from schema.template.model import Template


def load_for(template: Template) -> LoadedFramework:
    """The shipped framework of a template's key, read against this version, with every problem.

    Neither framework nor problems where there is none for the key.
    """
    path = frameworks_dir() / f"{template.key}.yaml"
    if not path.is_file():
        return LoadedFramework(None, ())
    return load_framework(path.read_text(encoding="utf-8"), template, file=path.name)


def framework_for(template: Template) -> Framework | None:
    """As :func:`load_for`; raises ``Refused`` with every problem where the framework does not fit the template."""
    loaded = load_for(template)
    if loaded.problems:
        raise Refused(loaded.problems)
    return loaded.framework
