"""Why an agency holds its rank: kept as plain data with the ranking, said in sentences on the page.

Promise: the parts of a kept total add up exactly to it, so the differences of two agencies add up to their gap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.quantity import format_number
from members import charter
from members.charter_parts import Quota, allotted, most_of
from members.charter_words import tie_break_words
from scoring.results import NO_RANK_BEFORE, RankedRow, YearResult, size, split
from scoring.words import rank_label, said

OTHER = ""  # code of the rest: conversion, caps, decisions


def kept(result: YearResult, one: RankedRow, recorded: int | None) -> dict[str, Any]:
    """What a ranking keeps of an agency: parts of its total, values of ties, what held the grade; figures as text."""
    total = one.row.final
    rules = result.rules
    data: dict[str, Any] = {"scored_rank": one.scored}
    if total is None or not one.row.counted:
        return data | {"missing": True}
    points, other = split(total, result.parts)
    data["total"] = _text(total.total)
    data["provisional"] = result.provisional(total)
    data["parts"] = [
        {
            "code": part.code, "title": part.title, "points": _text(points[part.code]),
            "maximum": _text(part.maximum), "part": part.part,
        }
        for part in result.parts
    ]  # fmt: skip
    if other:
        data["parts"].append(
            {"code": OTHER, "title": "", "points": _text(other), "maximum": "0", "part": "other"}
        )
    data["ties"] = [
        [rule, _text(Decimal(str(value)))] for rule, value in zip(rules.tie_break, one.ties, strict=True)
    ]
    if one.placed.decided_by is not None and recorded == one.placed.rank:
        data["decided_by"] = rules.tie_break[one.placed.decided_by]
    if total.disqualified:
        data["disqualified"] = list(total.disqualified)
    if total.unmet:
        data["unmet"] = [[label, said(why)] for label, why in total.unmet]
    if one.graded.missed and one.graded.missed != one.graded.label:
        data["missed"] = one.graded.missed
        data["border"] = one.graded.border
        data["seats"] = _band_arithmetic(result, one.graded.missed)
    if one.graded.held and one.graded.held != one.graded.label:
        data["held"] = one.graded.held
    return data


def _text(value: Decimal) -> str:
    return format(value.normalize() if value else Decimal(0), "f")


def _band_arithmetic(result: YearResult, label: str) -> list[int]:
    share = next((band.share for band in result.rules.bands if band.label == label), None)
    return [] if share is None else [share, size(result)]


def share_words(share: int, count: int) -> str:
    """ "25 % của 7 = 1,75 → 1": the arithmetic of a quota, rounded down."""
    exact = Decimal(share * count) / 100
    return _("%(share)s %% của %(count)s = %(exact)s → %(most)s") % {
        "share": share, "count": count, "exact": format_number(exact), "most": most_of(share, count),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a total beside the same part of another agency."""

    title: str
    points: Decimal
    maximum: Decimal
    gap: Decimal | None


@dataclass(frozen=True)
class Kept:
    """A line of a recorded ranking as its reasons need it."""

    agency_id: int
    name: str
    rank: int | None
    shared: bool
    points: Decimal | None
    votes: int | None
    grade: str
    why: Mapping[str, Any]

    @cached_property
    def parts(self) -> dict[str, Decimal]:
        """Points by code of the part, the rest under ``OTHER``; empty where none were kept."""
        return {one["code"]: Decimal(one["points"]) for one in self.why.get("parts", ())}

    @property
    def total(self) -> Decimal | None:
        """The total the parts add up to."""
        return Decimal(self.why["total"]) if "total" in self.why else None


def differences(one: Kept, other: Kept | None) -> list[Difference]:
    """Each part with its difference to another agency; the differences add up to that of the totals."""
    theirs = other.parts if other is not None else {}
    rows = [
        Difference(
            f"{part['code']}. {part['title']}" if part["code"] else _("Quy đổi, điều chỉnh, điểm trần"),
            Decimal(part["points"]), Decimal(part["maximum"]),
            Decimal(part["points"]) - theirs.get(part["code"], Decimal(0)) if theirs else None,
        )
        for part in one.why.get("parts", ())
    ]  # fmt: skip
    if theirs.get(OTHER) and OTHER not in one.parts:
        rows.append(Difference(_("Quy đổi, điều chỉnh, điểm trần"), Decimal(0), Decimal(0), -theirs[OTHER]))
    return rows


