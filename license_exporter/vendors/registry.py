"""Which vendors there are: those of this package and of every installed plug-in, by one mechanism.

An entry point of the group `license_exporter.vendors` names a package, of which each module has a
VENDOR and each YAML file is a mapping; or a module with a VENDOR; or a Vendor itself. Names are
known from files alone: a vendor is imported when it is used, so that starting takes no longer and a
broken plug-in harms nobody else.
"""

import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path

from license_exporter.errors import ConfigError
from license_exporter.model.vendor import Vendor

GROUP = "license_exporter.vendors"

_NOTHING_INSTALLED = (
    "no vendor is known: license_exporter is not installed, but runs from its source files; "
    "run `pip install .` (or `pip install -e .`) in the folder of its pyproject.toml"
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a vendor is found: the distribution, what of it to load, and how."""

    distribution: str
    place: str
    load: Callable[[], object]
    preset: Path | None = None


class Vendors(Mapping[str, Vendor]):
    """The vendors by name, each loaded when it is first asked for.

    Asking for a vendor that cannot be loaded raises ConfigError, which names its distribution.
    """

    def __init__(self, sources: Mapping[str, list[Source]]) -> None:
        self._sources = sources
        self._loaded: dict[str, Vendor] = {}

    def __getitem__(self, name: str) -> Vendor:
        if name not in self._loaded:
            self._loaded[name] = _load(name, self._sources[name])
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._sources))

    def __len__(self) -> int:
        return len(self._sources)

    def __contains__(self, name: object) -> bool:
        return name in self._sources

    def replaced(self, vendor: Vendor) -> "Vendors":
        """The same vendors with another one of that name."""
        vendors = Vendors(self._sources)
        vendors._loaded[vendor.name] = vendor
        return vendors

    def preset(self, name: str) -> str | None:
        """The text of the vendor's mapping; None for a vendor that is written in Python."""
        path = self._sources[name][0].preset
        return _text(path) if path else None


def find_vendors(entry_points: Iterable[metadata.EntryPoint] | None = None) -> Vendors:
    """The vendors of all installed distributions, or of the entry points given.

    Raises ConfigError if no installed distribution has a vendor, not even this one.
    """
    if entry_points is None:
        entry_points = metadata.entry_points(group=GROUP)
        if not entry_points:
            raise ConfigError([_NOTHING_INSTALLED])
    sources: dict[str, list[Source]] = {}
    for entry_point in entry_points:
        for name, source in _sources(entry_point):
            sources.setdefault(name, []).append(source)
    return Vendors(sources)


def _sources(entry_point: metadata.EntryPoint) -> Iterator[tuple[str, Source]]:
    distribution = entry_point.dist.name if entry_point.dist else "an unknown distribution"
    folders = [] if entry_point.attr else _package_folders(entry_point.module)
    if not folders:
        yield entry_point.name, Source(distribution, entry_point.value, entry_point.load)
    for module in pkgutil.iter_modules(folders):
        place = f"{entry_point.module}.{module.name}"
        if not module.name.startswith("_") and place != __name__:
            yield module.name, Source(distribution, place, partial(import_module, place))
    for folder in folders:
        for path in sorted(Path(folder).glob("*.yaml")):
            place = f"{entry_point.module}/{path.name}"
            yield path.stem, Source(distribution, place, partial(_load_preset, path), path)


def _package_folders(module: str) -> list[str]:
    """The folders of a package; none for a module, nor for a name that cannot be found."""
    try:
        spec = find_spec(module)
    except Exception:
        # To find a module, its parent package is imported, and a plug-in's may raise anything. It
        # does so again when the vendor is loaded, which then says what went wrong.
        return []
    return list(spec.submodule_search_locations or ()) if spec else []


def _load_preset(path: Path) -> Vendor:
    from license_exporter.mapping.vendor import preset

    return preset(path.stem, _text(path))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _load(name: str, sources: list[Source]) -> Vendor:
    if len(sources) > 1:
        places = " and ".join(f"{source.place} ({source.distribution})" for source in sources)
        raise ConfigError([f"{name} is defined twice, by {places}: remove one of them"])
    source = sources[0]
    at = f"{source.place} ({source.distribution})"
    try:
        loaded = source.load()
    except ConfigError as error:
        raise ConfigError([f"{at}: {problem}" for problem in error.problems]) from error
    except Exception as error:
        problem = f"{at} cannot be loaded: {type(error).__name__}: {error}"
        raise ConfigError([problem]) from error
    vendor = getattr(loaded, "VENDOR", loaded)
    if not isinstance(vendor, Vendor):
        raise ConfigError([f"{at} has no VENDOR that is a license_exporter.model.Vendor"])
    if vendor.name != name:
        raise ConfigError([f"{at} is registered as {name}, but its Vendor's name is {vendor.name}"])
    return vendor
