"""What a large FlexLM server costs: its answers through a program that prints them at once."""

import statistics
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from bench import documents
from bench.processes import Scrape, Server, exporter, flexlm_exporter

_RUNS = 7
FEATURES = 2000
CHECKOUTS = 20_000


def lmstat(*, changing: bool, binary: str | None = None) -> tuple[Scrape, int, int]:
    """The median scrape, the size of the answer in bytes, and the exporter's peak memory.

    With `binary`, they are flexlm_exporter's, which gets the same answers from the same program.
    """
    with tempfile.TemporaryDirectory() as folder:
        status, expiry = Path(folder, "status"), Path(folder, "expiry")
        tool = Path(folder, "lmutil")
        # The other one asks in another order of words.
        tool.write_text(
            f'#!/bin/sh\ncase " $* " in *" -i "*) exec cat {expiry};; esac\nexec cat {status}\n'
        )
        tool.chmod(0o755)
        expiry.write_text(documents.lmstat_ends(FEATURES))
        status.write_text(documents.lmstat(FEATURES, CHECKOUTS, version=0))
        with flexlm_exporter(binary, tool) if binary else _ours(tool) as server:
            server.scrape("/metrics")
            scrapes = [_scrape(server, status, run if changing else 0) for run in range(1, _RUNS)]
            return _median(scrapes), status.stat().st_size, server.peak_memory()


def _ours(tool: Path) -> AbstractContextManager[Server]:
    target = {"name": "cad", "vendor": "flexlm", "servers": ["27000@lic1.example.com"]}
    return exporter([target | {"min_interval": "0s"}], {"lmutil": str(tool)})


def _scrape(server: Server, status: Path, version: int) -> Scrape:
    if version:
        status.write_text(documents.lmstat(FEATURES, CHECKOUTS, version))
    return server.scrape("/metrics")


def _median(scrapes: list[Scrape]) -> Scrape:
    return Scrape(
        statistics.median(scrape.wall for scrape in scrapes),
        statistics.median(scrape.processor for scrape in scrapes),
        scrapes[-1].samples,
    )
