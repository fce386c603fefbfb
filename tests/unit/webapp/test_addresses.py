"""Addresses that are kept: they are what Flask would build anew, beneath every path, and nothing that a browser sent stays."""

from __future__ import annotations

from flask import Flask, url_for

from webapp.addresses import KEPT_MOST, LONGEST, Application


def _application() -> Application:
    app = Application("webapp")
    app.add_url_rule("/cases/<case>", "case")
    return app


def test_a_kept_address_is_the_one_that_flask_builds() -> None:
    app, plain = _application(), Flask("webapp")
    plain.add_url_rule("/cases/<case>", "case")
    asked: list[dict[str, object]] = [
        {"case": "a b/ü"},
        {"case": 1},
        {"case": "1", "row": ["x", "y"]},
        {"case": "1", "_anchor": "row 1"},
        {"case": "1", "page": None, "of": True},
        {"case": "1", "_external": True},
    ]
    for environ in ({"SCRIPT_NAME": ""}, {"SCRIPT_NAME": "/beneath"}, {"HTTP_HOST": "elsewhere.example"}):
        for names in [*asked, *asked]:
            with app.test_request_context("/", environ_overrides=environ):
                ours = url_for("case", **names)  # type: ignore[arg-type]
            with plain.test_request_context("/", environ_overrides=environ):
                assert ours == url_for("case", **names)  # type: ignore[arg-type]


def test_what_is_long_or_holds_the_name_of_a_host_is_not_kept() -> None:
    app = _application()
    with app.test_request_context("/"):
        url_for("case", case="x" * (LONGEST + 1))
        url_for("case", case="1", _external=True)
        url_for("case", case="1", _scheme="https")
        url_for("case", case="1", row=["x"])
        assert app._built.cache_info().currsize == 0
        url_for("case", case="1")
        assert app._built.cache_info().currsize == 1
    assert app._built.cache_info().maxsize == KEPT_MOST
