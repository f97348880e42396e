"""Why a receiver could not be reached or gave no answer, in words that say what to do (W5)."""

from __future__ import annotations

import os
import ssl
from typing import Final, NamedTuple

NO_MATCH: Final = ("Hostname mismatch", "IP address mismatch")
NOT_YET, EXPIRED = 9, 10  # OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED


class Failure(NamedTuple):
    """`outcome` as in `Attempt`, and the sentence."""

    outcome: str
    sentence: str


def explained(error: Exception, timeout: float) -> Failure:
    """What an attempt that was given `timeout` seconds ended with."""
    import aiohttp  # noqa: PLC0415  after the server has started

    if isinstance(error, TimeoutError):
        return Failure("timed_out", f"the receiver did not answer within {timeout:g} s")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Failure("refused", _no_connection(error.os_error))
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionError):
        return Failure("closed", "the receiver closed the connection without an answer")
    if isinstance(error, aiohttp.ClientResponseError):  # as a text it would contain the URL, and that may be a secret
        return Failure("closed", f"no usable answer: {error.message}"[:200])
    return Failure("closed", f"no usable answer: {type(error).__name__} {error}"[:200])


def _no_connection(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"no connection: the receiver's certificate is not accepted: {_wrong_certificate(error)}"
    if isinstance(error, ssl.SSLError):
        return f"no connection: the receiver does not speak TLS as it should ({_words(error)}); is its URL http://...?"
    if isinstance(error, PermissionError):  # ours: not among the targets
        return str(error)
    return f"no connection: {_reason(error)}"


def _wrong_certificate(error: ssl.SSLCertVerificationError) -> str:
    """What is wrong with it, and what to do about that."""
    said = error.verify_message.rstrip(".")
    if said.startswith(NO_MATCH):
        return f"{said}. Use the name that it is for in the URL, or give the receiver one for this name"
    if error.verify_code in {NOT_YET, EXPIRED}:
        return f"{said}. Give the receiver a new one, or look at this machine's clock"
    return (
        f"{said}. Start the sandbox with SSL_CERT_FILE=FILE, a PEM file with the certificate of who issued it, or with"
        " itself if it is self-signed"
    )


def _words(error: ssl.SSLError) -> str:
    return (error.reason or type(error).__name__).replace("_", " ").lower()


def _reason(error: OSError) -> str:
    """The system's words for it; event loops have others, each its own."""
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error)
