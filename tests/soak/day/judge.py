"""Whether a scrape is right, and what a page holds is what it says to be."""

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import yaml
from icalendar import Calendar
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from tests.soak.day.settings import GUEST
from tests.soak.day.spool import FREE

OPENMETRICS = "application/openmetrics-text;version=1.0.0"
TEXT = "text/plain;version=0.0.4"

# Every so many scrapes are read by the reference parsers too, which take longer than the scrape.
_PARSED = 20

_VALUE = r"(?:[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|[-+]Inf|NaN)"
_LABELS = r'(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*",?)*\})?'
_LINE = re.compile(
    rf"# (?:HELP|TYPE|UNIT) \w+ .*|# EOF|[a-zA-Z_:][\w:]*{_LABELS} {_VALUE}", re.ASCII
)
_UP = re.compile(r'^license_up{target="(.*?)",.*} (.*)$', re.MULTILINE)
_REASON = re.compile(r'^license_scrape_error{.*reason="(.*?)",target="(.*?)",', re.MULTILINE)
_POOL = re.compile(
    r'^license_(used|limit){pool="feature\d+",target="(.*?)",.*} (.*)$', re.MULTILINE
)


class Judge:
    """Judges scrapes of replicas whose targets are all well, but those that are `ill` for a reason.

    Gives what is wrong.
    """

    def __init__(self, names: Sequence[str], ill: Mapping[str, str], secrets: Sequence[str]):
        self.guests: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.parsed = 0
        self._names = names
        self._ill = ill
        self._secrets = secrets
        self._shares: dict[int, Sequence[str]] = {}
        self._judged = 0

    def share(self, replica: int) -> Sequence[str]:
        """The names of the targets of a replica, but guests."""
        return self._shares[replica]

    def shares(self) -> Iterator[str]:
        """What is wrong with the parts that the replicas have."""
        if sorted(name for share in self._shares.values() for name in share) != self._names:
            yield "not every target is in one shard"

    def scrape(self, replica: int, text: str, accept: str) -> Iterator[str]:
        """What is wrong with a scrape."""
        for line in text.splitlines():
            if not _LINE.fullmatch(line):
                yield f"not the line of an exposition: {line}"
        if self._judged % _PARSED == 0:
            self.parsed += 1
            for _ in (parse_openmetrics if accept == OPENMETRICS else parse_text)(text):
                pass
        self._judged += 1
        yield from self.secrets("a scrape", text)
        yield from self._targets(replica, text)
        yield from _torn(text)

    def page(self, path: str, text: str) -> Iterator[str]:
        """What is wrong with the body of a page, a table, a calendar or a list."""
        yield from self.secrets(path, text)
        if path.endswith(".csv"):
            widths = {len(row) for row in csv.reader(text.splitlines())}
            if len(widths) != 1:
                yield f"{path} has rows of {sorted(widths)} cells"
        elif path.endswith(".ics"):
            if not Calendar.from_ical(text).events:
                yield f"{path} has no event"
        elif path == "/sd":
            if not json.loads(text):
                yield f"{path} lists nothing"
        elif path == "/config":
            if not yaml.safe_load(text)["targets"]:
                yield f"{path} has no target"
        elif path.startswith("/probe"):
            if "\nprobe_success " not in text:
                yield f"{path} does not say whether it succeeded"
        elif not path.startswith("/-/") and "</html>" not in text:
            yield f"{path} is no whole page"

    def secrets(self, where: str, text: str) -> Iterator[str]:
        if any(secret in text for secret in self._secrets):
            yield f"{where} holds a secret"

    def _targets(self, replica: int, text: str) -> Iterator[str]:
        said = _UP.findall(text)
        reasons = {target: reason for reason, target in _REASON.findall(text)}
        names = sorted(name for name, _ in said if not name.startswith(GUEST))
        self.guests.update(name for name, _ in said if name.startswith(GUEST))
        if names != self._shares.setdefault(replica, names):
            yield "not every target of the shard is in a scrape once"
        for name, up in said:
            reason = reasons.get(name, "none told") if up != "1.0" else ""
            if reason:
                self.reasons[reason] += 1
            if reason != self._ill.get(name.removeprefix(GUEST), ""):
                yield f"{name} is {f'down: {reason}' if reason else 'up'}"


def _torn(text: str) -> Iterator[str]:
    """The targets whose values are not all of one answer."""
    used: dict[str, set[float]] = defaultdict(set)
    limits: dict[str, set[float]] = defaultdict(set)
    for family, target, value in _POOL.findall(text):
        (used if family == "used" else limits)[target].add(float(value))
    for target, values in used.items():
        if len(values) != 1 or limits[target] != {value + FREE for value in values}:
            yield f"{target} has values of more than one answer"