def compared_with(one: Kept, lines: Sequence[Kept]) -> Kept | None:
    """Whom the table of differences compares with: the first; the first itself with the second."""
    scored = [line for line in lines if line.rank is not None and line.parts]
    if not scored or not one.parts:
        return None
    if scored[0].agency_id != one.agency_id:
        return scored[0]
    return scored[1] if len(scored) > 1 else None


def reasons(one: Kept, lines: Sequence[Kept]) -> list[str]:
    """Why it stands where it stands, in sentences; nothing where only a rank was recorded."""
    found: list[str] = []
    why = one.why
    if grounds := why.get("disqualified"):
        found.append(_("Không xét thi đua: %(grounds)s.") % {"grounds": "; ".join(grounds)})
    if why.get("missing"):
        found.append(_("Chưa gửi bảng chấm điểm."))
    if one.rank is not None:
        found += _gap(one, lines) + _tie(one, lines) + _departure(one)
    found += _strong_and_weak(one, lines)
    if one.votes is not None:
        words = ngettext("Được %(count)s phiếu.", "Được %(count)s phiếu.", one.votes)
        found.append(words % {"count": format_number(one.votes)})
    return found + _grade(one)


def _gap(one: Kept, lines: Sequence[Kept]) -> list[str]:
    if one.points is None:
        return []
    values = {"points": format_number(one.points, 2)}
    others = [
        line for line in lines if line.rank is not None and line.points is not None and line.rank != one.rank
    ]
    above = max((line for line in others if (line.rank or 0) < (one.rank or 0)), key=_rank, default=None)
    below = min((line for line in others if (line.rank or 0) > (one.rank or 0)), key=_rank, default=None)
    first = min((line for line in others if (line.rank or 0) < (one.rank or 0)), key=_rank, default=None)
    parts = []
    for other, words, beaten in (
        (first, _("kém %(rank)s %(gap)s điểm"), False),
        (above if above is not first else None, _("kém %(rank)s %(gap)s điểm"), False),
        (below, _("hơn %(rank)s %(gap)s điểm"), True),
    ):
        gap = Decimal(0) if other is None or other.points is None else other.points - one.points
        gap = -gap if beaten else gap
        if other is not None and gap > 0:
            parts.append(words % {"rank": _lower(rank_label(other.rank or 0)), "gap": format_number(gap, 2)})
    head = _("Tổng điểm %(points)s") % values
    if one.rank == 1 and others and all((line.points or 0) < one.points for line in others):
        head = _("Tổng điểm cao nhất: %(points)s") % values
    return [", ".join([head, *parts]) + "."]


def _rank(line: Kept) -> int:
    return line.rank or 0


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _tie(one: Kept, lines: Sequence[Kept]) -> list[str]:
    """The rule that set it apart from others with the same points, with the numbers; or why the rank is shared."""
    same = [
        line for line in lines
        if line.agency_id != one.agency_id and line.points is not None and line.points == one.points
        and line.rank is not None
    ]  # fmt: skip
    if not same:
        return []
    ties = dict(one.why.get("ties", ()))
    if rule := one.why.get("decided_by"):
        parts = [f"{one.name} {tie_value_words(rule, ties.get(rule, '0'))}"]
        parts += [
            f"{line.name} {tie_value_words(rule, dict(line.why.get('ties', ())).get(rule, '0'))}"
            for line in same
        ]
        sentence = _("Bằng điểm với %(names)s; xét theo “%(rule)s”: %(values)s.")
        return [
            sentence % {
                "names": ", ".join(line.name for line in same), "rule": tie_break_words(rule),
                "values": "; ".join(parts),
            }
        ]  # fmt: skip
    names = ", ".join(line.name for line in same)
    if one.shared:
        if ties:
            return [
                _("Bằng điểm với %(names)s và bằng nhau đến hết danh sách xét: đồng hạng.") % {"names": names}
            ]
        return [_("Bằng điểm với %(names)s: đồng hạng.") % {"names": names}]
    return [_("Bằng điểm với %(names)s; thứ hạng do hội nghị, Cụm trưởng quyết định.") % {"names": names}]


