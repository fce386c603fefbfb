"""A small OpenID Connect provider on the loopback: discovery, authorization code with PKCE, signed identity tokens.

It checks what a strict provider checks (OpenID Connect Core 3.1, RFC 7636 section 4.6), and can be made to lie.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT = "tandem-at-test"
SECRET = "the provider's own secret for tandem"


@dataclass
class OwnProvider:
    """The provider as a test sees it. ``person``: who is signed in there; ``lies`` replace claims of the identity token,
    ``described`` parts of the provider's description; ``unsigned``: the token has the signature of nobody (``alg`` none).
    """

    address: str = ""
    person: dict[str, str] = field(
        default_factory=lambda: {"sub": "a1b2-c3d4", "preferred_username": "okafor"}
    )
    lies: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    sign_with: RSAKey | None = None
    described: dict[str, Any] = field(default_factory=dict)
    unsigned: bool = False
    given: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def token(self, granted: dict[str, str]) -> str:
        """The identity token for what was granted."""
        moment = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": moment, "exp": moment + 300}
        claims |= {**self.person, "nonce": granted["nonce"], **self.lies}
        if self.unsigned:
            return f"{_part({'alg': 'none'})}.{_part(claims)}."
        return jwt.encode({"alg": "RS256", "kid": "first"}, claims, self.sign_with or self.key)

    def wrong(self, granted: dict[str, str] | None) -> str:
        """What is wrong with a request for a token; nothing where it is right."""
        if granted is None:
            return "code"
        if request.authorization is None or (
            request.authorization.username,
            request.authorization.password,
        ) != (
            CLIENT,
            SECRET,
        ):
            return "client"
        digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != granted["code_challenge"]:
            return "verifier"
        return "" if request.form.get("redirect_uri") == granted["redirect_uri"] else "redirect_uri"


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def _application(here: OwnProvider) -> Flask:
    app = Flask("provider")

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        said = {
            "issuer": here.address,
            "authorization_endpoint": f"{here.address}/authorize",
            "token_endpoint": f"{here.address}/token",
            "jwks_uri": f"{here.address}/keys",
            "end_session_endpoint": f"{here.address}/leave",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
        return jsonify({**said, **here.described})

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(keys=[here.key.as_dict(private=False)])

    @app.get("/authorize")
    def authorize() -> Any:
        asked = request.args.to_dict()
        here.asked.append(asked)
        if asked.get("code_challenge_method") != "S256" or asked.get("response_type") != "code":
            return "no", 400
        code = secrets.token_urlsafe(16)
        here.codes[code] = asked
        return redirect(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    @app.post("/token")
    def token() -> Any:
        granted = here.codes.pop(request.form.get("code", ""), None)  # once
        wrong = here.wrong(granted)
        if wrong or granted is None:
            here.refused.append(wrong)
            return jsonify(error="invalid_grant"), 400
        access, identity = secrets.token_urlsafe(16), here.token(granted)
        here.given += [access, identity]
        return jsonify(access_token=access, token_type="Bearer", expires_in=300, id_token=identity)

    return app


@contextmanager
def own_provider() -> Iterator[OwnProvider]:
    """Serve a provider until the end of the block."""
    here = OwnProvider()
    server = make_server("127.0.0.1", 0, _application(here), threaded=True)
    here.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
