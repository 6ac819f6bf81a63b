"""What the page of one activity shows, as ready strings: facts, contributions, who did what, pictures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.quantity import MONEY_UNIT, Qualifier, format_money, format_number
from movements.domain.record import Record
from movements.domain.totals import Gift
from movements.enums import ContributionKind
from movements.models import Contribution
from movements.queries import Choices
from movements.words import figure, giver_names, listed, part_words, time_words


def facts_of(record: Record, choices: Choices) -> list[dict[str, str]]:
    """The head of the activity, empty parts left out."""
    activity = record.activity
    time, unknown = time_words(activity)
    partners = "; ".join(choices.agencies.get(pk, ("?", ""))[0] for pk in record.partners)
    facts = [
        (_("Đơn vị"), choices.agencies.get(activity.agency_id or 0, ("", ""))[0]),
        (_("Phong trào"), activity.movement.title if activity.movement else _("Không thuộc phong trào nào")),
        (_("Thời gian"), f"{time} ({unknown})" if unknown else time),
        (_("Địa bàn"), activity.place),
        (_("Cùng thực hiện"), partners),
        (_("Thành phần tham dự"), activity.people),
        (_("Số người tham gia"), people_words(activity.attended)),
        (_("Tiêu chí, nhãn"), "; ".join(str(tag) for tag in record.tags)),
        (_("Vào tổng kết"), _("Có") if activity.in_summary else _("Không")),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def gift_row(number: int, gift: Gift, record: Record, choices: Choices) -> dict[str, Any]:
    """A contribution with its number on the page."""
    kind, words = part_words(gift)
    whole = record.gift(gift.whole_id)
    places = {row.pk: place for place, row in enumerate(record.gifts, 1)}
    if gift.whole_id and words:
        named = (
            _("khoản %(number)s") % {"number": places[whole.pk]} if whole else _("số tổng ở hoạt động khác")
        )
        words = f"{words} ({named})"
    stored = record.gift(gift.id)
    return {
        "number": number,
        "kind": ContributionKind(gift.kind).label,
        "description": gift.description,
        "goods": figure(gift.goods) if gift.goods else None,
        "money": figure(gift.money) if gift.money else None,
        "words": _first_words(stored) if stored else [],
        "receiver": gift.receiver or gift.place,
        "givers": "; ".join(giver_names(gift.givers, choices, without=record.activity.agency_id)),
        "part": words or _("Khoản riêng"),
        "part_kind": kind,
    }


def _first_words(gift: Contribution) -> list[str]:
    """The words a figure was reported in, where they say more than the figure that is shown."""
    words = []
    for number, unit, qualifier, text in (
        (gift.quantity, gift.unit, gift.quantity_qualifier, gift.quantity_words),
        (gift.value, MONEY_UNIT, gift.value_qualifier, gift.value_words),
    ):
        if number is not None and text:
            bare = f"{format_number(number)} {unit}"
            said = text if text.endswith(unit) else f"{text} {unit}"
            if said not in (bare, f"{Qualifier(qualifier).words} {bare}"):
                words.append(text)
    return words


def doers(record: Record, gifts: list[Gift], choices: Choices) -> list[dict[str, str]]:
    """Each member of a joint activity beside what it gave in it; empty where there is only one.

    A share is said as a share; a gift without shares stands beside each of its givers, and is one gift still.
    """
    named = [giver.agency_id for gift in gifts for giver in gift.givers if giver.agency_id is not None]
    owner = [record.activity.agency_id] if record.activity.agency_id is not None else []
    agencies = list(dict.fromkeys([*owner, *record.partners, *named]))
    if len(agencies) < 2:
        return []
    return [
        {"label": choices.agency(pk, "?"), "value": _part_in(pk, gifts) or _("cùng thực hiện")}
        for pk in agencies
    ]


def _part_in(agency_id: int, gifts: list[Gift]) -> str:
    """What one member gave: "Tiền ủng hộ 40.000.000 ₫ (phần góp), khẩu trang y tế 3.000 chiếc (chung)"."""
    parts = []
    for gift in gifts:
        own = next((giver for giver in gift.givers if giver.agency_id == agency_id), None)
        if own is None:
            continue
        if own.share is not None:
            words = _("%(what)s: góp %(share)s")
            parts.append(words % {"what": gift.description, "share": format_money(own.share)})
            continue
        figures = listed([str(figure(one)) for one in (gift.goods, gift.money) if one])
        text = " ".join(part for part in (gift.description, figures) if part)
        parts.append(_("%(what)s (góp chung)") % {"what": text} if len(gift.givers) > 1 else text)
    return "; ".join(parts)


def people_words(number: int | None) -> str:
    """ "1.200 người"; empty for none."""
    if not number:
        return ""
    return ngettext("%(count)s người", "%(count)s người", number) % {"count": format_number(number)}
