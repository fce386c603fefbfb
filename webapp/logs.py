"""What is logged: one line for each event, as text or as JSON, and of an error where it happened but never its message.

Messages of errors hold values: an answer that a database refused, a name that was not found. So an error is logged by its kind
and its places in the code.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Text(logging.Formatter):
    """Lines for people."""

    def __init__(self) -> None:
        """Set the form of a line."""
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's own name
        """Say the time in UTC, with its offset."""
        return _utc(record)

    def formatException(self, ei: Caught) -> str:  # noqa: N802 - logging's own name
        """Say of an error its kind and where it happened, a place in a line."""
        return "\n".join(f"  {one}" for one in places(ei[1]))


class Json(logging.Formatter):
    """Lines for programs: ``time``, ``level``, ``logger``, ``message``, and what a request or an error adds."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one line of JSON."""
        line: dict[str, Any] = {
            "time": _utc(record),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        about = getattr(record, "about", None)
        line |= about if isinstance(about, dict) else {"message": record.getMessage()}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)


def _utc(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def places(error: BaseException | None) -> list[str]:
    """Return the kind of an error and of its causes, each with the places it went through, the innermost last."""
    found: list[str] = []
    while error is not None:
        found.append(type(error).__name__)
        found += [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        error = error.__cause__ or error.__context__
    return found


def configure(kind: str) -> None:
    """Let everything be logged to standard error, ``text`` or ``json``; whoever has configured logging already is left alone."""
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if kind == "json" else Text())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
