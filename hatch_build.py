"""Puts what license_exporter/assets.py names into the wheel, below the package's `share/`."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Assets(BuildHookInterface[Any]):
    """Known to hatchling by pyproject.toml."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to a wheel; an editable one finds them in the checkout."""
        if version == "editable":
            return
        root = Path(self.root)
        kinds = runpy.run_path(str(root / "license_exporter/assets.py"))["KINDS"]
        build_data["force_include"] |= {
            str(root / place): f"license_exporter/share/{place}"
            for places in kinds.values()
            for place in places
        }
