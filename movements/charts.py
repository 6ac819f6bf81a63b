"""Charts drawn on the server: places and sizes of columns and bars, with the words that say the same.

Columns stand from zero, the number over each; the values of the year before are hollow columns beside the filled ones,
so that no colour has to be told from another. Lengths are per cent of the width and pixels of the height.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

PLOT: Final = 112  # height of the highest column
TOP: Final = 20  # room for the number over it
HEIGHT: Final = PLOT + TOP + 24  # with the names below
_SLIM: Final = 0.38
_WIDE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Point:
    """One column: a short name below it, the long one for the words, value and how it is shown; ``before`` if known."""

    label: str
    name: str
    value: int
    shown: str
    words: str
    before: int | None = None


def months_chart(caption: str, points: Sequence[Point], now: str, before: str = "") -> dict[str, Any]:
    """A column chart for ``<c-chart-months>``; ``now`` and ``before`` name the two years, ``before`` may be missing."""
    largest = max((max(one.value, one.before or 0) for one in points), default=0)
    step = 100 / max(1, len(points))
    filled, hollow, values, labels = [], [], [], []
    width = step * (_SLIM if before else _WIDE)
    for place, one in enumerate(points):
        middle = step * (place + 0.5)
        left = middle if before else middle - width / 2
        height = _height(one.value, largest)
        filled.append(_column(left, width, height))
        if before and one.before is not None:
            hollow.append(_column(middle - width, width, _height(one.before, largest)))
        if one.value:
            values.append({"x": _percent(left + width / 2), "y": TOP + PLOT - height - 5, "text": one.shown})
        labels.append({"x": _percent(middle), "text": one.label})
    return {
        "caption": caption, "now": now, "before": before, "height": HEIGHT, "base": TOP + PLOT,
        "label_y": HEIGHT - 6, "filled": filled, "hollow": hollow, "values": values, "labels": labels,
        "desc": _words(points, now, before),
    }  # fmt: skip


def _height(value: int, largest: int) -> int:
    return max(2, round(PLOT * value / largest)) if value > 0 else 0


def _column(left: float, width: float, height: int) -> dict[str, Any]:
    return {"x": _percent(left), "width": _percent(width), "y": TOP + PLOT - height, "height": height}


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _words(points: Sequence[Point], now: str, before: str) -> str:
    """The same in one sentence: "Tháng 4/2020: 12 hoạt động; …"; months without anything are left out."""
    parts = [_("%(name)s: %(value)s") % {"name": one.name, "value": one.words} for one in points if one.value]
    said = "; ".join(parts) or _("Chưa có số liệu.")
    return f"{now}. {said}" + (f" {_('Cột rỗng là năm %(year)s.') % {'year': before}}" if before else "")


def share(value: int, largest: int) -> str:
    """The length of a bar: its share of the longest."""
    return _percent(100 * value / largest) if largest > 0 and value > 0 else "0%"
