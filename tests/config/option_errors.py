"""What pydantic has against options, as tests compare it."""

from typing import Any

import pytest
from pydantic import ValidationError

from license_exporter.config.options import Options


def errors(model: type[Options], said: dict[str, Any]) -> dict[str, str]:
    """The message for each option of a block that cannot be used."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(said)
    return {
        str(error["loc"][0]): str(error.get("ctx", {}).get("error", error["msg"]))
        for error in caught.value.errors()
    }
