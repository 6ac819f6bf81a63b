"""R4 to R6 and R9: points from a percentage, or from a result and its target. Pure: no Django."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from core.marks import _
from scoring.domain.degree import SHARE_UP_TO, attainment, mixed_units, zero_as_target
from scoring.domain.derive import finish, not_assigned, refused, said, text
from scoring.domain.shapes import LOWER, Facts, Leaf, Result, Said, Step, TableRules


def bands(leaf: Leaf, facts: Facts, settings: TableRules) -> Result:
    """R4: the first band whose edge the percentage reaches, the best band first."""
    measured = _measured(leaf, facts, settings)
    if isinstance(measured, Result):
        return measured
    percent, head, warnings = measured
    found = next((one for one in _best_first(leaf) if _within(one, percent, leaf.better)), None)
    tail = _in_band(leaf, found)
    points = leaf.below if found is None else found.points
    return finish(
        leaf, facts, Fraction(points), Said(head.template, head.values, (*head.more, tail)),
        equals=False, warnings=warnings,
    )  # fmt: skip


def _best_first(leaf: Leaf) -> list[Step]:
    """Higher is better: the highest edge first; lower is better: the lowest first.

    Of two steps with one edge the narrower (without the edge) comes first.
    """
    if leaf.better == LOWER:
        return sorted(leaf.steps, key=lambda one: (one.edge, one.inclusive))
    return sorted(leaf.steps, key=lambda one: (-one.edge, one.inclusive))


def _within(step: Step, percent: Fraction, better: str) -> bool:
    if percent == step.edge:
        return step.inclusive
    return percent < step.edge if better == LOWER else percent > step.edge


def _in_band(leaf: Leaf, found: Step | None) -> Said:
    if found is None:
        return said(_(": ngoài các bậc, %(points)s điểm"), points=leaf.below)
    if leaf.better == LOWER:
        words = (
            _(": bậc từ %(edge)s %% trở xuống, %(points)s điểm")
            if found.inclusive
            else _(": bậc dưới %(edge)s %%, %(points)s điểm")
        )
    else:
        words = (
            _(": bậc từ %(edge)s %% trở lên, %(points)s điểm")
            if found.inclusive
            else _(": bậc trên %(edge)s %%, %(points)s điểm")
        )
    return said(words, edge=found.edge, points=found.points)


def _measured(
    leaf: Leaf, facts: Facts, settings: TableRules
) -> Result | tuple[Fraction, Said, tuple[Said, ...]]:
    """The percentage as typed, or actual / target: exact, with its words and warnings; a result where there is none."""
    if facts.percent is not None:
        if facts.percent < 0:
            return refused(said(_("Tỷ lệ phần trăm không được âm.")))
        return (
            Fraction(facts.percent),
            said(_("%(percent)s %%"), percent=facts.percent),
            _odd(leaf, facts.percent),
        )
    if facts.actual is None or facts.target is None:
        return _half()
    if not facts.target:
        return _target_zero(leaf, facts, settings)
    if leaf.better == LOWER:
        percent = Fraction(facts.actual) / abs(Fraction(facts.target)) * 100
    else:
        percent = attainment(leaf, facts) * 100
    return percent, _ratio(facts, percent), mixed_units(facts)


def _odd(leaf: Leaf, percent: Decimal) -> tuple[Said, ...]:
    if leaf.better == LOWER or not 0 < percent <= SHARE_UP_TO:
        return ()
    meant = _("Đang ghi %(percent)s %%. Có phải ý là %(meant)s %%?")
    return (said(meant, percent=percent, meant=Fraction(percent) * 100),)


def _half() -> Result:
    return Result(warnings=(said(_("Chưa đủ số liệu: cần ghi cả kết quả thực hiện và chỉ tiêu.")),))


def _ratio(facts: Facts, percent: Fraction) -> Said:
    return said(
        _("%(actual)s / %(target)s = %(percent)s %%"),
        actual=facts.actual or 0, target=facts.target or 0, percent=text(percent, 2),
    )  # fmt: skip


def _target_zero(leaf: Leaf, facts: Facts, settings: TableRules) -> Result:
    """A target of 0 by the table's setting; as reached it must not be missed (lower is better: more than 0)."""
    if settings.target_zero == "not_scored":
        return not_assigned(leaf, settings)
    if settings.target_zero == "full":
        return zero_as_target(leaf, facts)
    words = _(
        "Chưa đủ số liệu: chỉ tiêu bằng 0 nên không tính được tỷ lệ; ghi chỉ tiêu khác hoặc chọn không giao."
    )
    return Result(warnings=(said(words),))


def proportional(leaf: Leaf, facts: Facts, settings: TableRules) -> Result:
    """R5: maximum × degree, not above the maximum. R6: the same, beyond it when exceeded."""
    if facts.actual is None or facts.target is None:
        return _half()
    if not facts.target:
        return _target_zero(leaf, facts, settings)
    degree = attainment(leaf, facts)
    more = said(
        _(" × %(maximum)s điểm"), maximum=leaf.maximum
    )  # fmt: skip
    words = (
        _("Thực hiện %(actual)s, chỉ tiêu %(target)s (càng thấp càng tốt): đạt %(percent)s %%")
        if leaf.better == LOWER
        else _("%(actual)s / %(target)s = %(percent)s %%")
    )
    head = said(words, more, actual=facts.actual, target=facts.target, percent=text(degree * 100, 2))
    return finish(
        leaf, facts, degree * Fraction(leaf.maximum), head, warnings=mixed_units(facts), reached=degree >= 1
    )


def percentage(leaf: Leaf, facts: Facts, settings: TableRules) -> Result:
    """R9: percentage × maximum, rounded to the step; where lower is better what is left of 100 %."""
    measured = _measured(leaf, facts, settings)
    if isinstance(measured, Result):
        return measured
    percent, head, warnings = measured
    if leaf.better == LOWER:
        percent = 100 - percent
        head = Said(head.template, head.values, (said(_(", còn %(left)s %%"), left=text(percent, 2)),))
    if percent > 100:
        warnings += (said(_("Tỷ lệ trên 100 %%: chỉ tính đến điểm tối đa.")),)
    head = Said(
        head.template, head.values, (*head.more, said(_(" × %(maximum)s điểm"), maximum=leaf.maximum))
    )
    raw = percent * Fraction(leaf.maximum) / 100
    return finish(leaf, facts, raw, head, step=leaf.step, warnings=warnings)
