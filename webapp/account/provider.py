"""The one place that speaks to an OpenID Connect provider: authorization code with PKCE, state and nonce (Authlib).

Authlib comes with the extra ``sso`` and is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from werkzeug.wrappers import Response

from schema.problem import Refused, refuse
from webapp.sign_on import Provider
from webapp.unit_of_work import installed

NAME = "tandem"
#: How an identity token may be signed: with a private key alone, never not at all and never with a shared secret.
SIGNED_BY = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
SECONDS = 10
"""How long the provider may take to answer."""


@dataclass(frozen=True)
class Vouched:
    """Whom the provider vouches for: the stable subject, and what they are called there."""

    subject: str
    name: str
    display_name: str


def install(app: Flask, provider: Provider | None) -> None:
    """Register the provider; nothing is asked of it yet. Raises Refused (SET-034) where the extra is not installed."""
    if provider is None:
        return
    try:
        from authlib.integrations.flask_client import OAuth
    except ModuleNotFoundError as error:
        raise refuse("SET-034", "Single sign-on is not installed.", 'Install "tandem[sso]".') from error
    app.extensions["tandem-provider"] = OAuth(app).register(
        NAME,
        client_id=provider.client_id,
        client_secret=provider.secret or None,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": SECONDS,
            **({} if provider.secret else {"token_endpoint_auth_method": "none"}),
        },
    )


def send_there(back: str) -> Response:
    """Send the browser to the provider, which sends it ``back``.

    Raises Refused (409): SSO-010 where it cannot be reached, SSO-013 where it is another.
    """
    with _troubles():
        _described()
        answer: Response = _client().authorize_redirect(back)
        return answer


def vouched(provider: Provider) -> Vouched:
    """Take the provider's word about the person who comes back, once everything about it has been checked.

    Raises Refused: SSO-010 (409) where the provider cannot be reached, SSO-011 (400) for an answer that is not to our question.
    """
    claims_options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
    }
    with _troubles():
        _described()
        told: dict[str, Any] = (
            _client().authorize_access_token(claims_options=claims_options).get("userinfo") or {}
        )
    if not told.get("sub"):
        raise _not_ours()
    subject = str(told["sub"])
    name = str(told.get("preferred_username") or subject)
    return Vouched(subject, name, str(told.get("name") or name))


def sign_out_address(back: str) -> str:
    """Return where the person signs out of the provider; empty where it has no such page."""
    with _troubles():
        end = _described().get("end_session_endpoint")
        if not end:
            return ""
        return str(
            _client().create_logout_url(post_logout_redirect_uri=back, client_id=_client().client_id)["url"]
        )


def _described() -> dict[str, Any]:
    """The provider's own description. One of another issuer is refused (OpenID Connect Discovery 1.0, section 4.3), and of the ways to
    sign that it names only those count that need its private key: with no other could anybody who knows what is public sign.
    """
    found: dict[str, Any] = _client().load_server_metadata()
    if (said := found.get("issuer")) != installed().settings.sign_on.issuer:
        current_app.logger.warning("The sign-on provider says that its issuer is %s", said)
        raise refuse(
            "SSO-013",
            "The sign-on of your institution is not set up rightly here.",
            "Tell whoever runs this installation, and sign in with a password meanwhile.",
            status=409,
        )
    named = found.get("id_token_signing_alg_values_supported") or ["RS256"]
    found["id_token_signing_alg_values_supported"] = [one for one in named if one in SIGNED_BY]
    return found


@contextmanager
def _troubles() -> Iterator[None]:
    """Say in our own words what went wrong on the way; the log has the rest."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    try:
        yield
    except RequestException as error:
        current_app.logger.warning("The sign-on provider could not be reached", exc_info=True)
        raise refuse(
            "SSO-010",
            "The sign-on of your institution does not answer.",
            "Try again in a minute, or sign in with a password.",
            status=409,
        ) from error
    except (AuthlibBaseError, JoseError, RuntimeError, ValueError) as error:
        current_app.logger.warning("The sign-on provider's answer was refused", exc_info=True)
        raise _not_ours() from error


def _not_ours() -> Refused:
    return refuse(
        "SSO-011",
        "That sign-in was not begun here, took too long, or was cut short.",
        "Begin again.",
        status=400,
    )


def _client() -> Any:
    return current_app.extensions["tandem-provider"]
