"""Which pools of a target are exported: the block `pools`."""

import re
from fnmatch import translate
from functools import cached_property
from typing import Annotated

from pydantic import Field

from license_exporter.config.options import SHOWN, Options
from license_exporter.config.values import Text


class PoolPatterns(Options):
    """Patterns of names, with * and ? as in a shell; capitals are told from small letters."""

    include: Annotated[tuple[Text, ...], SHOWN] = Field(
        default=(), description="Patterns of the pools to export, such as sim_*. Default: all."
    )
    exclude: Annotated[tuple[Text, ...], SHOWN] = Field(
        default=(), description="Patterns of the pools of those that are left out all the same."
    )

    def keeps(self, pool: str) -> bool:
        """Whether a pool of this name is exported."""
        return bool(self._included.match(pool)) and not self.excludes(pool)

    def excludes(self, name: str) -> bool:
        """Whether the name is one of those that are left out, be it a pool's or not."""
        return bool(self._excluded and self._excluded.match(name))

    @cached_property
    def _included(self) -> re.Pattern[str]:
        return _pattern(self.include or ("*",))

    @cached_property
    def _excluded(self) -> re.Pattern[str] | None:
        return _pattern(self.exclude) if self.exclude else None


def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)))
