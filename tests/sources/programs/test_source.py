"""What real programs print, and everything that they can do wrong."""

import asyncio
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from license_exporter.config.programs import Program
from license_exporter.errors import FetchError, Reason
from license_exporter.model.vendor import Document, Run
from license_exporter.sources.programs.source import Processes, ProgramSource
from tests.children import children
from tests.scripts import is_running, script

pytestmark = pytest.mark.e2e


class Ran:
    """Runs programs as a fetch does; `steps` are what is told of it."""

    def __init__(self):
        self.steps = []
        self.processes = Processes("/usr/bin:/bin")

    def source(self, limit=1_000_000, **programs):
        named = {name: Program.model_validate(program) for name, program in programs.items()}
        return ProgramSource(named, self.processes, limit, self.steps.append)

    async def __call__(self, *paths, seconds=10.0, known=None, source=None, **document):
        """What the first of the programs that answers prints."""
        programs = {f"p{number}": str(path) for number, path in enumerate(paths)}
        source = source or self.source(**programs)
        runs = document.pop("runs", tuple(Run(name) for name in programs))
        bring = await source.begin(nothing)
        document = {"format": "text", **document}
        async with asyncio.timeout(seconds):
            deadline = asyncio.get_running_loop().time() + seconds
            return await bring(Document("licenses", runs=runs, **document), known, deadline)

    async def failure(self, *paths, **options):
        with pytest.raises(FetchError) as caught:
            await self(*paths, **options)
        return caught.value


async def nothing():
    pass


def _descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
async def ran():
    """Runs programs, of which nothing is left after it: no process, no zombie, no descriptor."""
    before, others = _descriptors(), children()
    ran = Ran()
    yield ran
    await ran.processes.close()
    assert children() <= others
    assert _descriptors() == before


async def test_what_a_program_prints_is_the_document(ran, tmp_path):
    fetched = await ran(script(tmp_path, "echo licenses; echo errors >&2"))
    assert (fetched.body, fetched.size, fetched.doubt) == (b"licenses\n", 9, None)
    (step,) = ran.steps
    assert (step.method, step.path, step.status, step.reason) == ("run", "p0", None, None)
    assert step.note == "ended with exit code 0, 7 bytes of errors"


async def test_a_program_inherits_nothing_but_what_it_is_given(ran, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "s3cr3t")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    path = script(tmp_path, "env; pwd; ls -l /proc/self/fd")
    source = ran.source(tool={"path": str(path), "environment": {"LM_LICENSE_FILE": "1@lic1"}})
    fetched = await ran(source=source, runs=(Run("tool", ("$HOME", "*")),))
    os.close(descriptor)
    lines = fetched.body.decode().split()
    variables = {line.partition("=")[0] for line in lines if "=" in line}
    assert variables - {"PWD", "_", "SHLVL"} == {"LC_ALL", "PATH", "LM_LICENSE_FILE"}
    assert "/" in lines
    assert f"{tmp_path}\n" not in fetched.body.decode()


async def test_words_reach_a_program_whole_and_its_input_is_fixed(ran, tmp_path):
    path = script(tmp_path, 'for word in "$@"; do echo "[$word]"; done; cat')
    source = ran.source(tool=str(path))
    run = Run("tool", ("a b", "$(id)", "*", ";", "Zürich"), input="quit\n" * 50_000)
    fetched = await ran(source=source, runs=(run,))
    head, _, rest = fetched.body.decode().partition("quit\n")
    assert head == "[a b]\n[$(id)]\n[*]\n[;]\n[Zürich]\n"
    assert rest == "quit\n" * 49_999


async def test_a_program_that_reads_its_input_finds_it_at_its_end(ran, tmp_path):
    fetched = await ran(script(tmp_path, "read line || echo nothing to read"))
    assert fetched.body == b"nothing to read\n"


@pytest.mark.parametrize(
    ("text", "reason", "message"),
    [
        ("true", Reason.SCHEMA, "p0 printed nothing"),
        ("echo s3cr3t >&2", Reason.SCHEMA, "p0 printed nothing, and 7 bytes of errors"),
        ("echo s3cr3t >&2; exit 3", Reason.SERVER, "p0 ended with exit code 3, 7 bytes of errors"),
        ("kill -SEGV $$", Reason.SERVER, "p0 was ended by SIGSEGV"),
        ("no-such-command", Reason.SERVER, "p0 ended with exit code 127"),
        ("yes", Reason.TOO_LARGE, "the answer is over 1000000 bytes"),
        ("cat /dev/zero", Reason.TOO_LARGE, "the answer is over 1000000 bytes"),
    ],
)
async def test_what_a_program_does_wrong_is_told(ran, tmp_path, text, reason, message):
    error = await ran.failure(script(tmp_path, text))
    assert error.reason == reason
    assert error.message.startswith(message)
    assert "s3cr3t" not in error.message
    assert ran.steps[-1].reason == reason


