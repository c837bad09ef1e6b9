"""Documents that programs print: their runs, one after another until one answers."""

import asyncio
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from weakref import WeakValueDictionary

from license_exporter.config.programs import Program
from license_exporter.errors import FetchError, Reason, SchemaError
from license_exporter.model.vendor import Document, Run
from license_exporter.sources.growing import Growing
from license_exporter.sources.programs.child import Child
from license_exporter.sources.programs.explain import explain_end, explain_start
from license_exporter.sources.source import Bring, Fetched, OnLarge, OnStep, Step, Tag, printed
from license_exporter.sources.threads import Calls

# So much of standard error is taken as it comes, in bytes; what follows, slowly: it is for nobody.
_ERRORS = 64 * 1024
_PAUSE = 0.01

# How long the end of the exporter waits for killed programs to be gone, in seconds.
_LAST = 2.0


class Processes:
    """All programs that run, for all targets: no more of one than its `max_processes`.

    `path` is the variable PATH that programs get. `is_init` says whether this is process 1 of a
    container, which is the parent of all whose own has ended, even if they have left the group.
    """

    def __init__(self, path: str, *, is_init: bool = os.getpid() == 1) -> None:
        self.path = path
        self._is_init = is_init
        self._children: set[int] = set()
        self._looks: Calls[None] = Calls("program")
        self._places: WeakValueDictionary[tuple[str, int], asyncio.Semaphore] = (
            WeakValueDictionary()
        )
        self._reaping: set[asyncio.Task[None]] = set()

    def places(self, program: Program) -> asyncio.Semaphore:
        """The places for runs of a program."""
        key = str(program.path), program.max_processes
        places = self._places.get(key)
        if places is None:
            places = self._places[key] = asyncio.Semaphore(program.max_processes)
        return places

    async def look_at(self, path: Path) -> None:
        """See whether a program's file system answers.

        To start a program stops everything until it has begun, which would be for ever on a file
        server that hangs. To look at it first holds up its own runs alone.
        """
        await self._looks.result(path, partial(_look_at, path))

    def started(self, child: Child) -> None:
        """Note a run, which `end` is to follow."""
        self._children.add(child.pid)

    def end(self, child: Child, places: asyncio.Semaphore) -> None:
        """Kill what is left of a run; its place is free once nothing is."""
        child.kill()
        task = asyncio.create_task(self._reap(child))
        self._reaping.add(task)
        task.add_done_callback(self._reaping.discard)
        task.add_done_callback(lambda _: places.release())

    async def close(self) -> None:
        """Wait a moment for what was killed to be gone."""
        if self._reaping:
            await asyncio.wait(self._reaping, timeout=_LAST)

    async def _reap(self, child: Child) -> None:
        await child.reap()
        self._children.discard(child.pid)
        if self._is_init:
            self._reap_orphans()

    def _reap_orphans(self) -> None:
        """Reap those that have left their group, and have ended by now."""
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        with suppress(ChildProcessError):
            # A run's own program is left for the run to reap.
            while (ended := os.waitid(os.P_ALL, 0, flags)) and ended.si_pid not in self._children:
                os.waitpid(ended.si_pid, 0)


