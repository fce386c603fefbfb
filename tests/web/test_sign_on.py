"""Signing in through a university: a real provider over HTTP on the loopback, and a proxy that says who somebody is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from schema.problem import Refused
from schema.store.models import Audit, SignOnIdentity, User
from schema.store.people import disable_user
from tests.support.policing import Page, PolicingClient, police
from tests.support.provider import CLIENT, SECRET, OwnProvider, own_provider
from tests.support.world import PASSWORD, SYSTEM, World, build_world
from webapp.app import create_app
from webapp.settings import from_environment
from webapp.sign_on import Provider, SignOn, TrustedProxy

HEADER = "X-Remote-User"
PROXY = TrustedProxy(HEADER, frozenset({"127.0.0.9"}))


@pytest.fixture(scope="module")
def serving() -> Iterator[OwnProvider]:
    with own_provider() as made:
        yield made


@pytest.fixture
def there(serving: OwnProvider) -> OwnProvider:
    """The provider, honest again."""
    serving.lies, serving.sign_with, serving.described, serving.unsigned = {}, None, {}, False
    serving.person = {"sub": "a1b2-c3d4", "preferred_username": "okafor", "email": "amara@example.org"}
    return serving


def _world(folder: Path, sign_on: SignOn) -> World:
    plain = build_world(folder)
    settings = replace(plain.settings, sign_on=sign_on)
    return World(plain.database, folder, _app=police(create_app(settings, database=plain.database)))


@pytest.fixture
def world(tmp_path: Path, there: OwnProvider) -> Iterator[World]:
    made = _world(tmp_path, SignOn(Provider(there.address, CLIENT, SECRET), name="Exampleshire University"))
    yield made
    made.database.dispose()


def _go(client: PolicingClient, begin: str = "/sign-on") -> TestResponse:
    """Go to the provider and come back, as a browser does."""
    to = client.get(begin)
    assert to.status_code in (302, 303), to.get_data(as_text=True)
    back = requests.get(str(to.location), allow_redirects=False, timeout=10)
    assert back.status_code == 302, back.text
    return client.get(_path(back.headers["Location"]))


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def _connect(world: World, name: str = "amara") -> None:
    client = world.new_client(name)
    assert _go(client, "/account/sign-on/begin").location == "/account/sign-on"
    sent = {"password": PASSWORD}
    assert client.submit("/account/sign-on/connect", sent, page="/account/sign-on").status_code == 303


def test_a_connected_account_is_signed_in_where_it_was_going(world: World, there: OwnProvider) -> None:
    _connect(world)
    there.person |= {"preferred_username": "somebody-else", "email": "ben@example.org"}
    client = world.new_client()
    door = client.page("/sign-in?next=/projects/pilot")
    answer = _go(client, door.links["Sign in through Exampleshire University"])
    assert (answer.status_code, answer.location) == (303, "/projects/pilot")
    assert "Amara Okafor" in client.page("/account").words
    with world.reading() as session:
        row = session.query(Audit).filter_by(action="session.start").order_by(Audit.seq.desc()).first()
    assert row is not None
    assert "single sign-on" in row.detail


def test_the_way_there_carries_state_nonce_and_a_challenge(world: World) -> None:
    asked = [parse_qs(urlsplit(str(world.new_client().get("/sign-on").location)).query) for _ in range(2)]
    for one in asked:
        assert (one["response_type"], one["code_challenge_method"]) == (["code"], ["S256"])
        assert one["redirect_uri"] == ["http://localhost/sign-on/return"]
    for key in ("state", "nonce", "code_challenge"):
        assert asked[0][key] != asked[1][key], key
        assert len(asked[0][key][0]) >= 20, key


def test_the_provider_gives_nothing_to_whoever_did_not_begin(world: World, there: OwnProvider) -> None:
    """Proves the provider of the test, too: another browser has another verifier."""
    _connect(world)
    begun, thief = world.new_client(), world.new_client()
    back = requests.get(str(begun.get("/sign-on").location), allow_redirects=False, timeout=10)
    stolen = _path(back.headers["Location"])
    assert thief.get(stolen).status_code == 400
    own = requests.get(str(thief.get("/sign-on").location), allow_redirects=False, timeout=10)
    query = parse_qs(urlsplit(own.headers["Location"]).query)
    code = parse_qs(urlsplit(back.headers["Location"]).query)["code"][0]
    assert thief.get(f"/sign-on/return?code={code}&state={query['state'][0]}").status_code == 400
    assert there.refused[-1] == "verifier"
    assert thief.get("/account").status_code == 303


def test_an_answer_counts_once(world: World) -> None:
    _connect(world)
    client = world.new_client()
    back = requests.get(str(client.get("/sign-on").location), allow_redirects=False, timeout=10)
    assert client.get(_path(back.headers["Location"])).status_code == 303
    client.submit("/sign-out", page="/account")
    assert client.get(_path(back.headers["Location"])).status_code == 400


@pytest.mark.parametrize(
    "lies",
    [
        {"aud": "another-application"},
        {"iss": "https://elsewhere.example.org"},
        {"nonce": "of somebody else"},
        {"exp": 1_000_000_000},
        {"sub": ""},
    ],
    ids=lambda lies: next(iter(lies)),
)
def test_a_token_that_was_not_made_for_this_sign_in_is_refused(
    world: World, there: OwnProvider, lies: dict[str, object]
) -> None:
    _connect(world)
    there.lies = lies
    client = world.new_client()
    answer = _go(client)
    assert answer.status_code == 400
    assert "Begin again." in Page(answer).words
    assert client.get("/account").status_code == 303


def test_a_token_signed_by_somebody_else_is_refused(world: World, there: OwnProvider) -> None:
    _connect(world)
    there.sign_with = RSAKey.generate_key(2048, {"kid": "first"})
    client = world.new_client()
    assert _go(client).status_code == 400
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize("named", [["RS256"], ["none", "HS256", "RS256"], ["none"]], ids="-".join)
def test_a_token_that_nobody_signed_is_refused_whatever_the_provider_says_it_takes(
    world: World, there: OwnProvider, named: list[str]
) -> None:
    _connect(world)
    there.described, there.unsigned = {"id_token_signing_alg_values_supported": named}, True
    fresh = _world_beside(world)
    client = fresh.new_client()
    assert _go(client).status_code == 400
    assert client.get("/account").status_code == 303


def test_a_provider_that_describes_itself_as_another_is_not_gone_to(world: World, there: OwnProvider) -> None:
    there.described = {"issuer": "https://elsewhere.example.org"}
    answer = world.new_client().get("/sign-on")
    assert answer.status_code == 409
    assert "not set up rightly" in Page(answer).words


def test_an_issuer_that_ends_with_a_slash_is_taken_as_it_is(tmp_path: Path, there: OwnProvider) -> None:
    issuer = f"{there.address}/"
    there.described, there.lies = {"issuer": issuer}, {"iss": issuer}
    given = {
        "TANDEM_SSO_ISSUER": issuer,
        "TANDEM_SSO_CLIENT_ID": CLIENT,
        "TANDEM_SSO_CLIENT_SECRET": SECRET,
    }
    settings = from_environment({"TANDEM_DATA_DIR": str(tmp_path / "data"), **given})
    world = _world(tmp_path, settings.sign_on)
    _connect(world)
    assert _go(world.new_client()).status_code == 303
    world.database.dispose()


def test_no_token_of_the_provider_is_given_to_the_browser(world: World, there: OwnProvider) -> None:
    _connect(world)
    client = world.new_client()
    answer = _go(client)
    kept = [answer.get_data(as_text=True), *(str(header) for header in answer.headers)]
    for name in ("tandem-session", "tandem-page", "tandem-device"):
        cookie = client.get_cookie(name)
        kept.append(cookie.value if cookie is not None else "")
    assert there.given, "the provider gave tokens"
    assert [token for token in there.given for text in kept if token in text] == []


def _world_beside(world: World) -> World:
    """The same world served by a process that has not read the provider's description yet."""
    app = create_app(world.app.extensions["tandem"].settings, database=world.database)
    return World(world.database, world.folder, _app=police(app))


