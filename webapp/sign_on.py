"""How people may sign in without a password of this installation: settings of the single sign-on.

Either an OpenID Connect provider, or a proxy in front that has asked them who they are (Shibboleth) and says so in a header. Both are
off unless set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from schema.problem import Problem
from schema.store.identities import PROXY

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider. ``secret`` is empty for a public client, which PKCE alone protects."""

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class TrustedProxy:
    """A proxy whose word counts: the header that names the person, and the addresses that alone may send it."""

    header: str
    addresses: frozenset[str]


@dataclass(frozen=True)
class SignOn:
    """The single sign-on, as far as it is set. ``name`` is what people know it by; ``create``: unknown people get an account."""

    provider: Provider | None = None
    proxy: TrustedProxy | None = None
    name: str = "your university"
    create: bool = False
    sign_out: str = ""

    @property
    def issuer(self) -> str:
        """Under what name connected accounts are kept; empty where there is no single sign-on."""
        if self.provider is not None:
            return self.provider.issuer
        return PROXY if self.proxy is not None else ""


def read_sign_on(environ: Mapping[str, str], create: bool, problems: list[Problem]) -> SignOn:
    """Read the settings; what is wrong is added to the problems."""
    given = {key: environ.get(key, "").strip() for key in KEYS}
    if (given["TANDEM_SSO_ISSUER"] or given["TANDEM_SSO_CLIENT_ID"]) and given["TANDEM_PROXY_USER_HEADER"]:
        problems.append(
            Problem(
                "SET-033",
                "There is a provider and a trusted header, and only one of them can vouch for people.",
                "Leave one out.",
                "TANDEM_PROXY_USER_HEADER",
            )
        )
    return SignOn(
        provider=_provider(given, problems),
        proxy=_proxy(given, problems),
        name=given["TANDEM_SSO_NAME"] or SignOn.name,
        create=create,
        sign_out=given["TANDEM_SSO_SIGN_OUT"],
    )


KEYS = (
    "TANDEM_SSO_ISSUER",
    "TANDEM_SSO_CLIENT_ID",
    "TANDEM_SSO_CLIENT_SECRET",
    "TANDEM_SSO_NAME",
    "TANDEM_SSO_SIGN_OUT",
    "TANDEM_PROXY_USER_HEADER",
    "TANDEM_PROXY_ADDRESS",
)


def peer_address(environ: Mapping[str, Any]) -> str:
    """Return who is at the other end of the connection, whatever forwarding headers say."""
    before = environ.get("werkzeug.proxy_fix.orig", {})
    return str(before.get("REMOTE_ADDR") or environ.get("REMOTE_ADDR") or "")


def _provider(given: Mapping[str, str], problems: list[Problem]) -> Provider | None:
    issuer, client_id = given["TANDEM_SSO_ISSUER"], given["TANDEM_SSO_CLIENT_ID"]
    if not issuer and not client_id:
        return None
    parts = urlsplit(issuer)
    if not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        problems.append(
            Problem(
                "SET-030",
                "The issuer has to be an https address.",
                "Give it as the provider's own page of discovery says it, without the part that begins with /.well-known.",
                "TANDEM_SSO_ISSUER",
            )
        )
    if not client_id:
        problems.append(
            Problem(
                "SET-031",
                "There is no client id.",
                "Register Tandem at the provider.",
                "TANDEM_SSO_CLIENT_ID",
            )
        )
    return Provider(given["TANDEM_SSO_ISSUER"], client_id, given["TANDEM_SSO_CLIENT_SECRET"])


def _proxy(given: Mapping[str, str], problems: list[Problem]) -> TrustedProxy | None:
    header, listed = given["TANDEM_PROXY_USER_HEADER"], given["TANDEM_PROXY_ADDRESS"]
    if not header:
        return None
    addresses = frozenset(filter(None, (one.strip() for one in listed.split(","))))
    if not addresses or not all(_is_address(one) for one in addresses):
        problems.append(
            Problem(
                "SET-032",
                "A header is believed only from a proxy whose address is known.",
                "Give the address, or several with commas, for instance 127.0.0.1.",
                "TANDEM_PROXY_ADDRESS",
            )
        )
    return TrustedProxy(header, addresses)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
