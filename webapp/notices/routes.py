"""The page of notices: read them, note that one has, and have a daily digest by mail or no more of it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.notices import DigestForm
from schema.problem import Problem, Refused
from schema.store.digests import unwant_digest, want_digest, wish_of
from schema.store.notices import mark_read, notices_of, waiting_behind_step
from webapp.access.guard import current_actor, permit, public
from webapp.access.second_step import is_wanted
from webapp.messages import form_problems, refusal_problems, say
from webapp.notices.ending import end_by_mark, wanted_by
from webapp.notices.wording import address_of, words_of
from webapp.unit_of_work import installed, reading, writing

room = Blueprint("notices", __name__)


@room.get("/notices")
@permit("account.own")
def notices_page() -> ResponseReturnValue:
    """One's own notices, and whether they are sent by mail."""
    return _page(DigestForm(data={"address": wish_of(reading(), current_actor().id)}))


@room.post("/notices/read")
@permit("account.own")
def mark_read_now() -> ResponseReturnValue:
    """Note that one has read what the page showed."""
    shown = request.form.get("up_to", "")
    if shown.isascii() and shown.isdigit() and len(shown) < 19:
        with writing() as session:
            mark_read(session, current_actor().id, int(shown))
    return redirect(url_for("notices.notices_page"), code=303)


@room.post("/notices/digest")
@permit("account.own")
def want_digest_now() -> ResponseReturnValue:
    """Have a daily digest sent."""
    form = DigestForm(request.form)
    if not form.validate():
        return _page(form, form_problems(form), 422)
    try:
        with writing() as session:
            want_digest(session, current_actor(), form.address.data or "")
    except Refused as refused:
        return _page(form, refusal_problems(form, refused), refused.status)
    say("From tomorrow on, what is new is sent to you once a day.")
    return redirect(url_for("notices.notices_page"), code=303)


@room.post("/notices/digest/end")
@permit("account.own")
def unwant_digest_now() -> ResponseReturnValue:
    """Have no digest sent any more."""
    with writing() as session:
        unwant_digest(session, current_actor())
    say("No digest is sent to you any more. Your address is forgotten.")
    return redirect(url_for("notices.notices_page"), code=303)


@room.get("/notices/digest/end/<mark>")
@public
def end_digest_page(mark: str) -> ResponseReturnValue:
    """Ask once whether the digest that a link in a mail belongs to is to end; signing in is not needed."""
    wanted = wanted_by(reading(), installed().settings, mark) is not None
    return render_template("notices/end.html", wanted=wanted), 200 if wanted else 404


@room.post("/notices/digest/end/<mark>")
@public
def end_digest_now(mark: str) -> ResponseReturnValue:
    """End it. Twice is the same as once."""
    with writing() as session:
        end_by_mark(session, installed().settings, mark)
    return render_template("notices/end.html", ended=True)


def _page(form: DigestForm, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    session, actor = reading(), current_actor()
    page = render_template(
        "notices/notices.html",
        lines=[(line, words_of(line), address_of(line)) for line in notices_of(session, actor.id)],
        closed=is_wanted(),
        waits=waiting_behind_step(session, actor.id) is not None,
        form=form,
        problems=problems,
        wanted=wish_of(session, actor.id),
        mail=installed().settings.mail,
    )
    return page, status
