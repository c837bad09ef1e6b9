"""A real exporter among vendors that fail in every way of the table, beside healthy ones."""

import asyncio
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import yaml
from prometheus_client.parser import text_string_to_metric_families

from license_exporter.errors import Reason
from tests.e2e.programs import Program, exporter, free_port
from tests.faults.answers import CANARY
from tests.faults.servers import HEALTHY, HEALTHY_LARGE, Servers, serving
from tests.faults.table import Fault

TIMEOUT = "25s"
ROUNDS = 3


# Of a sample: the metric, the labels but the target, and the value.
Row = tuple[str, Mapping[str, str], float]


@dataclass(frozen=True)
class Case:
    """One target that fails: by the server of its API, or by that of its token."""

    fault: Fault
    by_token: bool

    @property
    def name(self) -> str:
        """The name of the target."""
        words = re.sub(r"[^A-Za-z0-9]+", "-", self.fault.name)
        return f"{'token' if self.by_token else 'vendor'}.{words}"

    @property
    def reason(self) -> Reason | None:
        """Why it is down, None for an answer that can be read."""
        return self.fault.token_reason if self.by_token else self.fault.reason


@dataclass(frozen=True)
class Scrape:
    """An answer of /metrics, and how long it took in seconds."""

    text: str
    seconds: float
    at: float

    @cached_property
    def samples(self) -> Mapping[str, list[Row]]:
        """All samples by their target."""
        by_target: dict[str, list[Row]] = {}
        for family in text_string_to_metric_families(self.text):
            for sample in family.samples:
                labels = dict(sample.labels)
                row = sample.name, labels, sample.value
                by_target.setdefault(labels.pop("target", ""), []).append(row)
        return by_target

    def values(self, target: str, metric: str) -> list[float]:
        return [value for name, _, value in self.samples.get(target, []) if name == metric]

    def whole(self, target: str) -> list[Row]:
        """What the vendor of a target says, without what the exporter adds."""
        added = ("license_scrape", "license_last_success", "license_next_fetch", "license_exporter")
        return [row for row in self.samples.get(target, []) if not row[0].startswith(added)]

    def reasons(self, target: str) -> list[str]:
        """What the scrape tells of why a target failed."""
        rows = self.samples.get(target, [])
        return [labels["reason"] for name, labels, _ in rows if name == "license_scrape_error"]


@dataclass
class Outcome:
    """All that was seen of the exporter; memory is in bytes.

    `before` is a scrape of the healthy targets alone, `rounds` are those of all, and `recovered`
    is one after all servers have been mended. `memory` is that before the first and after each
    round, `connections` are those to vendors that are left in the end; `texts` what the endpoints
    say.
    """

    before: Scrape
    rounds: list[Scrape]
    recovered: Scrape
    memory: list[int]
    peak: int
    connections: list[tuple[int, str]]
    log: str
    texts: Mapping[str, str]


def configured(case: Case, ports: Mapping[str, int]) -> dict[str, Any]:
    """A target that fails as the case says."""
    fault = case.fault
    server: dict[str, Any] = {"tls_config": {"ca_file": "ca.pem"}}
    if fault.role == "closed port":
        url = f"{fault.scheme}://127.0.0.1:{free_port()}"
    elif fault.role == "no name":
        url = f"{fault.scheme}://{'x' * 64}.example.com"
    elif fault.role == "proxy":
        url = f"{fault.scheme}://vendor.example.com"
        server["proxy_url"] = f"http://user:{CANARY}@127.0.0.1:{ports[fault.name]}"
    else:
        url = f"{fault.scheme}://127.0.0.1:{ports[fault.name]}"
    target = {
        "name": case.name,
        "vendor": "enterprise_recon",
        "http_headers": {"X-Secret": {"secrets": [CANARY]}},
        **fault.options,
    }
    if not case.by_token:
        basic_auth = {"username": "user", "password": CANARY}
        return {**target, **server, "url": url, "basic_auth": basic_auth}
    oauth2 = {
        "client_id": "id",
        "client_secret": CANARY,
        "token_url": f"{url}/token?key={CANARY}",
        "endpoint_params": {"code": CANARY},
        **server,
    }
    return {**target, "url": f"http://127.0.0.1:{ports[HEALTHY]}", "oauth2": oauth2}


async def observed(folder: Path, cases: Iterable[Case]) -> Outcome:
    """Run the exporter on all cases and tell what it does."""
    with serving(folder) as servers:
        targets = [
            {
                "name": name,
                "vendor": "enterprise_recon",
                "url": f"http://127.0.0.1:{servers.ports[name]}",
                "authorization": {"credentials": CANARY},
            }
            for name in (HEALTHY, HEALTHY_LARGE)
        ]
        targets += [configured(case, servers.ports) for case in cases]
        file = folder / "config.yaml"
        defaults = {"timeout": TIMEOUT, "min_interval": "0s"}
        file.write_text(yaml.safe_dump({"defaults": defaults, "targets": targets}))
        with exporter(folder, f"--config.file={file}", "--log.level=debug") as program:
            async with aiohttp.ClientSession(program.url) as session:
                return await _observed(program, session, servers)


async def _observed(program: Program, session: aiohttp.ClientSession, servers: Servers) -> Outcome:
    process = psutil.Process(program.process.pid)
    before = await scraped(session, 10, "?target=healthy&target=healthy-large")
    memory = [process.memory_info().rss]
    rounds = []
    for _ in range(ROUNDS):
        rounds.append(await scraped(session, 30))
        memory.append(process.memory_info().rss)
    await asyncio.sleep(0.5)
    ports = set(servers.ports.values())
    connections = [
        (connection.raddr.port, connection.status)
        for connection in process.net_connections("inet")
        if connection.raddr and connection.raddr.port in ports
    ]
    paths = ["/", "/config", "/sd", "/-/metrics", "/-/healthy"]
    # There are hundreds that answer with a status, each much as the other.
    paths += [f"/target?name={name}" for name in rounds[0].samples if name and "-4" not in name]
    texts = {path: await _text(session, path) for path in paths}
    texts["/metrics"] = rounds[-1].text
    servers.mend()
    recovered = await scraped(session, 30)
    return Outcome(
        before=before,
        rounds=rounds,
        recovered=recovered,
        memory=memory,
        peak=_peak(process.pid),
        connections=connections,
        log=program.log,
        texts=texts,
    )


async def scraped(session: aiohttp.ClientSession, seconds: float, query: str = "") -> Scrape:
    """Scrape as Prometheus does that waits for so many seconds."""
    begin = time.monotonic()
    headers = {"X-Prometheus-Scrape-Timeout-Seconds": str(seconds)}
    async with session.get(f"/metrics{query}", headers=headers) as answer:
        text = await answer.text()
        assert answer.status == 200
    return Scrape(text, time.monotonic() - begin, time.time())


async def _text(session: aiohttp.ClientSession, path: str) -> str:
    async with session.get(path) as answer:
        return f"{answer.status} {answer.raw_headers!r} {await answer.text()}"


def _peak(pid: int) -> int:
    """The most memory that a process had so far."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", text)[1]) * 1024
