"""The demo with the Prometheus and Alertmanager of this machine, until Ctrl-C.

    python -m deploy.stack [--exporter 10058]

Data, configurations and logs are in .stack/, which is made anew at each start.
"""

import argparse
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path

from deploy.stack import drawn
from deploy.stack.members import PROJECT, answers, members, running
from deploy.stack.ports import HOST, Ports, StackError
from deploy.stack.receiver import receiving


def introduction(folder: Path, ports: Ports) -> str:
    """Where everything is, by what the installed packages have: Debian's lack some pages."""
    exporter, prometheus, alertmanager, receiver = (
        f"http://{HOST}:{port}"
        for port in (ports.exporter, ports.prometheus, ports.alertmanager, ports.receiver)
    )
    pages = pages_of(prometheus)
    alerts = f"promtool query instant {prometheus} ALERTS" if pages is None else f"{pages}/alerts"
    # Debian's package has the frame of this page alone.
    sends = f"{alertmanager}/" if answers(f"{alertmanager}/script.js") else None
    shown = [
        (f"{exporter}/", "the exporter: what needs attention"),
        (alerts, "the alerts, in Prometheus"),
        (sends or f"amtool --alertmanager.url={alertmanager} alert", "what Alertmanager sends"),
        (f"{receiver}/", "the dashboards, as queries in Prometheus; how to import them"),
    ]
    width = max(len(where) for where, _ in shown)
    return "\n".join(
        (
            "The stack is running. Open, or run",
            *(f"  {where:{width}}  {what}" for where, what in shown),
            f"Logs are in {folder}. End it with Ctrl-C.",
            "What Alertmanager sends follows, from when alerts have lasted as long as they must:",
        )
    )


def pages_of(prometheus: str) -> str | None:
    """Where Prometheus' pages begin; None where it has none.

    Debian's package of 2.42 has the classic ones alone, that of 3 none at all.
    """
    return next(
        (pages for pages in (prometheus, f"{prometheus}/classic") if answers(f"{pages}/alerts")),
        None,
    )


def run(folder: Path, ports: Ports) -> None:
    """Start everything, say where it is, and wait until it is ended or one of the programs ends."""
    ports.check()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    prometheus = f"http://{HOST}:{ports.prometheus}"

    def dashboards() -> str:
        pages = pages_of(prometheus)
        return drawn.page(PROJECT / "grafana" / "importable", prometheus, pages)

    with ExitStack() as stack:
        stack.enter_context(receiving(ports.receiver, dashboards))
        processes = {
            member.name: stack.enter_context(running(member, folder))
            for member in members(folder, ports)
        }
        print(introduction(folder, ports), flush=True)
        while True:
            time.sleep(1)
            for name, process in processes.items():
                if process.poll() is not None:
                    raise StackError(f"{name} has ended; its log is {folder / name}.log")


def stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser(prog="stack", description=__doc__.splitlines()[0])
    for each in fields(Ports):
        help = f"port of {each.metadata['program']} (default: %(default)s)"
        parser.add_argument(f"--{each.name}", type=int, default=each.default, help=help)
    parser.add_argument("--folder", type=Path, default=PROJECT / ".stack")
    signal.signal(signal.SIGTERM, stop)
    flags = parser.parse_args()
    try:
        run(flags.folder, Ports(**{each.name: getattr(flags, each.name) for each in fields(Ports)}))
    except StackError as error:
        for line in str(error).splitlines():
            print(f"stack: {line}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
