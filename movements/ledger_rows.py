"""Rows of the ledger and of its totals as ready strings: the template draws and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.dates import format_date
from core.quantity import MONEY_UNIT, Qualifier, format_money, format_number
from members.scope import Scope
from movements.domain import duplicates, ledger
from movements.domain.confirmations import Standing, standing_of
from movements.domain.duplicates import Twin
from movements.domain.record import Record, totals_gift
from movements.domain.totals import Gift, own_gifts
from movements.enums import ActivityState, ConfirmedBy, ContributionKind
from movements.models import Contribution
from movements.queries import KNOWN_TO_ALL, Choices
from movements.words import Figure, figure, giver_names, listed, part_words, plain, state_look, time_words


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A confirmation in words: kind of status and what it says."""

    kind: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A contribution in the ledger; ``money`` is the own share where one giver's figures are asked for."""

    pk: int
    url: str
    day: str
    day_note: str
    what: str
    kind: str
    words: str
    activity: str
    activity_url: str
    movement: str
    givers: str
    joint: bool
    receiver: str
    money: Figure | None
    share_note: str
    goods: Figure | None
    part_kind: str
    part: str
    state: Any
    confirmed: Sequence[Confirmed]
    twins: Sequence[str] = field(default_factory=list)


def ledger_rows(
    scope: Scope,
    gifts: Iterable[Contribution],
    choices: Choices,
    twins: Sequence[Twin] = (),
    givers: Sequence[int] = (),
) -> list[LedgerRow]:
    """The contributions of ``with_confirmations`` as rows; no query of its own."""
    others: dict[int, list[Twin]] = {}
    for twin in twins:
        others.setdefault(twin.gift_id, []).append(twin)
    return [_row(scope, gift, choices, others.get(gift.pk, []), givers) for gift in gifts]


def _row(
    scope: Scope, gift: Contribution, choices: Choices, twins: Sequence[Twin], givers: Sequence[int]
) -> LedgerRow:
    activity, seen = gift.activity, gift_of(gift)
    own = own_gifts([seen], *givers)[0] if givers else seen
    day, note = day_words(gift)
    kind, part = part_sentence(gift, seen)
    return LedgerRow(
        pk=gift.pk,
        url=scope.address("ledger_gift", pk=gift.pk),
        day=day,
        day_note=note,
        what=gift.description,
        kind=str(ContributionKind(gift.kind).label),
        words=first_words(gift),
        activity=activity.title,
        activity_url=scope.address("activity_detail", pk=activity.pk),
        movement=choices.movements.get(activity.movement_id or 0, ""),
        givers=givers_words(scope, seen, choices),
        joint=seen.is_joint,
        receiver=" · ".join(part for part in (seen.receiver, gift.place or activity.place) if part),
        money=figure(own.money) if own.money else None,
        share_note=_share_note(seen, own),
        goods=figure(seen.goods) if seen.goods else None,
        part_kind=kind,
        part=part,
        state=None if activity.state == ActivityState.CONFIRMED else state_look(activity.state),
        confirmed=[confirmed_words(one) for one in standing_of(gift)],
        twins=[twin_words(twin, choices) for twin in twins],
    )


def gift_of(gift: Contribution) -> Gift:
    """A contribution of the ledger as totals see it."""
    return totals_gift(Record(gift.activity), gift)


def day_words(gift: Contribution) -> tuple[str, str]:
    """The day of the gift, else the time of its activity; and what is not known of it."""
    if gift.given_on:
        return format_date(gift.given_on), ""
    return time_words(gift.activity)


def givers_words(scope: Scope, gift: Gift, choices: Choices, *, shares: bool = False) -> str:
    """ "Cục A phối hợp với Cục B; Văn phòng HĐND tỉnh"; with ``shares`` each with its own."""
    names = giver_names(gift.givers, choices)
    if shares:
        known = [giver.share for giver in gift.givers]
        names = [
            f"{name} ({format_money(share)})" if share is not None else name
            for name, share in zip(names, known, strict=True)
        ]
    if not names:
        return _("Cả %(group)s") % {"group": scope.cluster.kind_inside}
    if len(names) == 1:
        return names[0]
    return _("%(first)s phối hợp với %(others)s") % {"first": names[0], "others": listed(names[1:])}


