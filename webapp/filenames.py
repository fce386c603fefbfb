"""Names that files come with: shown and offered without anything that could mislead."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 150
UNSAFE = re.compile(r'[\\/:*?"<>|]')


def plain_name(name: str) -> str:
    """A file's own name as it may be shown: no folders, no control or direction marks."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    return " ".join(UNSAFE.sub(" ", plain).split()).strip(". ")
