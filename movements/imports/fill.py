"""The rows of the database as the plan says them; nothing is saved here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from core.folding import fold
from members.scope import Scope
from movements.domain.record import Record
from movements.domain.search_text import activity_words
from movements.enums import ActivityScope, ActivityState
from movements.imports.records import with_givers
from movements.imports.shape import GiftPlan, Group
from movements.models import Activity, Beneficiary, Contribution, Contributor

STATE: Final = ("state", "submitted_at", "returned_at", "return_reason")
_SAME: Final = ("title", "place", "people", "attended", "story", "result", "in_summary")
_COLUMNS: Final = {
    "kind": "kind", "description": "description", "quantity": "quantity", "unit": "unit",
    "quantity_qualifier": "quantity_qualifier", "value": "value", "value_qualifier": "value_qualifier",
    "given_on": "given_on", "gift_place": "place", "purpose": "purpose",
}  # fmt: skip


@dataclass
class Written:
    """An activity with its contributions while they are written."""

    group: Group
    activity: Activity
    gifts: list[Contribution]
    partners: list[int]
    before: dict[str, Any] = field(default_factory=dict)
    state_before: dict[str, Any] = field(default_factory=dict)
    touched: list[Contribution] = field(default_factory=list)
    givers: list[tuple[Contribution, list[Contributor]]] = field(default_factory=list)
    before_ids: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Remember what was recorded."""
        self.before_ids = frozenset(gift.pk for gift in self.gifts)

    def record(self) -> Record:
        """All of it, as the audit draws it."""
        return Record(self.activity, self.gifts, tuple(self.partners))

    def gift(self, key: str) -> Contribution | None:
        """One of the contributions."""
        return next((gift for gift in self.gifts if gift.key == key), None)


def state_of(activity: Activity) -> dict[str, Any]:
    """The state with its moments."""
    return {name: getattr(activity, name) for name in STATE}


def fill_activity(scope: Scope, one: Written, *, send: bool, now: datetime) -> None:
    """Set what the plan says; a recorded activity keeps what did not change."""
    activity, values, group = one.activity, one.group.values, one.group
    if group.recorded is None:
        activity.agency_id = values["owner"]
        changed = set(values)
    else:
        activity.version += 1
        changed = set(group.changes)
    for key in _SAME:
        if key in changed:
            setattr(activity, key, values[key])
    if "movement" in changed:
        activity.movement_id = values["movement"]
    if "when" in changed:
        when = values["when"]
        activity.precision, activity.starts_on, activity.ends_on = when.precision, when.start, when.end
        activity.sorted_on = max(when.start or scope.year.starts_on, scope.year.starts_on)
    if "partners" in changed:
        one.partners = list(values["partners"])
        activity.scope = _scope_of(activity, one.partners)
    activity.edited_by = scope.user
    one.state_before = state_of(activity)
    if send and activity.state in (ActivityState.DRAFT, ActivityState.RETURNED):
        activity.state, activity.submitted_at = ActivityState.SUBMITTED, now
        activity.returned_at, activity.return_reason = None, ""


def _scope_of(activity: Activity, partners: Sequence[int]) -> str:
    if activity.agency_id is None:
        return ActivityScope.CLUSTER
    return ActivityScope.JOINT if partners else ActivityScope.AGENCY


def fill_gift(one: Written, planned: GiftPlan, receivers: Mapping[str, Beneficiary]) -> None:
    """Set what the plan says of a contribution; where the figures stay, so do the words they were reported in."""
    gift = one.gift(planned.key) if planned.recorded else None
    if gift is None:
        order = max((known.order for known in one.gifts), default=0) + 1
        gift = Contribution(activity=one.activity, key=planned.key, order=order)
        one.gifts.append(gift)
        changed = set(planned.values)
    else:
        gift.version += 1
        changed = set(planned.changes)
    values = planned.values
    for key, name in _COLUMNS.items():
        if key in changed:
            setattr(gift, name, values[key])
    for figure, more in (
        ("quantity", ("quantity", "unit", "quantity_qualifier")),
        ("value", ("value", "value_qualifier")),
    ):
        if changed.intersection(more):
            setattr(gift, f"{figure}_words", planned.row.words.get(figure, ""))
    if "beneficiary" in changed:
        gift.beneficiary = receivers.get(fold(values["beneficiary"])[:300])
    if "givers" in changed:
        givers = [
            Contributor(order=order, agency_id=pk, outside_name=name, share=share)
            for order, (pk, name, share) in enumerate(values["givers"], 1)
        ]
        one.givers.append((gift, givers))
        with_givers(gift, givers)
    one.touched.append(gift)


def link_gift(one: Written, planned: GiftPlan) -> None:
    """Say what the contribution is part of; the figures of the activity have their ids by now."""
    gift = one.gift(planned.key)
    if gift is None or (planned.recorded and not {"whole", "part_state"} & planned.changes.keys()):
        return
    whole = one.gift(planned.values["whole"])
    pk = whole.pk if whole else planned.whole
    gift.part_of_id = pk
    gift.part_state = planned.values["part_state"] if pk else ""


def searched(one: Written, movements: Mapping[int, str], files: Iterable[str]) -> str:
    """The text that finds the activity."""
    gifts = [
        (
            gift.description,
            gift.unit,
            gift.place,
            gift.purpose,
            gift.beneficiary.name if gift.beneficiary else "",
        )
        for gift in one.gifts
    ]
    named = {id(gift): givers for gift, givers in one.givers}
    outside = [
        giver.outside_name
        for gift in one.gifts
        for giver in (named[id(gift)] if id(gift) in named else gift.contributors.all())
    ]
    return activity_words(
        one.activity, movements.get(one.activity.movement_id or 0, ""), gifts, outside, files
    )
