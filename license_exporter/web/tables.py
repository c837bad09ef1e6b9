"""The configuration in force, as programs and people read it: `/sd` and `/config`."""

import json
import weakref
from urllib.parse import urlsplit

from aiohttp import web

from license_exporter.collector.scrape import address
from license_exporter.config.masking import masked
from license_exporter.config.target import Config
from license_exporter.web.answers import bad_request
from license_exporter.web.options import Options
from license_exporter.web.running import Running
from license_exporter.web.sending import Parts
from license_exporter.web.workbench import Workbench


class Tables:
    """The handlers of `/sd` and `/config`."""

    def __init__(self, exporter: Running, options: Options, workbench: Workbench) -> None:
        self._exporter = exporter
        self._options = options
        self._workbench = workbench
        # Of which configuration it is made, and the text; a former one is not kept for it.
        self._masked: tuple[weakref.ref[Config], bytes] | None = None

    async def config(self, request: web.Request) -> web.StreamResponse:
        """The configuration in force as YAML, without its secrets; made once a reload."""
        config = self._exporter.config

        async def make() -> bytes:
            text = await self._workbench.in_thread(lambda: masked(config).encode())
            self._masked = weakref.ref(config), text
            return text

        if self._masked and self._masked[0]() is config:
            text = self._masked[1]
        else:
            text = await self._workbench.page(request, ("config", id(config)), make)
        return Parts.of(text, {"Content-Type": "text/yaml; charset=utf-8"})

    async def discovery(self, request: web.Request) -> web.StreamResponse:
        """All targets in the form of Prometheus' http_sd, each to be scraped by itself."""
        external = urlsplit(self._options.external_url)
        scheme = external.scheme or request.scheme
        host = address(external.netloc or request.headers.get("Host", ""), scheme)
        if host is None:
            return bad_request("the Host header is not the name and port of a host")
        config = self._exporter.config

        async def make() -> bytes:
            options = self._options
            return await self._workbench.in_thread(lambda: _groups(config, host, scheme, options))

        text = await self._workbench.page(request, ("sd", id(config), host, scheme), make)
        return Parts.of(text, {"Content-Type": "application/json; charset=utf-8"})


def _groups(config: Config, host: str, scheme: str, options: Options) -> bytes:
    groups = []
    # Of replicas behind one configuration: whose targets these are.
    shard = {"__meta_license_shard": str(options.shard)} if options.shard else {}
    for target in config.targets:
        labels = {
            "__metrics_path__": f"{options.root}/probe",
            "__param_target": target.name,
            "__meta_license_vendor": target.driver.name,
            # By which Prometheus' operator parts them among its shards, where all have one address.
            "__tmp_hash": target.name,
            "instance": target.name,
            **shard,
            **target.labels,
        }
        if scheme == "https":
            labels["__scheme__"] = scheme
        groups.append({"targets": [host], "labels": labels})
    return json.dumps(groups).encode()
