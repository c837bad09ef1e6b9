"""The addresses of the pages, and which shard they show."""

from dataclasses import dataclass
from urllib.parse import urlencode

from license_exporter.collector.shard import Shard


@dataclass(frozen=True, slots=True)
class Site:
    """Where the pages are as a browser sees them: `root` is the path of --web.external-url."""

    root: str = ""
    telemetry_path: str = "/metrics"
    shard: Shard | None = None

    def path(self, path: str) -> str:
        return f"{self.root}/{path}"

    def index(self, **parameters: str | int) -> str:
        query = urlencode({key: value for key, value in parameters.items() if value})
        return f"{self.root}/?{query}" if query else f"{self.root}/"

    def target(self, name: str) -> str:
        return f"{self.root}/target?{urlencode({'name': name})}"

    @property
    def metrics(self) -> str:
        return self.root + self.telemetry_path

    def metrics_of(self, name: str) -> str:
        return f"{self.metrics}?{urlencode({'target': name})}"
