"""Documents by HTTP: the client and the credentials of a target, kept from fetch to fetch.

Of the sources, this one stands here and not in `sources`: credentials stand above the client.
"""

from license_exporter.auth.ways import Authenticator, api_url, authenticator
from license_exporter.collector.requests import Requests
from license_exporter.config.echoes import Echoes, secrets_beside
from license_exporter.config.target import Target
from license_exporter.process.clock import Clock
from license_exporter.sources.http.client import Client, Network
from license_exporter.sources.source import Bring, OnLarge, OnStep


class HTTPSource:
    """A target's documents by HTTP; `on_step` is told of each exchange.

    The client and its credentials are kept for as long as the url is the same.
    """

    def __init__(self, target: Target, network: Network, clock: Clock, on_step: OnStep) -> None:
        self._target = target
        self._network = network
        self._clock = clock
        self._on_step = on_step
        self._open: tuple[str, Client, Authenticator] | None = None
        self._denied: set[str] = set()
        documents = target.driver.documents
        self._lists = frozenset(document.each.list.name for document in documents if document.each)
        self._echoes = Echoes(secrets_beside(target))

    async def begin(self, on_large: OnLarge) -> Bring:
        """Begin a fetch. Raises FetchError `config` for a key file that cannot be used."""
        client, authenticator = await self._connected()
        requests = Requests(
            client, authenticator, self._clock, on_large, self._denied, self._echoes, self._lists
        )
        return requests.bring

    async def close(self) -> None:
        """Sign out where that matters, and close all connections."""
        if self._open:
            _, client, way = self._open
            await way.close()
            await client.close()

    async def _connected(self) -> tuple[Client, Authenticator]:
        """The client, of which the url can come from a key file that changes."""
        url = api_url(self._target)
        if self._open is None or self._open[0] != url:
            await self.close()
            client = Client.of(self._target, url, self._network, self._on_step)
            self._open = url, client, authenticator(self._target, client, self._clock)
        return self._open[1:]
