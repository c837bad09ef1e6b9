"""What the tools of further license managers print: DSLS, Sentinel, LS-Dyna, OLicense, MathLM."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from license_exporter.demo.managers.features import Feature

_FAR = timedelta(days=3650)


def _day(feature: Feature, time: float) -> date:
    return feature.ends[0][1] or datetime.fromtimestamp(time, UTC).date() + _FAR


def license_usage(features: Sequence[Feature], time: float, _words: str) -> str:
    """`DSLicSrv -admin`: a row for each checkout."""
    lines = [
        "License Administration Tool Version 6.425.0 (stand-in of license-exporter demo)",
        "admin >\tSoftware version: 6.425.0",
        "\tStandalone mode",
        "\tReady: yes",
        "\tServer name: lic6.example   Server id: DEMO-0000000000000000",
        "admin >Editor,Feature,Model,Expiration Date,Count,Inuse,Tokens,Host,User,Queue Position,",
    ]
    for feature in features:
        end = f"{_day(feature, time)} 23:59:00"
        license = f"Acme,{feature.name},Token,{end},{feature.total},{feature.used(time)}"
        rows = [f"{license},{feature.units},{h},{u},," for u, h in feature.checkouts(time)]
        rows += [f"{license},{feature.units},{h},{u},1," for u, h in feature.waiting(time)]
        lines += rows or [f"{license},"]
    return "\n".join([*lines, "admin >", ""])


def lsmon(features: Sequence[Feature], time: float, words: str) -> str:
    """`lsmon`: blocks of features, licenses and clients."""
    lines = [
        "  Sentinel RMS Development Kit 9.7 (stand-in of license-exporter demo)",
        "",
        f' [Contacting Sentinel RMS Development Kit server on host "{words}"]',
        "",
    ]
    for feature in features:
        used = feature.used(time)
        limit = f"Maximum concurrent user(s)     : {feature.total}"
        lines += [
            " |- Feature Information",
            f'   |- Feature name                   : "{feature.name}"',
            f'   |- Feature version                : "{feature.version}"',
            f"   |- {limit}",
            f"   |- Unreserved tokens in use       : {used}",
            f"   |- Available unreserved           : {feature.total - used}",
            "",
            "   |- License Information",
            "     |- License status                 : Active",
            f"     |- {limit}",
            f"     |- Expiration date                : {_day(feature, time):%a %b %d 23:59:59 %Y}",
            "",
        ]
        for user, host in feature.checkouts(time):
            lines += [
                "   |- Client Information",
                f"     |- User name                      : {user}",
                f"     |- Host name                      : {host}",
                "",
            ]
    return "\n".join([*lines, "Press Enter to continue . . .", ""])


def tab_feat(features: Sequence[Feature], time: float) -> str:
    """Sentinel LDK's page of features, which is not quite JSON."""
    rows: list[dict[str, str]] = []
    for number, feature in enumerate(features, 1):
        end = feature.ends[0][1]
        when = f"Expiration Date<br><nobr>&nbsp;{end:%a %b %d, %Y} 23:59</nobr>" if end else ""
        row = {"ndx": str(number), "fid": str(number), "fn": feature.name, "ven": "40094"}
        counts = {"logc": str(feature.used(time)), "logl": str(feature.total)}
        rows.append(row | {"lic": when or "Perpetual"} | counts)
    body = ",\n".join(map(json.dumps, [*rows, {"fhaspid": "0", "cnt": str(len(rows))}]))
    return f"/*JSON:features*/\n{body}\n/* <admin_status><code>0</code></admin_status> */\n"


def qrun(features: Sequence[Feature], time: float, words: str) -> str:
    """`lstc_qrun`: programs that share the licenses of a group."""
    used = sum(feature.used(time) for feature in features)
    total = features[0].total
    shared = f"{total - used:6} {total:6} |     0"
    lines = [
        "Using user specified server 31010@lic7.example",
        "",
        "LICENSE INFORMATION (stand-in of license-exporter demo)",
        "",
        "PROGRAM          EXPIRATION CPUS  USED   FREE    MAX | QUEUE",
        "---------------- ----------      ----- ------ ------ | -----",
    ]
    for feature in features:
        checkouts = feature.checkouts(time) if "-R" in words else []
        use = "-" if checkouts else str(feature.used(time))
        lines.append(f"{feature.name:16} {_day(feature, time):%m/%d/%Y} {use:>10} {shared}")
        for number, (user, host) in enumerate(checkouts, 4000):
            lines.append(f" {user:8} {number:>8}@{host} {feature.units:>3}")
    lines.append(f"{'LICENSE GROUP':>32} {used:5} {shared}")
    return "\n".join([*lines, ""])


def olixtool(features: Sequence[Feature], time: float, _words: str) -> str:
    """`olixtool -sv`: modules of licenses."""
    lines = [
        "olixtool 4.8.0 - OLicense XML Status Application (stand-in of license-exporter demo)",
        "",
        "Server: <192.0.2.8:31212:0> (Proxy: <>)",
        "",
        "List of requested licenses:",
        "",
        "==============================================",
        "Modules:",
        "  Name; LicenseType; FloatCount; Expiration",
        "  --------------------------------------------",
    ]
    for feature in features:
        end = f"{_day(feature, time)} 23:59:59"
        lines.append(f"  {feature.name};  \tFreeFloating;\t{feature.total};\t{end};")
        checkouts = feature.checkouts(time)
        if checkouts:
            lines.append(f"    {feature.used(time)} FloatsLockedBy:")
            lines += [f"      {user}@{host} #{feature.units}" for user, host in checkouts]
    return "\n".join([*lines, ""])


def monitorlm(features: Sequence[Feature], time: float, _words: str) -> str:
    """`monitorlm -format text`: programs by class, and who runs them."""
    lines = [
        "MathLM Version 13.2 (stand-in of license-exporter demo)",
        "MathLM Server lic9.example",
        f"Date : {datetime.fromtimestamp(time, UTC):%A, %B %d %Y %H:%M:%S}",
        "",
        "License Usage Summary:",
        "                              License    Total     Total",
        "Program                       Class      in Use    Authorized",
    ]
    rows = (f"{each.name:29} A {each.used(time):10} {each.total:10}" for each in features)
    lines += [*rows, "", "Licenses in Use:"]
    lines.append("Program            Version    Class    Username    Hostname    Duration")
    for feature in features:
        for user, host in feature.checkouts(time):
            lines.append(f"{feature.name:18} {feature.version}   A   {user}   {host}   08:49")
    return "\n".join([*lines, ""])
