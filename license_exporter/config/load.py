"""From files to a checked configuration, or to a list of everything that is wrong with them.

Each problem is one line: the path of the option, what is wrong, what to do. A value is shown only
where it cannot be a secret.
"""

import glob
import os.path
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from license_exporter.config import entry_checks, strict_yaml
from license_exporter.config.addresses import pasted_path
from license_exporter.config.checked_file import CheckedFile
from license_exporter.config.configuring import configured
from license_exporter.config.leaving_out import keys
from license_exporter.config.merging import inherited, merge, without_empty
from license_exporter.config.patterns import MOST, found
from license_exporter.config.programs import Program
from license_exporter.config.spelling import suggestion
from license_exporter.config.strict_yaml import Location
from license_exporter.config.target import (
    ANSWERS_SIZE_LIMIT,
    Config,
    Defaults,
    Entry,
    File,
    Target,
)
from license_exporter.errors import ConfigError
from license_exporter.model.vendor import Vendor
from license_exporter.process.memory import lasting

# Stands for what has to be said of a target and is wrong.
_UNNAMED = {"name": "-", "vendor": "-"}

_NO_TARGETS = "list the targets, or write targets: [] for none"


def load_config(
    path: Path,
    environ: Mapping[str, str],
    vendors: Mapping[str, Vendor],
    keep: Callable[[str], bool] = lambda name: True,
) -> Config:
    """Read the configuration file, and the target files that it names.

    `environ` has the variables that `${NAME}` stands for, and `vendors` the vendors by the name
    that a target gives as its `vendor`. All targets are checked; those of whose name `keep` is
    true are in the result. Raises ConfigError with every problem of all files.
    """
    config, problems = examine(path, environ, vendors, keep)
    if problems:
        raise ConfigError(problems)
    return config


def examine(
    path: Path,
    environ: Mapping[str, str],
    vendors: Mapping[str, Vendor],
    keep: Callable[[str], bool] = lambda name: True,
) -> tuple[Config, list[str]]:
    """As `load_config`, with what is good of the configuration beside all that is wrong with it.

    A target lacks the options that are wrong, and has none that are not its own.
    """
    with lasting():
        return _examine(path, environ, _Loading(path.parent, vendors, keep))


def _examine(
    path: Path, environ: Mapping[str, str], loading: "_Loading"
) -> tuple[Config, list[str]]:
    main = CheckedFile(str(path), strict_yaml.read(path, environ))
    patterns = loading.read_main(main)
    files = [main]
    for name in _matching(patterns, path, main):
        content = strict_yaml.read_named(path.parent / name, environ)
        files.append(CheckedFile(name, content, prefix=f"{name}: "))
        loading.read_targets(files[-1])
    lines = [line for file in files for line in file.lines()]
    limit = loading.answers_size_limit
    return Config(tuple(loading.targets), patterns, loading.programs, limit), lines


def _matching(patterns: tuple[str, ...], path: Path, main: CheckedFile) -> list[str]:
    """The files that the patterns of `target_files` match, each once; never the main file."""
    names: dict[str, None] = {}
    for index, pattern in enumerate(patterns):
        matches = sorted(found(pattern, path.parent))
        if len(matches) > MOST:
            problem = f"looks at more than {MOST:,} files or folders; name their own folder"
            main.note(("target_files", index), problem)
        elif not matches and not glob.has_magic(pattern):
            main.note(("target_files", index), f"there is no file {pattern}")
        else:
            names |= dict.fromkeys(matches)
    own = os.path.realpath(path)
    return [name for name in names if os.path.realpath(path.parent / name) != own]


