"""Which value of a row tells it from the others, and can be shown to everyone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from license_exporter.mapping.draft import readings
from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.guess import Guess, Sure
from license_exporter.mapping.draft.shape import Field, Group
from license_exporter.mapping.draft.words import words
from license_exporter.mapping.names import is_sensitive

# Names of what a product calls its things: the better the earlier.
_MACHINE = (
    "sku", "code", "slug", "feature", "module", "project", "namespace", "site", "region", "host",
)  # fmt: skip
_IDS = ("id", "uuid", "guid", "identifier")
_NAMES = (
    "name", "product", "plan", "edition", "tier", "title", "label", "display", "type", "kind",
    "category", "item", "pool", "location", "organization", "department", "tenant", "cluster",
    "node", "summary", "comment", "description",
)  # fmt: skip
_HOLDERS = of.listed("manager requester holder to by serial licensee customer")
# Of what is not known to be a name.
_LAST = 1000
_NO_NAME = of.listed("version url link level status state count note date time")
# What is found in other places of a name says nothing of it, but for these: skuPartNumber.
_PART_OF_NAME = of.listed("name id key code number part slug sku license feature product module")
_OTHERS_NAME = of.listed("account company organization owner user customer created updated")
_PERSON = of.listed("email mail login username upn phone assignee surname person")
_PARTS_OF_A_NAME = of.listed("first last given family full user")
_NOT_A_ROW_OF_PEOPLE = of.listed("contact owner admin created updated modified support billing by")


@dataclass(frozen=True, slots=True)
class Label:
    """The expression of a row's label, what it is in each row, and what speaks for it.

    Only one that `is_text` can be joined to others.
    """

    expression: str
    texts: tuple[str, ...]
    why: str
    sure: Sure
    is_text: bool = True

    @property
    def tells_apart(self) -> bool:
        """Whether it differs in all rows."""
        return len(set(self.texts)) == len(self.texts)

    def guess(self, column: str) -> Guess:
        """The guess that this is a column."""
        return Guess(column, self.expression, self.why, self.sure)


def is_personal(group: Group) -> bool:
    """Whether the rows are people, whose names are nobody's business."""
    called = set(words(group.names[-1])[-1:]) if group.loops else set()
    if of.PEOPLE & called and not (called == {"member"} and _has_things(group)):
        return True
    if any("@" in key for key in group.keys):
        return True
    return bool(group.loops) and any(map(_tells_person, group.fields))


def _tells_person(field: Field) -> bool:
    """Whether a text of a row itself is a person's address or name."""
    name = words(field.name)
    is_text = any(isinstance(value, str) for value in field.values)
    return (
        len(field.path) == 1
        and is_text
        and _is_persons(name)
        and (_NOT_A_ROW_OF_PEOPLE.isdisjoint(name))
    )


def _is_persons(name: Sequence[str]) -> bool:
    parts = "name" in name and not _PARTS_OF_A_NAME.isdisjoint(name)
    return parts or not _PERSON.isdisjoint(name)


def _has_things(group: Group) -> bool:
    """Whether the rows of a list of members, which any list can be called, are licenses."""
    told = {word for field in group.fields for word in words(field.name)}
    return not (of.LICENSE | of.LIMIT | {"product", "sku", "feature"}).isdisjoint(told)


def labels(group: Group) -> list[Label]:
    """What can name the rows of a group, the best first."""
    if group.keyed:
        return [_of_key(group)] if group.is_named else []
    found = sorted(_candidates(group), key=lambda each: each[0])
    own = [label for _, label in found]
    return [label for label in own if label.tells_apart] + [
        label for label in own if not label.tells_apart
    ]


def plain_label(group: Group) -> Label | None:
    """The best name of a group's rows that they have themselves."""
    return next(iter(labels(group)), None)


def label(group: Group) -> Label | None:
    """The best name of a group's rows; with that of the row around, where it needs it."""
    best = plain_label(group)
    if best is None or best.tells_apart or group.parent is None or not group.parent.loops:
        return best
    outer = label(group.parent)
    if outer is None or is_personal(group.parent):
        return best
    texts = tuple(
        f"{outer.texts[index]}/{text}" for index, text in zip(group.within, best.texts, strict=True)
    )
    expression = f"join('/', [parent().{outer.expression}, {best.expression}])"
    if "(" in outer.expression or not (outer.is_text and best.is_text):
        return best
    return Label(expression, texts, "the names of both rows", Sure.LIKELY)


def display(group: Group, name: Label) -> Label | None:
    """Another name of the rows, for people."""
    if group.keyed or is_personal(group):
        return None
    for field in group.fields:
        told = words(field.name)
        if told[-1:] not in (("name",), ("title",)) or _rank(field.path) is None:
            continue
        found = _label(field, group)
        if found and found.expression != name.expression:
            return found
    return None


def _candidates(group: Group) -> Iterator[tuple[tuple[int, int], Label]]:
    for field in group.fields:
        rank = _rank(field.path)
        found = _label(field, group) if rank is not None else None
        if found and rank == _LAST:
            if group.rows == 1 or not found.tells_apart:
                continue
            found = replace(found, why=f"{found.why}, whatever it is", sure=Sure.NOT_SURE)
        if found and rank is not None:
            yield (rank, len(field.path)), found


def _rank(path: Sequence[str]) -> int | None:
    """How well a name names; None where it does not."""
    name = words(path[-1])
    if len(path) > 2 or not name or is_sensitive(path[-1]) or _is_persons(words("_".join(path))):
        return None
    if len(path) == 2 and not {"product", "feature", "plan", "sku", "license"} & set(
        words(path[0])
    ):
        return None
    if (of.PEOPLE | _HOLDERS) & set(words("_".join(path))):
        return None
    if _NO_NAME & set(name):
        return None
    is_id = name[-1] in _IDS
    for rank, word in enumerate(_MACHINE):
        if word in name and not set(name[name.index(word) + 1 :]) - _PART_OF_NAME:
            return 2 * rank + is_id
    if _OTHERS_NAME & set(name[:-1]):
        return None
    after = 2 * len(_MACHINE)
    if is_id:
        return after if len(name) == 1 or of.LICENSE & set(name) else after + len(_NAMES) + 1
    for rank, word in enumerate(_NAMES):
        if name[-1] == word or (word == "product" and word in name):
            return after + rank + 1
    return _LAST if len(path) == 1 else None


def _label(field: Field, group: Group) -> Label | None:
    if is_sensitive(field.name):
        return None
    found = readings.texts(field.values)
    if found is None or any("@" in text for text in found) or any(len(t) > 100 for t in found):
        return None
    is_id = words(field.name)[-1:] and words(field.name)[-1] in (*_IDS, "code", "number", "sku")
    if not is_id and not all(isinstance(v, str) and not _is_number(v) for v in field.values):
        return None  # a number that may differ in each row, and counts something
    apart = len(set(found)) == len(found)
    why = "differs in each row" if apart else "names the row"
    one = apart and len(found) > 1
    is_text = all(isinstance(value, str) for value in field.values)
    sure = Sure.SURE if one else Sure.LIKELY
    return Label(field.expression, tuple(found), why, sure, is_text)


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "").replace(",", "").isdigit()


def _of_key(group: Group) -> Label:
    return Label("name", group.keys, "the key of the entry", Sure.SURE)
