"""The configuration of a day: a main file, and a folder of further targets that come and go."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

GUEST = "guest-"
_GUESTS_FOLDER = "conf.d"


class Settings:
    """Writes what a reload finds; targets whose names are among `fixed` are never changed.

    Each of `guests` is the name of a target of which there is a copy in some turns.
    """

    def __init__(
        self,
        folder: Path,
        targets: Sequence[Mapping[str, Any]],
        programs: Mapping[str, Any],
        guests: Sequence[str],
        fixed: Sequence[str],
    ) -> None:
        self.file = folder / "day.yaml"
        self.names = sorted(str(target["name"]) for target in targets)
        self._targets = targets
        self._programs = programs
        by_name = {target["name"]: target for target in targets}
        self._guests = [by_name[name] for name in guests]
        self._fixed = frozenset(fixed)
        self._conf = folder / _GUESTS_FOLDER
        self._conf.mkdir()

    def write(self, turn: int, *, good: bool = True) -> None:
        """Write what can be used, or a target in a further file that cannot."""
        changed = [
            {**target, "timeout": f"{8000 + turn % 7}ms"}
            if target["name"] not in self._fixed and number % 4 == turn % 4
            else target
            for number, target in enumerate(self._targets)
        ]
        for number, target in enumerate(self._guests):
            file = self._conf / f"{number}.yaml"
            guest = {**target, "name": f"{GUEST}{target['name']}"}
            if number == 0 and not good:
                file.write_text(_yaml([{**guest, "timeout": "never"}]))
            elif (turn + number) % 3 == 0:
                file.write_text(_yaml([guest]))
            else:
                file.unlink(missing_ok=True)
        self._say(changed)

    def empty(self) -> None:
        """Write a configuration without a target."""
        for file in self._conf.iterdir():
            file.unlink()
        self._say([])

    def _say(self, targets: Sequence[Mapping[str, Any]]) -> None:
        self.file.write_text(
            _yaml(
                {
                    "programs": dict(self._programs),
                    "target_files": [f"{_GUESTS_FOLDER}/*.yaml"],
                    "targets": list(targets),
                }
            )
        )


def _yaml(content: object) -> str:
    return str(yaml.safe_dump(content))
