"""A mapping, compiled for one target: the documents to ask for, and how they are read."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from license_exporter.errors import ConfigError, FetchError, Reason, SchemaError
from license_exporter.mapping import expressions
from license_exporter.mapping.evaluator import Evaluator
from license_exporter.mapping.expressions import Expression, ExpressionError
from license_exporter.mapping.report import ReportBuilder
from license_exporter.mapping.requests import Request
from license_exporter.mapping.rows import Refuse, Rows, compile_rows
from license_exporter.mapping.spec import Mapping as MappingSpec
from license_exporter.model.answer import Answer
from license_exporter.model.report import LicenseReport
from license_exporter.model.vendor import Document, Format


@dataclass(frozen=True, slots=True)
class Absence:
    """A document that can say that there is no license: by its absence, if `condition` holds.

    Where it is `answered`, by its content, of which the condition tells that.
    """

    document: str
    condition: Expression | None
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Parser:
    """Reads answers by a mapping; equal to every parser of the same mapping and documents."""

    mapping: MappingSpec
    documents: tuple[Document, ...]
    rows: tuple[Rows, ...] = field(compare=False)
    absences: tuple[Absence, ...] = field(compare=False)
    refusals: Mapping[str, Expression] = field(compare=False)

    def __call__(self, answer: Answer) -> LicenseReport:
        """Read an answer.

        Raises SchemaError where a required document gives nothing, FetchError `not_found` where
        no document is there, `forbidden` where a required one says so.
        """
        evaluator = self.evaluator(answer)
        builder = ReportBuilder(self.mapping.unit, self.mapping.units, answer.allowance)
        absences = self.saying_absent(answer, evaluator)
        saying = {absence.document for absence in absences if absence.answered}
        # One that nothing reads is only asked about; while a mapping is written, all are.
        read = {rows.document for rows in self.rows} or {each.name for each in self.documents}
        came = [
            document
            for document in self.documents
            if document.name in read and self._is_there(document, answer)
        ]
        for document in came:
            refusal = self._refusal(document.name, evaluator)
            if refusal:
                if document.required:
                    raise refusal
                answer.failed[document.name] = refusal
            elif document.name in saying:
                # Beside the word that there is no license, there may be nothing at all.
                with suppress(SchemaError):
                    self._read(document.name, answer, evaluator, builder)
            elif document.required:
                self._read(document.name, answer, evaluator, builder)
            elif answer.value(document.name) is not None:
                with answer.optional(document.name), builder.whole():
                    self._read(document.name, answer, evaluator, builder)
        # A mapping that is still to be written reads nothing, and misses nothing.
        if self.rows and len(answer.failed) == len(came) and not absences:
            raise self._nothing(answer)
        return builder.build(bool(absences), evaluator.scope.valid_until)

    def evaluator(self, answer: Answer) -> Evaluator:
        """What evaluates expressions on an answer."""
        documents = {
            document.name: answer.value(document.name)
            for document in self.documents
            if document.name in answer
        }
        return Evaluator(documents, answer.now, answer.allowance)

    def _refusal(self, document: str, evaluator: Evaluator) -> FetchError | None:
        """The failure of a document that says that the account may not read it."""
        condition = self.refusals.get(document)
        if not condition or not _holds(condition, evaluator):
            return None
        problem = "the answer says that it is not permitted; check the account's rights"
        return FetchError(Reason.FORBIDDEN, problem, document=document)

    def _nothing(self, answer: Answer) -> FetchError:
        """Why an answer without a document that could be read fails the target."""
        for error in answer.failed.values():
            return error
        statuses = frozenset[int]().union(*(each.absent_statuses for each in self.documents))
        answered = f" (answered {' or '.join(map(str, sorted(statuses)))})" if statuses else ""
        problem = f"there is none of the documents{answered}; check the path in url"
        return FetchError(Reason.NOT_FOUND, problem, document=self.documents[0].name)

    def _is_there(self, document: Document, answer: Answer) -> bool:
        """Whether a document is to be read.

        A required one is, even if it is missing, so that this is told; an optional one in which
        there is nothing (null) tells just that. One whose absence means that
        there is no license is not, where it is missing or null.
        """
        if any(
            absence.document == document.name and not absence.answered for absence in self.absences
        ):
            return answer.value(document.name) is not None
        return document.required or document.name in answer

    def saying_absent(self, answer: Answer, evaluator: Evaluator) -> list[Absence]:
        """What of the answer says that there is no license."""
        return [
            absence
            for absence in self.absences
            if (answer.value(absence.document) is not None) is absence.answered
            and (absence.condition is None or _holds(absence.condition, evaluator))
        ]

    def _read(
        self, document: str, answer: Answer, evaluator: Evaluator, builder: ReportBuilder
    ) -> None:
        """Read the rows of a document. Raises SchemaError if it gives nothing."""
        value = answer.value(document)
        stand_ins = answer.stand_ins
        told = [
            self._read_rows(rows, value, answer, evaluator, builder)
            for rows in self.rows
            if rows.document == document
        ]
        # A product that has no date, and says so, has answered.
        if told and not any(told) and answer.stand_ins == stand_ins:
            raise SchemaError(document, _nothing_read(document, self.rows, answer))

    @staticmethod
    def _read_rows(
        rows: Rows, value: object, answer: Answer, evaluator: Evaluator, builder: ReportBuilder
    ) -> bool:
        """Read the rows of a row set; whether they, or their absence, tell anything."""

        def missing(place: str) -> None:
            if not rows.optional:
                answer.skip(place)

        add = getattr(builder, rows.section)
        told = False
        for batch in rows.batches(evaluator, value, missing):
            if not batch and rows.is_about(value):
                builder.empty(rows)
                told = True
            for item in rows.read(evaluator, answer, batch):
                is_read = told or rows.is_read(item)
                told = (add(rows, item) and is_read) or told
        return told


def _holds(condition: Expression, evaluator: Evaluator) -> bool:
    """Whether a condition over all documents holds."""
    return evaluator.search(condition, evaluator.scope.documents) is True


def _nothing_read(document: str, rows: tuple[Rows, ...], answer: Answer) -> str:
    """Why nothing came of a document: what was found in it cannot be read, or nothing was."""
    places = [each.place for each in rows if each.document == document]
    for place, why in answer.unread.items():
        if place.partition(".")[0] in places:
            problem = f"what {place} finds in the document cannot be read: {why}"
            return f"{problem}; all of it is told by: license-exporter probe NAME --explain"
    return (
        "nothing that the mapping looks for is in the document; what each expression finds "
        "is told by: license-exporter probe NAME --explain"
    )


def compile_mapping(
    mapping: MappingSpec,
    variables: Mapping[str, str],
    *,
    at: str,
    usual: Format | None,
    stand_ins: bool,
) -> Parser:
    """Compile a mapping for a target with these variables.

    `at` stands before the places of problems; `usual` is the format of a request that says none,
    None where the server's word for it holds. With `stand_ins`, the variables only stand for
    themselves, and all requests are made. Raises ConfigError.
    """
    problems: list[str] = []

    def refuse(place: str, message: str) -> None:
        problems.append(f"{at}{place}: {message}")

    documents = tuple(_documents(mapping, variables, usual, refuse, stand_ins))
    made = {document.name: document for document in documents}
    rows = []
    for section, index, row_set in mapping.row_sets():
        name = row_set.document or next(iter(mapping.requests))
        place = f"{section}[{index}].document"
        if name not in mapping.requests:
            refuse(place, f"there is no request {name!r}")
        elif not row_set.document and len(mapping.requests) > 1:
            refuse(place, f"must say of which request: {', '.join(mapping.requests)}")
        else:
            paged = mapping.requests[name].paging is not None
            compiled = compile_rows(section, index, row_set, name, paged, refuse)
            if name in made:
                rows.append(compiled)
    absences = tuple(_absences(mapping, made, refuse))
    refusals = dict(_refusals(mapping, refuse))
    if problems:
        raise ConfigError(problems)
    return Parser(mapping, documents, tuple(rows), absences, refusals)


def _documents(
    mapping: MappingSpec,
    variables: Mapping[str, str],
    usual: Format | None,
    refuse: Refuse,
    stand_ins: bool,
) -> Iterator[Document]:
    """The documents of those requests whose variables are all given."""
    made: dict[str, Document] = {}
    told = mapping.login.tells.keys() if mapping.login else set[str]()
    for name, request in _lists_first(mapping):
        needed = set(request.variables())
        needed -= told
        known = mapping.variables.keys() | variables.keys()
        for variable in sorted((needed | {*request.optional_variables(), *request.unless}) - known):
            refuse(f"requests.{name}", f"there is no variable {variable!r}; add it to variables")
        for variable in sorted(set(request.unsafe(variables))):
            problem = "begins with a - or holds a ; quote, $, backslash or control character"
            refuse(f"requests.{name}", f"the variable {variable!r} {problem}; no program gets it")
        if not needed <= variables.keys():
            continue
        if not stand_ins and not variables.keys().isdisjoint(request.unless):
            continue
        document = request.document(name, variables, usual)
        if request.for_each:
            listed = mapping.requests.get(request.for_each.request)
            if listed is None or listed.for_each or listed.latest_day:
                refuse(
                    f"requests.{name}.for_each.request",
                    "must be another request, which is made once",
                )
                continue
            if request.for_each.request not in made:
                continue
            document = replace(document, each=request.for_each.each(made[request.for_each.request]))
        made[name] = document
    return (made[name] for name in mapping.requests if name in made)


def _lists_first(mapping: MappingSpec) -> list[tuple[str, Request]]:
    """The requests by name: those that list ids before those that need them."""
    return sorted(mapping.requests.items(), key=lambda item: item[1].for_each is not None)


def _absences(
    mapping: MappingSpec, made: Mapping[str, Document], refuse: Refuse
) -> Iterator[Absence]:
    for name, request in mapping.requests.items():
        missing = _condition(f"requests.{name}.absent_if", request.absent_if, refuse)
        answered = _condition(f"requests.{name}.absent_when", request.absent_when, refuse)
        if name in made and made[name].required and request.tells_absence:
            yield Absence(name, missing)
        if name in made and answered:
            yield Absence(name, answered, answered=True)


def _refusals(mapping: MappingSpec, refuse: Refuse) -> Iterator[tuple[str, Expression]]:
    for name, request in mapping.requests.items():
        place = f"requests.{name}.forbidden_when"
        condition = _condition(place, request.forbidden_when, refuse)
        if condition:
            yield name, condition


def _condition(place: str, written: str, refuse: Refuse) -> Expression | None:
    try:
        return expressions.compile(written) if written else None
    except ExpressionError as error:
        refuse(place, str(error))
        return None
