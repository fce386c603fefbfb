"""The frameworks that come with the program (``config/frameworks``)."""

from __future__ import annotations

from dataclasses import replace

from config import frameworks_dir
from schema.framework.frame.layer import Layer, first_layer
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


def under_frame(loaded: LoadedFramework, template: Template, layer: Layer | None) -> LoadedFramework:
    """The framework read again under a project's coding frame; as it was where there is no frame but the template's.

    ``template``: as published, the one that ``loaded`` was read against.
    """
    if layer is None or not layer.acts or loaded.framework is None:
        return loaded
    again = load_for(layer.template(template))
    framework = replace(again.framework, frame=layer.name) if again.framework else None
    return LoadedFramework(framework, again.problems)


def first_layer_of(loaded: LoadedFramework, template: Template) -> Layer:
    """The coding frame that the template begins with, by the lists that its framework names."""
    return first_layer(template, loaded.framework.coding_frame if loaded.framework else ())
