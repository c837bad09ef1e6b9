"""What stands for names in braces when a request is made: pages, ids, days."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from license_exporter.model.vendor import Document


def dated(document: Document, now: float) -> Document:
    """The document with the days around `now` (UTC) in its request."""
    today = datetime.fromtimestamp(now, UTC).date()
    return filled(
        document,
        {
            "today": today.isoformat(),
            "yesterday": (today - timedelta(days=1)).isoformat(),
            "tomorrow": (today + timedelta(days=1)).isoformat(),
            "month": today.strftime("%Y-%m"),
            "month_start": today.replace(day=1).isoformat(),
        },
    )


def days_ago(now: float, days: int) -> str:
    """The day so many days before `now`, UTC."""
    return (datetime.fromtimestamp(now, UTC).date() - timedelta(days=days)).isoformat()


def filled(document: Document, names: Mapping[str, str]) -> Document:
    """The document with texts for names in braces, also in its fallback's request."""

    def text(written: str) -> str:
        for name, value in names.items():
            written = written.replace(f"{{{name}}}", value)
        return written

    def body(written: Any) -> Any:
        if isinstance(written, str):
            return text(written)
        if isinstance(written, list):
            return [body(item) for item in written]
        if isinstance(written, dict):
            return {key: body(item) for key, item in written.items()}
        return written

    path = document.path
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return replace(
        document,
        path=path,
        shown_path=document.shown_path or (document.path if path != document.path else ""),
        params={key: text(value) for key, value in document.params.items()},
        headers={key: text(value) for key, value in document.headers.items()},
        body=body(document.body),
        fallback=filled(document.fallback, names) if document.fallback else None,
    )
