"""Documents of a mapping that no server sends: what a program prints, or what stands in a file."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from license_exporter.config.options import SHOWN, DataFile, Options
from license_exporter.config.values import PositiveDuration, Text
from license_exporter.mapping.variables import VARIABLE, filled
from license_exporter.model.vendor import CSV, Format, OutputFile, Run

# A variable is one word of the program's, or part of one: it must not become an option, nor end a
# sentence in a language that the program reads.
_UNSAFE = re.compile(r"""-|.*[;'"`\\$\x00-\x1f\x7f]""", re.DOTALL)


class CSVOptions(Options):
    """How a table is written."""

    delimiter: Annotated[Literal["", ",", ";", "\t", "|", ":", " "], SHOWN] = Field(
        default="",
        description="What parts the cells. Default: the one of , ; tab and | that the head has "
        "most of.",
    )
    column: Annotated[str, SHOWN] = Field(
        default="",
        description="Name of a column, by which the line of the head is found. Default: the first "
        "line is the head.",
    )


class Printed(Options):
    """Where a document comes from that no server sends, and what it is written in."""

    program: Annotated[Text | None, SHOWN] = Field(
        default=None,
        description="Name of a program under programs in the main configuration file: what it "
        "prints is the document, and nothing is asked for by HTTP.",
    )
    arguments: tuple[str, ...] = Field(
        default=(),
        repr=False,
        description="Its arguments, whole words, which no shell reads. {name} stands for a "
        "variable.",
    )
    input: str = Field(
        default="",
        repr=False,
        description="What it reads on standard input; {name} stands for a variable.",
    )
    file: DataFile | None = Field(
        default=None, description="A file that is the document, written by something else."
    )
    max_age: PositiveDuration = Field(
        default=600.0, description="The target is down once the file is older than this."
    )
    format: Annotated[Literal["json", "xml", "csv"] | None, SHOWN] = Field(
        default=None,
        description="What the document is written in. Default: as the server calls it, else json.",
    )
    csv: CSVOptions | None = Field(default=None, description="How a table is written.")

    @model_validator(mode="after")
    def _one_source(self) -> "Printed":
        if self.program and self.file:
            raise ValueError("has a program and a file: keep one of the two")
        if not self.program and (self.arguments or self.input):
            raise ValueError("has arguments or input, but no program")
        if any("\0" in word for word in self.words()):
            raise ValueError("holds a zero byte, which no program can be given")
        if not self.file and "max_age" in self.model_fields_set:
            raise ValueError("has a max_age, but no file")
        if self.csv and self.format not in (None, "csv"):
            raise ValueError(f"has csv, but the format {self.format}")
        return self

    def written(self, usual: Format | None) -> Format | None:
        """What the document is written in; `usual` where the mapping does not say."""
        return "csv" if self.csv else self.format or usual

    def table(self) -> CSV:
        return CSV(self.csv.delimiter, self.csv.column) if self.csv else CSV()

    def output_file(self) -> OutputFile | None:
        return OutputFile(self.file, self.max_age) if self.file else None

    def runs(self, variables: Mapping[str, str]) -> tuple[Run, ...]:
        """The runs of the program: one, or none where there is no program."""
        if not self.program:
            return ()
        arguments = tuple(filled(word, variables) for word in self.arguments)
        return (Run(self.program, arguments, filled(self.input, variables)),)

    def words(self) -> Iterator[str]:
        """The texts in which variables may stand."""
        yield from self.arguments
        yield self.input

    def unsafe(self, variables: Mapping[str, str]) -> Iterator[str]:
        """The variables that a program must not be given."""
        for written in self.words():
            for name in VARIABLE.findall(written):
                if name in variables and _UNSAFE.match(variables[name]):
                    yield name
