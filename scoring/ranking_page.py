"""What the ranking page shows of a recorded ranking: reasons, bars by part, change against last year, quotas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.quantity import format_number
from members import charter
from members.charter_words import tie_break_words
from scoring.domain.ranking import departing
from scoring.exports import shown
from scoring.queries import RankRow
from scoring.results import award_seats
from scoring.why import Kept, compared_with, differences, quota_words, reasons, share_words
from scoring.words import rank_label

COLOURS = 6  # classes bar-1 to bar-6


def kept_lines(rows: Sequence[RankRow]) -> list[Kept]:
    """The recorded lines as their reasons need them, in order of rank."""
    return [
        Kept(
            row.member.agency_id, row.member.short_name, row.rank, row.shared, row.points, row.votes, row.grade,
            row.why,
        )
        for row in rows
    ]  # fmt: skip


def drawn(
    rows: Sequence[RankRow], before: Mapping[int, int], own: frozenset[int], places: int
) -> list[dict[str, Any]]:
    """One entry for each agency of the list."""
    lines = kept_lines(rows)
    legend = legend_of(lines)
    scale = max((_positive(line) for line in lines), default=Decimal(0))
    scale = max(scale, sum((one["maximum"] for one in legend), Decimal(0)))
    return [
        {
            "row": row,
            "label": rank_label(row.rank, shared=row.shared) if row.rank else "",
            "points": "" if row.points is None else shown(row.points, places),
            "own": row.member.agency_id in own,
            "change": change_words(row.rank, before.get(row.member.agency_id)) if before else None,
            "segments": _segments(line, legend, scale, places),
            "reasons": reasons(line, lines),
            **_table(line, lines, places),
        }
        for row, line in zip(rows, lines, strict=True)
    ]  # fmt: skip


def _positive(line: Kept) -> Decimal:
    return sum((points for points in line.parts.values() if points > 0), Decimal(0))


def legend_of(lines: Sequence[Kept]) -> list[dict[str, Any]]:
    """The base parts of the table with their colour, from the first line that keeps any."""
    first = next((line for line in lines if line.why.get("parts")), None)
    base = [one for one in first.why["parts"] if one["part"] == "base"] if first else []
    return [
        {
            "code": one["code"], "title": one["title"], "maximum": Decimal(one["maximum"]),
            "shown": format_number(Decimal(one["maximum"])), "css": f"bar-{place % COLOURS + 1}",
        }
        for place, one in enumerate(base)
    ]  # fmt: skip


def _segments(
    line: Kept, legend: Sequence[Mapping[str, Any]], scale: Decimal, places: int
) -> list[dict[str, str]]:
    found, at = [], Decimal(0)
    for one in legend:
        points = line.parts.get(one["code"])
        if points is None:
            continue
        found.append(
            {
                "code": one["code"], "css": one["css"], "points": shown(points, places),
                "x": _per_cent(at, scale), "width": _per_cent(max(points, Decimal(0)), scale),
            }
        )  # fmt: skip
        at += max(points, Decimal(0))
    return found


def _per_cent(value: Decimal, largest: Decimal) -> str:
    if not largest:
        return "0%"
    return f"{format((value * 100 / largest).quantize(Decimal('0.01')), 'f')}%"


def _table(line: Kept, lines: Sequence[Kept], places: int) -> dict[str, Any]:
    """The table of differences, with its total: the differences add up to the gap."""
    other = compared_with(line, lines)
    rows = differences(line, other)
    if not rows or line.total is None:
        return {"parts": [], "against": ""}
    gap = None if other is None or other.total is None else line.total - other.total
    return {
        "parts": [
            {
                "title": one.title, "points": shown(one.points, places),
                "maximum": format_number(one.maximum) if one.maximum else "–", **_gap(one.gap, places),
            }
            for one in rows
        ],
        "sum": {"points": shown(line.total, places), **_gap(gap, places)},
        "against": "" if other is None else other.rank,
    }  # fmt: skip


def _gap(gap: Decimal | None, places: int) -> dict[str, str]:
    if gap is None:
        return {"gap": "", "gap_css": ""}
    words = shown(gap, places)
    return {
        "gap": f"+{words}" if gap > 0 else words,
        "gap_css": "up" if gap > 0 else "down" if gap < 0 else "muted",
    }


def change_words(rank: int | None, before: int | None) -> dict[str, str] | None:
    """How the rank moved against the year before; None where one of them is unknown."""
    if rank is None or before is None:
        return None
    if rank == before:
        return {"text": _("Giữ hạng"), "icon": "minus", "css": ""}
    steps = abs(rank - before)
    if rank < before:
        words = ngettext("Tăng %(count)s bậc", "Tăng %(count)s bậc", steps)
        return {"text": words % {"count": steps}, "icon": "arrow-up", "css": "up"}
    words = ngettext("Giảm %(count)s bậc", "Giảm %(count)s bậc", steps)
    return {"text": words % {"count": steps}, "icon": "arrow-down", "css": "down"}


def lost_points(rows: Sequence[RankRow], places: int) -> list[dict[str, Any]]:
    """The chart of points not reached, by base part: shorter is better; empty without kept parts."""
    lines = [line for line in kept_lines(rows) if line.parts and line.rank]
    legend = legend_of(lines)
    lost = {
        line.agency_id: [
            max(one["maximum"] - line.parts.get(one["code"], Decimal(0)), Decimal(0)) for one in legend
        ]
        for line in lines
    }
    largest = max((sum(values, Decimal(0)) for values in lost.values()), default=Decimal(0))
    found = []
    for line in lines:
        at, segments = Decimal(0), []
        for one, value in zip(legend, lost[line.agency_id], strict=True):
            segments.append(
                {"css": one["css"], "x": _per_cent(at, largest), "width": _per_cent(value, largest)}
            )
            at += value
        found.append(
            {
                "name": line.name, "segments": segments, "sum": shown(at, places),
                "cells": [shown(value, places) for value in lost[line.agency_id]],
            }
        )  # fmt: skip
    return found


def departed(rows: Sequence[RankRow]) -> list[str]:
    """Who was given another rank than the points give."""
    by_key = {row.member.agency_id: row for row in rows}
    found = departing(
        {key: row.rank for key, row in by_key.items()},
        {key: row.why.get("scored_rank") for key, row in by_key.items()},
    )
    sentence = _("%(name)s: theo điểm hạng %(scored)s, ghi hạng %(rank)s")
    return [
        sentence % {"name": row.member.short_name, "scored": row.why["scored_rank"], "rank": row.rank}
        for key in found
        if (row := by_key[int(str(key))])
    ]


def rule_sentences(rules: charter.Rules, size: int) -> list[str]:
    """The tie-break list and the arithmetic of grades with a limit."""
    found = []
    if rules.tie_break:
        words = ", ".join(_lower(tie_break_words(rule)) for rule in rules.tie_break)
        found.append(
            _("Bằng điểm thì xét lần lượt: %(rules)s; vẫn bằng nhau thì đồng hạng.") % {"rules": words}
        )
    found += [
        _("%(label)s: nhiều nhất %(how)s đơn vị.")
        % {"label": band.label, "how": share_words(band.share, size)}
        for band in rules.bands
        if band.at_least is not None and band.share is not None
    ]
    return found


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def awards(rules: charter.Rules, rows: Sequence[RankRow], size: int) -> list[dict[str, Any]]:
    """Each quota with its arithmetic and whom it reaches by rank; those that share a border stand together."""
    names = {row.member.agency_id: row.member.short_name for row in rows}
    ranks = [(row.member.agency_id, row.rank) for row in rows if row.rank is not None]
    found = []
    for quota, how, one in zip(
        rules.quotas, quota_words(rules, size), award_seats(rules, size, ranks), strict=True
    ):
        found.append(
            {
                "award": quota.award, "how": how,
                "within": ", ".join(names[int(str(key))] for key in one.within),
                "border": ", ".join(names[int(str(key))] for key in one.border), "left": one.left,
            }
        )  # fmt: skip
    return found
