"""``python -m tests.assurance [REPORT ...]``: keep what reports of pytest (``--junit-xml``) say, and write ``docs/assurance.md``.

With ``--every-run`` or ``--all`` it prints the names of the tests that hold promises, as pytest takes them.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.assurance.page import PAGE, every_run, named_tests, page
from tests.assurance.results import keep, kept


def main(words: list[str]) -> int:
    """Print names, or keep results and write the page; 1 where a case failed."""
    if words in (["--every-run"], ["--all"]):
        named = every_run() if words == ["--every-run"] else named_tests()
        sys.stdout.write("\n".join(f"tests/{test}" for test in named) + "\n")
        return 0
    results = kept()
    if words:
        results = keep(results, [Path(word) for word in words], named_tests(), datetime.now(UTC).date())
    PAGE.write_text(page(results), encoding="utf-8")
    amiss = {test: one for test, one in results.items() if one.failed or one.skipped}
    for test, one in amiss.items():
        sys.stdout.write(f"{test}: {one}\n")
    sys.stdout.write(
        f"{len(results)} of {len(named_tests())} tests have a result; {sum(one.skipped for one in results.values())} cases were skipped.\n"
    )
    return 1 if any(one.failed for one in amiss.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
