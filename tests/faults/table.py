"""The ways in which a vendor fails: what its server does, and what the exporter is to say of it."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Literal

from license_exporter.errors import Reason
from tests.faults.answers import (
    CANARY,
    DOCUMENT,
    MB,
    bombing,
    chunked,
    document,
    dripping,
    flooding,
    hanging_up,
    head,
    padded,
    resetting,
    resetting_at_once,
    saying,
    saying_at_once,
    stalling,
    staying_silent,
    whole,
)
from tests.servers import Talk

# Which certificate a server has: none speaks no TLS at all.
Certificate = Literal["none", "good", "expired", "other host", "self-signed", "old version", "asks"]

SHORT = {"timeout": "3s"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail.

    `reason` is None for an answer that is odd and can be read all the same. `token_reason` is for
    a token endpoint that does the same. `scheme` is that of the url, `options` are further ones
    of the target. `wait` is the least and the greatest time in seconds for which the vendor is
    then left alone, where it asks for that.
    """

    name: str
    talk: Talk | None
    reason: Reason | None
    token_reason: Reason | None
    scheme: str = "http"
    certificate: Certificate = "none"
    role: Literal["vendor", "proxy", "closed port", "no name"] = "vendor"
    options: Mapping[str, Any] = field(default_factory=dict)
    wait: tuple[float, float] | None = None

    @property
    def mendable(self) -> bool:
        """Whether other answers are all that it takes."""
        certificate: Certificate = "good" if self.scheme == "https" else "none"
        return self.role == "vendor" and self.certificate == certificate


def fault(
    name: str,
    talk: Talk | None,
    reason: Reason | None,
    **others: Any,
) -> Fault:
    """A fault; of an answer that can be read, a token endpoint's caller misses the token."""
    return Fault(name, talk, reason, others.pop("token_reason", reason or Reason.SCHEMA), **others)


def silences() -> Iterator[Fault]:
    """A server that keeps the exporter waiting."""
    for name, talk in {
        "never answers": staying_silent,
        "answers one byte a second": dripping(whole(document())),
        "sends its head and then nothing": stalling(head(Content_Length="1000")),
        "sends half of the body and then nothing": stalling(whole(document())[:-20]),
        "promises to go on and on": saying(*[b"HTTP/1.1 102 Processing\r\n\r\n"] * 600, pause=0.1),
        "sends a chunk now and then": saying(
            chunked([b"{"], end=b""), *[b"1\r\n \r\n"] * 600, pause=0.1
        ),
    }.items():
        yield fault(name, talk, Reason.TIMEOUT, options=SHORT)
    yield fault(
        "announces 60 MB and sends nothing",
        stalling(head(Content_Length=str(60 * MB))),
        Reason.TIMEOUT,
        token_reason=Reason.TOO_LARGE,
        options=SHORT,
    )
    yield fault(
        "sends 2 MB and then nothing",
        stalling(whole(padded(3 * MB))[: 2 * MB]),
        Reason.TIMEOUT,
        token_reason=Reason.TOO_LARGE,
        options=SHORT,
    )


def breaks() -> Iterator[Fault]:
    """A server that ends the connection when it should not, or miscounts."""
    answer = whole(document())
    for name, talk in {
        "closes at once": hanging_up,
        "closes after the request": saying(),
        "closes within its head": saying(answer[:40]),
        "closes after its head": saying(head(Content_Length="1000")),
        "closes in the middle": saying(answer[:-20]),
        "closes within a chunk": saying(head(Transfer_Encoding="chunked") + b"ff\r\n{"),
        "closes before the last chunk": saying(chunked([document()], end=b"")),
        "resets at once": resetting_at_once,
        "resets after the request": resetting(),
        "resets in the middle": resetting(answer[:-20]),
        "gives a length that is too great": saying(whole(document(), Content_Length="1000")),
    }.items():
        yield fault(name, talk, Reason.CONNECT)
    yield fault(
        "gives a length that is too small",
        saying(whole(document(), Content_Length="50")),
        Reason.HTTP,
    )
    yield fault(
        "gives a length of 18 digits",
        saying(whole(document(), Content_Length="9" * 18)),
        Reason.TOO_LARGE,
    )
    yield fault(
        "gives a length of 31 digits",
        saying(whole(document(), Content_Length="9" * 31)),
        Reason.HTTP,
    )


