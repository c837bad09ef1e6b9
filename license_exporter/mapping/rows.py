"""A row set, compiled: its rows are found in a document, and its columns read in each of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from license_exporter.mapping import expressions
from license_exporter.mapping.columns import Column
from license_exporter.mapping.dates import DateValue
from license_exporter.mapping.evaluator import Evaluator
from license_exporter.mapping.expressions import Expression, ExpressionError
from license_exporter.mapping.kinds import NumberValue, TextValue
from license_exporter.mapping.names import ANYTHING, Names, renames, sensitive, shown, sought
from license_exporter.mapping.sections import Duplicates, RowSet
from license_exporter.mapping.value import Reader, Value
from license_exporter.model.answer import Answer
from license_exporter.model.values import StandInError

# Takes the place and the message of a problem.
Refuse = Callable[[str, str], None]

# After so many rows it is asked whether to go on.
_ROWS = 256

# The columns that tell the rows of a section apart; a row without one of them is left out.
_LABELS: Mapping[str, tuple[str, ...]] = {
    "licenses": ("id",),
    "pools": ("name",),
    "entitlements": ("license", "name"),
    "locations": ("pool", "location"),
    "assignments": ("pool",),
    "periods": ("pool", "period"),
    "report": (),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """A compiled row set; `place` is where it stands in the mapping, such as `pools[1]`.

    Each of `loops` finds rows in the rows of the one before it. `sought` are the columns that have
    an expression, and `projection` finds all of them at once. `dates` are the columns whose numbers
    are points in time, `labels` those without which a row cannot be told from others, `summands`
    those whose sum is known only if each of them is; `names` are those by which rows are found.
    `paged` says that the document is an array of pages.
    """

    place: str
    section: str
    document: str
    paged: bool
    optional: bool
    duplicates: Duplicates
    loops: tuple[Expression, ...]
    columns: tuple[Column, ...]
    sought: tuple[Column, ...]
    dates: frozenset[str]
    labels: tuple[str, ...]
    summands: tuple[str, ...]
    projection: Expression | None
    names: Names

    def is_about(self, document: object) -> bool:
        """Whether no rows of a document tell anything, as what they are looked up by is in it.

        An expression such as `[a.b][]` finds an array without rows even where there is nothing.
        """
        if not self.names or ANYTHING in self.names:
            return True
        for page in document if self.paged and isinstance(document, list) else [document]:
            if isinstance(page, list) or (isinstance(page, dict) and self.names & page.keys()):
                return True
        return False

    def batches(
        self, evaluator: Evaluator, value: object, missing: Callable[[str], None]
    ) -> Iterator[list[object]]:
        """The rows of a document, in one batch for each row around them; no row is None.

        An empty batch stands for an array without rows. `missing` is called with the place of a
        loop that finds no array, unless a null was sent. While a batch is worked on, `evaluator`
        knows the rows around it, so that parent() can give them.
        """
        pages = value if self.paged and isinstance(value, list) else [value]
        # There can be some left of a document that was refused halfway.
        evaluator.scope.parents.clear()
        if not self.loops:
            if pages and pages[0] is not None:
                yield pages[:1]
            return
        for page in pages:
            yield from self._descend(evaluator, page, self.loops, missing)

    def _descend(
        self,
        evaluator: Evaluator,
        value: object,
        loops: tuple[Expression, ...],
        missing: Callable[[str], None],
    ) -> Iterator[list[object]]:
        loop, *inner = loops
        found = evaluator.search(loop, value)
        if isinstance(found, dict):
            found = [found]
        if not isinstance(found, list):
            if not (found is None and _sends_null(evaluator, value, *expressions.holder(loop))):
                missing(f"{self.place}.rows")
            return
        rows = [row for row in found if row is not None]
        if len(rows) < len(found):
            missing(f"{self.place}.rows")
        if not inner:
            if rows or not found:
                yield rows
            return
        parents = evaluator.scope.parents
        for row in rows:
            parents.append(row)
            yield from self._descend(evaluator, row, tuple(inner), missing)
            parents.pop()

    def read(
        self, evaluator: Evaluator, answer: Answer, rows: list[object]
    ) -> Iterator[dict[str, object]]:
        """The values of each row by column, without those that are not known but `summands`.

        A row that lacks one of its labels is left out. What cannot be read, or is not found though
        it is not optional, is counted as skipped.
        """
        constants = {
            column.name: column.constant for column in self.columns if not column.expression
        }
        readers = [(column.name, column.reader(evaluator.scope), column) for column in self.sought]
        for index, found in enumerate(self.found(evaluator, rows)):
            if not index % _ROWS:
                answer.allowance.check()
            item = constants.copy()
            for (name, read, column), raw in zip(readers, found, strict=True):
                try:
                    if raw is not None:
                        value = read(raw)
                    elif column.optional and not column.reads_null:
                        continue
                    else:
                        value = _read_null(column, evaluator, rows[index])
                except ValueError as error:
                    answer.skip(column.place, "" if raw is None else str(error))
                    answer.stand_ins += isinstance(error, StandInError)
                    continue
                if value is not None:
                    item[name] = value
            for name in self.summands:
                item.setdefault(name)
            if all(label in item for label in self.labels):
                yield item

    def is_read(self, item: Mapping[str, object]) -> bool:
        """Whether anything in an item comes from the document, and not from the mapping alone."""
        if not self.sought:
            return bool(self.loops)
        return any(item.get(column.name) is not None for column in self.sought)

    def all_found(self, evaluator: Evaluator, value: object) -> list[list[object]]:
        """What `found` gives for all rows of a document."""
        return [
            values
            for batch in self.batches(evaluator, value, lambda place: None)
            for values in self.found(evaluator, batch)
        ]

    def found(self, evaluator: Evaluator, rows: list[object]) -> list[list[object]]:
        """What the expression of each sought column finds in each row."""
        if self.projection is None:
            return [[] for _ in rows]
        table = evaluator.table(self.projection, rows)
        if table is not None:
            return table
        return [
            [evaluator.search(each.expression, row) for each in self.sought if each.expression]
            for row in rows
        ]


def _read_null(column: Column, evaluator: Evaluator, row: object) -> object:
    """The value where nothing was found: the meaning of a null that was sent, or None.

    Raises ValueError where something should have been found.
    """
    if _sends_null(evaluator, row, column.holder, column.key):
        return column.read(None)
    if column.optional:
        return None
    raise ValueError


def _sends_null(evaluator: Evaluator, value: object, holder: Expression | None, key: str) -> bool:
    """Whether nothing was found because a null was sent, and not because a name is missing."""
    found = holder and evaluator.search(holder, value)
    return isinstance(found, dict) and key in found


def compile_rows(
    section: str, index: int, row_set: RowSet, document: str, paged: bool, refuse: Refuse
) -> Rows:
    """Compile a row set. `refuse` is told of each problem."""
    place = f"{section}[{index}]"
    loops = []
    names: Names = frozenset()
    kept: Names = frozenset()
    for number, text in enumerate(row_set.rows):
        loop_place = f"{place}.rows[{number}]" if len(row_set.rows) > 1 else f"{place}.rows"
        loop = _compiled(text, loop_place, refuse)
        if loop:
            loops.append(loop)
            names = shown(loop.tree, names)
            kept = kept | names if renames(loop.tree) else kept
    columns = []
    values = list(row_set.columns())
    for name, value in values:
        column = _column(name, f"{place}.{name}", value, _LABELS[section], refuse)
        if column is None:
            continue
        if isinstance(value, TextValue) and column.expression and not value.allow_sensitive:
            _check_names(column, shown(column.expression.tree, names) | kept, refuse)
        columns.append(column)
    labels = [name for name in _LABELS[section] if any(name == column.name for column in columns)]
    found = tuple(column for column in columns if column.expression)
    return Rows(
        place=place,
        section=section,
        document=document,
        paged=paged,
        optional=row_set.optional,
        duplicates=row_set.duplicates,
        loops=tuple(loops),
        columns=tuple(columns),
        sought=found,
        dates=frozenset(name for name, value in values if isinstance(value, DateValue)),
        labels=tuple(labels),
        summands=tuple(_summands(section, row_set, values)),
        projection=expressions.projection([c.expression for c in found if c.expression]),
        names=sought(loops[0].tree) if loops else frozenset(),
    )


def _summands(section: str, row_set: RowSet, values: Iterable[tuple[str, Value]]) -> Iterator[str]:
    # A location without its use, and an assignment without its count, is none.
    if row_set.duplicates == "add" and section in ("pools", "periods"):
        for name, value in values:
            if isinstance(value, NumberValue):
                yield name


def _column(
    name: str, place: str, value: Value, labels: tuple[str, ...], refuse: Refuse
) -> Column | None:
    """The column of a value, None for one that is refused."""
    read = value.reader() if name not in labels else _required(value.reader())
    if value.path is None:
        return Column(name, place, read, constant=read(value.value))
    expression = _compiled(value.path, place, refuse)
    if expression is None:
        return None
    holder, key = expressions.holder(expression)
    if value.reads_null and not holder:
        refuse(place, "what null means can be told only of an expression that ends in a name")
    return Column(
        name,
        place,
        read,
        expression=expression,
        optional=value.optional,
        reads_null=value.reads_null,
        tells_what_is_left=isinstance(value, DateValue) and value.tells_what_is_left,
        holder=holder,
        key=key,
    )


def _required(read: Reader) -> Reader:
    """A reader to which an empty label is a value that cannot be read."""

    def read_label(value: object) -> object:
        label = read(value)
        if label is None:
            raise ValueError("no label")
        return label

    return read_label


def _compiled(text: str, place: str, refuse: Refuse) -> Expression | None:
    try:
        return expressions.compile(text)
    except ExpressionError as error:
        refuse(place, str(error))
        return None


def _check_names(column: Column, names: Names, refuse: Refuse) -> None:
    found = sensitive(names)
    if found:
        what = "any part of the document" if "*" in found else " and ".join(found)
        refuse(
            column.place,
            f"a label could show {what}, which may be a secret or a person's; if it is neither, "
            "say so by allow_sensitive: true",
        )
