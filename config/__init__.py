"""Holds the questionnaires: templates, code lists, frameworks. Data only.

The functions below say where the shipped files are; this package reads none of them and imports nothing of
the project.
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def templates_dir() -> Path:
    """Return the folder of shipped templates: one folder per template key, one `vN.yaml` per version."""
    return _HERE / "templates"


def codelists_dir() -> Path:
    """Return the folder of shared code lists, one YAML file each."""
    return _HERE / "codelists"


def frameworks_dir() -> Path:
    """Return the folder of quantitative frameworks, one YAML file each."""
    return _HERE / "frameworks"