class ProgramSource:
    """Runs the programs of one target, which `programs` has by their names.

    `limit` is the greatest size of an output in bytes; `on_step` is told of each run.
    """

    def __init__(
        self, programs: Mapping[str, Program], processes: Processes, limit: int, on_step: OnStep
    ) -> None:
        self._programs = programs
        self._processes = processes
        self._places = {name: processes.places(each) for name, each in programs.items()}
        self._limit = limit
        self._on_step = on_step

    async def begin(self, on_large: OnLarge) -> Bring:
        """Begin a fetch, whose documents share nothing here."""
        return partial(self._bring, on_large)

    async def close(self) -> None:
        """Nothing to let go of: each run ends with the fetch that it is for."""

    async def _bring(
        self, on_large: OnLarge, document: Document, known: Tag | None, deadline: float
    ) -> Fetched:
        """Run the programs of a document, one after another until one answers.

        The time that is left is shared by the runs that are: one that hangs, since its server does,
        does not keep the next server from being asked.

        Raises FetchError as the last of them failed: `config` where it cannot be started, `server`
        where it ends with an error, `too_large`, and what the vendor reads in its output.
        """
        doubtful: Fetched | None = None
        failed: FetchError | None = None
        loop = asyncio.get_running_loop()
        for index, run in enumerate(document.runs):
            left = len(document.runs) - index
            share = (deadline - loop.time()) / left if left > 1 else None
            try:
                async with asyncio.timeout(share):
                    fetched = await self._answer(run, document, on_large, known)
            except TimeoutError:
                failed = FetchError(Reason.TIMEOUT, f"{run.program}: no end within {share:.1f} s")
                continue
            except FetchError as error:
                failed = error.again()
                continue
            if not fetched.doubt:
                return fetched
            doubtful = doubtful or fetched
        if doubtful:
            return doubtful
        assert failed
        raise failed.again()

    async def _answer(
        self, run: Run, document: Document, on_large: OnLarge, known: Tag | None
    ) -> Fetched:
        begun = time.perf_counter()
        size = 0
        note = "waited for max_processes"
        reason: Reason | None = None
        try:
            await self._places[run.program].acquire()
            note = ""
            output, errors, code = await self._output(run, on_large)
            size = len(output)
            note = explain_end(code, errors)
            doubt = FetchError(Reason.SERVER, f"{run.program} {note}") if code else None
            if not output.strip():
                raise doubt or _nothing(document, run, errors)
            return await printed(document, output, known, doubt)
        except FetchError as error:
            reason = error.reason
            raise
        except asyncio.CancelledError:
            reason = Reason.TIMEOUT
            raise
        finally:
            seconds = time.perf_counter() - begun
            path = f"{run.program} {run.server}".rstrip()
            self._on_step(Step("run", path, None, reason, size, seconds, note))

    async def _output(self, run: Run, on_large: OnLarge) -> tuple[bytes, int, int]:
        """The output of one run, the size of what came on standard error, and the exit code.

        The run has a place, which it gives back.
        """
        program = self._programs[run.program]
        places = self._places[run.program]
        child: Child | None = None
        try:
            await self._processes.look_at(program.path)
            child = Child(
                [str(program.path), *run.arguments],
                {"PATH": self._processes.path, "LC_ALL": "C", **program.environment},
                run.input,
            )
        except OSError as error:
            raise explain_start(error, run.program, program.path) from None
        finally:
            if child is None:
                places.release()
        self._processes.started(child)
        try:
            return await self._read(child, on_large)
        finally:
            self._processes.end(child, places)

    async def _read(self, child: Child, on_large: OnLarge) -> tuple[bytes, int, int]:
        errors = asyncio.create_task(_size(child))
        try:
            with Growing(self._limit, on_large) as output:
                while part := await child.read():
                    await output.add(part)
                    await asyncio.sleep(0)
                code = await child.end()
                return output.value(), await errors, code
        finally:
            errors.cancel()
            await asyncio.wait([errors])


def _look_at(path: Path) -> None:
    with suppress(OSError):
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))


async def _size(child: Child) -> int:
    """The size of what comes on standard error, which is shown nowhere."""
    size = 0
    while part := await child.read_errors():
        size += len(part)
        await asyncio.sleep(_PAUSE if size > _ERRORS else 0)
    return size


def _nothing(document: Document, run: Run, errors: int) -> FetchError:
    """The error for a run that ended well and printed nothing."""
    problem = f"{run.program} printed nothing"
    if errors:
        problem += f", and {errors} bytes of errors; run it as the exporter's user to see them"
    if document.format == "text":
        return SchemaError(document.name, problem)
    return FetchError(Reason.DECODE, problem)