def not_http() -> Iterator[Fault]:
    """A server that speaks another language, or bad HTTP."""
    for name, answer in {
        "speaks SSH": b"SSH-2.0-OpenSSH_9.2 " + CANARY.encode() + b"\r\n",
        "speaks HTTP/2": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64",
        "speaks HTTP/0.9": document(),
        "speaks TLS on a port for http": b"\x15\x03\x01\x00\x02\x02\x50",
        "sends a status of two digits": whole(document(), "20 OK"),
        "sends a status that is no number": whole(document(), f"{CANARY} OK"),
        "sends a length below 0": whole(document(), Content_Length="-1"),
        "sends a length that is no number": whole(document(), Content_Length=CANARY),
        "sends two lengths": whole(document(), Content_Length="5\r\nContent-Length: 6"),
        "sends a length beside chunks": whole(document(), Transfer_Encoding="chunked"),
        "sends a chunk of no size": saying_chunk(b"xyz\r\n"),
        "sends a header of 1 MB": whole(document(), X_Long="x" * MB),
        "sends a thousand headers": whole(document(), **{f"X-{n}": CANARY for n in range(1000)}),
        "sends a header without a colon": whole(document(), X_Odd=f"1\r\n{CANARY}"),
        "sends a header with a zero byte": whole(document(), X_Odd=f"{CANARY}\0"),
    }.items():
        yield fault(name, saying(answer), Reason.HTTP)
    yield fault(
        "sends headers without end",
        flooding(head(Connection=None)[:-2], b"X-More: " + b"x" * 1000 + b"\r\n", 10**6),
        Reason.HTTP,
    )


def saying_chunk(size: bytes) -> bytes:
    """An answer whose one chunk has this line for its size."""
    return head(Transfer_Encoding="chunked") + size + document()


def bodies() -> Iterator[Fault]:
    """A server that sends whole answers which are not the document."""
    for name, body in {
        "sends a login page": f"<!doctype html><title>Log in</title>{CANARY}".encode(),
        "sends nothing": b"",
        "sends white space": b"  \r\n",
        "sends plain text": CANARY.encode(),
        "sends JSON that is cut": document()[:-1],
        "sends two documents": document() * 2,
    }.items():
        yield fault(name, saying(whole(body)), Reason.DECODE)
    for name, body in {
        "sends arrays 200,000 deep": b"[" * 200_000 + b"]" * 200_000,
        "sends objects 200,000 deep": b'{"":' * 200_000 + b"1" + b"}" * 200_000,
        "sends 200,000 brackets and no end": b"[" * 200_000,
    }.items():
        yield fault(name, saying(whole(body)), Reason.TOO_LARGE)
    for name, body in {
        "sends NaN": b'{"state": "licensed", "expires": NaN}',
        "sends Infinity": b'{"state": "licensed", "expires": -Infinity}',
        "sends UTF-16": document().decode().encode("utf-16"),
        "sends invalid UTF-8": b'{"state": "licensed", "key": "\xff\xfe"}',
    }.items():
        # Not quite JSON, but what can be read of it is read, and the rest counted.
        yield fault(name, saying(whole(body)), None)
    for name, said in {
        "sends a list": [DOCUMENT],
        "sends an empty list": [],
        "sends a string": CANARY,
        "sends a number": 42,
        "sends true": True,
        "sends false": False,
        "sends null": None,
        "sends an empty object": {},
        "sends another object": {"error": CANARY, "message": CANARY},
    }.items():
        yield fault(name, saying(whole(json.dumps(said).encode())), Reason.SCHEMA)


