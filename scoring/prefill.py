"""What is already recorded for each criterion: activities, money and files whose labels carry its code.

Enter once, count everywhere: the sheet shows it beside the criterion with a suggestion; nothing is ever applied by
itself. Drafts and returned activities are not counted; sent ones are told apart from confirmed ones.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.folding import fold
from core.quantity import format_number, money_words
from members.scope import Scope
from movements.domain.totals import Gift, own_gifts, total
from movements.enums import ActivityState, TagKind
from movements.models import Activity, Evidence
from movements.queries import gifts_of
from scoring.domain.shapes import BONUS, COUNT, LEVELS, Leaf
from scoring.forms_sheet import asked

_MONEY: Final = {"dong": 1, "trieu dong": 10**6, "ty dong": 10**9, "nghin dong": 10**3}
_TIMES: Final = ("luot", "hoat dong", "cuoc", "lan", "chuong trinh", "phong trao", "dot", "viec")
_FROM: Final = re.compile(r"(?:tu|it nhat|>=|≥) ?(\d+)|(\d+) .*?tro len")


@dataclass(frozen=True, slots=True)
class Prefill:
    """What carries a criterion's label; ``shared`` how many of the activities and files carry another one as well."""

    confirmed: int = 0
    sent: int = 0
    money: int = 0
    files: int = 0
    shared: int = 0
    activity_ids: tuple[int, ...] = ()

    @property
    def activities(self) -> int:
        """Confirmed and sent ones."""
        return self.confirmed + self.sent

    @property
    def words(self) -> str:
        """ "3 hoạt động (1 chưa xác nhận), 580 triệu đồng, 4 tệp"; empty for nothing."""
        parts = []
        if self.activities:
            text = ngettext("%(count)s hoạt động", "%(count)s hoạt động", self.activities) % {
                "count": self.activities
            }
            parts.append(
                f"{text} ({_('%(count)s chưa xác nhận') % {'count': self.sent}})" if self.sent else text
            )
        if self.money:
            parts.append(money_words(self.money))
        if self.files:
            parts.append(ngettext("%(count)s tệp", "%(count)s tệp", self.files) % {"count": self.files})
        return ", ".join(parts)


def prefills(scope: Scope, agency_id: int) -> dict[str, Prefill]:
    """By code of the criterion; four queries."""
    own = {agency_id}.union(*(hat.carried for hat in scope.staff_hats if hat.agency_id == agency_id))
    states, codes_of = _activities(scope, own)
    gifts: dict[int, list[Gift]] = defaultdict(list)
    if states:
        for gift in own_gifts(gifts_of(Activity.objects.filter(pk__in=states)), *own):
            gifts[gift.activity_id].append(gift)
    files, files_codes = _files(scope, own)
    found = {}
    for code in {one for codes in (*codes_of.values(), *files_codes.values()) for one in codes}:
        ids = [pk for pk, codes in codes_of.items() if code in codes]
        papers = [pk for pk in files if code in files_codes[pk]]
        money = total([gift for pk in ids for gift in gifts[pk]]).money
        found[code] = Prefill(
            confirmed=sum(states[pk] == ActivityState.CONFIRMED for pk in ids),
            sent=sum(states[pk] == ActivityState.SUBMITTED for pk in ids),
            money=int(money.number) if money else 0,
            files=len(papers),
            shared=sum(len(codes_of[pk]) > 1 for pk in ids) + sum(len(files_codes[pk]) > 1 for pk in papers),
            activity_ids=tuple(ids),
        )
    return found


def _activities(scope: Scope, own: Iterable[int]) -> tuple[dict[int, str], dict[int, set[str]]]:
    rows = Activity.objects.filter(
        Q(agency__in=own) | Q(partners__agency__in=own), year=scope.year, tags__kind=TagKind.CRITERION,
        state__in=[ActivityState.SUBMITTED, ActivityState.CONFIRMED],
    )  # fmt: skip
    states: dict[int, str] = {}
    codes: dict[int, set[str]] = defaultdict(set)
    for pk, state, code in rows.order_by("pk").values_list("pk", "state", "tags__code").distinct():
        states[pk] = state
        codes[pk].add(code)
    return states, codes


def _files(scope: Scope, own: Iterable[int]) -> tuple[list[int], dict[int, set[str]]]:
    """Files of the agency's library with a criterion's label of their own."""
    rows = Evidence.objects.filter(
        year=scope.year, agency__in=own, removed_at__isnull=True, tags__kind=TagKind.CRITERION
    )
    codes: dict[int, set[str]] = defaultdict(set)
    for pk, code in rows.order_by("pk").values_list("pk", "tags__code"):
        codes[pk].add(code)
    return list(codes), codes


def suggestion(leaf: Leaf, found: Prefill) -> dict[str, str]:
    """The controls a suggestion would fill, as texts: for counts, levels that name a number, results in money or times.

    Empty where nothing can be suggested.
    """
    names = asked(leaf)
    if not found.activities:
        return {}
    if leaf.rule in (COUNT, BONUS) and names == ("count",):
        return {"count": format_number(found.activities)}
    if leaf.rule in (LEVELS, BONUS) and leaf.choices:
        return _level(leaf, found.activities)
    if "actual" in names:
        unit = fold(leaf.unit)
        if unit in _MONEY and found.money:
            return {"actual": format_number(round(Decimal(found.money) / _MONEY[unit], 4))}
        if unit in _TIMES:
            return {"actual": format_number(found.activities)}
    return {}


def _level(leaf: Leaf, count: int) -> dict[str, str]:
    """The best level whose label asks for no more than there is: “Từ 3 hoạt động trở lên”."""
    reached: list[tuple[Decimal, str]] = []
    for choice in leaf.choices:
        match = _FROM.search(fold(choice.label))
        if match and int(match[1] or match[2]) <= count:
            reached.append((choice.points, choice.key))
    return {"level": max(reached)[1]} if reached else {}


def codes_with(found: Mapping[str, Prefill]) -> set[str]:
    """Codes that something is recorded for."""
    return {code for code, one in found.items() if one.words}