class _Loading:
    """Reads the files one after another; `targets` are those of all files so far.

    It keeps what the files have in common: the vendors, the defaults, the programs, and the names
    in use. Of the targets, `keep` tells by the name which are kept.
    """

    def __init__(
        self, folder: Path, vendors: Mapping[str, Vendor], keep: Callable[[str], bool]
    ) -> None:
        self.targets: list[Target] = []
        self.programs: dict[str, Program] = {}
        self.answers_size_limit = ANSWERS_SIZE_LIMIT
        self._folder = folder
        self._vendors = vendors
        self._keep = keep
        self._defaults: dict[str, Any] = {}
        self._places: dict[str, str] = {}
        self._named_programs: set[str] = set()
        # By what the targets say: where many say the same, it is checked and kept once.
        self._configured: dict[tuple[str, str], tuple[BaseModel, Vendor]] = {}

    def read_main(self, file: CheckedFile) -> tuple[str, ...]:
        """Read the configuration file; returns the patterns of its `target_files`."""
        said = file.value
        if said is None:
            file.note((), f"is empty; {_NO_TARGETS}")
            return ()
        if not isinstance(said, dict):
            file.note((), "must be a mapping with the key targets")
            return ()
        self._read_defaults(file, said.get("defaults"))
        apart = {key: said[key] for key in said if key not in ("defaults", "targets")}
        # To begin with, most files say nothing but their targets.
        checked = file.check(File, without_empty(apart), (), self._folder).model if apart else None
        named = said.get("programs")
        self._named_programs = set(named) if isinstance(named, dict) else set()
        if checked:
            self.answers_size_limit = checked.answers_size_limit
            given = checked.programs.items()
            # One that is wrong is there, and says nothing.
            self.programs = {name: program for name, program in given if program.path}
        if "targets" in said:
            self._read_list(file, said["targets"])
        elif "target_files" not in said:
            file.note(("targets",), f"is missing; {_NO_TARGETS}")
        return checked.target_files if checked else ()

    def read_targets(self, file: CheckedFile) -> None:
        """Read a target file: a list of targets, or a mapping with the one key `targets`."""
        said = file.value
        if isinstance(said, dict):
            for key in said:
                if key == "programs":
                    file.note((key,), "stands in the main configuration file only")
                elif key != "targets":
                    file.note((key,), "is not known in a target file; keep only targets")
            said = said.get("targets")
        self._read_list(file, said)

    def _read_defaults(self, file: CheckedFile, said: object) -> None:
        if said is None:
            return
        if not isinstance(said, dict):
            file.note(("defaults",), "must be a mapping (key: value)")
            return
        given = without_empty(said)
        for key in given.keys() & (Entry.model_fields.keys() - Defaults.model_fields.keys()):
            file.note(("defaults", key), "cannot be a default; give it in each target")
            del given[key]
        at = ("defaults",)
        checked = file.check(Defaults, given, at, self._folder)
        # Noted once here, and not again for each target that would inherit it.
        wrong = [problem.location for problem in checked.problems] + file.unread(at)
        self._defaults = {key: given[key] for key in given.keys() - {place[0] for place in wrong}}

    def _read_list(self, file: CheckedFile, said: object) -> None:
        if said is None:
            file.note(("targets",), f"is empty; {_NO_TARGETS}")
        elif not isinstance(said, list):
            file.note(("targets",), "must be a list (- name: ...)")
        else:
            for index, target in enumerate(said):
                self._read_target(file, target, ("targets", index))

    def _read_target(self, file: CheckedFile, said: object, at: Location) -> None:
        if not isinstance(said, dict):
            file.note(at, "must be a mapping with name, vendor, url and a way to authenticate")
            return
        given = without_empty(said)
        self._check_name(file, given.get("name"), at)
        driver = self._driver(file, given.get("vendor"), at)
        own = {key: given.pop(key) for key in given.keys() - Entry.model_fields.keys()}
        vendor_defaults = dict(driver.defaults) if driver else {}
        merged = merge(vendor_defaults, merge(self._defaults, given))
        checked = file.check(Entry, merged, at, self._folder, _UNNAMED)
        entry_checks.check_keys(file, own, self._option_names(driver), at)
        if driver is None:
            return
        options, driver, is_known = self._options(file, own, driver, at)
        entry_checks.check_ways(file, given, driver if is_known else None, at)
        programs = self._programs_of(file, driver, at)
        entry = checked.model
        if entry:
            entry_checks.check_pools(file, entry, checked.left_out, driver, at)
            if entry.url and (tail := pasted_path(entry.url, driver)):
                file.note((*at, "url"), f"is the address of a document; leave away {tail}")
            if self._keep(entry.name):
                target = Target.of(entry, driver, options, file.place(at), programs)
                self.targets.append(target.with_inherited(inherited(self._defaults, given)))

    def _programs_of(self, file: CheckedFile, driver: Vendor, at: Location) -> dict[str, Program]:
        """The programs that the target's documents need."""
        names = dict.fromkeys(run.program for document in driver.documents for run in document.runs)
        for name in names.keys() - self._named_programs:
            nearest = suggestion(name, self._named_programs)
            advice = nearest or f"; add programs: {{{name}: /its/path}} to the main file"
            file.note(at, f"needs the program {name}, which programs does not name{advice}")
        return {name: self.programs[name] for name in names if name in self.programs}

    def _check_name(self, file: CheckedFile, name: object, at: Location) -> None:
        if not isinstance(name, str | int) or not name:
            return
        name = str(name)
        if name in self._places:
            place = self._places[name]
            file.note((*at, "name"), f"{name!r} is the name of {place} too; choose another")
        else:
            self._places[name] = file.place(at)

    def _driver(self, file: CheckedFile, name: object, at: Location) -> Vendor | None:
        if not isinstance(name, str | int) or not name:
            return None
        name = str(name)
        if name not in self._vendors:
            known = ", ".join(self._vendors)
            nearest = suggestion(name, self._vendors)
            file.note((*at, "vendor"), f"{name!r} is not known (known are {known}){nearest}")
            return None
        try:
            return self._vendors[name]
        except ConfigError as error:
            for problem in error.problems:
                file.note((*at, "vendor"), problem)
            return None

    def _option_names(self, driver: Vendor | None) -> set[str]:
        """The vendor's own keys; those of all vendors where the target's vendor is not known."""
        if driver is None:
            return self._every_option
        return set(keys(driver.options)) if driver.options else set()

    @cached_property
    def _every_option(self) -> set[str]:
        names: set[str] = set()
        for name in self._vendors:
            with suppress(ConfigError):
                names |= self._option_names(self._vendors[name])
        return names

    def _options(
        self, file: CheckedFile, own: dict[str, Any], driver: Vendor, at: Location
    ) -> tuple[BaseModel | None, Vendor, bool]:
        """The vendor's own options, and the vendor as they configure it.

        Last, whether they tell how the vendor is asked.
        """
        if driver.options is None:
            return None, driver, True
        known = {key: own[key] for key in sorted(own.keys() & self._option_names(driver))}
        said = driver.name, repr(known)
        if said in self._configured:
            return *self._configured[said], True
        checked = file.check(driver.options, known, at, self._folder)
        if checked.model is None:
            return None, driver, bool(driver.documents)
        made = configured(driver, checked.model, checked.left_out, known, self._folder)
        file.note_below(at, made.problems)
        if not (checked.problems or checked.left_out or made.problems):
            self._configured[said] = checked.model, made.vendor
        return checked.model, made.vendor, made.is_known
