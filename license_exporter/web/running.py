"""What the endpoints show: the running exporter, as they see it."""

import asyncio
from typing import Protocol

from license_exporter.collector.collector import Collector
from license_exporter.collector.own_metrics import OwnMetrics
from license_exporter.config.target import Config


class Running(Protocol):
    """The running exporter."""

    collector: Collector
    own: OwnMetrics

    @property
    def config(self) -> Config:
        """The configuration in force."""

    def reload(self) -> asyncio.Task[bool]:
        """Put the configuration file in force anew; False if it cannot be used.

        To be waited for with a shield, since others wait for the same task.
        """
