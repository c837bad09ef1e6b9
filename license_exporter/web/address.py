"""The addresses to listen on, as flags give them."""

import re

DEFAULT_PORT = 10058
DEFAULT = f":{DEFAULT_PORT}"

_ADDRESS = re.compile(r"(?P<host>[^\[\]:/\s]*|\[[0-9A-Fa-f:.%\w]+\]):(?P<port>\d{1,5})")

# The host, None for all of the machine's addresses, and the port.
Address = tuple[str | None, int]


def parse(address: str) -> Address:
    """Read [HOST]:PORT. Raises ValueError."""
    match = _ADDRESS.fullmatch(address)
    if not match or int(match["port"]) > 65535 or not _is_name(match["host"]):
        raise ValueError(f"{address!r} is not [HOST]:PORT, such as :10058 or [::1]:10058")
    return match["host"].strip("[]") or None, int(match["port"])


def _is_name(host: str) -> bool:
    """Whether a host can be looked up at all."""
    try:
        return not host or bool(host.encode("idna"))
    except UnicodeError:
        return False
