"""What comes with the exporter beside its code: dashboards, rules, examples and Kubernetes files.

The wheel carries them in `share/`; in a checkout they stand where they are written. Both name them
alike, by their path from the top of the checkout.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import MappingProxyType

# hatch_build.py puts the same files and folders into the wheel.
KINDS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "dashboards": ("grafana/dashboards", "grafana/importable", "grafana/provisioning"),
        "rules": ("prometheus",),
        "mixin": ("mixin",),
        "runbooks": ("docs/runbooks.md",),
        "examples": ("config.yaml",),
        "systemd": ("deploy/license-exporter.service", "deploy/license-managers.conf"),
        "kubernetes": ("deploy/helm/license-exporter", "deploy/kustomize"),
    }
)

_PACKAGE = Path(__file__).parent


def names(kind: str) -> list[str]:
    """The files of a kind, such as `grafana/dashboards/overview.json`, in order.

    Raises KeyError for a kind that is not in KINDS, OSError if an installation lacks its files.
    """
    root = _root()
    return sorted(name for place in KINDS[kind] for name in _below(root, root / place))


def read(name: str) -> bytes:
    """The content of a file that `names` gives. Raises OSError if it is gone."""
    return (_root() / PurePosixPath(name)).read_bytes()


def _root() -> Path:
    installed = _PACKAGE / "share"
    return installed if installed.is_dir() else _PACKAGE.parent


def _below(root: Path, place: Path) -> list[str]:
    place.stat()
    if not place.is_dir():
        return [place.relative_to(root).as_posix()]
    return [file.relative_to(root).as_posix() for file in place.rglob("*") if file.is_file()]