def test_nobody_is_taken_for_an_account_by_name_or_address(world: World, there: OwnProvider) -> None:
    there.person = {"sub": "amara", "preferred_username": "amara", "email": "amara", "name": "Amara Okafor"}
    client = world.new_client()
    answer = _go(client)
    assert answer.status_code == 403
    assert "not connected" in Page(answer).words
    assert client.get("/account").status_code == 303
    with world.reading() as session:
        assert session.query(SignOnIdentity).count() == 0


def test_a_disabled_account_stays_shut(world: World) -> None:
    _connect(world)
    with world.writing() as session:
        disable_user(session, SYSTEM, session.get_one(User, world.user("amara").id))
    assert _go(world.new_client()).status_code == 403


def test_connecting_takes_the_password_and_a_subject_belongs_to_one_account(world: World) -> None:
    ben = world.new_client("ben")
    _go(ben, "/account/sign-on/begin")
    where = "/account/sign-on"
    assert "will be Ben Whitfield here" in ben.page(where).words
    assert ben.submit(f"{where}/connect", {"password": "wrong"}, page=where).status_code == 422
    _connect(world, "amara")
    late = ben.submit(f"{where}/connect", {"password": PASSWORD}, page=where)
    assert late.status_code == 409
    assert "connected with another account" in Page(late).words
    amara = world.new_client("amara")
    assert amara.submit(f"{where}/disconnect", {"password": PASSWORD}, page=where).status_code == 303
    assert _go(world.new_client()).status_code == 403


