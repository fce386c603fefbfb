"""Names that statistics programs accept, made from ours by one rule, so that the mapping can be stated.

SPSS Statistics, Command Syntax Reference, "Variable names": at most 64 bytes, a letter first, unique whatever the
case, no reserved words. Stata, User's Guide 11.3: at most 32 characters of letters, digits and underscores.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

SPSS_LENGTH = 64
STATA_LENGTH = 32
OUTSIDE = re.compile(r"[^A-Za-z0-9_]")
SPSS_WORDS = "all and by eq ge gt le lt ne not or to with"
STATA_WORDS = (
    "byte double float if in int long strl using with aggregate array boolean break case catch class colvector complex "
    "const continue default delegate delete do else end enum explicit export external for friend function global goto "
    "inline local namespace new null numeric operator orgtypedef pointer polymorphic pragma private protected public "
    "quad real return rowvector short signed static string struct super switch template this throw transmorphic try "
    "typedef typename union unsigned vector version virtual void volatile while"
)
SPSS_RESERVED = frozenset(SPSS_WORDS.split())
STATA_RESERVED = frozenset(STATA_WORDS.split())


@dataclass
class Names:
    """Gives each wanted name a legal and new one; what was given first never changes."""

    length: int
    reserved: frozenset[str]
    taken: set[str] = field(default_factory=set)

    def take(self, wanted: str, ending: str = "") -> str:
        """A name for ``wanted``: other signs become underscores, the middle is cut, a number makes it unique."""
        base = OUTSIDE.sub("_", wanted).strip("_") or "v"
        if not base[0].isalpha():
            base = f"v_{base}"
        name, number = self._cut(base, ending), 2
        while name.casefold() in self.taken or name.casefold() in self.reserved:
            name, number = self._cut(base, f"{ending}_{number}"), number + 1
        self.taken.add(name.casefold())
        return name

    def _cut(self, base: str, ending: str) -> str:
        return base[: self.length - len(ending)].rstrip("_") + ending


def spss_names() -> Names:
    """Names for SPSS and PSPP."""
    return Names(SPSS_LENGTH, SPSS_RESERVED)


def stata_names() -> Names:
    """Names for Stata."""
    return Names(STATA_LENGTH, STATA_RESERVED)
