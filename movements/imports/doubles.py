"""Rows that say what another row or a recorded one says: same owner, day, words, receiver and amount (F14)."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.dates import PartialDate
from core.folding import fold
from members.scope import Scope
from movements.imports.shape import Double, GiftPlan, Group
from movements.models import Contribution
from movements.queries import activities_for

Natural = tuple[Any, ...]


def find_doubles(scope: Scope, groups: list[Group]) -> None:
    """Mark what would be written a second time; one query where there is something new."""
    new = [(group, gift) for group in groups for gift in group.gifts if gift.fresh]
    alone = [group for group in groups if group.recorded is None and not group.gifts]
    seen: dict[Natural, Double] = {}
    if new or alone:
        seen = _recorded(
            scope, {group.values["owner"] for group, _gift in new} | {one.values["owner"] for one in alone}
        )
    for group in groups:
        for gift in group.gifts:
            if not gift.fresh:
                seen.setdefault(_of_gift(group, gift), Double(row=gift.row))
    wholes = {(group.key, gift.values["whole"]) for group in groups for gift in group.gifts}
    for group, gift in new:
        natural = _of_gift(group, gift)
        if natural in seen and not gift.row.faults and (group.key, gift.key) not in wholes:
            gift.double = seen[natural]
        seen.setdefault(natural, Double(row=gift.row))
    for group in alone:
        natural = (group.values["owner"], _start(group.values["when"]), fold(group.values["title"]))
        if natural in seen and not group.first.faults:
            group.double = seen[natural]
        seen.setdefault(natural, Double(row=group.first))


def _start(when: PartialDate | None) -> date | None:
    return when.start if when else None


def _of_gift(group: Group, gift: GiftPlan) -> Natural:
    values = gift.values
    return (
        group.values["owner"], values["given_on"] or _start(group.values["when"]), fold(values["description"]),
        fold(values["beneficiary"]), values["value"], values["quantity"], values["unit"],
    )  # fmt: skip


def _recorded(scope: Scope, owners: set[Any]) -> dict[Natural, Double]:
    """What the owners have recorded in the year, as far as the person may see it."""
    rows = Contribution.objects.filter(activity__in=activities_for(scope).order_by().values("pk"))
    members = [pk for pk in owners if isinstance(pk, int)]
    wanted = rows.filter(activity__agency__in=members) if None not in owners else rows
    found: dict[Natural, Double] = {}
    fields = (
        "activity_id", "activity__agency_id", "given_on", "activity__starts_on", "description", "beneficiary__folded",
        "value", "quantity", "unit",
    )  # fmt: skip
    for pk, owner, given, starts, words, receiver, value, quantity, unit in wanted.order_by("pk").values_list(
        *fields
    ):
        natural = (owner, given or starts, fold(words), receiver or "", value, quantity, unit)
        found.setdefault(natural, Double(activity=pk))
    alone = activities_for(scope).filter(contributions__isnull=True).order_by("pk")
    for pk, owner, starts, title in alone.values_list("pk", "agency_id", "starts_on", "title"):
        if owner in owners:
            found.setdefault((owner, starts, fold(title)), Double(activity=pk))
    return found
