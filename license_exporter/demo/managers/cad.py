"""What the CAD department's three license servers print: FlexLM, RLM and LM-X."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from license_exporter.demo.managers.features import Feature
from license_exporter.demo.moments import MINUTE

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RESERVED = 4
_BORROWED = 3


def lmstat(features: Sequence[Feature], missing: str, time: float, words: str) -> str:
    """`lmutil lmstat`: a triad of which one server is down, as is the daemon of one feature."""
    now = datetime.fromtimestamp(time, UTC)
    head = [
        "lmutil - stand-in of license-exporter demo",
        f"Flexible License Manager status on {now:%a} {now.month}/{now.day}/{now:%Y %H:%M}",
        "",
    ]
    if " -i " in f" {words} ":
        return "\n".join([*head, *_ends(features)])
    triad = ",".join(f"27000@lic{number}.example" for number in (1, 2, 3))
    lines = [
        *head,
        "[Detecting lmgrd processes...]",
        f"License server status: {triad}",
        "    License file(s) on lic1.example: /opt/flexlm/acme.lic:",
        "",
        "lic1.example: license server UP v11.19.6",
        "lic2.example: license server UP (MASTER) v11.19.6",
        "lic3.example: Cannot connect to license server system. (-15,570:111)",
        "",
        "Vendor daemon status (on lic2.example):",
        "",
        "     acmed: UP v11.19.6",
        "     meshd: The desired vendor daemon is down. (-97,121)",
        "Feature usage info:",
        "",
        "Users of viewer:  (Uncounted, node-locked)",
        "",
    ]
    for feature in features:
        lines += _users_of(feature, reserves=feature is features[0], time=time)
    lines.append(f"Users of {missing}:  (Error: 4 licenses, unsupported by licensed server)")
    return "\n".join([*lines, ""])


def _users_of(feature: Feature, time: float, *, reserves: bool) -> list[str]:
    reserved = _RESERVED if reserves and feature.total - feature.used(time) >= _RESERVED else 0
    used = feature.used(time) + reserved
    counts = f"Total of {feature.total} licenses issued;  Total of {used} licenses in use"
    lines = [
        f"Users of {feature.name}:  ({counts})",
        "",
        f'  "{feature.name}" v{feature.version}, vendor: acmed',
        "  floating license",
        "",
    ]
    if reserved:
        lines.append(f"\t{reserved} RESERVATIONs for GROUP night-shift (lic2.example/27000)")
    server = f"(v{feature.version}) (lic2.example/27000"
    units = f", {feature.units} licenses" if feature.units > 1 else ""
    for number, (user, host) in enumerate(feature.checkouts(time)):
        linger = "  (linger: 604800)" if reserves and number < _BORROWED else ""
        lines.append(
            f"    {user} {host} {host} {server} {number}01), start Mon 1/5 8:00{units}{linger}"
        )
    for number, (user, host) in enumerate(feature.waiting(time)):
        wants = f"queued for {feature.units} license{'s' if feature.units > 1 else ''}"
        lines.append(f"    {user} {host} {host} {server} 9{number}01) {wants}")
    return [*lines, ""]


def _ends(features: Sequence[Feature]) -> list[str]:
    lines = [
        "NOTE: lmstat -i does not give information from the server,",
        "      but only reads the license file.  For this reason,",
        "      lmstat -a is recommended instead.",
        "",
        "Feature                         Version     #licenses    Vendor        Expires",
        "_______                         _________   _________    ______        ________",
    ]
    for feature in features:
        for licenses, day in feature.ends:
            end = "permanent(no expiration date)" if day is None else _english(day)
            lines.append(f"{feature.name:<31} {feature.version:<11} {licenses:<12} acmed {end}")
    return [*lines, ""]


def _english(day: date | None) -> str:
    return f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year}" if day else "permanent"


def rlmstat(features: Sequence[Feature], start: float, time: float, _words: str) -> str:
    """`rlmutil rlmstat -a`: an ISV server that has refused requests, a few more each hour."""
    denials = 12 + int((time - start) // (10 * MINUTE))
    lines = [
        "Setting license file path to 5053@lic4.example",
        "rlmutil v15.1 (stand-in of license-exporter demo)",
        "",
        "\trlm status on lic4.example (port 5053), up 9d 11:08:25",
        "\trlm software version v15.1 (build:2)",
        "",
        "\t--------- ISV servers ----------",
        "\t   Name           Port Running Restarts",
        "\tacme             63133   Yes      0",
        "",
        "\tacme ISV server status on lic4.example (port 63133), up 9d 11:08:18",
        f"\tDenials:     0 (0/sec)           {denials % 10} (0/sec)          {denials} (0/sec)",
        "",
        "\tacme license pool status on lic4.example (port 63133)",
        "",
    ]
    pool = 0
    for feature in features:
        left = feature.used(time)
        for licenses, day in feature.ends:
            pool += 1
            used = min(left, licenses)
            left -= used
            lines += [
                f"\t{feature.name} v{feature.version}, pool: {pool}",
                f"\t\tcount: {licenses}, # reservations: 0, inuse: {used}, exp: {_english(day)}",
                "\t\tobsolete: 0, min_remove: 120, total checkouts: 26",
            ]
    lines += ["", "\tacme license usage status on lic4.example (port 63133)", ""]
    for feature in features:
        for number, (user, host) in enumerate(feature.checkouts(time)):
            held = f"{user}@{host} {feature.units}/0 at 01/05 08:00  (handle: {number:x})"
            lines.append(f"\t{feature.name} v{feature.version}: {held}")
    return "\n".join([*lines, ""])


def licstat(features: Sequence[Feature], start: float, time: float, words: str) -> str:
    """`lmxendutil -licstatxml`, with the line ends of Windows: a feature whose denials grow."""
    denied = 40 + int((time - start) // (5 * MINUTE))
    lines = [
        "LM-X End-user Utility v5.2 (stand-in of license-exporter demo)",
        "",
        '<LM-X STAT_VERSION="5.2">',
        '  <LICENSE_PATH TYPE="NETWORK" HOST="6200@lic5.example" SERVER_VERSION="5.2">',
    ]
    for feature in features:
        licenses = feature.total
        (_, day) = feature.ends[0]
        counts = (
            f'USED_LICENSES="{feature.used(time)}" TOTAL_LICENSES="{licenses}"'
            f' DENIED_LICENSES="{denied if feature.waiting(time) else 0}"'
        )
        lines.append(
            f'    <FEATURE NAME="{feature.name}" VERSION="{feature.version}" VENDOR="ACME"'
            f' END="{day or "NONE"}" {counts}>'
        )
        users = () if "-totals" in words else feature.checkouts(time)
        lines += [
            f'      <USER NAME="{user}" HOST="{host}" USED_LICENSES="{feature.units}"/>'
            for user, host in users
        ]
        lines.append("    </FEATURE>")
    return "\r\n".join([*lines, "  </LICENSE_PATH>", "</LM-X>", ""])
