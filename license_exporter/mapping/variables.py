"""`{name}` in the requests of a mapping, filled in with the `variables` of a target."""

import re
from collections.abc import Mapping
from typing import Any

VARIABLE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}", re.ASCII)
# One without which a header or parameter is left out, and not the whole request.
OPTIONAL_VARIABLE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\?\}", re.ASCII)


def filled(written: str, variables: Mapping[str, str]) -> str:
    """The text with the values of the variables in it."""
    return VARIABLE.sub(lambda match: variables.get(match[1], match[0]), written)


def given(texts: Mapping[str, str], variables: Mapping[str, str]) -> dict[str, str]:
    """The texts with the variables in them, without those for which an optional one is missing."""
    return {
        name: filled(OPTIONAL_VARIABLE.sub(r"{\1}", text), variables)
        for name, text in texts.items()
        if variables.keys() >= set(OPTIONAL_VARIABLE.findall(text))
    }


def filled_body(body: Any, variables: Mapping[str, str]) -> Any:
    """A body with the variables in its texts."""
    if isinstance(body, str):
        return filled(body, variables)
    if isinstance(body, list):
        return [filled_body(item, variables) for item in body]
    if isinstance(body, dict):
        return {key: filled_body(item, variables) for key, item in body.items()}
    return body
