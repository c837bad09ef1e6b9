"""XML as the objects and arrays that JSON would have: the rule is told in docs/mapping.md.

The parser is defusedxml's: it takes no entities and fetches nothing.
"""

import re
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from license_exporter.errors import FetchError, Reason
from license_exporter.formats.charset import to_text

# No answer is nested as deep, and Python's own limit is not far beyond.
_DEEPEST = 100
# An element takes up to a hundred times its bytes in memory.
_MOST = 1_000_000

# The name of an element's text where there is more of it than that.
TEXT = "text"

_DECLARED = re.compile(rb"<\?xml[^>]*\sencoding\s*=")


def decode_xml(body: bytes, charset: str = "") -> dict[str, object]:
    """Decode a document.

    Raises FetchError `decode`, whose message holds nothing of the body, and `too_large` for one of
    too many or too deep elements.
    """
    from defusedxml import DefusedXmlException

    from license_exporter.formats.xml_parser import Parser

    body = body.lstrip()  # some programs print an empty line before it
    if not body:
        raise FetchError(Reason.DECODE, "the answer is empty, not XML")
    builder = _Builder()
    parser = Parser()
    parser.setContentHandler(builder)
    try:
        parser.feed(_declared(body, charset))
        parser.close()
    except DefusedXmlException:
        raise FetchError(
            Reason.DECODE, "the answer declares entities, which are not read"
        ) from None
    except SAXParseException as error:
        where = f"line {error.getLineNumber()}, column {(error.getColumnNumber() or 0) + 1}"
        raise FetchError(Reason.DECODE, f"the answer is not valid XML: {where}") from None
    except (LookupError, ValueError):
        raise FetchError(Reason.DECODE, "the answer declares letters that are not known") from None
    return builder.document


def _declared(body: bytes, charset: str) -> bytes:
    """The document in an encoding that it says, or that XML takes for granted."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or _DECLARED.match(body):
        return body
    return to_text(body, charset).encode()


class _Builder(ContentHandler):
    """Makes objects and arrays of elements as they come."""

    def __init__(self) -> None:
        super().__init__()
        self.document: dict[str, object] = {}
        self._open: list[dict[str, object]] = [self.document]
        self._texts: list[list[str]] = [[]]
        self._count = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the library's
        self._count += 1 + len(attrs)
        if self._count > _MOST:
            raise FetchError(
                Reason.TOO_LARGE, f"the answer has over {_MOST} elements and attributes"
            )
        if len(self._open) > _DEEPEST:
            raise FetchError(Reason.TOO_LARGE, f"the answer is nested over {_DEEPEST} levels deep")
        element: dict[str, object] = {}
        for attribute, value in attrs.items():
            if attribute != "xmlns" and not attribute.startswith("xmlns:"):
                _put(element, attribute, value)
        self._open.append(element)
        self._texts.append([])

    def characters(self, content: str) -> None:
        self._texts[-1].append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - the library's
        element = self._open.pop()
        text = "".join(self._texts.pop()).strip()
        if not element:
            _put(self._open[-1], name, text or None)
            return
        if text:
            _put(element, TEXT, text)
        _put(self._open[-1], name, element)


def _put(parent: dict[str, object], name: str, value: object) -> None:
    """Put a value under its name without the prefix of its namespace; several become an array."""
    name = name.rpartition(":")[2]
    if name not in parent:
        parent[name] = value
        return
    present = parent[name]
    if isinstance(present, list):  # made here: no single value is one
        present.append(value)
    else:
        parent[name] = [present, value]
