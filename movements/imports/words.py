"""What the cells of the table call things: members, movements, lists; both ways, without a query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models

from core.dates import PartialDate, format_date, format_partial
from core.folding import clean_line, fold
from core.quantity import format_number
from members.scope import Scope
from movements.enums import ContributionKind, PartState, QualifierChoice
from movements.imports.columns import NO, YES, labels
from movements.queries import Choices

Giver = tuple[int | None, str, int | None]  # a member, or a name outside the cluster; the share in đồng
LISTS: dict[str, type[models.TextChoices]] = {
    "kind": ContributionKind, "quantity_qualifier": QualifierChoice, "value_qualifier": QualifierChoice,
    "part_state": PartState,
}  # fmt: skip


def tidy_name(name: str) -> str:
    """A name as it stands between semicolons."""
    return clean_line(name.replace(";", ","))


@dataclass(frozen=True)
class Words:
    """The names of one cluster-year."""

    scope: Scope
    choices: Choices

    @cached_property
    def whole_cluster(self) -> str:
        """What stands for the whole cluster as owner."""
        return f"Cả {self.scope.cluster.kind_inside}"

    @cached_property
    def agencies(self) -> dict[int, str]:
        """The member's name in the table: the short one, the full one where two have the same."""
        often = Counter(fold(short) for _full, short in self.choices.agencies.values())
        return {
            pk: tidy_name(short if often[fold(short)] == 1 else full)
            for pk, (full, short) in self.choices.agencies.items()
        }

    @cached_property
    def agency_ids(self) -> dict[str, int]:
        """Members by every name that only one of them has."""
        found: dict[str, set[int]] = {}
        for pk, names in self.choices.agencies.items():
            for name in (*names, self.agencies[pk]):
                found.setdefault(fold(tidy_name(name)), set()).add(pk)
        return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}

    @cached_property
    def movement_ids(self) -> dict[str, int]:
        """Movements by their titles; the first of two with the same."""
        return {fold(title): pk for pk, title in reversed(self.choices.movements.items())}

    @cached_property
    def listed(self) -> dict[str, dict[str, str]]:
        """The label of each value of the columns with a fixed list."""
        return {key: labels(choices) for key, choices in LISTS.items()}

    @cached_property
    def by_label(self) -> dict[str, dict[str, str]]:
        """The values by their folded labels, and by themselves."""
        return {
            key: {fold(label): value for value, label in known.items()} | {value: value for value in known}
            for key, known in self.listed.items()
        }

    def agency(self, pk: int | None) -> str:
        """A member, the whole cluster for None; one that is no member of the year by its number."""
        return self.whole_cluster if pk is None else self.agencies.get(pk, f"đơn vị #{pk}")

    def agency_called(self, name: str) -> int | None:
        """The member of this name, or by its number as :meth:`agency` writes it."""
        number = name.removeprefix("đơn vị #")
        if number != name and number.isdecimal() and len(number) < 19:
            return int(number)
        return self.agency_ids.get(fold(tidy_name(name)))

    # -- out -------------------------------------------------------------------------------------
    def givers(self, givers: Iterable[Giver]) -> str:
        """ "Cục Thống kê = 60.000.000; Văn phòng HĐND tỉnh"."""
        parts = []
        for pk, name, share in givers:
            shown = self.agency(pk) if pk is not None else tidy_name(name)
            parts.append(shown if share is None else f"{shown} = {format_number(share)}")
        return "; ".join(parts)

    def cell(self, key: str, value: Any) -> object:
        """A value as its cell holds it: figures stay figures, everything else is text; "" for nothing."""
        if value is None and key != "owner":
            return ""
        if key in ("quantity", "value", "attended"):
            return value
        if key in self.listed:
            exact = key.endswith("_qualifier") and value == QualifierChoice.EXACT
            return "" if exact else self.listed[key].get(value, "")
        return self._text(key, value)

    def _text(self, key: str, value: Any) -> str:
        if key == "owner":
            return self.agency(value)
        if key == "movement":
            return clean_line(self.choices.movements.get(value, ""))
        if key == "partners":
            return "; ".join(self.agency(pk) for pk in value)
        if key == "givers":
            return self.givers(value)
        if isinstance(value, PartialDate):
            return format_partial(value)
        if key == "given_on":
            return format_date(value)
        return (YES if value else NO) if isinstance(value, bool) else str(value)

    def shown(self, key: str, value: Any) -> str:
        """A value for people, as a preview shows it."""
        cell = self.cell(key, value)
        return format_number(cell) if isinstance(cell, int | Decimal) else str(cell)
