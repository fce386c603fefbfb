"""Publishing a version: paste or choose a file, look at the difference, publish. What was typed is never lost."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from forms.questionnaires import NewVersionForm
from schema.limits import QUESTIONNAIRE_BYTES, megabytes
from schema.problem import Problem, Refused, refuse
from schema.store.templates import latest_version
from schema.template.kinds.base import FORBIDDEN
from schema.template.shipped import shipped_keys, shipped_template
from webapp.access.guard import current_actor, permit
from webapp.access.share import takes_long
from webapp.filenames import LONGEST_NAME, plain_name
from webapp.messages import form_problems, refusal_problems, say
from webapp.questionnaires import operations, views
from webapp.questionnaires.room import room
from webapp.unit_of_work import reading, writing

#: Of one file: four bytes for each of the characters that a questionnaire may have.


@dataclass
class Sent:
    """What the form holds: the text, and the code lists beside it (as typed, and by name where they can be read)."""

    form: NewVersionForm
    lists: list[str]

    @property
    def source(self) -> str:
        """The template's text."""
        return self.form.source.data or ""

    @property
    def named(self) -> dict[str, str]:
        """The code lists by name. Raises ``Refused`` where one cannot be read."""
        return operations.named_lists(self.lists)


@room.get("/questionnaires/new")
@permit("questionnaire.manage")
def new_page() -> ResponseReturnValue:
    """Ask for a text; ``?from=key`` begins with the latest version, ``?shipped=key`` with the next one Tandem ships."""
    if key := request.args.get("shipped"):
        return _page(_shipped(key))
    if key := request.args.get("from"):
        row = latest_version(reading(), key) or abort(404)
        return _page(Sent(NewVersionForm(data={"source": row.source}), []))
    return _page(Sent(NewVersionForm(), []))


@room.post("/questionnaires/new")
@permit("questionnaire.manage")
@takes_long
def check_or_publish() -> ResponseReturnValue:
    """Say everything that is wrong with the text, or show what it changes; publish what was shown."""
    sent = Sent(NewVersionForm(request.form), [])
    try:
        _take(sent)
        if not sent.form.validate():
            return _checked(sent, form_problems(sent.form), 422)
        if request.form.get("act") == "publish":
            return _publish(sent)
        return _checked(sent)
    except Refused as refused:
        return _page(sent, _told(sent, refusal_problems(sent.form, refused)), status=refused.status)


def _publish(sent: Sent) -> ResponseReturnValue:
    reason, shown = sent.form.reason.data or "", sent.form.shown.data or ""
    try:
        with writing() as session:
            row = operations.publish_examined(
                session, current_actor(), sent.source, sent.named, reason, shown
            )
            key, version = row.key, row.version
    except Refused as refused:
        problems = refusal_problems(sent.form, refused)
        return _checked(sent, tuple(one for one in problems if one.severity == "error"), refused.status)
    say(f"Version {version} is published. Projects go on with theirs until a manager chooses it.")
    return redirect(url_for("questionnaires.version_page", key=key, version=version), code=303)


def _checked(sent: Sent, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    """Draw the page with all that there is to say about the text, after the problems that led here."""
    examined = operations.examine(reading(), sent.source, sent.named)
    sent.form.shown.data = examined.shown
    refusals = examined.changes.refusals if examined.changes else ()
    found = dict.fromkeys((*problems, *examined.problems, *refusals))
    status = status if status >= 400 or not found else 422
    return _page(sent, _told(sent, tuple(found)), status=status, examined=examined)


def _told(sent: Sent, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Problems of the text lead to it, with code and line; those of a control lead to the control."""
    return tuple(one if one.where in sent.form else views.on_line(one, "source") for one in problems)


def _take(sent: Sent) -> None:
    """Read the files that were sent into the form's text and code lists; a file takes the place of what was typed."""
    sent.form.source.data = _unix(sent.source)
    sent.lists = [_unix(text) for text in request.form.getlist("list") if text.strip()]
    problems: list[Problem] = []
    for name, upload in request.files.items(multi=True):
        if not upload.filename:
            continue
        try:
            _take_file(sent, name, upload)
        except Refused as refused:
            problems += refused.problems
    if not sent.source.strip() and not problems:
        raise refuse("TPL-213", "There is no text.", "Paste a template, or choose its file.", where="source")
    if problems:
        raise Refused(problems)


def _take_file(sent: Sent, name: str, upload: FileStorage) -> None:
    text = _text_of(upload, name)
    if name == "file":
        sent.form.source.data = text
    elif name == "lists":
        new = operations.named_lists([text])
        kept = [one for one in sent.lists if operations.name_of_list(one) not in new]
        sent.lists = [*kept, text]


def _text_of(upload: FileStorage, where: str) -> str:
    name = plain_name(upload.filename or "")[:LONGEST_NAME]
    content = upload.stream.read(QUESTIONNAIRE_BYTES + 1)
    if len(content) > QUESTIONNAIRE_BYTES:
        message = f"“{name}” is larger than {megabytes(QUESTIONNAIRE_BYTES)}, which no questionnaire is."
        raise refuse("TPL-214", message, "Choose its .yaml file.", where=where)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"“{name}” is not text in UTF-8."
        raise refuse("TPL-214", message, "Save it as UTF-8 and choose it again.", where=where) from error
    if FORBIDDEN.search(text):
        message = f"“{name}” holds signs that are no text."
        raise refuse("TPL-214", message, "Choose a .yaml file as an editor saves it.", where=where)
    return _unix(text)


def _unix(text: str) -> str:
    """Undo what browsers do to line ends, so that a pasted text and its file are the same; what no page can show goes."""
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _shipped(key: str) -> Sent:
    latest = latest_version(reading(), key)
    version = latest.version + 1 if latest else 1
    if (key, version) not in shipped_keys():
        abort(404)
    shipped = shipped_template(key, version)
    held = operations.offered_lists(reading(), key)
    changed = views.changed_lists(tuple(shipped.codelists.items()), held)
    return Sent(NewVersionForm(data={"source": shipped.source}), list(changed.values()))


def _page(
    sent: Sent,
    problems: tuple[Problem, ...] = (),
    *,
    status: int = 200,
    examined: operations.Examined | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "questionnaires/new.html",
        form=sent.form,
        lists=[(operations.name_of_list(text), text) for text in sent.lists],
        problems=problems,
        examined=examined,
        trail=views.list_trail(),
    )
    return page, status