def tie_value_words(rule: str, value: str) -> str:
    """The value of a tie-break as people read it."""
    number = Decimal(value)
    if rule == "previous_year":
        if number == -NO_RANK_BEFORE:
            return _("chưa có hạng năm trước")
        return _("hạng %(rank)s năm trước") % {"rank": format_number(-number)}
    if rule == "fewer_penalty":
        number = -number
    return format_number(number, 0 if rule == "vote" else 2)


def _departure(one: Kept) -> list[str]:
    scored = one.why.get("scored_rank")
    found = []
    if scored and scored != one.rank:
        sentence = _("Theo điểm là hạng %(scored)s; kết quả ghi là hạng %(rank)s.")
        found.append(sentence % {"scored": scored, "rank": one.rank})
    if one.total is not None and one.points is not None and one.total != one.points:
        sentence = _("Điểm ghi %(points)s khác tổng điểm đã chấm %(total)s.")
        found.append(
            sentence % {"points": format_number(one.points, 2), "total": format_number(one.total, 2)}
        )
    return found


def _strong_and_weak(one: Kept, lines: Sequence[Kept]) -> list[str]:
    base = [
        part for part in one.why.get("parts", ()) if part["part"] == "base" and Decimal(part["maximum"]) > 0
    ]
    if not base:
        return []
    found = []
    others = [line.parts for line in lines if line.agency_id != one.agency_id and line.parts and line.rank]
    leading = [
        f"{part['code']} ({format_number(Decimal(part['points']), 2)}/{format_number(Decimal(part['maximum']))})"
        for part in base
        if others and all(other.get(part["code"], Decimal(0)) < Decimal(part["points"]) for other in others)
    ]
    if leading:
        found.append(_("Dẫn đầu phần %(parts)s.") % {"parts": ", ".join(leading)})
    worst = max(base, key=lambda part: Decimal(part["maximum"]) - Decimal(part["points"]))
    lost = Decimal(worst["maximum"]) - Decimal(worst["points"])
    if lost > 0:
        sentence = _("Mất nhiều nhất ở phần %(code)s: %(lost)s điểm.")
        found.append(sentence % {"code": worst["code"], "lost": format_number(lost, 2)})
    return found


def _grade(one: Kept) -> list[str]:
    found = []
    if one.grade:
        found.append(_("Xếp loại: %(grade)s.") % {"grade": one.grade})
    if missed := one.why.get("missed"):
        seats = one.why.get("seats") or ()
        how = f" ({share_words(*seats)})" if seats else ""
        sentence = (
            _("Đủ điểm loại %(grade)s nhưng đồng hạng ở ranh giới chỉ tiêu%(how)s: cả nhóm xếp loại sau.")
            if one.why.get("border")
            else _("Đủ điểm loại %(grade)s nhưng hết chỉ tiêu%(how)s.")
        )
        found.append(sentence % {"grade": missed, "how": how})
    if held := one.why.get("held"):
        found.append(_("Đủ điểm loại %(grade)s nhưng bị giữ lại.") % {"grade": held})
    found += [f"{label}: {words}" for label, words in one.why.get("unmet", ())]
    return found


def quota_words(rules: charter.Rules, members: int) -> list[str]:
    """The arithmetic of each quota: "20 % của 6 = 1,2 → 1", "1"."""
    found = []
    left = members
    for quota, most in zip(rules.quotas, allotted(rules.quotas, members), strict=True):
        found.append(_quota(quota, most, members if quota.of == "members" else left))
        left = max(0, left - (most or 0))
    return found


def _quota(quota: Quota, most: int | None, base: int) -> str:
    if most is None:
        return ""
    return share_words(quota.share, base) if quota.share is not None else format_number(most)
