"""``python -m tests.faults``: every fault with its check, as a table; ends with 1 where one went unnoticed."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.catalogue import FAULTS
from tests.faults.proving import copied, prove


def main() -> int:
    """Prove every fault and print what came of it."""
    unnoticed = 0
    with TemporaryDirectory(prefix="tandem-faults-") as folder, copied(Path(folder)) as root:
        for number, fault in enumerate(FAULTS, 1):
            outcome = prove(root, fault)
            unnoticed += not outcome.noticed
            said = "noticed" if outcome.noticed else f"NOT NOTICED: {outcome.why}"
            sys.stdout.write(f"{number:3}  {fault.name:62}  {said}\n     {fault.check}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(FAULTS) - unnoticed} of {len(FAULTS)} faults were noticed.\n")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
