"""`assets`: what comes with the exporter beside its code, written into a folder."""

import sys
from argparse import Namespace
from pathlib import Path, PurePosixPath

from license_exporter import assets


def write_assets(args: Namespace) -> int:
    """Write the files of the kinds wanted below a folder, each by its name there; or list them.

    Files of the same name are overwritten, and no others touched. Raises OSError.
    """
    kinds = args.kind or list(assets.KINDS)
    names = [(kind, name) for kind in dict.fromkeys(kinds) for name in assets.names(kind)]
    if args.list:
        width = max(map(len, kinds)) + 2
        sys.stdout.writelines(f"{kind:{width}}{name}\n" for kind, name in names)
        return 0
    folder = Path(args.argument)
    for _, name in names:
        file = folder / PurePosixPath(name)
        content = assets.read(name)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        except OSError as error:
            raise OSError(f"{file}: cannot be written: {error.strerror}") from None
    sys.stdout.write(f"{folder}: {len(names)} files of {', '.join(dict.fromkeys(kinds))}\n")
    return 0
