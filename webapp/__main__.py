"""``python -m webapp`` is the command ``tandem``."""

from __future__ import annotations

from webapp.cli import main

main(prog_name="tandem")