def odd_bodies() -> Iterator[Fault]:
    """A server that sends what is odd, and still the document."""
    begin = b'{"state": "licensed", "company": "Example Company Inc", '
    for name, answer in {
        "calls JSON a page": whole(document(), Content_Type="text/html"),
        "gives no content type": whole(document(), Content_Type=None),
        "begins with a byte order mark": whole(b"\xef\xbb\xbf" + document()),
        "sends a number of 1,000 digits": whole(document(expires=int("9" * 1000))),
        "sends a number of 350 digits": whole(document(expires=int("9" * 350))),
        "sends a number of 1,000 decimals": whole(begin + b'"expires": 1.' + b"1" * 1000 + b"}"),
        "sends a number beyond all": whole(begin + b'"expires": 1e999}'),
        "sends the same key twice": whole(begin + b'"expires": "1", "expires": "2"}'),
        "sends half a character": whole(document(edition="\ud800")),
        "sends a zero byte in a text": whole(document(edition="a\0b\nc\x1b[31m")),
        "names a cookie against the rules": whole(
            document(), Set_Cookie=f"{CANARY} [bad]={CANARY}; Expires=never"
        ),
        "sends headers that are not ASCII": whole(document(), X_Odd="\u00e4\u00f6\u00fc"),
        "sends more after the answer": whole(document(), Connection="keep-alive") * 2,
        "sends chunks with trailers": saying_trailers(),
    }.items():
        yield fault(name, saying(answer), None)
    yield fault(
        "sends a string of 100 MB, as it may",
        flooding(head() + begin + b'"edition": "', b"x" * MB, 100, b'"}'),
        None,
        token_reason=Reason.TOO_LARGE,
        options={"body_size_limit": "200MB"},
    )


def saying_trailers() -> bytes:
    """An answer in chunks with headers at its end."""
    return chunked([document()], end=f"0\r\nX-Secret: {CANARY}\r\n\r\n".encode())


def sizes() -> Iterator[Fault]:
    """A server that sends too much, or badly compressed."""
    packed = gzip.compress(document())
    yield fault(
        "sends a string of 100 MB",
        flooding(head() + b'{"key": "', b"x" * MB, 100, b'"}'),
        Reason.TOO_LARGE,
    )
    yield fault(
        "announces 100 MB", saying(head(Content_Length=str(100 * MB)), b"{"), Reason.TOO_LARGE
    )
    yield fault("never stops", flooding(head() + b"{", b" " * MB, 10**6), Reason.TOO_LARGE)
    yield fault("sends a gzip bomb", bombing, Reason.TOO_LARGE)
    for name, body, coding in (
        ("sends damaged gzip", packed[:30] + b"\0\0\0\0" + packed[34:], "gzip"),
        ("sends gzip that is cut", packed[:-12], "gzip"),
        ("says gzip of what is none", document(), "gzip"),
        ("says deflate of what is none", document(), "deflate"),
        ("sends a compression that nobody asked for", packed, "br"),
        ("compresses twice", gzip.compress(packed), "gzip, gzip"),
    ):
        yield fault(name, saying(whole(body, Content_Encoding=coding)), Reason.DECODE)


def redirects() -> Iterator[Fault]:
    """A server that sends the exporter elsewhere."""
    for name, location in {
        "redirects to another host": f"http://other.example.com/{CANARY}",
        "redirects to another port": "http://127.0.0.1:1/v1/licenses",
        "redirects to a user name": f"http://{CANARY}:{CANARY}@127.0.0.1:1/",
        "redirects to itself": "licenses",
        "redirects to a file": "file:///etc/passwd",
        "redirects to no address": "http://[",
        "redirects nowhere": None,
    }.items():
        # With another cookie the same address may answer otherwise, and is asked again.
        answer = whole(b"", "302 Found", Location=location, Set_Cookie=None)
        yield fault(name, saying(answer), Reason.HTTP)
    yield fault(
        "redirects from https to http",
        saying(whole(b"", "301 Moved", Location="http://127.0.0.1/v1/licenses")),
        Reason.HTTP,
        scheme="https",
        certificate="good",
    )


def statuses() -> Iterator[Fault]:
    """A server that answers with a failure, and when to come back."""
    for status in range(400, 600):
        yield answering_status(status, list(_RETRY_AFTER)[status % 4])
    for status in (429, 503):
        for said in _RETRY_AFTER:
            if said != list(_RETRY_AFTER)[status % 4]:
                yield answering_status(status, said)
    for status in (101, 300, 304, 305, 600, 999):
        body = document() if status != 304 else b""
        yield fault(f"answers {status}", saying(whole(body, status)), Reason.HTTP)
    for status in (201, 202, 206):
        # Any answer that is one is read.
        answer = saying(whole(document(), status))
        yield fault(f"answers {status}", answer, None, token_reason=Reason.SCHEMA)
    nothing = saying(whole(b"", 204))
    yield fault("answers 204", nothing, Reason.SCHEMA, token_reason=Reason.DECODE)


