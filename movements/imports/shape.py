"""What a file would change: rows gathered into activities, each beside what is recorded."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from core.sheets import Fault
from movements.enums import ActivityState
from movements.imports.columns import OF_ACTIVITY, OF_GIFT
from movements.imports.records import Recorded, RecordedGift
from movements.imports.values import Row
from movements.imports.words import Words

SKIP, KEEP = "skip", "import"
NEW, CHANGED, SAME, DOUBLE, WRONG = "new", "changed", "same", "double", "wrong"
KEY: Final = re.compile(r"[A-Za-z0-9._-]{1,40}")
Changes = dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Order:
    """What the person chose: doubles are skipped or imported, what is written is sent or stays a draft."""

    doubles: str = SKIP
    send: bool = False


@dataclass(frozen=True, slots=True)
class Double:
    """A row that says the same as another one: a row of the file, or a recorded activity."""

    row: Row | None = None
    activity: int | None = None


@dataclass
class GiftPlan:
    """A contribution of the file: its key, all its values, what is recorded of it and what differs."""

    row: Row
    key: str
    values: dict[str, Any]
    recorded: RecordedGift | None = None
    changes: Changes = field(default_factory=dict)
    double: Double | None = None
    whole: int | None = None  # the recorded figure outside the activity that it is part of

    @property
    def fresh(self) -> bool:
        """Not recorded yet."""
        return self.recorded is None


@dataclass
class Group:
    """The rows of one activity."""

    key: str
    rows: list[Row] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    recorded: Recorded | None = None
    changes: Changes = field(default_factory=dict)
    gifts: list[GiftPlan] = field(default_factory=list)
    double: Double | None = None  # of an activity without contributions

    @property
    def first(self) -> Row:
        """The row that speaks for the activity."""
        return self.rows[0]

    def writes(self, order: Order) -> list[GiftPlan]:
        """The contributions that will be made or changed."""
        return [
            gift
            for gift in self.gifts
            if (gift.changes or gift.fresh) and not (gift.double and order.doubles == SKIP)
        ]

    def touched(self, order: Order) -> bool:
        """Whether the activity will be made or changed: not by rows that are all skipped."""
        if self.recorded is None and not self.gifts:
            return not (self.double and order.doubles == SKIP)
        return bool(self.changes or self.writes(order))

    @property
    def closed(self) -> bool:
        """Sent or confirmed: compared only."""
        return self.recorded is not None and self.recorded.state not in (
            ActivityState.DRAFT,
            ActivityState.RETURNED,
        )


@dataclass
class Plan:
    """Everything the file would do, and everything that is wrong with it."""

    words: Words
    order: Order
    groups: list[Group] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    general: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    status: dict[int, str] = field(default_factory=dict)  # of a row, by its place in ``rows``

    @property
    def faults(self) -> list[Fault]:
        """Everything wrong, in the order of the file."""
        return self.general + [fault for row in self.rows for fault in row.faults]

    @property
    def touched(self) -> list[Group]:
        """The activities that will be made or changed."""
        return [group for group in self.groups if group.touched(self.order)]

    @property
    def doubles(self) -> list[tuple[Group, Row, Double]]:
        """The rows that say the same as another one."""
        found = [
            (group, gift.row, gift.double) for group in self.groups for gift in group.gifts if gift.double
        ]
        found += [(group, group.first, group.double) for group in self.groups if group.double]
        return sorted(found, key=lambda one: (one[1].line.sheet, one[1].line.number))

    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, the same, double, wrong; and how many activities will be made or changed."""
        found = dict.fromkeys((NEW, CHANGED, SAME, DOUBLE, WRONG), 0)
        for status in self.status.values():
            found[status] += 1
        touched = self.touched
        found["activities_new"] = sum(group.recorded is None for group in touched)
        found["activities_changed"] = len(touched) - found["activities_new"]
        return found

    @property
    def mark(self) -> str:
        """Names what would be written; another mark means another plan."""
        told: list[Any] = [self.order.doubles, self.order.send]
        for group in self.touched:
            version = group.recorded.version if group.recorded else 0
            told.append([group.key, version, _told(group.values if not group.recorded else group.changes)])
            told += [[gift.key, gift.whole, _told(gift.values)] for gift in group.writes(self.order)]
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def changed_cells(self) -> Iterator[tuple[Row, str, Any, Any]]:
        """Every cell that will change: its row, its column, before, after."""
        for group in self.touched:
            if group.recorded is None:
                continue
            for key in OF_ACTIVITY:
                if key in group.changes:
                    yield (group.first, key, *group.changes[key])
            for gift in group.writes(self.order):
                for key in OF_GIFT:
                    if key in gift.changes:
                        yield (gift.row, key, *gift.changes[key])


def _told(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items()}


def made_key(*parts: object) -> str:
    """A key made of what a row says, so that the same row has the same key every time: 16 hex digits."""
    return hashlib.sha256("\n".join(str(part) for part in parts).encode()).hexdigest()[:16]
