"""A stand-in for the tools of license managers: lmutil, rlmutil, lmxendutil and the like.

It is NOT any of these programs. It asks the servers of `license-exporter demo` alone, over HTTP on
loopback, and prints what the real tool would print there. Run with the tool's name and its words.
"""

import os
import re
import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote

_PATIENCE = 5.0

# Where each tool's words name the server.
_SERVERS = {
    "lmutil": re.compile(r"-c (?:(?P<port>\d+)@)?(?P<host>[^\s,]+)"),
    "rlmutil": re.compile(r"-c (?:(?P<port>\d+)@)?(?P<host>\S+)"),
    "lmxendutil": re.compile(r"-port (?P<port>\d+)|-host (?P<host>\S+)"),
    "DSLicSrv": re.compile(r"connect (?P<host>\S+) (?P<port>\d+)"),
    "lsmon": re.compile(r"^(?P<host>\S+)"),
    "lstc_qrun": re.compile(r"-s (?:(?P<port>\d+)@)?(?P<host>\S+)"),
    "olixtool": re.compile(r"-sv (?P<host>\S+):(?P<port>\d+)"),
    "monitorlm": re.compile(r"^(?P<host>[^\s:]+):(?P<port>\d+)"),
}

# What the tools print where no server answers, as they do without an exit code that tells of it.
_NO_ANSWER = {
    "lmutil": "lmutil - stand-in of license-exporter demo\n\nError getting status: Cannot connect "
    'to license server system. (-15,570:111 "Connection refused")\n',
    "rlmutil": 'rlmutil v15.1\n\n\nError connecting to "rlm" server\n\nNo error\n',
    "lmxendutil": "LM-X End-user Utility v5.2\n\nThere are no license server(s) available.\n",
    "DSLicSrv": "admin >\n\tCannot connect to server\n",
    "lsmon": "Error[5]: Cannot talk to the license server\n",
    "lstc_qrun": "*** ERROR failed to open server\n",
    "olixtool": "OlComm 454 Request cannot connect to target\n",
    "monitorlm": "Could not connect to the license server\n",
}


def main(tool: str, *words: str) -> int:
    """Print what the tool prints; the exit code is 2 for words that it does not have."""
    if not words or words[0] in ("--help", "-h", "-help"):
        sys.stdout.write(f"{tool}: {__doc__}")
        return 0
    matches = _SERVERS[tool].finditer(" ".join(words))
    groups = [pair for match in matches for pair in match.groupdict().items()]
    found = {name: value for name, value in groups if value}
    if "host" not in found:
        sys.stdout.write(f"usage: {tool} [words of the real tool, with a server]\n")
        return 2
    sys.stdout.write(_answer(tool, found["host"], int(found.get("port", 0)), words))
    return 0


def _answer(tool: str, host: str, port: int, words: tuple[str, ...]) -> str:
    # Sentinel's tool takes no port among its words.
    port = port or int(os.environ.get("LSPORT", "5093"))
    connection = HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        connection.request("GET", f"/{tool}?words={quote(' '.join(words))}")
        response = connection.getresponse()
        body = response.read().decode()
    except (OSError, HTTPException, ValueError):
        return _NO_ANSWER[tool]
    finally:
        connection.close()
    return body if response.status == 200 else _NO_ANSWER[tool]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
