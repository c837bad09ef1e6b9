"""Time what `vendor: json` takes to read 100,000 rows: python bench/json_mapping.py."""

import statistics
import time

import orjson

from license_exporter.mapping.vendor import JsonOptions, configure_json
from license_exporter.model.answer import Answer

ROWS = 100_000
RUNS = 5

FLAT = {
    "requests": {"license": {}},
    "locations": [
        {
            "rows": "datausage",
            "pool": "attribution",
            "unit": {"value": "bytes"},
            "location": "location",
            "location_type": "type",
            "used": "bytes",
        }
    ],
}
NESTED = {
    "requests": {"license": {}},
    "locations": [
        {
            "rows": ["hosts", "datausage"],
            "pool": "parent().attribution",
            "unit": {"value": "bytes"},
            "location": "location",
            "location_type": "type",
            "used": "bytes",
        }
    ],
}


def row(number: int) -> dict[str, str]:
    return {
        "type": "file",
        "location": f"HOST-{number % 5000:04}/D:\\Share\\folder-{number}",
        "bytes": str(number * 1021),
        "attribution": ("global", "server", "client")[number % 3],
    }


def nested(rows: list[dict[str, str]], each: int) -> bytes:
    hosts = [
        {"attribution": "server", "datausage": rows[start : start + each]}
        for start in range(0, len(rows), each)
    ]
    return orjson.dumps({"hosts": hosts})


def measure(name: str, mapping: dict[str, object], body: bytes) -> None:
    vendor = configure_json(JsonOptions.model_validate({"as": "bench", "mapping": mapping}))
    times = []
    for _ in range(RUNS):
        document = orjson.loads(body)
        begin = time.process_time()
        report = vendor.parse(Answer({"license": document}, 0.0))
        times.append(time.process_time() - begin)
        assert len(report.locations) == ROWS
    print(f"{name:<40} {statistics.median(times):.2f} s of processor time")


def main() -> None:
    rows = [row(number) for number in range(ROWS)]
    measure("rows", FLAT, orjson.dumps({"datausage": rows}))
    measure("rows with a parent, 20 each", NESTED, nested(rows, 20))
    measure("rows with a parent, 1 each", NESTED, nested(rows, 1))


if __name__ == "__main__":
    main()
