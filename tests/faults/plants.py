"""Secrets that are planted everywhere, and found again wherever they come to light."""

import base64
import itertools
from typing import Any


class Plants:
    """Makes unique texts, and knows again which of them stand in a text."""

    def __init__(self) -> None:
        self._numbers = itertools.count(100)
        self._places: dict[str, str] = {}

    def __call__(self, place: str) -> str:
        """A secret for this place."""
        secret = f"pl4nt{next(self._numbers)}q"
        self.know(secret, place)
        return secret

    def know(self, secret: str, place: str) -> None:
        """Look for this secret too, as it is and as HTTP's basic authentication writes it."""
        self._places[secret] = place
        self._places[base64.b64encode(f"user:{secret}".encode()).decode()] = place

    def found(self, text: str) -> list[str]:
        """The places whose secrets stand in the text."""
        return sorted({place for secret, place in self._places.items() if secret in text})


def beside(document: Any, plant: Plants, place: str) -> Any:
    """The document with secrets in each of its objects, in fields that no vendor documents."""
    if isinstance(document, list):
        return [beside(item, plant, place) for item in document]
    if not isinstance(document, dict):
        return document
    address = f"{plant(f'{place}: name of a property')}@example.com"
    return {name: beside(value, plant, place) for name, value in document.items()} | {
        "licenseKey": plant(f"{place}: license key"),
        "token": {"value": plant(f"{place}: token")},
        "contacts": [f"{plant(f'{place}: e-mail address')}@example.com"],
        address: {"is_limited": True, "enabled": True},
    }
