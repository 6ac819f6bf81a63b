"""A worked example of a criterion: what its rule gives for figures made up to show it, by the calculation itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from core.quantity import format_number
from scoring.domain.calc import score, score_relative
from scoring.domain.shapes import (
    BANDS,
    BONUS,
    COUNT,
    DEDUCTION,
    DIRECT,
    EXCEEDING,
    FAULTS,
    LEVELS,
    LOWER,
    NOT_ARISEN,
    PERCENT,
    PROPORTIONAL,
    RELATIVE,
    YES_NO,
    Facts,
    Leaf,
    Result,
    TableRules,
)
from scoring.words import said

TARGET: Final = Decimal(100)
_HALF: Final = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Sample:
    """Facts in words, the points, how they came about."""

    facts: str
    points: str
    derivation: str


def samples(leaf: Leaf, settings: TableRules) -> list[Sample]:
    """Some cases that show the rule at work; none for a rule that asks the sheet's date."""
    if leaf.rule == RELATIVE:
        return _compared(leaf, settings)
    found = [_sample(words, score(leaf, facts, settings)) for words, facts in _cases(leaf)]
    if found and leaf.rule not in (BONUS, DEDUCTION):
        found.append(_sample(_("Không phát sinh trong năm"), score(leaf, Facts(mark=NOT_ARISEN), settings)))
    return found


def _sample(words: str, result: Result) -> Sample:
    if result.points is None:
        told = "; ".join(said(one) for one in result.faults) or said(result.derivation)
        return Sample(words, "–", told)
    return Sample(words, format_number(result.points), said(result.derivation))


def _cases(leaf: Leaf) -> list[tuple[str, Facts]]:
    if leaf.rule == DIRECT:
        part = (leaf.maximum * _HALF).quantize(leaf.step) if leaf.step else leaf.maximum * _HALF
        over = leaf.maximum + (leaf.step or 1)
        return [(_("Ghi %(n)s điểm") % {"n": format_number(one)}, Facts(points=one)) for one in (part, over)]
    if leaf.rule == YES_NO:
        return [(_("Đạt"), Facts(yes=True)), (_("Không đạt"), Facts(yes=False))]
    if leaf.rule == LEVELS or (leaf.choices and leaf.rule in (BONUS, DEDUCTION)):
        return [(one.label, Facts(level=one.key)) for one in leaf.choices[:6]]
    if leaf.rule in (PROPORTIONAL, EXCEEDING):
        return [_ratio(leaf, Decimal(actual)) for actual in (80, 100, 125)]
    if leaf.rule == PERCENT:
        return [_percent(Decimal(one)) for one in ("66.6", "90", "100")]
    if leaf.rule == BANDS:
        return _of_bands(leaf)
    if leaf.rule in (COUNT, FAULTS, BONUS, DEDUCTION):
        return _of_counts(leaf)
    return []


def _ratio(leaf: Leaf, actual: Decimal) -> tuple[str, Facts]:
    words = {"actual": format_number(actual), "target": format_number(TARGET), "unit": leaf.unit}
    said = _("Chỉ tiêu %(target)s %(unit)s, kết quả %(actual)s") if leaf.unit else _(
        "Chỉ tiêu %(target)s, kết quả %(actual)s"
    )  # fmt: skip
    return said % words, Facts(actual=actual, target=TARGET)


def _percent(percent: Decimal) -> tuple[str, Facts]:
    return _("Tỷ lệ %(n)s %%") % {"n": format_number(percent)}, Facts(percent=percent)


def _of_bands(leaf: Leaf) -> list[tuple[str, Facts]]:
    """At every edge, and just short of the lowest."""
    edges = sorted({step.edge for step in leaf.steps}, reverse=leaf.better != LOWER)[:5]
    if edges:
        edges.append(edges[-1] + 1 if leaf.better == LOWER else max(edges[-1] - 1, Decimal(0)))
    if leaf.measured == "percent":
        return [_percent(edge) for edge in edges]
    return [_ratio(leaf, edge) for edge in edges]


def _of_counts(leaf: Leaf) -> list[tuple[str, Facts]]:
    counts = [Decimal(1), Decimal(3)]
    if leaf.each and leaf.maximum:
        counts.append((leaf.maximum / leaf.each).to_integral_value() + 2)
    unit = leaf.unit or _("lượt")
    return [
        (_("%(n)s %(unit)s") % {"n": format_number(one), "unit": unit}, Facts(count=one))
        for one in sorted(set(counts))
    ]


def _compared(leaf: Leaf, settings: TableRules) -> list[Sample]:
    """Three members with a target, two of them best, and one that has none."""
    names = (_("Đơn vị A"), _("Đơn vị B"), _("Đơn vị C"), _("Đơn vị D"), _("Đơn vị E (không giao chỉ tiêu)"))
    results: Sequence[int] = (80, 90, 100, 105, 50) if leaf.better == LOWER else (120, 110, 100, 90, 50)
    facts = [Facts(actual=Decimal(one), target=TARGET) for one in results[:4]]
    facts.append(Facts(actual=Decimal(results[4])))
    given = dict(zip(names, facts, strict=True))
    found = score_relative(leaf, given, settings)
    said_facts = [
        f"{name}: {_ratio(leaf, one.actual or Decimal(0))[0].lower()}" for name, one in given.items()
    ]
    said_facts[-1] = f"{names[-1]}: " + _("kết quả %(n)s") % {"n": results[4]}
    return [_sample(words, found[name]) for words, name in zip(said_facts, names, strict=True)]
