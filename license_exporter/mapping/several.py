"""How a mapping asks several times for one document: for each id of a list, for the latest day."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from license_exporter.config.options import SHOWN, Options
from license_exporter.config.values import PositiveCount
from license_exporter.mapping import expressions
from license_exporter.mapping.evaluator import Evaluator
from license_exporter.mapping.expressions import Expression, ExpressionError
from license_exporter.model.vendor import Document, Each, Latest

# What stands for a day in a request, beside {date} of latest_day.
DAYS = frozenset({"today", "yesterday", "tomorrow", "month", "month_start"})


def _found(expression: Expression, document: object) -> object:
    """What an expression finds in a document that stands for itself: with no others, at no time."""
    return Evaluator({}, 0.0).search(expression, document)


def _expression(written: str) -> str:
    try:
        expressions.compile(written)
    except ExpressionError as error:
        raise ValueError(str(error)) from None
    return written


class ForEach(Options):
    """One request for each id of a list."""

    request: Annotated[str, SHOWN] = Field(description="Name of the request that lists the ids.")
    ids: Annotated[str, AfterValidator(_expression), SHOWN] = Field(
        description="JMESPath expression that finds the ids in its document (in each page of it): "
        "an array."
    )
    max: PositiveCount = Field(
        default=100, description="Bound on the ids; a list of more fails the request."
    )

    def each(self, listed: Document) -> Each:
        """What is asked for each id of the document `listed`."""
        expression = expressions.compile(self.ids)
        paged = listed.paging is not None
        return Each(listed, _finder(expression, paged=paged), self.max)


def _finder(expression: Expression, *, paged: bool) -> Callable[[object], object]:
    def find(document: object) -> object:
        if not paged or not isinstance(document, list):
            return _found(expression, document)
        pages = [_found(expression, page) for page in document]
        if not all(isinstance(ids, list) for ids in pages):
            return None
        return [id for ids in pages if isinstance(ids, list) for id in ids]

    return find


class LatestDay(Options):
    """The latest day that has data, for {date} in the request."""

    first: int = Field(default=1, ge=0, le=366, description="Days ago to begin with; 1: yesterday.")
    last: int = Field(default=7, ge=0, le=366, description="Days ago to end with.")
    rows: Annotated[str, AfterValidator(_expression), SHOWN] = Field(
        default="@",
        description="JMESPath expression that finds something in the document (in one of its "
        "pages) if the day has data.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> "LatestDay":
        if not self.first <= self.last <= self.first + 31:
            raise ValueError("last is first or up to 31 days more")
        return self

    def latest(self) -> Latest:
        return Latest(self.first, self.last, partial(_found, expressions.compile(self.rows)))
