"""Template versions: published once with their source, then read from there for ever."""

from __future__ import annotations

import json
from collections.abc import Mapping
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import Problem, Refused, refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.models import Entry, TemplateVersion
from schema.template.loader import load_template
from schema.template.model import Template
from schema.template.shipped import shipped_keys, shipped_template
from schema.template.versions import VersionChanges, compare_versions

#: Templates read in this process, by source hash: reading the YAML takes far longer than a page may.
_READ: dict[str, Template] = {}
_READING = Lock()
SHIPPED = "Shipped with Tandem"


def publish(
    session: Session, actor: Actor, source: str, codelists: Mapping[str, str], reason: str = ""
) -> TemplateVersion:
    """Publish a template's YAML with its code lists (name -> YAML) as the next version of its key.

    Raises Refused with every problem of the source; TPL-201 for a number that is not the next; with what would make
    existing answers unreadable; and, unless ``reason`` is given, with TPL-203 and what to think over before publishing.
    """
    loaded = load_template(source, codelists)
    template = loaded.needed()
    _wait_for_publishing(session, template.key)
    latest = latest_version(session, template.key)
    _refuse_wrong_number(template, latest)
    changes = changes_since_latest(session, template)
    _refuse_changes(changes, reason)
    row = TemplateVersion(
        id=new_id(session),
        key=template.key,
        version=template.version,
        title=template.title,
        source=source,
        codelists=json.dumps(
            {name: codelists[name] for name in loaded.used}, ensure_ascii=False, sort_keys=True
        ),
        source_hash=template.source_hash,
        state="published",
        reason=reason.strip(),
        published_by=actor.id or None,
        published_at=now(session),
        created_at=now(session),
    )
    session.add(row)
    session.flush()
    detail = {
        "template": f"{template.key}@{template.version}",
        "source_hash": template.source_hash,
        "reason": reason.strip(),
        "differences": list(changes.lines) if changes is not None else [],
    }
    record(session, actor, "template.publish", object_id=row.id, detail=detail)
    return row


def _wait_for_publishing(session: Session, key: str) -> None:
    """Of two who publish a version of one template at the same moment, let the later one see what the first published."""
    first = select(TemplateVersion.id).where(TemplateVersion.key == key).order_by(TemplateVersion.version)
    session.execute(first.limit(1).with_for_update())


def changes_since_latest(session: Session, template: Template) -> VersionChanges | None:
    """Return what the template changes against the latest version of its key; None where it is the first."""
    latest = latest_version(session, template.key)
    return None if latest is None else compare_versions(compiled(session, latest.id), template)


def compiled(session: Session, template_version_id: str, source_hash: str | None = None) -> Template:
    """Return the template of a version, read from its stored source; kept in the process by source hash.

    Whoever has read the version's ``source_hash`` already gives it; a process asks a database for it once, as it never changes.
    Raises Refused (TPL-205, 404) for an id that is none.
    """
    known: dict[str, str] = session.info["template_sources"]
    source_hash = source_hash or known.get(template_version_id) or _source_hash(session, template_version_id)
    known[template_version_id] = source_hash
    template = _READ.get(source_hash)
    if template is None:
        template = _read_once(session.get_one(TemplateVersion, template_version_id))
    return template


def _read_once(row: TemplateVersion) -> Template:
    """Read a version's source; whoever asks for one at the same moment waits, since many at once would take many times as long."""
    with _READING:
        if row.source_hash not in _READ:
            _READ[row.source_hash] = load_template(row.source, json.loads(row.codelists)).needed()
    return _READ[row.source_hash]


def _source_hash(session: Session, template_version_id: str) -> str:
    query = select(TemplateVersion.source_hash).where(TemplateVersion.id == template_version_id)
    found = session.scalar(query)
    if found is None:
        raise refuse("TPL-205", "There is no such template version.", status=404)
    return found


def compiled_for(session: Session, entry: Entry) -> Template:
    """Return the template as the coder of an entry fills it in: coder 2 does not enter what they only check."""
    return compiled(session, entry.template_version_id).for_slot(entry.slot)


def versions(session: Session, key: str) -> list[TemplateVersion]:
    """Return all versions of a template, oldest first."""
    return list(
        session.scalars(
            select(TemplateVersion).where(TemplateVersion.key == key).order_by(TemplateVersion.version)
        )
    )


def latest_versions(session: Session) -> list[TemplateVersion]:
    """Return the newest version of every template, by title."""
    rows = session.scalars(select(TemplateVersion).order_by(TemplateVersion.version))
    newest = {row.key: row for row in rows}
    return sorted(newest.values(), key=lambda row: (row.title, row.key))


def latest_version(session: Session, key: str) -> TemplateVersion | None:
    """Return the newest version of a template, or None."""
    return session.scalar(
        select(TemplateVersion)
        .where(TemplateVersion.key == key)
        .order_by(TemplateVersion.version.desc())
        .limit(1)
    )


def newest_usable(session: Session, key: str) -> str | None:
    """The id of the newest version that is or was published, against which frameworks are read; None where there is none."""
    query = select(TemplateVersion.id).where(TemplateVersion.key == key, TemplateVersion.state != "draft")
    return session.scalar(query.order_by(TemplateVersion.version.desc()).limit(1))


def find_version(session: Session, key: str, version: int) -> TemplateVersion | None:
    """Return one version of a template, or None."""
    return session.scalar(
        select(TemplateVersion).where(TemplateVersion.key == key, TemplateVersion.version == version)
    )


def retire(session: Session, actor: Actor, row: TemplateVersion, reason: str) -> None:
    """Take a version out of use for new projects and entries; entries that are pinned to it keep it.

    Raises Refused: TPL-206 without a reason, TPL-207 where it is not published.
    """
    if not reason.strip():
        raise refuse("TPL-206", "Say why the version is retired.", where="reason")
    if row.state != "published":
        raise refuse("TPL-207", f"This version is {row.state} already.", status=409)
    row.state = "retired"
    record(session, actor, "template.retire", object_id=row.id, detail={"reason": reason.strip()})


def ensure_shipped(session: Session, actor: Actor, key: str, version: int) -> TemplateVersion:
    """Return a version of a template that Tandem ships, publishing it and those before it where they are lacking.

    Raises Refused (TPL-204) for a template that is not shipped.
    """
    if (key, version) not in shipped_keys():
        known = ", ".join(f"{name}@{number}" for name, number in shipped_keys())
        raise refuse(
            "TPL-204", f"Tandem ships no template {key}@{version}.", f"It ships: {known}.", status=404
        )
    found = find_version(session, key, version)
    if found is not None:
        return found
    if (key, version - 1) in shipped_keys():
        ensure_shipped(session, actor, key, version - 1)
    shipped = shipped_template(key, version)
    return publish(session, actor, shipped.source, shipped.codelists, reason=SHIPPED)


def _refuse_wrong_number(template: Template, latest: TemplateVersion | None) -> None:
    if latest is None or template.version == latest.version + 1:
        return
    raise refuse(
        "TPL-201",
        f"The latest version of “{template.key}” is {latest.version}; this file says version {template.version}.",
        f"Published versions never change: say version {latest.version + 1}.",
        where="version",
        status=409,
    )


def _refuse_changes(changes: VersionChanges | None, reason: str) -> None:
    if changes is None:
        return
    if changes.refusals:
        raise Refused(changes.refusals, status=409)
    if changes.warnings and not reason.strip():
        ask = Problem(
            "TPL-203",
            "These changes touch answers that exist.",
            "Give a reason for publishing them.",
            "reason",
        )
        raise Refused([ask, *changes.warnings])
