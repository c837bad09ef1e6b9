"""Files and programs that mappings and license managers read, with numbers that change."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from license_exporter.demo.managers.cad import lmstat, rlmstat
from license_exporter.demo.managers.features import Feature
from license_exporter.demo.moments import level
from tests.scripts import script

# In each answer there are so many units more than are used: of one that is not whole there are not.
FREE = 100
_ROWS = 40

# Targets that never answer, and why.
ILL = {"program-failing": "server", "program-hanging": "timeout", "file-missing": "config"}

# What leaves a child behind, which says for whom it waits, and hangs itself.
_HANGING = 'if [ "$1" = child ]; then sleep 600; exit; fi\n"$0" child &\nsleep 600'
_PRINTING = """\
echo feature,used,total
n=$(($(date +%s) % 50))
for row in 1 2 3 4 5 6 7 8 9; do echo "feature$row,$n,$((n + 100))"; done
head -c 100000 /dev/zero >&2"""
_POOLS = {"name": "feature", "used": "used", "limit": "total"}


class Spool:
    """A folder of files that are written anew, and of programs that print."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        scripts = {
            "printing": _PRINTING,
            "failing": "echo no such table >&2; exit 3",
            "hanging": _HANGING,
        }
        self.programs = {name: str(script(folder, text)) for name, text in scripts.items()}

    def write(self, turn: int) -> None:
        """Write every file anew, in turn under its name in two pieces, or elsewhere and renamed."""
        for number, (name, text) in enumerate(_FILES.items()):
            whole, file = text(turn), self._folder / name
            if (turn + number) % 2:
                written = file.with_suffix(".new")
                written.write_text(whole)
                written.replace(file)
            else:
                with file.open("w") as opened:
                    opened.write(whole[: len(whole) // 2])
                    opened.flush()
                    time.sleep(0.02)
                    opened.write(whole[len(whole) // 2 :])

    def targets(self) -> list[dict[str, Any]]:
        """A target of each kind that needs no server."""
        expiry = _today() + timedelta(days=40)
        return [
            self._mapped("file-csv", file="seats.csv", format="csv")
            | {"contract": {"expiry": expiry, "notice": expiry - timedelta(days=30)}},
            self._mapped("file-xml", rows="tokens.token", file="tokens.xml", format="xml"),
            self._mapped("file-json", rows="seats", file="seats.json", format="json"),
            self._mapped("file-missing", file="nothing.csv", format="csv"),
            self._mapped("program-csv", program="printing", format="csv"),
            self._mapped("program-failing", program="failing", format="csv"),
            self._mapped("program-hanging", program="hanging", format="csv")
            | {"timeout": "1s", "min_interval": "10s"},
            self._written("output-flexlm", "flexlm", "lmstat.txt"),
            self._written("output-rlm", "rlm", "rlmstat.txt"),
        ]

    def _mapped(self, name: str, rows: str = "@", **request: str) -> dict[str, Any]:
        if "file" in request:
            request["file"] = str(self._folder / request["file"])
        mapping = {"requests": {"answer": request}, "pools": [{"rows": rows, **_POOLS}]}
        return {
            "name": name,
            "vendor": "json",
            "as": "soak",
            "min_interval": "1s",
            "mapping": mapping,
        }

    def _written(self, name: str, vendor: str, file: str) -> dict[str, Any]:
        path = str(self._folder / file)
        return {"name": name, "vendor": vendor, "output_file": path, "min_interval": "1s"}


def _today() -> date:
    return datetime.now(UTC).date()


def _csv(turn: int) -> str:
    rows = [f"feature{row},{turn},{turn + FREE}\n" for row in range(_ROWS)]
    return "".join(["feature,used,total\n", *rows])


def _xml(turn: int) -> str:
    rows = [
        f'<token feature="feature{row}"><used>{turn}</used><total>{turn + FREE}</total></token>'
        for row in range(_ROWS)
    ]
    return "".join(["<tokens>", *rows, "</tokens>"])


def _json(turn: int) -> str:
    rows = [
        f'{{"feature": "feature{row}", "used": {turn}, "total": {turn + FREE}}}'
        for row in range(_ROWS)
    ]
    return f'{{"seats": [{", ".join(rows)}]}}'


def _features(turn: int) -> list[Feature]:
    ends = ((turn + FREE, _today() + timedelta(days=25)),)
    return [Feature(f"feature{row}", "1.0", level(turn), ends) for row in range(_ROWS)]


def _lmstat(turn: int) -> str:
    # Of the first feature some are reserved besides.
    features = [Feature("first", "1.0", level(0), ((1, None),)), *_features(turn)]
    return lmstat(features, "missing", time.time(), "")


def _rlmstat(turn: int) -> str:
    return rlmstat(_features(turn), time.time(), time.time(), "")


_FILES: Mapping[str, Callable[[int], str]] = {
    "seats.csv": _csv,
    "tokens.xml": _xml,
    "seats.json": _json,
    "lmstat.txt": _lmstat,
    "rlmstat.txt": _rlmstat,
}
