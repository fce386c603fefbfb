"""Files made of one template version: the blank paper form, and the data dictionary for REDCap.

The libraries that write them are heavy and serve these acts alone, so that nothing else waits for them at the start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from schema.template.model import Template


@dataclass(frozen=True)
class FileKind:
    """A file: how it is called for people, the end of its name, its media type, and what writes it."""

    noun: str
    ending: str
    mimetype: str
    write: Callable[[Path, Template], None]

    def name(self, template: Template) -> str:
        """The name offered for download."""
        return f"{template.key}-v{template.version}-{self.noun}{self.ending}"

    def content(self, template: Template) -> bytes:
        """The file itself, which is made in an instant and kept nowhere. Raises what ``write`` raises."""
        with TemporaryDirectory(prefix="tandem-") as folder:
            path = Path(folder) / f"file{self.ending}"
            self.write(path, template)
            return path.read_bytes()


def _write_paper_form(path: Path, template: Template) -> None:
    from exports.paper_document import write_paper_form

    write_paper_form(path, template)


def _write_redcap(path: Path, template: Template) -> None:
    from exports.redcap import write_redcap

    write_redcap(path, template)


PAPER = FileKind(
    "paper-form",
    ".docx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    _write_paper_form,
)
REDCAP = FileKind("redcap", ".csv", "text/csv", _write_redcap)
