"""What is left to the collector of cyclic garbage, which runs rarely in the exporter."""

import gc
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from types import FrameType

import license_exporter
from license_exporter.errors import FetchError


async def fails(fetching: Awaitable[object]) -> bool:
    """Whether it raises a FetchError, which is kept no longer, as pytest.raises would."""
    try:
        await fetching
    except FetchError:
        return True
    return False


@contextmanager
def no_frame_is_left() -> Iterator[None]:
    """Assert that the block leaves no frame of the exporter, with all that it names, in a cycle."""
    gc.freeze()  # what is there already is not looked at
    gc.disable()
    try:
        yield
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        codes = [found.f_code for found in gc.garbage if isinstance(found, FrameType)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        gc.unfreeze()
    ours = [code for code in codes if code.co_filename.startswith(license_exporter.__path__[0])]
    names = [code.co_qualname for code in ours]
    assert not names, names
