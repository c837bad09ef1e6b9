"""The closed set of reasons for which a target fails, and the errors that carry them."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a fetch failed: the same words in `license_scrape_error`, the log and the status page."""

    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    AUTH = "auth"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    SERVER = "server"
    HTTP = "http"
    TOO_LARGE = "too_large"
    DECODE = "decode"
    SCHEMA = "schema"
    CONFIG = "config"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that failed, and why: a sample of `license_scrape_error`."""

    document: str
    reason: Reason
    message: str


class FetchError(Exception):
    """A fetch that failed.

    `message` is for the operator: what happened and where, never a secret, a header or a part of
    a body. `status` is the HTTP status that was answered; `retry_after` the time in seconds that
    the server asks to be left alone. `beside` are other documents that failed in the same fetch.
    """

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        document: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.document = document
        self.status = status
        self.retry_after = retry_after
        self.beside: tuple[Failure, ...] = ()

    @property
    def throttled(self) -> bool:
        """Whether the server asks to be left alone (429, 503, or 403 that tells a limit)."""
        return self.status in (429, 503) or self.reason is Reason.RATE_LIMITED

    @property
    def failure(self) -> Failure:
        """The document that failed, and why, without the traceback."""
        return Failure(self.document, self.reason, self.message)

    def again(self, beside: tuple[Failure, ...] = ()) -> "FetchError":
        """An equal error, to be raised or kept elsewhere, with `beside` as its other failures.

        It has no traceback, whose frames would keep the answers of the failed fetch in memory.
        """
        error = FetchError(
            self.reason,
            self.message,
            document=self.document,
            status=self.status,
            retry_after=self.retry_after,
        )
        error.beside = beside
        return error


class SchemaError(FetchError):
    """A document whose shape is not the one that the vendor documents."""

    def __init__(self, document: str, message: str) -> None:
        super().__init__(Reason.SCHEMA, message, document=document)


class ConfigError(Exception):
    """A configuration that cannot be used: every problem at once, one line each, with its path."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = [_on_one_line(problem) for problem in problems]
        super().__init__("\n".join(self.problems))


def _on_one_line(problem: str) -> str:
    """The problem with an escape for each character that does not print, as in a file's name."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in problem)