def test_accounts_are_made_only_where_that_is_set_and_never_over_an_existing_one(
    tmp_path: Path, there: OwnProvider
) -> None:
    world = _world(tmp_path, SignOn(Provider(there.address, CLIENT, SECRET), create=True))
    client = world.new_client()
    there.person = {"sub": "new-1", "preferred_username": "Núria Ferrer", "name": "Núria Ferrer"}
    assert _go(client).status_code == 303
    made = world.user("n-ria-ferrer")
    assert (made.display_name, made.is_admin, made.password_hash) == ("Núria Ferrer", False, None)
    assert client.get("/projects/pilot").status_code == 404
    there.person = {"sub": "new-2", "preferred_username": "amara"}
    taken = _go(world.new_client())
    assert taken.status_code == 409
    assert "The account “amara” is not connected with your account there." in Page(taken).words
    world.database.dispose()


def test_a_provider_that_does_not_answer_leaves_the_password(tmp_path: Path) -> None:
    world = _world(tmp_path, SignOn(Provider("http://127.0.0.1:9", CLIENT, SECRET)))
    answer = world.new_client().get("/sign-on")
    assert answer.status_code == 409
    assert "sign in with a password" in Page(answer).words
    assert world.new_client("amara").get("/account").status_code == 200
    world.database.dispose()


def test_signing_out_leads_on_to_the_provider(world: World, there: OwnProvider) -> None:
    client = world.new_client("amara")
    left = client.submit("/sign-out", page="/account")
    assert "/sign-on/out" in client.page(str(left.location)).links.values()
    assert str(client.get("/sign-on/out").location).startswith(f"{there.address}/leave?")


def _through_proxy(world: World, name: str | None, peer: str = "127.0.0.9", **more: str) -> TestResponse:
    headers = {**({HEADER: name} if name is not None else {}), **more}
    return world.new_client().get("/sign-on", headers=headers, environ_overrides={"REMOTE_ADDR": peer})


def test_a_header_counts_from_the_proxy_alone(tmp_path: Path) -> None:
    world = _world(tmp_path, SignOn(proxy=PROXY))
    client, own = world.new_client("amara"), {"environ_overrides": {"REMOTE_ADDR": "127.0.0.9"}}
    client.get("/account/sign-on/begin", headers={HEADER: "okafor@example.org"}, **own)
    sent = {"password": PASSWORD}
    assert client.submit("/account/sign-on/connect", sent, page="/account/sign-on").status_code == 303
    assert _through_proxy(world, "okafor@example.org").status_code == 303
    assert _through_proxy(world, "okafor@example.org", "127.0.0.1").status_code == 403
    forged = {"X-Forwarded-For": "127.0.0.9", "Forwarded": "for=127.0.0.9"}
    assert _through_proxy(world, "okafor@example.org", "203.0.113.5", **forged).status_code == 403
    for name in (None, "", "amara", "OKAFOR@example.org"):
        assert _through_proxy(world, name).status_code == 403, name
    anywhere = world.new_client().get(
        "/account", headers={HEADER: "okafor@example.org"}, environ_overrides={"REMOTE_ADDR": "127.0.0.9"}
    )
    assert anywhere.status_code == 303, "the header signs nobody in by itself"
    world.database.dispose()


def test_behind_tls_the_proxys_own_address_counts_and_not_what_it_forwards(tmp_path: Path) -> None:
    plain = build_world(tmp_path)
    settings = replace(plain.settings, https=True, sign_on=SignOn(proxy=PROXY, create=True))
    client = create_app(settings, database=plain.database).test_client()
    for peer, forwarded, status in (("127.0.0.9", "203.0.113.5", 303), ("203.0.113.5", "127.0.0.9", 403)):
        answer = client.get(
            "/sign-on",
            base_url="https://localhost",
            headers={HEADER: "esi", "X-Forwarded-For": forwarded},
            environ_overrides={"REMOTE_ADDR": peer},
        )
        assert answer.status_code == status, peer
    plain.database.dispose()


def test_without_settings_there_is_no_other_door(tmp_path: Path) -> None:
    world = build_world(tmp_path)
    for path in ("/sign-on", "/sign-on/return?code=x&state=y", "/sign-on/out"):
        answer = world.new_client().get(
            path, headers={HEADER: "amara"}, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}
        )
        assert answer.status_code == 404
    assert "Sign in through" not in world.new_client().page("/sign-in").words
    world.database.dispose()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"TANDEM_SSO_ISSUER": "http://sso.example.org", "TANDEM_SSO_CLIENT_ID": "t"}, "SET-030"),
        ({"TANDEM_SSO_ISSUER": "https://sso.example.org"}, "SET-031"),
        ({"TANDEM_PROXY_USER_HEADER": HEADER}, "SET-032"),
        ({"TANDEM_PROXY_USER_HEADER": HEADER, "TANDEM_PROXY_ADDRESS": "*"}, "SET-032"),
        (
            {
                "TANDEM_SSO_ISSUER": "https://sso.example.org",
                "TANDEM_SSO_CLIENT_ID": "t",
                "TANDEM_PROXY_USER_HEADER": HEADER,
                "TANDEM_PROXY_ADDRESS": "127.0.0.1",
            },
            "SET-033",
        ),
    ],
)
def test_settings_that_would_open_a_door_too_wide_are_refused(
    tmp_path: Path, given: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        from_environment(given, tmp_path)
    assert [problem.code for problem in refused.value.problems] == [code]