_RETRY_AFTER = {
    "no Retry-After": None,
    "Retry-After in seconds": "120",
    "Retry-After as a date": formatdate(4102444800, usegmt=True),
    "a Retry-After that is nonsense": f"soon, {CANARY}",
}


def answering_status(status: int, said: str) -> Fault:
    """A status, with a body and a `Retry-After` of that kind."""
    named = {
        401: Reason.AUTH,
        403: Reason.FORBIDDEN,
        404: Reason.NOT_FOUND,
        429: Reason.RATE_LIMITED,
    }
    reason = named.get(status, Reason.SERVER if status >= 500 else Reason.HTTP)
    if status == 403 and said != "no Retry-After":
        # Who says when to come again does not refuse for good.
        reason = Reason.RATE_LIMITED
    refuses = 400 <= status < 500 and status not in (404, 429) and reason != Reason.RATE_LIMITED
    body = f'{{"error": "{CANARY}"}}'.encode()
    wait = None
    if status in (429, 503) or reason == Reason.RATE_LIMITED:
        # The date is far off, and nobody waits for longer than an hour.
        wait = {
            "Retry-After in seconds": (100.0, 120.0),
            "Retry-After as a date": (3580.0, 3600.0),
        }.get(said, (10.0, 36.0))
    return fault(
        f"answers {status} with {said}",
        saying(whole(body, status, Retry_After=_RETRY_AFTER[said], WWW_Authenticate=CANARY)),
        reason,
        token_reason=Reason.AUTH if refuses else reason,
        wait=wait,
    )


def tls() -> Iterator[Fault]:
    """A server whose TLS is not what it should be."""
    answer = saying(whole(document()))
    certificates: tuple[tuple[str, Certificate], ...] = (
        ("has an expired certificate", "expired"),
        ("has the certificate of another host", "other host"),
        ("has signed its certificate itself", "self-signed"),
        ("speaks an old version of TLS", "old version"),
        ("asks for a client certificate", "asks"),
    )
    for name, certificate in certificates:
        yield fault(name, answer, Reason.TLS, scheme="https", certificate=certificate)
    yield fault(
        "stops in the handshake", staying_silent, Reason.TIMEOUT, scheme="https", options=SHORT
    )
    yield fault("closes in the handshake", hanging_up, Reason.TLS, scheme="https")
    yield fault("resets in the handshake", resetting_at_once, Reason.TLS, scheme="https")
    yield fault(
        "speaks no TLS on a port for https",
        saying_at_once(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        Reason.TLS,
        scheme="https",
    )
    yield fault("speaks TLS where http is asked for", answer, Reason.CONNECT, certificate="good")
    yield fault(
        "closes in the middle of TLS",
        saying(whole(document())[:-20]),
        Reason.CONNECT,
        scheme="https",
        certificate="good",
    )


def connections() -> Iterator[Fault]:
    """No server at all, or none that can be reached."""
    yield fault("has its port closed", None, Reason.CONNECT, role="closed port")
    yield fault("has a name that does not resolve", None, Reason.DNS, role="no name")
    for scheme in ("http", "https"):
        for name, talk, reason in (
            ("refuses", saying(whole(b"", 407)), Reason.CONNECT),
            ("closes at once", hanging_up, Reason.CONNECT),
            ("resets", resetting_at_once, Reason.CONNECT),
            ("speaks no HTTP", saying(CANARY.encode() + b"\r\n\r\n"), None),
        ):
            yield fault(
                f"is behind a proxy for {scheme} that {name}",
                talk,
                reason or Reason.HTTP,
                scheme=scheme,
                role="proxy",
            )
    for status in (400, 403, 500, 503):
        yield fault(
            f"is behind a proxy for https that answers {status}",
            saying(whole(CANARY.encode(), status)),
            Reason.CONNECT,
            scheme="https",
            role="proxy",
        )
    yield fault(
        "is behind a proxy that never answers",
        staying_silent,
        Reason.TIMEOUT,
        scheme="https",
        role="proxy",
        options=SHORT,
    )


FAULTS = tuple(
    fault
    for faults in (
        silences,
        breaks,
        not_http,
        bodies,
        odd_bodies,
        sizes,
        redirects,
        statuses,
        tls,
        connections,
    )
    for fault in faults()
)
