"""A browser in a few words, so that people know their own sessions apart: nothing is decided by it."""

from __future__ import annotations

#: What a browser calls itself by, the more telling marks first (most claim to be Safari, too).
FAMILIES = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_in_words(agent: str) -> str:
    """Return the browser of a ``User-Agent`` header as ``Firefox on Linux``; empty where it names none that is known."""
    family = next((name for mark, name in FAMILIES if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return " on ".join(filter(None, (family, system)))
