"""What differs between a file and what the database holds, place by place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from cluster_app.yearfile import canon
from cluster_app.yearfile.schema import Path, shown
from cluster_app.yearfile.shapes import SECTIONS, Shape, default_of

Item = Mapping[str, Any]
Difference = tuple[Path, str]


def differences(document: Item, stored: Item) -> Iterator[Difference]:
    """Every place where the sound ``document`` says something else than ``stored`` (a dump), with both values."""
    for name, shape in SECTIONS.items():
        if not shape.single:
            yield from _lists(shape, document.get(name, []), stored.get(name, []), (name,))
        elif name in document and name in stored:
            yield from _items(shape, document[name], stored[name], (name,))
        elif name in document or name in stored:
            yield (name,), _only(name in document)


def _lists(shape: Shape, mine: list[Item], theirs: list[Item], place: Path) -> Iterator[Difference]:
    """Items meet by identity; what only one side has is said, and another order is said too."""
    waiting: dict[str, list[Item]] = defaultdict(list)
    for item in theirs:
        waiting[_name(shape, item)].append(item)
    matched = True
    for index, item in enumerate(mine):
        if partners := waiting[_name(shape, item)]:
            yield from _items(shape, item, partners.pop(0), (*place, index))
        else:
            matched = False
            yield (*place, index), _only(True)
    for item in (item for left in waiting.values() for item in left):
        matched = False
        yield place, _("%(item)s chỉ có trong cơ sở dữ liệu.") % {"item": shown(_name(shape, item))}
    if matched and [_name(shape, item) for item in _in_order(shape, mine)] != [
        _name(shape, item) for item in theirs
    ]:
        yield place, _("thứ tự trong tệp khác thứ tự trong cơ sở dữ liệu.")


def _items(shape: Shape, mine: Item, theirs: Item, place: Path) -> Iterator[Difference]:
    for key, child in shape.lists.items():
        yield from _lists(child, mine.get(key, []), theirs.get(key, []), (*place, key))
    mine, theirs = canon.normal(shape, mine), canon.normal(shape, theirs)
    for key in shape.carried:
        absent = None if default_of(shape, key) is ... else default_of(shape, key)
        one, other = mine.get(key, absent), theirs.get(key, absent)
        if one != other:
            yield (*place, key), _("trong tệp %(file)s, trong cơ sở dữ liệu %(database)s.") % {
                "file": shown(_said(one), 120), "database": shown(_said(other), 120),
            }  # fmt: skip


def _in_order(shape: Shape, items: list[Item]) -> list[dict[str, Any]]:
    return canon.ordered(shape, [canon.normal(shape, item) for item in items])


def _name(shape: Shape, item: Item) -> str:
    """The identity as one text: "ung-ho", "05-CT/TW / Bộ Chính trị / 2016-05-15"."""
    parts = shape.name_of(canon.normal(shape, {key: item[key] for key in shape.identity if key in item}))
    return " · ".join(_word(part) for part in parts)


def _word(part: Any) -> str:
    """A reference of several parts as one text, the number of a paper first."""
    if isinstance(part, dict):
        return " · ".join(str(part[key]) for key in sorted(part, reverse=True))
    return str(part or "—")


def _said(value: Any) -> Any:
    """A value as a sentence shows it; a list part by part, nothing as nothing."""
    if isinstance(value, list):
        return "; ".join(_word(part) for part in value)
    return _word(value) if isinstance(value, dict) else value


def _only(in_file: bool) -> str:
    return _("chỉ có trong tệp.") if in_file else _("chỉ có trong cơ sở dữ liệu.")
