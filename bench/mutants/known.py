"""The changes that no test can notice, or that none should: `known/<module>.yaml`, each with why,
as `known/model.values.yaml`.

    license_exporter.model.values.x_flag:
      - why: equivalent, a text of spaces is read as nothing before
        lines:
          - "- if value.strip() in _NOTHING:"
          - "+ if value.lstrip() in _NOTHING:"

A change is known by its function and the lines that it changes: its number moves with each edit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = Path(__file__).with_name("known")

# How a reason begins: nothing differs that anybody could see, or only what nobody relies on.
KINDS = ("equivalent", "worth nothing")


@dataclass(frozen=True, slots=True)
class Known:
    function: str
    lines: tuple[str, ...]
    why: str


def known(folder: Path = FOLDER) -> Iterator[Known]:
    """All that is listed. Raises ValueError for what is not as above, naming file and function."""
    for file in sorted(folder.glob("*.yaml")):
        for function, changes in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).items():
            for change in changes:
                lines, why = tuple(change["lines"]), change["why"]
                if not why.startswith(KINDS):
                    raise ValueError(
                        f"{file.name}: {function}: why: begin with {' or '.join(KINDS)}"
                    )
                if function.rpartition(".")[0].removeprefix("license_exporter.") != file.stem:
                    raise ValueError(f"{file.name}: {function}: belongs to a file of its module")
                yield Known(function, lines, why)
