"""What is done with questionnaires: examine a text, publish it, use a version, lift an entry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.lift import Lifted, lift
from schema.problem import Problem, Refused, refuse
from schema.store.entries import load_document, pin_to_version, refuse_other_mode
from schema.store.models import Case, Entry, Project, TemplateVersion, is_current
from schema.store.projects import use_template_version
from schema.store.templates import compiled, find_version, latest_version, publish
from schema.template.lint.lists import load_codelist
from schema.template.loader import load_template, source_hash
from schema.template.model import Template
from schema.template.shipped import shipped_codelists
from schema.template.source import word_of
from schema.template.versions import VersionChanges, compare_versions

NO_LISTS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Examined:
    """What is to be said about a text before it is published.

    ``latest`` is the newest version of its key so far, ``changes`` the difference to it (None for a new template).
    ``shown`` stands for exactly this text with these code lists, after exactly this latest version. ``unused`` names
    code lists that were given and that the template does not use.
    """

    template: Template | None
    problems: tuple[Problem, ...]
    latest: TemplateVersion | None
    changes: VersionChanges | None
    shown: str
    unused: tuple[str, ...] = ()

    @property
    def publishable(self) -> bool:
        """Whether it can be published, with a reason where ``needs_reason``."""
        return not self.problems and (self.changes is None or self.changes.publishable)

    @property
    def needs_reason(self) -> bool:
        """Whether publishing asks for a reason."""
        return self.changes is not None and bool(self.changes.warnings)


@dataclass(frozen=True)
class Upgrade:
    """What lifting an entry to the project's version would do. ``revision`` is the entry's, when this was worked out."""

    old: Template
    new: Template
    changes: VersionChanges
    lifted: Lifted
    revision: int


def examine(session: Session, source: str, given: Mapping[str, str] = NO_LISTS) -> Examined:
    """Read a template's text with the code lists that ``offered_lists`` gives it; every problem in one run."""
    lists = offered_lists(session, _key_of(source), given)
    loaded = load_template(source, lists)
    template = loaded.template
    key = template.key if template else _key_of(source)
    latest = latest_version(session, key)
    changes = compare_versions(compiled(session, latest.id), template) if latest and template else None
    digest = source_hash(source, {name: lists[name] for name in loaded.used})
    return Examined(
        template=template,
        problems=loaded.problems or _number_problems(template, latest),
        latest=latest,
        changes=changes,
        shown=f"{latest.version if latest else 0}-{digest}",
        unused=tuple(sorted(set(given) - set(loaded.used))) if template else (),
    )


def publish_examined(
    session: Session, actor: Actor, source: str, given: Mapping[str, str], reason: str, shown: str
) -> TemplateVersion:
    """Publish exactly what was shown.

    Raises ``Refused``: TPL-211 (409) where the text, its code lists or the latest version have changed since, and
    whatever :func:`schema.store.templates.publish` refuses.
    """
    examined = examine(session, source, given)
    if examined.template is not None and examined.shown != shown:
        raise refuse(
            "TPL-211",
            "Something has changed since the differences were shown.",
            "Look at them as they are now, then publish.",
            status=409,
        )
    return publish(session, actor, source, offered_lists(session, _key_of(source), given), reason)


def offered_lists(session: Session, key: str, given: Mapping[str, str] = NO_LISTS) -> dict[str, str]:
    """Code lists for a template, by name: those given, else those of its latest version, else those that Tandem ships."""
    latest = latest_version(session, key)
    return {**shipped_codelists(), **(lists_of(latest) if latest else {}), **given}


def lists_of(version: TemplateVersion) -> dict[str, str]:
    """The YAML of each code list that a version uses, by name."""
    found: dict[str, str] = json.loads(version.codelists)
    return found


def named_lists(texts: Sequence[str]) -> dict[str, str]:
    """Code lists by the name that each gives itself.

    Raises ``Refused``: with every problem of a text that is no code list; TPL-212 where two have the same name.
    """
    named: dict[str, str] = {}
    problems: list[Problem] = []
    for number, text in enumerate(texts, 1):
        name = name_of_list(text)
        _, found = load_codelist(text, file=f"code list {name or number}")
        problems += found
        if name in named:
            problems.append(
                Problem("TPL-212", f"The code list “{name}” was given twice.", "Leave one of them out.")
            )
        named[name] = text
    if problems:
        raise Refused(problems)
    return named