def _share_note(whole: Gift, own: Gift) -> str:
    if own.money is None or whole.money is None or own.value == whole.value:
        return _("tính cả khoản") if own.is_joint and own is not whole else ""
    return _("phần góp trong %(whole)s") % {"whole": plain(whole.money)}


def part_sentence(gift: Contribution, seen: Gift) -> tuple[str, str]:
    """How it stands to its whole, named where the whole may be known: kind of note and words."""
    kind, words = part_words(seen)
    whole = gift.part_of
    if not words or whole is None:
        return kind, words
    known = whole.activity_id == gift.activity_id or whole.activity.state in KNOWN_TO_ALL
    figures = gift_of_figures(whole) if known else ""
    return kind, f"{words}: {whole.description} {figures}".strip() if known else words


def gift_of_figures(gift: Contribution) -> str:
    """ "trên 580.000.000 ₫" or "200 suất"."""
    words = []
    if gift.value is not None:
        words.append(f"{_qualifier(gift.value_qualifier)} {format_money(gift.value)}".strip())
    if gift.quantity is not None:
        words.append(
            f"{_qualifier(gift.quantity_qualifier)} {format_number(gift.quantity)} {gift.unit}".strip()
        )
    return ", ".join(words)


def _qualifier(qualifier: str) -> str:
    return _(Qualifier(qualifier).words) if qualifier != Qualifier.EXACT else ""


def first_words(gift: Contribution) -> str:
    """The words the figures were reported in, where they say more than what is shown; empty for none."""
    found = []
    for number, unit, qualifier, text in (
        (gift.quantity, gift.unit, gift.quantity_qualifier, gift.quantity_words),
        (gift.value, MONEY_UNIT, gift.value_qualifier, gift.value_words),
    ):
        if number is None or not text:
            continue
        bare = f"{format_number(number)} {unit}"
        said = text if text.endswith(unit) else f"{text} {unit}"
        if said not in (bare, f"{Qualifier(qualifier).words} {bare}"):
            found.append(f"“{text}”")
    return ", ".join(found)


def confirmed_words(standing: Standing) -> Confirmed:
    """Who confirmed, by which paper, and whether the figures are still those."""
    row = standing.row
    who = str(ConfirmedBy(row.source).label)
    paper = row.document or (row.evidence.name if row.evidence else "")
    if not standing.holds:
        return Confirmed("warn", _("Số đã đổi sau khi xác nhận"), " · ".join(filter(None, (who, paper))))
    return Confirmed("ok", who, paper)


def twin_words(twin: Twin, choices: Choices) -> str:
    """ "Kho bạc Nhà nước cũng ghi ở “Trao quà …”"."""
    who = choices.agency(twin.agency_id, _("hoạt động chung"))
    return _("%(who)s cũng ghi ở “%(title)s”") % {"who": who, "title": twin.title}


def twin_notes(scope: Scope, activity_id: int, choices: Choices) -> list[dict[str, str]]:
    """What another activity seems to report too, of the gifts of one activity, as a note says it; two queries at most.

    Only what the person may see: a draft of another agency gives nothing away.
    """
    here = ledger.entries(scope).filter(activity=activity_id)
    found = duplicates.twins(scope, here, most=20)
    named = dict(here.values_list("pk", "description")) if found else {}
    return [
        {
            "what": named.get(one.gift_id, ""),
            "text": twin_words(one, choices),
            "url": scope.address("ledger_gift", pk=one.other_id),
        }
        for one in found
    ]


# -- labels of groups ----------------------------------------------------------------------------
def group_label(axis: str, key: Any, names: Mapping[Any, str], scope: Scope) -> str:
    """What a group of the totals is called; ``names`` has those that are rows of the database."""
    if axis == "loai":
        return str(ContributionKind(key).label)
    if axis == "thang":
        return (
            _("Tháng %(month)s/%(year)s") % {"month": key.month, "year": key.year}
            if key
            else _("Chưa rõ tháng")
        )
    known = names.get(key)
    if known:
        return known
    nameless = {
        "phong_trao": _("Không thuộc phong trào nào"),
        "dia_ban": _("Chưa ghi địa bàn"),
        "noi_nhan": _("Chưa ghi nơi nhận"),
    }
    return nameless.get(axis, "?")


def month_value(month: date | None) -> str:
    """A month as the filter takes it."""
    return f"{month:%Y-%m}" if month else ""
