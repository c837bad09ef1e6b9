"""Which format and which encoding a scrape asks for (RFC 9110, section 12.5).

The formats are those that prometheus_client negotiates, but for two differences: a format that
the client likes less never wins, and the escaping scheme `dots`, which would double each
underscore of the names, is answered with `underscores`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_OPENMETRICS = "application/openmetrics-text"
_TEXT_TYPES = frozenset({"text/plain", "text/*", "*/*"})

# All names are valid in the old character set, which these schemes leave as they are.
_ESCAPING_SCHEMES = frozenset({"allow-utf-8", "underscores", "values"})


@dataclass(frozen=True, slots=True)
class Format:
    """A format of the exposition, with its media type."""

    openmetrics: bool
    content_type: str


_TEXT = Format(False, "text/plain; version=0.0.4; charset=utf-8")


def choose_format(accept: str) -> Format:
    """The format that an Accept header likes best; the text format where it likes none."""
    for media_type, parameters in _by_preference(accept):
        version = parameters.get("version", "")
        scheme = parameters.get("escaping", "")
        escaping = scheme if scheme in _ESCAPING_SCHEMES else "underscores"
        if media_type == _OPENMETRICS and version == "":
            return Format(True, f"{_OPENMETRICS}; version=1.0.0; charset=utf-8")
        if media_type == _OPENMETRICS and version == "1.0.0":
            content_type = f"{_OPENMETRICS}; version=1.0.0; charset=utf-8; escaping={escaping}"
            return Format(True, content_type)
        if media_type == "text/plain" and version == "1.0.0":
            return Format(False, f"text/plain; version=1.0.0; charset=utf-8; escaping={escaping}")
        if media_type in _TEXT_TYPES:
            return _TEXT
    return _TEXT


def gzip_accepted(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    weights = {name: _weight(parameters) for name, parameters in _elements(accept_encoding)}
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _by_preference(accept: str) -> list[tuple[str, dict[str, str]]]:
    wanted = [element for element in _elements(accept) if _weight(element[1]) > 0]
    return sorted(wanted, key=lambda element: -_weight(element[1]))


def _elements(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    for element in header.split(","):
        name, *pairs = element.split(";")
        named = (pair.partition("=") for pair in pairs)
        parameters = {key.strip().lower(): value.strip().strip('"') for key, _, value in named}
        yield name.strip().lower(), parameters


def _weight(parameters: dict[str, str]) -> float:
    try:
        return float(parameters.get("q", "1"))
    except ValueError:
        return 0.0
