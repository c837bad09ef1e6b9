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
    with _garbage() as found:
        yield
    codes = [item.f_code for item in found if isinstance(item, FrameType)]
    ours = [code for code in codes if code.co_filename.startswith(license_exporter.__path__[0])]
    names = [code.co_qualname for code in ours]
    assert not names, names


@contextmanager
def nothing_large_is_left(size: int) -> Iterator[None]:
    """Assert that the block leaves no bytes or text of so many characters in a cycle."""
    with _garbage() as found:
        yield
    large = [each for item in found for each in gc.get_referents(item) if _length(each) >= size]
    assert not large, [type(each) for each in large]


def _length(item: object) -> int:
    return len(item) if isinstance(item, bytes | str) else 0


@contextmanager
def no_object_is_left() -> Iterator[None]:
    """Assert that the block leaves no object of the exporter's own classes in a cycle."""
    with _garbage() as found:
        yield
    classes = [type(item) for item in found]
    ours = {each.__qualname__ for each in classes if each.__module__.startswith("license_exporter")}
    assert not ours, ours


@contextmanager
def _garbage() -> Iterator[list[object]]:
    """What the block leaves to the collector; filled when it ends."""
    gc.freeze()  # what is there already is not looked at
    gc.disable()
    found: list[object] = []
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found += gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        gc.unfreeze()
