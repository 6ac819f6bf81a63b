"""Criteria as labels of activities and files: "enter once, count everywhere".

Every leaf of the table in force has a label of its code; a renamed code takes its label along, so that what carries it
goes on counting; labels of codes that are gone are retired, never removed.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from members.models import ClusterYear
from movements.enums import TagKind
from movements.models import Tag
from scoring.domain.tables_rows import leaves_of
from scoring.domain.tables_tree import Tree
from scoring.models import Criterion

LONGEST = 200


def follow_codes(year: ClusterYear, tree: Tree) -> int:
    """Bring the year's labels of criteria in line with the leaves; how many were made or changed.

    In the transaction of the caller, under the year's lock; a constant number of statements.
    """
    now = timezone.now()
    tags = list(
        Tag.objects.select_for_update(of=("self",)).filter(year=year, kind=TagKind.CRITERION).order_by("pk")
    )
    by_code = {tag.code: tag for tag in tags}
    wanted = _wanted(tree)
    used: dict[int, Criterion] = {}
    for named in (True, False):  # a renamed criterion first takes the label of the code it had
        for row in wanted:
            tag = by_code.get(row.former_code if named else row.code)
            if tag is not None and tag.pk not in used and row not in used.values():
                used[tag.pk] = row
    held = {row.pk: pk for pk, row in used.items()}
    by_pk = {tag.pk: tag for tag in tags}
    changed: list[Tag] = []
    made: list[Tag] = []
    labels = _labels(wanted)
    for place, row in enumerate(wanted, 1):
        tag = by_pk[held[row.pk]] if row.pk in held else Tag(year=year, kind=TagKind.CRITERION)
        if _set(tag, row.code, labels[row.pk], place):
            (changed if tag.pk else made).append(tag)
    gone = [tag for tag in tags if tag.pk not in used]
    changed += [tag for tag in gone if _retire(tag, now, {row.code for row in wanted}, set(labels.values()))]
    _write(changed)
    Tag.objects.bulk_create(made)
    return len(changed) + len(made)


def _wanted(tree: Tree) -> list[Criterion]:
    return leaves_of(tree.rows)


def _labels(rows: list[Criterion]) -> dict[int, str]:
    """A name for each leaf, no two alike: criteria of one title add their codes."""
    taken: set[str] = set()
    found = {}
    for row in rows:
        label = row.title[:LONGEST]
        if label in taken:
            label = f"{row.title[: LONGEST - len(row.code) - 3]} ({row.code})"
        taken.add(label)
        found[row.pk] = label
    return found


def _set(tag: Tag, code: str, label: str, place: int) -> bool:
    old = (tag.code, tag.label, tag.order, tag.retired_at)
    tag.code, tag.label, tag.order, tag.retired_at = code, label, place, None
    if tag.pk and old == (code, label, place, None):
        return False
    tag.version += 1 if tag.pk else 0
    return True


def _retire(tag: Tag, now: datetime, codes: set[str], labels: set[str]) -> bool:
    """A label nobody needs: retired, and out of the way of a code or a name that is needed now."""
    fresh = tag.retired_at is None
    tag.retired_at = tag.retired_at or now
    crowded = tag.code in codes or tag.label in labels
    if tag.code in codes:
        tag.code = f"{tag.code[:8]}~{tag.pk}"[:20]
    if tag.label in labels:
        tag.label = f"{tag.label[: LONGEST - 12]} ~{tag.pk}"
    tag.version += 1 if fresh or crowded else 0
    return fresh or crowded


def _write(tags: list[Tag]) -> None:
    """In two steps, since codes and names may change places."""
    final = [(tag.code, tag.label) for tag in tags]
    for tag in tags:
        tag.code, tag.label = f"~{tag.pk}"[:20], f"~{tag.key}"
    Tag.objects.bulk_update(tags, ["code", "label"])
    for tag, (code, label) in zip(tags, final, strict=True):
        tag.code, tag.label = code, label
    Tag.objects.bulk_update(tags, ["code", "label", "order", "retired_at", "version"])
