import json
import urllib.request

import pytest

from deploy.stack.receiver import lines, receiving
from tests.e2e.programs import free_port, get

NOTIFICATION = {
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "LicenseExpired", "target": "a", "license": "default"},
            "annotations": {"summary": "A license has expired.", "description": "It  ended\n now."},
        },
        {
            "status": "resolved",
            "labels": {"alertname": "LicenseExporterDown"},
            "annotations": {"summary": "The exporter is down."},
        },
    ]
}


def test_an_alert_is_a_line() -> None:
    assert lines("on-call", NOTIFICATION) == [
        "firing for on-call: LicenseExpired a default: It ended now.",
        "resolved for on-call: LicenseExporterDown: The exporter is down.",
    ]


def test_what_is_posted_is_printed_and_the_page_is_shown(capsys: pytest.CaptureFixture) -> None:
    port = free_port()
    with receiving(port, lambda: "<p>page"):
        body = json.dumps(NOTIFICATION).encode()
        urllib.request.urlopen(f"http://127.0.0.1:{port}/mail", body, timeout=10).close()
        assert get(f"http://127.0.0.1:{port}/") == "<p>page"
    assert capsys.readouterr().out.startswith("firing for mail: LicenseExpired a default: ")
