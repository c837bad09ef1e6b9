from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, InstanceOf

from license_exporter.config.options import DATA
from license_exporter.config.secret_files import files_below


class Block(BaseModel):
    key_file: Path | None = None
    note: str = ""


class Data(BaseModel):
    printed: Annotated[Path, DATA] = Path("printed")


class Options(BaseModel):
    block: Block = Block()
    blocks: dict[str, tuple[Block, ...]] = {}
    whatever: Any = None
    bare: tuple = ()  # type: ignore[type-arg] # as a plug-in may write it
    other: InstanceOf[BaseModel] | None = None
    data: Data = Data()


def test_files_are_found_at_every_depth_with_the_paths_of_their_options():
    options = Options(
        block=Block(key_file=Path("a")),
        blocks={"x": (Block(), Block(key_file=Path("b")))},
        whatever={"y": Path("c")},
        bare=(Path("d"),),
        other=Block(key_file=Path("e")),
    )
    assert dict(files_below(options)) == {
        "block.key_file": Path("a"),
        "blocks.x[1].key_file": Path("b"),
        "whatever.y": Path("c"),
        "bare[0]": Path("d"),
        "other.key_file": Path("e"),
    }


def test_files_that_hold_no_secret_are_left_out():
    assert list(files_below(Options(other=Data()))) == []
