"""Which parts of a mapping find nothing in an answer: a filter that never matches, say."""

from collections.abc import Iterator

from license_exporter.mapping.evaluator import Evaluator
from license_exporter.mapping.parser import Parser
from license_exporter.mapping.rows import Rows
from license_exporter.model.answer import Answer
from license_exporter.model.vendor import Vendor


def unfound(vendor: Vendor, answer: Answer) -> Iterator[str]:
    """A line for each part that finds no row, or in its rows nothing at all.

    There are none for a vendor that is no mapping, nor of a document that is not there or says that
    there is nothing, nor where there is no license. What the mapping calls optional is left out.
    """
    if not isinstance(vendor.parse, Parser):
        return
    if not vendor.parse.rows:
        yield "the mapping maps nothing yet; --document shows what there is"
    # What reading the answer may cost is for reading it.
    evaluator = vendor.parse.evaluator(Answer(answer.documents, answer.now))
    if vendor.parse.saying_absent(answer, evaluator):
        return
    for rows in vendor.parse.rows:
        if answer.value(rows.document) is not None and not rows.optional:
            yield from _unfound(rows, evaluator, answer.value(rows.document))


def _unfound(rows: Rows, evaluator: Evaluator, document: object) -> Iterator[str]:
    where = " > ".join(loop.text for loop in rows.loops) or "@"
    found = rows.all_found(evaluator, document)
    if not found:
        yield f"{rows.place}: finds no row: {where} of {rows.document}"
    elif rows.sought and all(value is None for values in found for value in values):
        yield f"{rows.place}: finds nothing in any row: {where} of {rows.document}"
