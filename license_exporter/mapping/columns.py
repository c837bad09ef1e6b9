"""A column of a row set, compiled: what finds its value in a row, and what reads it."""

from dataclasses import dataclass

from license_exporter.mapping.dates import Left
from license_exporter.mapping.expressions import Expression
from license_exporter.mapping.functions import Scope
from license_exporter.mapping.value import Reader


@dataclass(frozen=True, slots=True)
class Column:
    """A value of each row: what `expression` finds there, or `constant` if there is none.

    `place` is where it stands in the mapping, `pools[1].used` say, and `read` turns what was found
    into the value. `key` is the last name of the expression, and `holder` finds the object in which
    it is looked up: so a null that was sent is told from a name that is missing.
    """

    name: str
    place: str
    read: Reader
    expression: Expression | None = None
    constant: object = None
    optional: bool = False
    reads_null: bool = False
    tells_what_is_left: bool = False
    holder: Expression | None = None
    key: str = ""

    def reader(self, scope: Scope) -> Reader:
        """What reads a value found in an answer; `read` alone does not know the time."""
        if not self.tells_what_is_left:
            return self.read

        def read(value: object) -> object:
            found = self.read(value)
            if not isinstance(found, Left):
                return found
            scope.changes_at(found.changes(scope.now))
            return found.end(scope.now)

        return read
