"""Reads a template with its code lists: all problems in one run, or the frozen model.

The work is done in three steps: :mod:`schema.template.source` keeps what was written with its lines,
:mod:`schema.template.shape` says which keys there are, :mod:`schema.template.lint` says what they may say.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath

from schema.problem import Problem, Refused
from schema.template.lint.lists import Lists, check_length
from schema.template.lint.reading import Reading, nearest
from schema.template.lint.rules import build_rules
from schema.template.lint.sections import build_sections
from schema.template.model import CodeList, Template
from schema.template.shape import TemplateShape, read_shape
from schema.template.source import NoUseGoingOn, Report, read_tree

VERSION_FILE = re.compile(r"v([0-9]+)\.ya?ml")
LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 2_000
NO_MISSING = CodeList("missing", "", ())


@dataclass(frozen=True)
class Loaded:
    """What came of reading a file: the template, or the problems that kept it from being one.

    ``used`` names the code lists that the template needs, the list of missing codes included.
    """

    template: Template | None
    problems: tuple[Problem, ...]
    used: tuple[str, ...] = ()

    def needed(self) -> Template:
        """The template; raises ``Refused`` with all problems where there is none."""
        if self.template is None:
            raise Refused(self.problems)
        return self.template


def load_template(source: str, codelists: Mapping[str, str], *, file: str = "") -> Loaded:
    """Read a template from its YAML text and the YAML texts of the code lists on offer, by name.

    ``file`` is named in the problems; where it is called ``v<N>.yaml`` its number must be the version.
    Nothing is raised: a file that is no template gives problems. Their codes are listed in docs/template-language.md.
    """
    report, lists, template = Report(file), Lists(codelists), None
    with suppress(NoUseGoingOn):
        template = _read(source, report, lists)
    problems = (*_in_order(report.problems), *lists.problems)
    return Loaded(None if problems else template, problems, lists.used)


def _read(source: str, report: Report, lists: Lists) -> Template | None:
    tree = read_tree(source, report)
    shape, cut = read_shape(TemplateShape, tree, report) if tree is not None else (None, frozenset[str]())
    if shape is None:
        return None
    return _build(Reading(shape, lists, report, cut, _missing_codes(shape, lists, report)), source)


def source_hash(source: str, codelists: Mapping[str, str]) -> str:
    """SHA-256, in hexadecimal, over a template's text and the texts of the code lists given, by name."""
    digest = hashlib.sha256()
    for name, text in (("", source), *sorted(codelists.items())):
        for part in (name, text):
            encoded = part.encode("utf-8", "surrogatepass")
            digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()


def _build(reading: Reading, source: str) -> Template:
    shape = reading.shape
    _check_head(reading)
    sections = build_sections(reading)
    rules = build_rules(reading)
    used = {name: reading.lists.sources[name] for name in reading.lists.used}
    return Template(
        key=shape.template,
        version=shape.version,
        title=shape.title,
        sections=sections,
        missing=reading.missing,
        rules=rules,
        description=shape.description,
        source_hash=source_hash(source, used),
    )


def _missing_codes(shape: TemplateShape, lists: Lists, report: Report) -> CodeList:
    if shape.missing not in lists.names:
        message = f"The code list of missing codes, “{shape.missing}”, does not exist."
        remedy = nearest(shape.missing, lists.names, f"Write codelists/{shape.missing}.yaml.")
        report.add("TPL-014", shape.line("missing"), message, remedy)
    return lists.get(shape.missing) or NO_MISSING


def _check_head(reading: Reading) -> None:
    shape, report = reading.shape, reading.report
    check_length(report, shape.line("title"), "The title", shape.title, LONGEST_TITLE)
    check_length(report, shape.line("description"), "The description", shape.description, LONGEST_DESCRIPTION)
    named = VERSION_FILE.fullmatch(PurePath(report.file).name)
    if shape.version < 1:
        report.add("TPL-043", shape.line("version"), "Versions count from 1.", "Write `version: 1` or more.")
    elif named and int(named[1]) != shape.version:
        message = f"The file is named v{named[1]}, but says that it is version {shape.version}."
        report.add(
            "TPL-043", shape.line("version"), message, f"Write `version: {int(named[1])}` or rename the file."
        )


def _in_order(problems: list[Problem]) -> list[Problem]:
    """By line, then by code: the order in which somebody puts a file right."""
    return sorted(problems, key=lambda problem: (problem.line, problem.code))
