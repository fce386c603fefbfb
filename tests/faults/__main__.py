"""``python -m tests.faults [WORD …]``: every fault with its check, as a table; ends with 1 where one went unnoticed.

With words, those whose names hold them all.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.catalogue import FAULTS
from tests.faults.proving import copied, prove


def main(words: list[str]) -> int:
    """Prove every fault that is meant and print what came of it."""
    meant = [fault for fault in FAULTS if all(word.lower() in fault.name.lower() for word in words)]
    unnoticed = 0
    with TemporaryDirectory(prefix="tandem-faults-") as folder, copied(Path(folder)) as root:
        for number, fault in enumerate(meant, 1):
            outcome = prove(root, fault)
            unnoticed += not outcome.noticed
            said = "noticed" if outcome.noticed else f"NOT NOTICED: {outcome.why}"
            sys.stdout.write(f"{number:3}  {fault.name:62}  {said}\n     {fault.check}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(meant) - unnoticed} of {len(meant)} faults were noticed.\n")
    return 1 if unnoticed or not meant else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
