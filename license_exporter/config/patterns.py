"""Files by shell patterns, without looking through a whole disk for them."""

import glob
import itertools
from pathlib import Path

# A pattern that looks at more files or folders than this was meant otherwise.
MOST = 10_000


def found(pattern: str, folder: Path) -> list[str]:
    """The files that a pattern matches; more than MOST if they are too many to look for."""

    def first(sought: str) -> list[str]:
        return list(
            itertools.islice(
                glob.iglob(sought, root_dir=folder, recursive=True),  # noqa: PTH207 - has root_dir
                MOST + 1,
            )
        )

    # A pattern like /**/*.yaml matches little, and yet looks into each folder there is.
    head, deep, _ = pattern.rpartition("**")
    folders = first(f"{head}**/") if deep else []
    return folders if len(folders) > MOST else first(pattern)
