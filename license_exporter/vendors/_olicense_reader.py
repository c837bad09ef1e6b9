"""What OLicense tells of its modules, as the text of `olixtool -sv` or as XML."""

import math
import re
from collections.abc import Iterator

from license_exporter.errors import FetchError
from license_exporter.formats.xml import decode_xml
from license_exporter.model import Answer, SchemaError, Server
from license_exporter.vendors._features import Features, read_day, read_units, said
from license_exporter.vendors._managers import STATUS, server

_SERVER = re.compile(r"Server:\s*<([^:>]+):(\d+)")
_LOCKED = re.compile(r"(\S+) FloatsLockedBy:?")
_SAID = re.compile(
    r"olixtool |Copyright|Server:|List of requested|[=-]{3,}|Application:|VersionRange:"
    r"|Licenser:|Licensee:|License-ID:|Modules:|Name;|In synchroni[sz]ation|OLicense",
    re.IGNORECASE,
)


class Olicense:
    """Reads an answer."""

    def __init__(self, answer: Answer, *, users: bool) -> None:
        self.features = Features()
        self.servers: list[Server] = []
        self.recognised = False
        self._answer = answer
        self._users = users

    def read(self, text: str) -> None:
        """Read text or XML. Raises SchemaError for XML that is none."""
        if text.lstrip().startswith("<"):
            self._read_xml(text)
        else:
            self._read_text(text)

    def _read_text(self, text: str) -> None:
        module: _Module | None = None
        for number, raw in enumerate(text.split("\n"), 1):
            line = raw.strip()
            cells = [cell.strip() for cell in line.split(";")]
            if found := _SERVER.match(line):
                self.servers.append(server(found[1], found[2]))
            elif line.startswith(("List of requested", "Modules:")):
                self.recognised = True
            elif _SAID.match(line) or not line:
                pass
            elif len(cells) >= 4:
                self._add(module)
                module = _Module(cells[0], cells[2], cells[3])
            elif module and (locked := _LOCKED.fullmatch(line)):
                module.locked = locked[1]
            elif module and (user := _user(line)):
                module.users.append(user)
            else:
                self._answer.skip(f"{STATUS}:{number}")
        self._add(module)

    def _read_xml(self, text: str) -> None:
        try:
            document = decode_xml(text.encode(errors="replace"))
        except FetchError as error:
            raise SchemaError(STATUS, f"the XML cannot be read: {error.message}") from None
        for license in _named("license", document):
            for module in list(_named("module", license)) or [license]:
                values = {**license, **module}
                name = _text(module, "name") or _text(license, "name")
                found = _Module(name, _text(values, "floatCount"), _text(values, "expiration"))
                found.locked = _text(values, "floatsLocked") or "0"
                held = _text(values, "floatsLockedBy")
                found.users = list(filter(None, map(_user, held.split(","))))
                self._add(found)
        self.recognised |= "serverVersion" in text

    def _add(self, module: "_Module | None") -> None:
        if module is None:
            return
        if not module.name:
            self._answer.skip(f"{STATUS}.name")
            return
        self.recognised = True
        feature = self.features[module.name]
        used = self._units(module.locked)
        limit = self._units(module.count)
        feature.add(used=used, limit=limit)
        if self._users and (module.users or used == 0):
            feature.list_checkouts()
            for user, units in module.users:
                feature.check_out(user, self._read(units))
        try:
            if module.end:
                feature.ends_on(read_day(module.end), limit)
        except ValueError:
            self._answer.skip(f"{STATUS}.expiration")

    def _units(self, text: str) -> float | None:
        return self._read(text) if text else None

    def _read(self, text: str) -> float:
        units = read_units(text)
        if math.isnan(units):
            self._answer.skip(f"{STATUS}.count")
        return units


class _Module:
    """A module of a license: those that are not listed as locked are free."""

    def __init__(self, name: str, count: str, end: str) -> None:
        self.name = name
        self.count = count
        self.end = end
        self.locked = "0"
        self.users: list[tuple[str, str]] = []


def _user(text: str) -> tuple[str, str] | None:
    """The user and the number of "user@host #number"."""
    place, _, number = text.strip().rstrip(",").rpartition(" #")
    user, at, _ = place.rpartition("@")
    return (user, number) if user and at else None


def _named(tag: str, above: dict[str, object]) -> Iterator[dict[str, object]]:
    """The elements of a name below, outermost first."""
    for name, below in above.items():
        for each in below if isinstance(below, list) else [below]:
            if isinstance(each, dict):
                if name == tag:
                    yield each
                else:
                    yield from _named(tag, each)


def _text(values: dict[str, object], key: str) -> str:
    value = values.get(key)
    if isinstance(value, list):
        return ", ".join(map(str, value)).strip()
    return "" if isinstance(value, dict) else said(values, key)
