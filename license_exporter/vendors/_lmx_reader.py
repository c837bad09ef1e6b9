"""What the end-user tool of LM-X prints, as XML (-licstatxml) or as text (-licstat).

The text is well recorded; the XML is known by its attributes, not as a whole, so that it is looked
through for them wherever they stand.
"""

import math
import re
from collections.abc import Callable, Iterator

from license_exporter.errors import FetchError
from license_exporter.formats.xml import decode_xml
from license_exporter.model import SchemaError, Server
from license_exporter.vendors._features import Features, read_day, read_units, said
from license_exporter.vendors._managers import STATUS, server

# As good as no limit, by the tool's own arithmetic.
_UNLIMITED = 2147483647

_SERVER = re.compile(r"LM-X License Server on (\d+)@([^:\s]+)")
_FEATURE = re.compile(r"Feature: (.+?) Version: (\S+)(?: Vendor: .*)?")
_DATES = re.compile(r"Start date: .*?Expire date: (.+)")
_USED = re.compile(r"(\S+) of (\S+) license\(s\) used:?")
_USED_BY = re.compile(r"(\S+) license\(s\) used by (.+)@[^\s@]+(?: \[[^\[\]]*\])?")
_BORROWED_BY = re.compile(
    r"(\S+) license\(s\) borrowed by (.+)@[^\s@]+(?: \[[^\[\]]*\])?", re.IGNORECASE
)
_SAID = re.compile(
    r"LM-X |Copyright|\+{3,}|-{3,}|Server version:|Key type:|Login time:|Shared on |Borrow"
    r"|Altair |Uptime:",
    re.IGNORECASE,
)


class Lmx:
    """Reads an output; `skip` is called with the place of each thing that cannot be read."""

    def __init__(self, skip: Callable[[str], None], *, users: bool) -> None:
        self.features = Features()
        self.servers: list[Server] = []
        self._skip = skip
        self._users = users

    def read(self, text: str) -> None:
        """Read an output. Raises SchemaError for XML that is none."""
        before, _, xml = text.partition("<")
        if "<" in xml and "Feature: " not in before:
            self._read_xml(text[len(before) : text.rfind(">") + 1])
        else:
            self._read_text(text)

    def _read_xml(self, text: str) -> None:
        try:
            document = decode_xml(text.encode(errors="replace"))
        except FetchError as error:
            raise SchemaError(STATUS, f"the tool's XML cannot be read: {error.message}") from None
        for tag, element in _elements(document):
            if tag == "LICENSE_PATH":
                self._read_path(element)
            elif tag == "FEATURE":
                self._read_feature(element)

    def _read_path(self, element: dict[str, object]) -> None:
        port, _, host = said(element, "HOST").rpartition("@")
        if host and said(element, "TYPE").upper() not in ("LOCAL", "FILE"):
            state = said(element, "STATUS").lower()
            down = any(word in state for word in ("down", "fail", "error", "unavailable"))
            self.servers.append(server(host, port or said(element, "PORT"), up=not down))

    def _read_feature(self, element: dict[str, object]) -> None:
        name = said(element, "NAME")
        if not name:
            self._skip(f"{STATUS}.FEATURE")
            return
        feature = self.features[name]
        used, limit, borrowed, reserved, denied = (
            self._units(said(element, f"{key}_LICENSES"))
            for key in ("USED", "TOTAL", "BORROWED", "RESERVED", "DENIED")
        )
        feature.add(used=used, limit=limit, borrowed=borrowed, reserved=reserved)
        if denied is not None and not math.isnan(denied):
            feature.denials[""] = feature.denials.get("", 0.0) + denied
        self._end(name, said(element, "END"), limit, said(element, "VERSION"))
        users = [each for tag, each in _elements(element) if tag == "USER"]
        if self._users and (users or used == 0):
            feature.list_checkouts()
            for user in users:
                units = self._units(said(user, "USED_LICENSES"))
                feature.check_out(said(user, "NAME"), 1.0 if units is None else units)

    def _read_text(self, text: str) -> None:
        name = version = end = ""
        for number, raw in enumerate(text.split("\n"), 1):
            line = raw.strip()
            if found := _FEATURE.fullmatch(line):
                (name, version), end = found.groups(), ""
            elif found := _SERVER.match(line):
                name = ""
                self.servers.append(server(found[2], found[1]))
            elif name and (found := _DATES.match(line)):
                end = found[1]
            elif name and (found := _USED.fullmatch(line)):
                used, limit = self._read(found[1]), self._read(found[2])
                self.features[name].add(used=used, limit=limit)
                self._end(name, end, limit, version)
                if self._users and used == 0:
                    self.features[name].list_checkouts()
            elif name and (found := _USED_BY.fullmatch(line)):
                if self._users:
                    self.features[name].check_out(found[2], self._read(found[1]))
            elif name and (found := _BORROWED_BY.fullmatch(line)):
                self.features[name].add(borrowed=self._read(found[1]))
            elif line and not _SAID.match(line):
                self._skip(f"{STATUS}:{number}")

    def _units(self, text: str) -> float | None:
        """A number of licenses; None where nothing is said."""
        return self._read(text) if text else None

    def _read(self, text: str) -> float:
        units = read_units(text)
        if math.isnan(units):
            self._skip(f"{STATUS}.licenses")
        return math.inf if units == _UNLIMITED else units

    def _end(self, name: str, end: str, limit: float | None, version: str) -> None:
        try:
            if end:
                self.features[name].ends_on(read_day(end), limit, version)
        except ValueError:
            self._skip(f"{STATUS}.end")


def _elements(above: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    """The elements below, at any depth, with their tags in capital letters."""
    for tag, below in above.items():
        for each in below if isinstance(below, list) else [below]:
            if isinstance(each, dict):
                yield tag.upper(), {key.upper(): item for key, item in each.items()}
                yield from _elements(each)
