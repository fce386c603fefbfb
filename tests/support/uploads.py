"""Every control that takes a file: the table that the tests of hostile files walk, and the controls that a page has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.policing import PolicingClient


@dataclass(frozen=True, slots=True)
class Upload:
    """One control: who may use it, on which page, under which name the file is sent, and with what besides.

    ``kinds``: the kinds of hostile files (:mod:`tests.support.hostile_files`) that could be taken for what is asked for there.
    ``fine``: those that are read like any other, because they do no harm there; ``any_text``: all of them, as so much text.
    ``same_reader``: the file goes through the same reader as another control's, so that a few of its kind are enough day by day.
    """

    endpoint: str
    who: str
    page: str
    control: str
    name: str
    kinds: tuple[str, ...]
    besides: Mapping[str, str] = field(default_factory=dict)
    fine: frozenset[str] = frozenset()
    any_text: bool = False
    same_reader: bool = False

    @property
    def title(self) -> str:
        """What a test is called that tries it."""
        return f"{self.endpoint} {self.name}"


CASE = "/projects/pilot/cases/CASE"
#: The project that has a framework, so that a draft can be held against its figures.
STUDY = "study"
UPLOADS = (
    Upload(
        "cases.import_page",
        "dana",
        "/projects/pilot/cases/import",
        "file",
        "list.xlsx",
        ("workbook",),
        fine=frozenset({"a number that is none"}),
    ),
    Upload(
        "entry.look_at_workbook",
        "amara",
        f"{CASE}/entry/offline-workbook",
        "file",
        "entry.xlsx",
        ("workbook",),
        same_reader=True,
    ),
    Upload(
        "reports.add_now", "dana", f"{CASE}/reports", "file", "plan.pdf", ("pdf",), {"kind": "action_plan"}
    ),
    Upload(
        "reports.receive_now",
        "dana",
        "/projects/pilot/reports",
        "files",
        "DHR-001.pdf",
        ("pdf",),
        same_reader=True,
    ),
    Upload(
        "findings.draft_page",
        "dana",
        f"/projects/{STUDY}/findings/check",
        "file",
        "draft.docx",
        ("document",),
    ),
    Upload(
        "findings.draft_page",
        "dana",
        f"/projects/{STUDY}/findings/check",
        "file",
        "draft.txt",
        ("text",),
        any_text=True,
    ),
    Upload(
        "questionnaires.check_or_publish", "root", "/questionnaires/new", "file", "template.yaml", ("text",)
    ),
    Upload(
        "questionnaires.check_or_publish",
        "root",
        "/questionnaires/new",
        "lists",
        "list.yaml",
        ("text",),
        {"source": "template: x"},
        same_reader=True,
    ),
)
KNOWN = frozenset((one.endpoint, one.control) for one in UPLOADS)


def send(
    client: PolicingClient, upload: Upload, page: str, token: str, content: bytes, name: str
) -> TestResponse:
    """Send a file as the control's form does."""
    data = {"csrf_token": token, **upload.besides, upload.control: (BytesIO(content), name)}
    return client.post(page, data=data, content_type="multipart/form-data")


def controls(app: Flask, where: str, root: Element) -> Iterator[tuple[str, str]]:
    """The controls of a page that take files: the endpoint that their form is sent to, and their name."""
    for form in root.iter("form"):
        for one in form.iter("input"):
            if one.get("type") == "file":
                target = urlsplit(urljoin(where, form.get("action") or where)).path
                endpoint, _ = app.url_map.bind("localhost").match(target, method="POST")
                yield endpoint, one.get("name", "")
