"""The parser of XML: defusedxml's, without the attributes that a document type adds."""

from typing import Any

from defusedxml.expatreader import DefusedExpatParser


class Parser(DefusedExpatParser):
    """A parser that reports the attributes of the document alone.

    A document type can give attributes to each element by default: a hundred bytes for each of a
    long one would take gigabytes.
    """

    # The library's own, of xml.parsers.expat.
    _parser: Any

    def reset(self) -> None:
        """Make ready for a document."""
        super().reset()
        self._parser.specified_attributes = True
