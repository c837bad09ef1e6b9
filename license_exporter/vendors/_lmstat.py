"""What FlexLM's lmstat prints, read line by line: `-a` (status) and `-i` (the license file).

The grammar is that of recorded answers from 2005 to version 11.19: names may hold anything, blank
lines and indentation mean nothing, and a checkout is read from its end, since more words than
expected may stand in front.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from license_exporter.model import Daemon, Server
from license_exporter.vendors._features import UNREADABLE, Feature, Features, read_day, read_units
from license_exporter.vendors._managers import one_of_each, server

_CHECKOUT = re.compile(r"(?!vendor_string:)(.+) \(v[^()]*\) \([^\s()/]+/[^\s()]+ [^\s()]+\)\s*(.*)")
_UNITS = re.compile(r"(?:,|queued for) (\S+) licenses?\b")

# Of two numbers, the first is what is left: 0 where lingering is only a setting. A single one is
# the time for which the license was borrowed.
_LINGERS = re.compile(r"\(linger: 0*[1-9]\d*(?: / \d+)?\)")

_RESERVATION = re.compile(r"(\S+) RESERVATIONs? for ")

_FEATURE = re.compile(
    r"Users of (.+):\s+\((?:Total of (\S+) licenses? issued;\s+Total of (\S+) licenses? in use"
    r"|(Uncounted)\b[^()]*|Error: [^()]*)\)"
)
_ABSENT = re.compile(r"Users of (.+?): +Cannot get users of ")
_OTHER = re.compile(r"Users of (.+?):(?:\s|$)")
_QUOTED = re.compile(r'".*" v(\S*), vendor: [^,]*(?:, expiry: (.*))?')

_ADDRESS = re.compile(r"([^\s,:@]*)@([^\s,@]+)")
_TABLE = re.compile(r"Feature\s+Version\s+#?licenses\s+(Vendor|Expires)\b", re.IGNORECASE)
_PERMANENT = re.compile(r"(permanent)\s*\([^()]*\)", re.IGNORECASE)
_RULE = re.compile(r"[_\s-]+")
_NAMED = re.compile(r"([^\s:]+):\s+(.+)")

# How lines begin that tell nothing to export, in small letters.
_SAID = (
    "vendor_string:",
    "floating license",
    "uncounted",
    "nodelocked",
    "node-locked",
    "lmutil - ",
    "lmstat - ",
    "lmstat v",
    "flexible license manager status",
    "feature usage info",
    "[detecting",
    "license file(s) on ",
    "lmgrd is not running",
    "note: lmstat -i",
    "but only reads the license file",
    "lmstat -a is recommended",
)


class Lmstat:
    """Reads one text of lmstat after another; what they tell together is in it.

    Without `users`, checkouts are not listed, and there being none means nothing. `has_table` tells
    whether the license file's own table of ends was read.
    """

    def __init__(self, *, users: bool) -> None:
        self.features = Features()
        self.has_table = False
        self._users = users
        self._servers: list[Server] = []
        self._daemons: dict[str, bool] = {}
        # Features that the status names, and those of them whose checkouts it lists.
        self._named: set[str] = set()
        self._listed: set[str] = set()
        # Hosts of which the form of a line tells that they are, and lines that do not tell.
        self._hosts: set[str] = set()
        self._unclear: list[tuple[Feature, list[str], float]] = []
        # Ends that stand beside checkouts: of whatever is checked out now, and nothing else.
        self._beside: list[tuple[str, str, str, Callable[[], None]]] = []

    def __bool__(self) -> bool:
        """Whether anything was recognised."""
        return bool(self._named or self._servers or self._daemons or self.has_table)

    @property
    def servers(self) -> tuple[Server, ...]:
        """The servers, of which one is the master unless there is but one that says nothing."""
        found = one_of_each(self._servers)
        if len(found) == 1 and not found[0].primary:
            return (replace(found[0], primary=None),)
        return found

    @property
    def daemons(self) -> tuple[Daemon, ...]:
        return tuple(Daemon(name, up) for name, up in sorted(self._daemons.items()))

    def read(self, text: str, skip: Callable[[int], None]) -> None:
        """Read a text; `skip` is called with the number of each line that cannot be read."""
        name = ""
        feature: Feature | None = None
        # Reads a line below the last heading; False if it cannot.
        read_below: Callable[[str], bool] | None = None
        for number, raw in enumerate(text.split("\n"), 1):
            line = raw.strip()
            if not line:
                continue
            # Most lines are checkouts.
            if feature and (checkout := _CHECKOUT.fullmatch(line)):
                self._listed.add(name)
                if not self._read_checkout(feature, *checkout.groups()):
                    skip(number)
            elif line.startswith("Users of "):
                name, read_below = self._name(line), None
                feature = self.features[name] if name else None
                if not feature or not _count(feature, line):
                    skip(number)
            elif feature and (reservation := _RESERVATION.match(line)):
                self._listed.add(name)
                units = read_units(reservation[1])
                feature.add(reserved=units)
                if math.isnan(units):
                    skip(number)
            elif line.lower().startswith(_SAID):
                pass
            elif feature and (quoted := _QUOTED.fullmatch(line)):
                if quoted[2]:
                    self._beside.append((name, quoted[1], quoted[2], partial(skip, number)))
            elif line.startswith("License server status"):
                feature, read_below = None, partial(self._read_server, _ports(line))
            elif line.startswith("Vendor daemon status"):
                feature, read_below = None, self._read_daemon
            elif table := _TABLE.match(line):
                feature, read_below = None, partial(self._read_row, table[1].lower())
                self.has_table = True
            elif not (read_below and read_below(line)):
                skip(number)

    def finish(self) -> None:
        """Conclude what depends on the whole of the answer; call it once all is read."""
        for feature, words, units in self._unclear:
            # A host that another line tells; else the user is taken to be of one word.
            hosts = (place for place in range(1, len(words)) if words[place] in self._hosts)
            feature.check_out(" ".join(words[: next(hosts, 1)]), units)
        if not self.has_table:
            for name, version, end, skip in self._beside:
                try:
                    self.features[name].ends_on(read_day(end), version=version)
                except ValueError:
                    skip()
        if self._users:
            for name in self._named:
                feature = self.features[name]
                # Units in use, and nobody who uses them: an answer without users.
                if name in self._listed or feature.used == 0:
                    feature.list_checkouts()
                    feature.add(reserved=0.0, queued=0.0, borrowed=0.0)

    def _check_out(self, feature: Feature, words: list[str], units: float) -> None:
        """Add a checkout by the user among the words, of which the first may have blanks."""
        place = 1 if len(words) <= 3 else _place_of_host(words)
        if place:
            if len(words) > 1:
                self._hosts.add(words[place])
            feature.check_out(" ".join(words[:place]), units)
        else:
            self._unclear.append((feature, words, units))

    def _read_checkout(self, feature: Feature, who: str, rest: str) -> bool:
        """Add a checkout, or a request that waits; False if its number cannot be read."""
        units = 1.0
        if "license" in rest and (number := _UNITS.search(rest)):
            units = read_units(number[1])
        if rest.startswith("queued"):
            feature.add(queued=units)
        else:
            self._check_out(feature, who.split(), units)
            if "(" in rest and _LINGERS.search(rest):
                feature.add(borrowed=units)
        return not math.isnan(units)

    def _name(self, line: str) -> str:
        """The feature that a line `Users of …` begins; "" if it names none."""
        match = _FEATURE.fullmatch(line) or _ABSENT.match(line) or _OTHER.match(line)
        name = match[1].strip() if match else ""
        if name:
            self._named.add(name)
        return name

    def _read_server(self, ports: Mapping[str, str], line: str) -> bool:
        if named := _NAMED.fullmatch(line):
            host, state = named.groups()
            up = state.lower().startswith("license server up")
            primary = "(MASTER)" in state
            self._servers.append(server(host, _port_of(host, ports), up=up, primary=primary))
        return named is not None

    def _read_daemon(self, line: str) -> bool:
        if named := _NAMED.fullmatch(line):
            daemon, state = named.groups()
            up = state.lower().startswith("up")
            self._daemons[daemon] = up or self._daemons.get(daemon, False)
        return named is not None

    def _read_row(self, fourth: str, line: str) -> bool:
        """Read a row of the license file's table: one feature, one day of end.

        The fourth column has the end, or the vendor, of which the last one has the other.
        """
        if _RULE.fullmatch(line):
            return True
        cells = _PERMANENT.sub(r"\1", line).rsplit(None, 4)
        if len(cells) < 5:
            return False
        name, version, count, *ends = cells
        end = ends[0] if fourth == "expires" else ends[1]
        try:
            day = read_day(end)
        except ValueError:
            return False
        units = math.inf if count == "0" or count.isalpha() else read_units(count)
        self.features[name].ends_on(day, units, version)
        return not math.isnan(units)


def _ports(heading: str) -> dict[str, str]:
    """The ports of the servers that a heading names, as port@host,port@host, by host."""
    return {host: port for port, host in _ADDRESS.findall(heading.lower())}


def _port_of(host: str, ports: Mapping[str, str]) -> str:
    """The port of a host, which may stand there with its domain and here without, or with it."""
    host = host.lower()
    if host in ports:
        return ports[host]
    if len(ports) == 1:
        return next(iter(ports.values()))
    short = host.partition(".")[0]
    return next((ports[other] for other in ports if other.partition(".")[0] == short), "")


def _count(feature: Feature, line: str) -> bool:
    """Read what a line `Users of …` says of the feature; False if it cannot be."""
    match = _FEATURE.fullmatch(line)
    if match is None:
        absent = _ABSENT.match(line) is not None
        if not absent:
            feature.add(used=UNREADABLE, limit=UNREADABLE)
        return absent
    _, issued, used, uncounted = match.groups()
    if uncounted:
        feature.add(limit=math.inf)
    elif issued:
        limit, in_use = read_units(issued), read_units(used)
        feature.add(limit=limit, used=in_use)
        return not (math.isnan(limit) or math.isnan(in_use))
    return True


def _place_of_host(words: list[str]) -> int:
    """Where the host is among the words "user host display …"; 0 where their form does not tell."""
    for is_display in (_is_same, _is_device, _is_screen_of):
        for index in range(1, len(words) - 1):
            if is_display(words[index], words[index + 1]):
                return index
    return 0


def _is_same(host: str, display: str) -> bool:
    return host == display


def _is_device(_: str, display: str) -> bool:
    return display.startswith(("/dev/", ":"))


def _is_screen_of(host: str, display: str) -> bool:
    return display.startswith(f"{host}:")
