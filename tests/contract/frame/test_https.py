"""An application behind https: by a certificate that is trusted, or not at all, and then it is said why."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from contract_tests.target.trust import objection, trusted
from tests.contract.frame.kit import a_kit, a_port, run_pytest

pytestmark = [
    pytest.mark.slow,  # each runs the kit in a process of its own
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl, which makes a certificate, is not installed"),
]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed one for 127.0.0.1, with its key in the same file."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(file), "-out", str(file)]
    subprocess.run(["openssl", "req", *kind, *subject], check=True, capture_output=True)
    return file


@pytest.fixture(scope="module")
def url(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", a_port()), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}/webhooks"
    server.shutdown()
    server.server_close()


def target(folder: Path, url: str) -> str:
    file = folder / "target.toml"
    file.write_text(f'[integrator]\nwebhook_url = "{url}"\n')
    a_kit(folder, "probe_reply.py")
    return str(file)


def test_a_certificate_that_nobody_trusts_is_one_clear_failure(tmp_path: Path, url: str) -> None:
    """It is said what is wrong with it, and what to do."""
    done = run_pytest(tmp_path, "--gupshup-target", target(tmp_path, url))
    assert done.code == 6
    assert f"No webhook can be sent to {url}: self-signed certificate, which the providers would not trust" in done.out
    assert "the environment variable SSL_CERT_FILE." in done.out
    assert "1 failed in" in done.out


def test_a_certificate_can_be_trusted(tmp_path: Path, url: str, certificate: Path) -> None:
    """By the variable that OpenSSL goes by, in the sandbox and in the kit."""
    variables = {"SSL_CERT_FILE": str(certificate)}
    done = run_pytest(tmp_path, "-k", "default", "--gupshup-target", target(tmp_path, url), variables=variables)
    assert done.code == 0, done.out


def test_https_where_there_is_http_is_told() -> None:
    """What answers without TLS is not waited for; where nothing listens there is nothing to object to."""
    server = ThreadingHTTPServer(("127.0.0.1", a_port()), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    said = objection(f"https://127.0.0.1:{server.server_port}/")
    server.shutdown()
    server.server_close()
    assert said.startswith("what answers there speaks no TLS (")
    assert objection(f"https://127.0.0.1:{a_port()}/") == ""


def test_nothing_is_loaded_for_http() -> None:
    """Reading the certificates of a machine takes longer than a request."""
    assert trusted("http://127.0.0.1:9000/a", "http://127.0.0.1:9000/b") is False
    assert isinstance(trusted("http://127.0.0.1:9000/a", "https://127.0.0.1:9000/b"), ssl.SSLContext)
