"""A receiver behind https whose certificate is not accepted: what is wrong, and what to do (W5)."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from mock_server.clock import MachineTime
from mock_server.delivery.failures import explained
from mock_server.delivery.sender import HttpSender
from mock_server.delivery.targets import Targets
from tests.stage.sockets import Visit, listening

pytestmark = pytest.mark.anyio

KEY = ConnectionKey("receiver.example", 443, True, True, None, None, None)
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")


async def never(visit: Visit) -> None:
    await visit.say(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture
async def sender() -> AsyncIterator[HttpSender]:
    sender = HttpSender(machine=MachineTime(), targets=Targets(None))
    yield sender
    await sender.close()


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    files = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate")]
    about = ["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *files, *about]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    return context


@needs_openssl
async def test_one_that_nobody_knows(sender: HttpSender, self_signed: ssl.SSLContext) -> None:
    """A self-signed certificate is refused by name, and the sentence says how to have it accepted."""
    async with listening(never, tls=self_signed) as url:
        answer = await sender.post(url + "/webhooks", b"{}", (), 5)
    assert (answer.outcome, answer.status) == ("refused", None)
    assert (
        answer.sentence.startswith(
            "no connection: the receiver's certificate is not accepted: self-signed certificate. Start the sandbox with"
            " SSL_CERT_FILE=FILE"
        )
        or "self signed certificate" in answer.sentence
    )  # OpenSSL 1.1's spelling


async def test_https_where_http_is_spoken(sender: HttpSender) -> None:
    """A receiver that speaks plain HTTP is not taken for one with a wrong certificate."""
    async with listening(never) as url:
        answer = await sender.post(url.replace("http:", "https:"), b"{}", (), 5)
    assert answer.outcome == "refused"
    assert answer.sentence.endswith("is its URL http://...?")


@pytest.mark.parametrize(
    ("code", "said", "advice"),
    [
        (10, "certificate has expired", "Give the receiver a new one, or look at this machine's clock"),
        (9, "certificate is not yet valid", "Give the receiver a new one, or look at this machine's clock"),
        (62, "Hostname mismatch, certificate is not valid for 'app'.", "Use the name that it is for in the URL"),
        (20, "unable to get local issuer certificate", "Start the sandbox with SSL_CERT_FILE=FILE"),
    ],
)
def test_what_to_do_about_it(code: int, said: str, advice: str) -> None:
    """Each thing that can be wrong with a certificate has its own remedy."""
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, said
    failure = explained(aiohttp.ClientConnectorCertificateError(KEY, error), 10)
    assert failure.outcome == "refused"
    _, _, meaning = failure.sentence.partition("no connection: the receiver's certificate is not accepted: ")
    assert meaning.startswith(f"{said.rstrip('.')}. {advice}")
