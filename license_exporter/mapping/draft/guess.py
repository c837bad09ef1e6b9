"""What a draft is made of: guesses, each with its reason and how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum


class Sure(IntEnum):
    """How sure a guess is; the greater, the surer."""

    NOT_SURE = 0
    LIKELY = 1
    SURE = 2

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class Guess:
    """A column of a row set: where its value is found, what else is said of it, and why.

    `column` is as `RowSet.columns` names it (`limit`, `thresholds.hard`, `state.0`), `expression`
    JMESPath; where `constant` is given, it is that. `options` are further keys of the value,
    `read` the numbers, or the dates in seconds, that are read in each row.
    """

    column: str
    expression: str
    why: str
    sure: Sure
    options: Mapping[str, object] = field(default_factory=dict)
    constant: str | int | bool | None = None
    read: tuple[float | None, ...] = ()

    def doubted(self, why: str) -> "Guess":
        """The same guess with a reason for which it is not sure."""
        return replace(self, why=f"{self.why}; {why}", sure=Sure.NOT_SURE)

    def written(self) -> object:
        """The value as it stands in a mapping."""
        if self.constant is not None:
            return {"value": self.constant} if isinstance(self.constant, str) else self.constant
        return {"path": self.expression, **self.options} if self.options else self.expression


def constant(column: str, value: str | int | bool, why: str, sure: Sure) -> Guess:
    """The guess that a column is the same in all rows."""
    return Guess(column, "", why, sure, constant=value)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A row set of a draft: the section, the rows that it finds, and its columns.

    It `repeats` what others tell where its dates are those of licenses that stand above.
    """

    section: str
    document: str
    rows: tuple[str, ...]
    guesses: tuple[Guess, ...]
    duplicates: str = ""
    optional: bool = False
    repeats: bool = False

    def column(self, name: str) -> Guess | None:
        """The guess of a column, if there is one."""
        return next((guess for guess in self.guesses if guess.column == name), None)
