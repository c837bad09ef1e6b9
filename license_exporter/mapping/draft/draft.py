"""From documents to a draft: the row sets that are guessed, of those that can be read together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from license_exporter.mapping.draft.entitlements import (
    feature_rows,
    is_featureish,
    listed_features,
)
from license_exporter.mapping.draft.fitting import Requests, fitting, tells_of_licenses
from license_exporter.mapping.draft.guess import Drafted, Guess
from license_exporter.mapping.draft.labels import is_personal, label
from license_exporter.mapping.draft.leftovers import leftovers
from license_exporter.mapping.draft.licenses import license_columns
from license_exporter.mapping.draft.moments import windows
from license_exporter.mapping.draft.pools import Naming, pools
from license_exporter.mapping.draft.reports import reports
from license_exporter.mapping.draft.shape import Group, groups
from license_exporter.mapping.draft.things import things
from license_exporter.mapping.draft.writing import written
from license_exporter.mapping.spec import SECTIONS

_PAGED: Mapping[str, object] = {"paging": {"by": "link"}}


@dataclass(frozen=True, slots=True)
class Draft:
    """What was guessed of an answer to these requests; `left_out` is where what else is there."""

    requests: Requests
    row_sets: tuple[Drafted, ...]
    left_out: tuple[str, ...] = ()

    def text(self) -> str:
        """The mapping, in YAML with comments."""
        return written(self.requests, self.row_sets, self.left_out)


def draft(
    documents: Mapping[str, object], requests: Requests, paged: frozenset[str] = frozenset()
) -> Draft:
    """Draft a mapping of what these requests brought, by their names.

    `paged` are the documents that are arrays of pages. What is drafted reads these documents
    without an error.
    """
    accepted: list[Drafted] = []
    left_out: list[str] = []
    tried = {name: _PAGED if name in paged else {} for name in documents}
    for name, document in documents.items():
        pages = document if name in paged and isinstance(document, list) else [document]
        for group in groups(name, pages):
            own = []
            for each in _of_group(group, accepted):
                fit = fitting(each, accepted, documents, tried)
                if fit:
                    own.append(fit)
                    accepted.append(fit)
            left_out += leftovers(group, own)
    if not tells_of_licenses(accepted, documents, tried):
        accepted = []
    order = {section: index for index, section in enumerate(SECTIONS)}
    in_order = sorted(accepted, key=lambda each: order[each.section])
    return Draft(requests, tuple(in_order), tuple(left_out))


def _of_group(group: Group, accepted: Sequence[Drafted]) -> Iterator[Drafted]:
    """The row sets of a group: its license first, then what that grants."""
    name = None if is_personal(group) else label(group)
    features = is_featureish(group)
    counted = things(group)
    used = any("used" in thing or "available" in thing for thing in counted.values())
    license = []
    if not is_personal(group) and not (features and (group.keyed or not used)):
        license = license_columns(group, counts=bool(counted))
    id = name.guess("id") if license and group.loops and name and name.tells_apart else None
    own = [_license(group, id, license)] if license else []
    outer = _outer(group, accepted, "licenses", "id")
    naming = Naming(name, replace(id, column="license") if id else outer)
    made = list(pools(group, naming, tuple(windows(group))))
    if features:
        made = [each for each in made if _tells_use(each)]
    own += [_within(each, _outer(group, accepted, "pools", "name")) for each in made]
    if features and (group.keyed or not made):
        own += feature_rows(group, replace(naming, license=outer))
    told = frozenset(guess.expression for each in own for guess in each.guesses)
    yield from (replace(each, optional=_is_gappy(group)) for each in own)
    inner = replace(naming, license=_parents(id) if id else None)
    yield from listed_features(group, inner, told, licensed=bool(license))
    yield from reports(group)


def _license(group: Group, id: Guess | None, columns: list[Guess]) -> Drafted:
    several = bool(group.loops) and group.rows > 1 and id is None
    head = [id] if id else []
    return Drafted(
        "licenses", group.document, group.loops, (*head, *columns), "greatest" if several else ""
    )


def _is_gappy(group: Group) -> bool:
    """Whether some of the rows around have no rows of this group within."""
    return group.parent is not None and len(set(group.within)) < group.parent.rows


def _tells_use(drafted: Drafted) -> bool:
    return any(guess.column in ("used", "available") for guess in drafted.guesses)


def _within(drafted: Drafted, parent: Guess | None) -> Drafted:
    """A pool in the row of another one, with which it shares its units."""
    if parent is None or drafted.section != "pools":
        return drafted
    head, *rest = drafted.guesses
    doubted = [
        guess.doubted("the row around it tells of the same units") if guess.read else guess
        for guess in rest
    ]
    return replace(drafted, guesses=(head, replace(parent, column="parent"), *doubted))


def _outer(group: Group, accepted: Sequence[Drafted], section: str, column: str) -> Guess | None:
    """The name of the license, or the pool, in whose row the rows of a group are."""
    if group.parent is None or not group.parent.loops:
        return None
    for each in accepted:
        if (each.section, each.document) == (section, group.document):
            name = each.column(column)
            if each.rows == group.parent.loops and name and name.expression:
                return _parents(replace(name, column="license"))
    return None


def _parents(name: Guess) -> Guess | None:
    if "(" in name.expression or name.expression == "@":
        return None
    return Guess("license", f"parent().{name.expression}", "that of the row around", name.sure)
