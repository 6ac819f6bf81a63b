"""Rows of lists as ready strings: the template draws and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from core import search
from core.access import may
from core.folding import fold
from core.quantity import format_number
from members.scope import Scope
from movements.columns import CHOSEN_AT_FIRST, COLUMNS, FIELDS
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
    tick: str = ""
    found: str = ""  # safe: the words around a hit that the row does not show
    more: Mapping[str, str] = field(default_factory=dict)  # cells of columns chosen beside the usual ones


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


def _gift_text(gift: Gift) -> str:
    receiver = gift.receiver or gift.place
    return f"{gift.description} → {receiver}" if receiver else gift.description


def gift_row(gift: Gift, choices: Choices, owner: int | None = None, query: str = "") -> GiftRow:
    """What, to whom, with whom; ``owner`` is the agency on whose line it stands. ``text`` is safe, hits marked."""
    note_kind, note = part_words(gift)
    partners = giver_names(gift.givers, choices, without=owner)
    return GiftRow(
        text=search.highlight(_gift_text(gift), query),
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
    columns: Sequence[str] = (),
) -> list[ActivityRow]:
    """The activities as rows with their gifts; hits of ``query`` are marked. No query of its own.

    ``columns`` may name more columns of the list (``movements.columns``); with ``query`` a row tells the words around a
    hit that nothing else in it shows. Both read what ``fields_of`` names. A joint gift names the givers beside the
    activity's agency, or beside ``seen_by`` on an agency's own page.
    """
    by_activity: dict[int, list[Gift]] = {}
    for gift in gifts:
        by_activity.setdefault(gift.activity_id, []).append(gift)
    rows = []
    for one in activities:
        own = by_activity.get(one.pk, [])
        row = _row(scope, one, own, choices, query, seen_by)
        more = {key: _cell(one, key) for key in columns if key in FIELDS}
        shown = [
            one.title,
            choices.movements.get(one.movement_id or 0, ""),
            *(_gift_text(gift) for gift in own),
        ]
        found = _found(one, " ".join(shown), query) if query else ""
        rows.append(replace(row, more=more, found=found) if more or found else row)
    return rows


def fields_of(columns: Sequence[str], query: str = "") -> list[str]:
    """What rows with these columns read of an activity beside what every row reads."""
    return [*(FIELDS[key] for key in columns if key in FIELDS), *(dict(_LOOKED_AT) if query else ())]


_LOOKED_AT = (
    ("story", _l("Mô tả")), ("result", _l("Kết quả")), ("place", _l("Địa bàn")),
    ("people", _l("Thành phần tham dự")),
)  # fmt: skip


def _cell(activity: Activity, column: str) -> str:
    value = getattr(activity, FIELDS[column])
    if isinstance(value, bool):
        return _("Công khai") if value else _("Nội bộ")
    if isinstance(value, int):
        return format_number(value)
    return str(value or "")


def _found(activity: Activity, shown: str, query: str) -> str:
    """Where the words stand that ``shown`` (title, movement, gifts) does not hold."""
    shown = fold(shown)
    missing = [term for term in search.terms_of(query) if term not in shown]
    if not missing:
        return ""
    looked_for = " ".join(f'"{term}"' for term in missing)
    for name, label in _LOOKED_AT:
        if words := search.snippet(getattr(activity, name), looked_for):
            return format_html("{}: {}", label, words)
    return _("Khớp ở tên tệp minh chứng, hoặc ở chữ không hiện tại đây.")


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
        tick=f"{activity.pk}:{activity.version}",
    )


def layout(columns: Sequence[str] = CHOSEN_AT_FIRST, *, can_tick: bool = False) -> dict[str, Any]:
    """Which cells stand in a row: ``before`` the title, up to the money (``lead``), behind the goods (``tail``)."""
    shown = {name.replace("-", "_"): name in columns for name in COLUMNS}
    texts = [(key, COLUMNS[key]) for key in columns if key in FIELDS]
    before = int(can_tick) + ("thoi-gian" in columns)
    lead = before + 1 + ("don-vi" in columns) + len(texts)
    tail = ("minh-chung" in columns) + ("trang-thai" in columns)
    return {
        **shown, "tick": can_tick, "texts": texts, "before": before, "lead": lead, "inner": lead - before,
        "tail": tail, "usual": columns == CHOSEN_AT_FIRST,
    }  # fmt: skip
