"""Rows of lists as ready strings: the template draws and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core import search
from core.access import may
from members.scope import Scope
from movements.domain.totals import Gift, Totals, total
from movements.enums import ActivityScope, ActivityState
from movements.models import Activity
from movements.queries import Choices
from movements.words import (
    Figure,
    StateLook,
    figure,
    giver_names,
    left_out_words,
    listed,
    part_words,
    state_look,
    time_words,
    total_figures,
)


@dataclass(frozen=True, slots=True)
class GiftRow:
    """A contribution under its activity."""

    text: str
    partners: str
    money: Figure | None
    goods: Figure | None
    note_kind: str
    note: str


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity in a list: ``title`` and ``movement`` may carry marks of hits and are safe."""

    pk: int
    url: str
    title: str
    plain_title: str
    movement: str
    time: str
    time_note: str
    agency: str
    agency_note: str
    own: bool
    money: Figure | None
    goods: Figure | None
    more_goods: str
    files: int
    lacks_files: bool
    state: StateLook
    edit_url: str
    gifts: Sequence[GiftRow]


@dataclass(frozen=True, slots=True)
class Sums:
    """The foot of a list: everything filtered, not only the page."""

    money: Figure | None = None
    goods: Sequence[Figure] = field(default_factory=list)
    figures: Sequence[Figure] = field(default_factory=list)
    left_out: str = ""
    gifts: int = 0
    joint: int = 0


def sums_of(totals: Totals) -> Sums:
    """Totals as the foot of a list shows them."""
    return Sums(
        money=figure(totals.money) if totals.money else None,
        goods=[figure(one) for one in totals.goods],
        figures=total_figures(totals),
        left_out=left_out_words(totals.left_out),
        gifts=totals.gifts,
        joint=totals.joint,
    )


def gift_row(gift: Gift, choices: Choices, owner: int | None = None, query: str = "") -> GiftRow:
    """What, to whom, with whom; ``owner`` is the agency on whose line it stands. ``text`` is safe, hits marked."""
    receiver = gift.receiver or gift.place
    note_kind, note = part_words(gift)
    partners = giver_names(gift.givers, choices, without=owner)
    text = f"{gift.description} → {receiver}" if receiver else gift.description
    return GiftRow(
        text=search.highlight(text, query),
        partners=_("phối hợp %(names)s") % {"names": listed(partners)} if partners and gift.is_joint else "",
        money=figure(gift.money) if gift.money else None,
        goods=figure(gift.goods) if gift.goods else None,
        note_kind=note_kind,
        note=note,
    )


def owner_name(activity: Activity, scope: Scope, choices: Choices) -> str:
    """The agency that answers for an activity, or the whole cluster."""
    if activity.scope == ActivityScope.CLUSTER:
        return _("Cả %(group)s") % {"group": scope.cluster.kind_inside}
    return choices.agency(activity.agency_id, "?")


def activity_rows(
    scope: Scope,
    activities: Iterable[Activity],
    gifts: Sequence[Gift],
    choices: Choices,
    query: str = "",
    seen_by: int | None = None,
) -> list[ActivityRow]:
    """The activities as rows with their gifts; hits of ``query`` are marked. No query of its own.

    A joint gift names the givers beside the activity's agency, or beside ``seen_by`` on an agency's own page.
    """
    by_activity: dict[int, list[Gift]] = {}
    for gift in gifts:
        by_activity.setdefault(gift.activity_id, []).append(gift)
    return [_row(scope, one, by_activity.get(one.pk, []), choices, query, seen_by) for one in activities]


def _state(activity: Activity, doubtful: bool) -> StateLook:
    """The state; a confirmed record with doubtful figures still asks for something."""
    if doubtful and activity.state == ActivityState.CONFIRMED:
        return StateLook("warn", "alert-triangle", _("Cần làm rõ"))
    return state_look(activity.state)


def _row(
    scope: Scope, activity: Any, gifts: Sequence[Gift], choices: Choices, query: str, seen_by: int | None
) -> ActivityRow:
    place = {"cluster": scope.cluster.slug, "label": scope.year.label, "pk": activity.pk}
    own_totals = total(gifts)
    goods = [figure(one) for one in own_totals.goods]
    time, note = time_words(activity)
    own = activity.agency_id in scope.answers_for or activity.is_partner
    return ActivityRow(
        pk=activity.pk,
        url=reverse("activity_detail", kwargs=place),
        title=search.highlight(activity.title, query),
        plain_title=activity.title,
        movement=search.highlight(choices.movements.get(activity.movement_id, ""), query),
        time=time,
        time_note=note,
        agency=owner_name(activity, scope, choices),
        agency_note=_("nhiều đơn vị phối hợp") if activity.scope == ActivityScope.JOINT else "",
        own=own,
        money=figure(own_totals.money) if own_totals.money else None,
        goods=goods[0] if goods else None,
        more_goods=listed([str(one) for one in goods[1:]]),
        files=activity.files,
        lacks_files=own
        and not activity.files
        and activity.state in (ActivityState.DRAFT, ActivityState.RETURNED),
        state=_state(activity, bool(own_totals.left_out)),
        edit_url=reverse("activity_edit", kwargs=place) if may(scope, "activity_edit", activity) else "",
        gifts=[gift_row(gift, choices, seen_by or activity.agency_id, query) for gift in gifts],
    )