async def test_an_empty_answer_that_is_no_text_is_not_decoded(ran, tmp_path):
    error = await ran.failure(script(tmp_path, "true"), format="json")
    assert error.reason == Reason.DECODE


@pytest.mark.parametrize(
    "text",
    [
        "sleep 60",
        "trap '' TERM INT HUP; while :; do sleep 1; done",
        "exec >&- 2>&-; sleep 60",
        "exec >&-; yes >&2",
        "while :; do printf x; sleep 0.1; done",
        "printf half; sleep 60",
        "sleep 60 & wait",
        "kill -STOP $$",
        "yes >&2",
    ],
)
async def test_a_program_that_does_not_end_is_killed_at_the_timeout(ran, tmp_path, text):
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        await ran(script(tmp_path, text), seconds=0.3)
    assert time.monotonic() - begun < 2
    assert ran.steps[-1].reason == Reason.TIMEOUT


async def test_whoever_a_program_leaves_behind_holds_nothing_up_and_is_killed(ran, tmp_path):
    path = script(tmp_path, "sleep 60 & echo $!")
    left = int((await ran(path, seconds=5)).body)
    async with asyncio.timeout(2):
        # It is nobody's here: who reaps it, and when, is the system's affair.
        while is_running(left):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_whoever_has_escaped_the_group_holds_nothing_up(ran, tmp_path):
    path = script(tmp_path, "setsid sleep 3 & sleep 0.1; echo licenses")
    assert (await ran(path, seconds=2)).body == b"licenses\n"


async def test_a_good_answer_of_a_program_that_ends_with_an_error_is_read_in_doubt(ran, tmp_path):
    fetched = await ran(script(tmp_path, "echo licenses; exit 1"))
    assert fetched.body == b"licenses\n"
    assert (fetched.doubt.reason, fetched.doubt.message) == (
        Reason.SERVER,
        "p0 ended with exit code 1",
    )


def refused(text):
    if "Cannot connect" in text:
        return FetchError(Reason.CONNECT, "no license server answers")
    return None


@pytest.mark.parametrize("end", ["exit 0", "exit 1", "kill -9 $$"])
async def test_an_error_in_the_output_is_one_whatever_the_exit_code(ran, tmp_path, end):
    path = script(tmp_path, f"printf 'Cannot connect\\r\\n'; {end}")
    error = await ran.failure(path, refusal=refused)
    assert (error.reason, error.message) == (Reason.CONNECT, "no license server answers")


async def test_runs_are_tried_in_order_until_one_answers(ran, tmp_path):
    down = script(tmp_path, "echo Cannot connect")
    doubtful = script(tmp_path, "echo what; exit 1")
    good = script(tmp_path, "echo licenses")
    never = script(tmp_path, "echo never")
    paths = (down, doubtful, good, never)
    assert (await ran(*paths, refusal=refused)).body == b"licenses\n"
    assert [step.path for step in ran.steps] == ["p0", "p1", "p2"]


async def test_a_server_that_hangs_leaves_time_to_ask_the_next_one(ran, tmp_path):
    hangs = script(tmp_path, "sleep 60")
    good = script(tmp_path, "echo licenses")
    assert (await ran(hangs, hangs, good, seconds=0.9)).body == b"licenses\n"
    reasons = [step.reason for step in ran.steps]
    assert reasons == [Reason.TIMEOUT, Reason.TIMEOUT, None]
    assert [step.seconds > 0.25 for step in ran.steps] == [True, True, False]


async def test_where_no_run_answers_well_a_doubtful_answer_stands_else_the_last_error(
    ran, tmp_path
):
    down = script(tmp_path, "echo Cannot connect")
    doubtful = script(tmp_path, "echo what; exit 1")
    assert (await ran(doubtful, down, refusal=refused)).body == b"what\n"
    error = await ran.failure(script(tmp_path, "exit 4"), down, refusal=refused)
    assert error.reason == Reason.CONNECT


async def test_an_answer_that_is_known_is_not_looked_at_again(ran, tmp_path):
    path = script(tmp_path, "echo licenses")
    asked = []
    first = await ran(path, refusal=lambda text: asked.append(text))
    second = await ran(path, known=first.tag, refusal=lambda text: asked.append(text))
    assert first.tag == second.tag
    assert asked == ["licenses\n"]


async def test_what_moves_in_every_answer_is_no_part_of_its_version(ran, tmp_path):
    path = script(tmp_path, "date +'status on %N'; echo licenses")
    moving = re.compile(rb"^status on .*$", re.MULTILINE)
    assert (await ran(path, moving=moving)).tag == (await ran(path, moving=moving)).tag
    assert (await ran(path)).tag != (await ran(path)).tag


async def test_no_more_of_a_program_run_at_a_time_than_it_may(ran, tmp_path):
    log = tmp_path / "log"
    path = script(tmp_path, f"echo + >> {log}; sleep 0.1; echo - >> {log}; echo x")
    sources = [ran.source(tool={"path": str(path), "max_processes": 2}) for _ in range(3)]
    runs = (Run("tool"),)
    await asyncio.gather(*(ran(source=source, runs=runs) for source in [*sources, *sources]))
    most = running = 0
    for line in log.read_text().split():
        running += 1 if line == "+" else -1
        most = max(most, running)
    assert most == 2


