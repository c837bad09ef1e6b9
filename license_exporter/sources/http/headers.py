"""The headers of a request: the exporter's, the target's, the proxy's and the document's."""

from collections.abc import Mapping

from multidict import CIMultiDict

from license_exporter import __version__
from license_exporter.config.http_config import Header
from license_exporter.config.options import is_sendable
from license_exporter.errors import FetchError, Reason
from license_exporter.sources.http.body import ACCEPT_ENCODING

_OWN = {
    "User-Agent": f"license_exporter/{__version__}",
    "Accept": "application/json",
    "Accept-Encoding": ACCEPT_ENCODING,
}


def request_headers(
    configured: Mapping[str, Header], way: Mapping[str, str], document: Mapping[str, str]
) -> CIMultiDict[str]:
    """All headers of a request.

    `configured` are the target's own, which take the place of the exporter's; `way` are those for
    the proxy; those of the `document` come last. Raises FetchError `config` for a file that cannot
    be read and for what no header can hold.
    """
    headers = CIMultiDict(_OWN)
    for name, header in configured.items():
        headers.pop(name, None)
        for source in header.sources:
            headers.add(name, source.read())
    headers.update(way)
    headers.update(document)
    for name, value in headers.items():
        if _OWN.get(name) is not value and not is_sendable(value):
            raise FetchError(
                Reason.CONFIG, f"the header {name} holds a line break or a control character"
            )
    return headers
