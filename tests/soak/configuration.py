"""The configuration file of a run."""

from pathlib import Path
from typing import Any

import yaml

# A target that comes and goes.
GUEST = "guest"


class Configuration:
    """A configuration file, in which some targets change with each turn."""

    def __init__(self, file: Path, targets: list[dict[str, Any]]) -> None:
        self.names = sorted(target["name"] for target in targets)
        self._file = file
        self._targets = targets

    def write(self, turn: int, *, good: bool = True) -> None:
        """Write a file that can be used, or one with a target that cannot."""
        targets = [
            {**target, "timeout": f"{2000 + turn % 5}ms"}
            if "timeout" in target and index % 3 == turn % 3
            else target
            for index, target in enumerate(self._targets)
        ]
        guest = {**self._targets[0], "name": GUEST, "timeout": "5s" if good else "never"}
        self._say(targets + [guest] * (turn % 2 or not good))

    def empty(self) -> None:
        """Write a file without a target."""
        self._say([])

    def _say(self, targets: list[dict[str, Any]]) -> None:
        self._file.write_text(yaml.safe_dump({"targets": targets}))
