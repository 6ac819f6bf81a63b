"""Two versions or two years of the table side by side: what came, what went, what changed, what stands elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from scoring.domain.tables_tree import Tree, matches
from scoring.models import Criterion

COMPARED: Final = (
    "code", "title", "rule", "part", "maximum", "unit", "better", "step", "places", "params", "guide", "evidence",
    "scored_by", "scorer_id", "applies_to", "due_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changed:
    """A criterion that stands in both tables: values of each field that differ, and whether it stands elsewhere."""

    old: Criterion
    new: Criterion
    fields: dict[str, tuple[Any, Any]]
    moved: tuple[str, str] | None = None  # code of the section before and now, "" at the top
    reordered: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether anything differs."""
        return bool(self.fields) or self.moved is not None or self.reordered


@dataclass(frozen=True, slots=True)
class Comparison:
    """Criteria in the order of the paper: of the new table, those that are gone of the old one."""

    added: list[Criterion] = field(default_factory=list)
    removed: list[Criterion] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    same: int = 0


def compare(old: Tree, new: Tree) -> Comparison:
    """What became of each criterion from the old table to the new one."""
    pairs = matches(old.rows, new.rows)
    carried = {before.pk for before in pairs.values()}
    parents = {before.pk: pk for pk, before in pairs.items()}
    order = _reordered(old, new, pairs)
    changed, same = [], 0
    for row in new.rows:
        if row.pk not in pairs:
            continue
        one = _changed(old, new, pairs[row.pk], row, parents, row.pk in order)
        if one.is_changed:
            changed.append(one)
        else:
            same += 1
    return Comparison(
        [row for row in new.rows if row.pk not in pairs], [row for row in old.rows if row.pk not in carried], changed,
        same,
    )  # fmt: skip


def _changed(
    old: Tree, new: Tree, before: Criterion, row: Criterion, parents: dict[int, int], reordered: bool
) -> Changed:
    fields = {
        name: (getattr(before, name), getattr(row, name))
        for name in COMPARED if getattr(before, name) != getattr(row, name)
    }  # fmt: skip
    was = parents.get(before.parent_id, 0) if before.parent_id else None
    moved = None
    if was != row.parent_id:
        moved = (
            old.by_pk[before.parent_id].code if before.parent_id else "",
            new.by_pk[row.parent_id].code if row.parent_id else "",
        )
    return Changed(before, row, fields, moved, reordered and moved is None)


def _reordered(old: Tree, new: Tree, pairs: dict[int, Criterion]) -> set[int]:
    """Rows that changed places with a like: those outside the longest run that kept its order."""
    places = {row.pk: place for place, row in enumerate(old.rows)}
    found: set[int] = set()
    for parent in [None, *(row.pk for row in new.rows)]:
        likes = [row.pk for row in new.below(parent) if row.pk in pairs]
        kept = _longest_rising([places[pairs[pk].pk] for pk in likes])
        found |= {pk for number, pk in enumerate(likes) if number not in kept}
    return found


def _longest_rising(values: Sequence[int]) -> set[int]:
    """Positions of a longest strictly rising run of ``values``."""
    best: list[tuple[int, int]] = []  # (length, position before)
    for place, value in enumerate(values):
        options = [(best[one][0], one) for one in range(place) if values[one] < value]
        length, before = max(options, default=(0, -1))
        best.append((length + 1, before))
    place = max(range(len(best)), key=lambda one: best[one][0], default=-1)
    found = set()
    while place >= 0:
        found.add(place)
        place = best[place][1]
    return found
