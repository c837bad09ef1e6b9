"""Recorded situations of products: what a server answers, and which samples come of it.

A case is a YAML file in the folder `cases/VENDOR`: `about` says what it shows, `target` has further
options of the target, `routes` what is answered at `/path?query` or `POST /path`, in either case
with or without the query: `json` or `text`, and `status` and `headers`. A list of answers is given
one by one, the last for ever. `samples` are all samples of the model, as the exposition has them,
without the labels `target` and `vendor`, those that are empty and the states that do not hold.
Where a document names a person, it is Jane Roe, jane@example.com.
`time` is the time of the scrape.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

CASES = Path(__file__).parent / "cases"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What is not of the answer, but of the fetch.
_OF_THE_FETCH = (
    "license_target_info",
    "license_scrape_duration_seconds",
    "license_last_success_timestamp_seconds",
    "license_next_fetch_timestamp_seconds",
)


# Families that every target has, or that only say what could not be read.
OF_EVERY_TARGET = {"license_up", "license_scrape_error", "license_skipped_values"}


@dataclass(frozen=True, slots=True)
class Case:
    """A recorded situation of a vendor."""

    vendor: str
    name: str
    target: Mapping[str, Any]
    routes: Mapping[str, Any]
    samples: frozenset[str]
    time: float

    @property
    def families(self) -> set[str]:
        """The families of the samples."""
        return {sample.partition("{")[0].partition(" ")[0] for sample in self.samples}


def cases(vendor: str | None = None) -> list[Case]:
    """All cases, or those of one vendor."""
    return [_case(path) for path in sorted(CASES.glob(f"{vendor or '*'}/*.yaml"))]


def _case(path: Path) -> Case:
    written = yaml.load(path.read_text(encoding="utf-8"), _LOADER)
    unknown = written.keys() - {"about", "target", "routes", "samples", "time"}
    assert written["about"] and not unknown, path
    moment = written.get("time", datetime(2026, 11, 29, 12, tzinfo=UTC))
    return Case(
        vendor=path.parent.name,
        name=path.stem,
        target=written.get("target") or {},
        routes=written["routes"],
        samples=frozenset(_lines(written["samples"])),
        time=moment.replace(tzinfo=UTC).timestamp(),
    )


def _lines(samples: str) -> Iterator[str]:
    for line in samples.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()


class Server:
    """Answers as a case says; `requests` are those that came."""

    def __init__(self, case: Case) -> None:
        self.requests: list[str] = []
        self._routes = {key: list(self._answers(said)) for key, said in case.routes.items()}

    @staticmethod
    def _answers(said: Any) -> Iterator[Mapping[str, Any]]:
        yield from said if isinstance(said, list) else [said]

    async def __call__(self, request: web.Request) -> web.Response:
        method = "" if request.method == "GET" else f"{request.method} "
        whole = f"{method}{request.path_qs}"
        self.requests.append(whole)
        answers = self._routes.get(whole) or self._routes.get(f"{method}{request.path}")
        if answers is None:
            return web.json_response({"message": "not found"}, status=404)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        headers = {
            name: value.replace("{url}", str(request.url.origin()))
            for name, value in answer.get("headers", {}).items()
        }
        status = answer.get("status", 200)
        if "text" in answer:
            text = answer["text"].replace("{url}", str(request.url.origin()))
            kind = headers.pop("Content-Type", "application/json").partition(";")[0]
            return web.Response(status=status, text=text, content_type=kind, headers=headers)
        if "json" not in answer:
            return web.Response(status=status, headers=headers)
        return web.json_response(answer["json"], status=status, headers=headers)


def samples_of(exposition: str) -> frozenset[str]:
    """The samples of the model in an exposition, as a case has them."""
    return frozenset(
        _sample(sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
        if sample.name not in _OF_THE_FETCH
        and not (sample.name.endswith("_state") and sample.value == 0)
    )


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    shown = ",".join(
        f'{key}="{text}"'
        for key, text in sorted(labels.items())
        if text and key not in ("target", "vendor")
    )
    number = f"{value:+}".replace("inf", "Inf") if math.isinf(value) else f"{value:.17g}"
    if not math.isinf(value) and value == round(value, 3):
        number = f"{round(value, 3):f}".rstrip("0").rstrip(".")
    return f"{name}{{{shown}}} {number}" if shown else f"{name} {number}"
