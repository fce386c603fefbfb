"""The shipped units and the shipped configuration of nginx are right, and Tandem works behind a real nginx as they say."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from tests.durable.conftest import Peopled
from tests.support.nodes import ROOT, cluster
from tests.support.programs import nginx
from tests.support.world import PASSWORD
from webapp.serving import first_free_port

SHIPPED = ROOT / "docs" / "deploying"
NAME = "tandem.example.org"
MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/tandem.conf;
}}
"""


class _Stay(urllib.request.HTTPRedirectHandler):
    """Give redirects back as they are."""

    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.mark.systemd
@pytest.mark.parametrize("unit", ["tandem.service", "tandem-worker.service"])
def test_the_units_are_right(unit: str, tmp_path: Path) -> None:
    source = (SHIPPED / unit).read_text(encoding="utf-8")
    assert "KillSignal=SIGTERM" in source
    # The program and its settings are not installed here, so others stand in for them; everything else is as shipped.
    (tmp_path / unit).write_text(
        source.replace("/opt/tandem/bin/tandem", "/bin/true").replace("/etc/tandem/environment", "/dev/null")
    )
    ran = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / unit)], capture_output=True, text=True, check=False
    )
    complaints = [line for line in ran.stderr.splitlines() if unit in line]
    assert (ran.returncode, complaints) == (0, [])


def test_the_settings_that_are_shipped_are_settings() -> None:
    named = re.findall(r"^#? ?(TANDEM_[A-Z_]+)=", (SHIPPED / "environment").read_text(encoding="utf-8"), re.M)
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert named
    assert [name for name in named if f"`{name}`" not in page] == []


def _configured(folder: Path, upstream: int, http: int, https: int) -> Path:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    source = (SHIPPED / "nginx.conf").read_text(encoding="utf-8")
    for shipped, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        ("/etc/tandem/", f"{folder}/"),
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{https} ssl http2;"),
    ):
        assert shipped in source
        source = source.replace(shipped, here)
    source = re.sub(r"^ *listen \[::\].*\n", "", source, flags=re.M)
    (folder / "tandem.conf").write_text(source, encoding="utf-8")
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder), encoding="utf-8")
    return folder / "nginx.conf"


@pytest.fixture
def proxied(peopled: Peopled, tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Tandem behind nginx: the ports for HTTP and HTTPS."""
    database = peopled("sqlite")
    address = database.url.render_as_string(hide_password=False)
    with cluster(address, tmp_path / "data", TANDEM_HTTPS="1") as running:
        node = running.serve()
        http, https = (first_free_port("127.0.0.1", start, tries=500) for start in (21_000, 22_000))
        configuration = _configured(tmp_path, node.port, http, https)
        program = str(nginx())
        subprocess.run([program, "-t", "-c", str(configuration)], check=True, capture_output=True)
        front = subprocess.Popen([program, "-c", str(configuration)], stderr=subprocess.DEVNULL)
        try:
            yield http, https
        finally:
            front.terminate()
            front.wait(30)


def _open(address: str, headers: dict[str, str] | None = None, sent: bytes | None = None) -> HTTPResponse:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusting), _Stay)
    until = time.monotonic() + 30
    while True:
        try:
            answer: HTTPResponse = opener.open(urllib.request.Request(address, sent, headers or {}))
        except urllib.error.HTTPError as error:
            return error  # type: ignore[return-value]
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return answer


@pytest.mark.nginx
def test_tandem_works_behind_nginx_as_it_is_shipped(proxied: tuple[int, int]) -> None:
    http, https = proxied
    plain = _open(f"http://127.0.0.1:{http}/sign-in")
    assert (plain.status, plain.headers["Location"]) == (301, "https://tandem.example.org/sign-in")
    assert [_open(f"http://127.0.0.1:{http}{path}").status for path in ("/health", "/ready", "/metrics")] == [
        404
    ] * 3
    base = f"https://127.0.0.1:{https}"
    page = _open(f"{base}/sign-in")
    text = page.read().decode()
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")
    assert page.headers["Set-Cookie"].startswith("__Host-tandem-page=")
    assert [_open(f"{base}{path}").status for path in ("/health", "/ready", "/metrics")] == [200, 404, 404]
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
    assert token
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    sent = urllib.parse.urlencode({"csrf_token": token[1], "name": "amara", "password": PASSWORD}).encode()
    signed_in = _open(
        f"{base}/sign-in",
        # At another port than 443 the browser names it in both; they must still be the same to Tandem.
        # What it says of forwarding itself counts for nothing.
        {
            "Cookie": cookie,
            "Host": f"{NAME}:{https}",
            "Referer": f"https://{NAME}:{https}/sign-in",
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "http",
            "X-Forwarded-For": "192.0.2.7",
        },
        sent,
    )
    assert signed_in.status == 303, signed_in.read().decode()
    assert any(
        one.startswith("__Host-tandem-session=") for one in signed_in.headers.get_all("Set-Cookie") or []
    )


def _agreed(port: int, newest: ssl.TLSVersion, ciphers: str) -> tuple[str, str] | None:
    """The version of TLS and the cipher that nginx agrees on with a client that takes these; None where it refuses."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    client.minimum_version, client.maximum_version = ssl.TLSVersion.TLSv1, newest
    try:
        with socket.create_connection(("127.0.0.1", port), 10) as plain, client.wrap_socket(plain) as secret:
            name, version, _ = secret.cipher() or ("", "", 0)
            return secret.version() or version, name
    except ssl.SSLError:
        return None


@pytest.mark.nginx
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_only_recent_tls_with_strong_ciphers_is_spoken(proxied: tuple[int, int]) -> None:
    _, port = proxied
    _open(f"https://127.0.0.1:{port}/health")  # nginx is there
    old, new = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
    assert _agreed(port, ssl.TLSVersion.TLSv1_1, "ALL") is None
    assert _agreed(port, old, "AES128-GCM-SHA256:AES256-SHA") is None, "no forward secrecy"
    assert _agreed(port, old, "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA") is None, (
        "no authenticated encryption"
    )
    weak_first = "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"
    assert _agreed(port, old, weak_first) == ("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384")
    assert (_agreed(port, new, "ALL") or ("", ""))[0] == "TLSv1.3"
