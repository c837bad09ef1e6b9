"""Texts of vendors and of the configuration as label values."""

import hashlib

from license_exporter.exposition.text import unicode_scalars

# The longest label value, in characters.
LABEL_LENGTH = 512
_HASH_LENGTH = 8


def label_value(text: str) -> str:
    """The text as a label value: of Unicode scalars, and of 512 characters at most.

    A longer one is cut and ends in hex digits of its hash, so that it stays different from others
    and the same from scrape to scrape.
    """
    if len(text) <= LABEL_LENGTH and text.isascii():
        return text
    text = unicode_scalars(text)
    if len(text) <= LABEL_LENGTH:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()
    return text[: LABEL_LENGTH - _HASH_LENGTH] + digest[:_HASH_LENGTH]


def label_values(*texts: str) -> tuple[str, ...]:
    """The texts as label values."""
    return tuple(map(label_value, texts))