async def test_that_a_run_waited_for_a_place_until_its_timeout_is_told(ran, tmp_path):
    source = ran.source(tool={"path": str(script(tmp_path, "sleep 60")), "max_processes": 1})
    runs = (Run("tool"),)
    fetches = (ran(source=source, runs=runs, seconds=seconds) for seconds in (1.0, 0.2))
    await asyncio.gather(*fetches, return_exceptions=True)
    assert [step.note for step in ran.steps] == ["waited for max_processes", ""]
    assert {step.reason for step in ran.steps} == {Reason.TIMEOUT}


async def test_a_place_is_free_again_whatever_became_of_the_run(ran, tmp_path):
    hangs = script(tmp_path, "sleep 60")
    source = ran.source(tool={"path": str(hangs), "max_processes": 1})
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await ran(source=source, runs=(Run("tool"),), seconds=0.1)
    gone = ran.source(tool={"path": f"{tmp_path}/gone", "max_processes": 1})
    for _ in range(3):
        assert (await ran.failure(source=gone, runs=(Run("tool"),))).reason == Reason.CONFIG


async def test_hundreds_that_hang_are_gone_at_once_when_their_fetches_end(ran, tmp_path):
    path = script(tmp_path, "trap '' TERM; sleep 60 & wait")
    source = ran.source(tool={"path": str(path), "max_processes": 300})
    tasks = [
        asyncio.create_task(ran(source=source, runs=(Run("tool"),), seconds=60)) for _ in range(200)
    ]
    await asyncio.sleep(1)
    begun = time.monotonic()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await ran.processes.close()
    assert time.monotonic() - begun < 2


async def test_an_old_kernel_without_descriptors_of_processes_is_no_matter(
    ran, tmp_path, monkeypatch
):
    def refuse(pid, flags=0):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "pidfd_open", refuse)
    assert (await ran(script(tmp_path, "sleep 0.1; echo licenses"))).body == b"licenses\n"
    with pytest.raises(TimeoutError):
        await ran(script(tmp_path, "sleep 60"), seconds=0.2)


# As process 1 of a container does, it inherits those whose parents have ended.
_INIT = """
import asyncio, ctypes, os, sys
from license_exporter.config.programs import Program
from license_exporter.model.vendor import Document, Run
from license_exporter.sources.programs.source import Processes, ProgramSource

assert ctypes.CDLL(None).prctl(36, 1) == 0  # PR_SET_CHILD_SUBREAPER

async def main():
    processes = Processes("/usr/bin:/bin", is_init=True)
    source = ProgramSource(
        {"p": Program(path=sys.argv[1])}, processes, 10**6, lambda step: None
    )
    bring = await source.begin(lambda: None)
    for run in range(5):
        if run == 4:
            await asyncio.sleep(float(sys.argv[2]))
        try:
            async with asyncio.timeout(0.3):
                document = Document("d", runs=(Run("p"),), format="text")
                await bring(document, None, 1e9)
        except TimeoutError:
            pass
    await processes.close()
    try:
        print(os.waitpid(-1, os.WNOHANG))
    except ChildProcessError:
        print("nothing is left")

asyncio.run(main())
"""


@pytest.mark.parametrize("end", ["echo done", "sleep 60"])
def test_as_process_1_of_a_container_it_leaves_no_zombie(tmp_path, end):
    path = script(tmp_path, f"(sleep 60 & sleep 60 & sleep 60 & wait) & sleep 60 & {end}")
    assert _as_init(path) == "nothing is left\n"


def test_as_process_1_it_reaps_those_that_have_escaped_once_they_have_ended(tmp_path):
    escape = f"mkdir {tmp_path}/once 2>/dev/null && setsid sleep 0.3 &"
    path = script(tmp_path, f"{escape} sleep 0.05; echo done")
    assert _as_init(path, wait=0.5) == "nothing is left\n"


def _as_init(path, wait=0.0):
    command = [sys.executable, "-c", _INIT, path, str(wait)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert done.stderr == ""
    return done.stdout


async def test_a_file_server_that_hangs_holds_up_the_runs_of_its_own_programs_alone(
    ran, tmp_path, monkeypatch
):
    hung, answers = script(tmp_path, "echo hung"), script(tmp_path, "echo licenses")
    end = threading.Event()

    usual = os.open

    def open_slowly(path, *args, **kwargs):
        if path == hung:
            end.wait()
        return usual(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", open_slowly)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await ran(hung, seconds=0.1)
    assert (await ran(answers)).body == b"licenses\n"
    assert [thread.name for thread in threading.enumerate()].count("program") == 1
    end.set()
    assert (await ran(hung)).body == b"hung\n"