def name_of_list(text: str) -> str:
    """The name that a code list gives itself; empty where it cannot be read."""
    return word_of(text, "codelist") or ""


def difference(session: Session, one: TemplateVersion, other: TemplateVersion) -> VersionChanges:
    """What the later of two versions changed against the earlier, whichever is named first."""
    earlier, later = sorted((one, other), key=lambda version: version.version)
    return compare_versions(compiled(session, earlier.id), compiled(session, later.id))


def pinned_entries(session: Session, actor: Actor, project: Project) -> dict[str, int]:
    """How many current entries of the project use each version, by version id.

    Of cases that the actor codes only their own entry counts: a number would tell when the other coder lifts theirs.
    """
    own_cases = select(Entry.case_id).where(Entry.coder_id == actor.id, is_current())
    query = (
        select(Entry.template_version_id, func.count())
        .join(Case, Case.id == Entry.case_id)
        .where(
            Case.project_id == project.id,
            is_current(),
            (Entry.coder_id == actor.id) | Entry.case_id.not_in(own_cases),
        )
        .group_by(Entry.template_version_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def use_version(session: Session, actor: Actor, project: Project, number: int) -> TemplateVersion:
    """Let new entries of the project use a version, by its number.

    Raises ``Refused``: PRJ-006 for a number that there is none of, PRJ-007 (409) where it is in use already, and what
    :func:`schema.store.projects.use_template_version` refuses.
    """
    version = find_version(session, project.template_key, number)
    if version is None:
        raise refuse(
            "PRJ-006",
            f"There is no version {number} of “{project.template_key}”.",
            "Publish it first, or choose one that is.",
            where="version",
            status=404,
        )
    if version.id == project.template_version_id:
        raise refuse("PRJ-007", f"New entries use version {number} already.", status=409)
    use_template_version(session, actor, project, version)
    return version


def upgrade_of(session: Session, entry: Entry, project: Project) -> Upgrade | None:
    """What lifting the entry to the project's version would do; None where that is not a later one.

    Raises ``Refused`` as :func:`schema.store.entries.refuse_other_mode` does.
    """
    old, new = compiled(session, entry.template_version_id), compiled(session, project.template_version_id)
    if new.key != old.key or new.version <= old.version:
        return None
    refuse_other_mode(old, new, entry.slot)
    lifted = lift(load_document(session, entry.id), old.for_slot(entry.slot), new.for_slot(entry.slot))
    return Upgrade(old, new, compare_versions(old, new), lifted, entry.revision)


def lift_entry(
    session: Session, actor: Actor, entry: Entry, project: Project, *, to: int, revision: int
) -> Lifted:
    """Lift an entry to the project's version, as it was shown: to that version, from that revision.

    Raises ``Refused``: ENTRY-041 (409) where the project's version or the entry has changed since, and what
    :func:`schema.store.entries.pin_to_version` refuses.
    """
    new = compiled(session, project.template_version_id)
    if new.version != to or entry.revision != revision:
        raise refuse(
            "ENTRY-041",
            "Your entry or the project’s version has changed since this was shown.",
            "Look at it as it is now, then go on.",
            status=409,
        )
    return pin_to_version(session, actor, entry, project.template_version_id)


def _number_problems(template: Template | None, latest: TemplateVersion | None) -> tuple[Problem, ...]:
    """What is wrong with a number that skips one; one that is taken is a refusal of the difference."""
    if template is None or latest is None or template.version <= latest.version + 1:
        return ()
    message = f"The latest version is {latest.version}; this text says version {template.version}."
    return (Problem("TPL-201", message, f"Write `version: {latest.version + 1}`."),)


def _key_of(source: str) -> str:
    """The key that a text gives itself, as far as it can be read."""
    return word_of(source, "template") or ""
