"""Points of one leaf by its rule (domain 3.2: R1 to R6, R9 to R16, R19). Pure: no Django, no clock, no database.

Words. *Facts* are what somebody typed; the *degree* of a target is how far it was reached, 1 = just reached.

Promises. Empty facts are never zero: the result has no points. Every result says in words how it came about. What was
typed over the maximum is refused with the maximum named; what a rule computes over it is held there, in writing. Ratios
are compared as fractions; a leaf is rounded once, at its end.

Degree of a target T by a result A: ``1 + (A − T) / |T|``; where lower is better ``1 + (T − A) / |T|``. For T > 0 and
higher is better that is A / T. With lower is better and T = 10: A = 8 gives 1,2, A = 12 gives 0,8, A = 20 gives 0. The
formula is the same on both sides of the target and stands for negative targets too: T = −100, A = −50 gives 1,5.

R7 and R8, which need all members, are in ``relative``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from core.marks import _
from scoring.domain import relative
from scoring.domain.degree import attainment
from scoring.domain.derive import (
    ZERO,
    finish,
    is_out,
    not_arisen,
    not_assigned,
    nothing,
    refused,
    said,
    text,
    to_places,
    typed,
)
from scoring.domain.relative import score_relative as score_relative
from scoring.domain.shapes import (
    BANDS,
    BONUS,
    COUNT,
    DEDUCTION,
    DIRECT,
    EXCEEDING,
    FAULTS,
    LATENESS,
    LEVELS,
    LOWER,
    NOT_ARISEN,
    NOTHING,
    PERCENT,
    PROPORTIONAL,
    RELATIVE,
    YES_NO,
    ZERO_LEAF,
    ZERO_PARENT,
    Choice,
    Facts,
    Leaf,
    Result,
    Said,
    Sanction,
    Step,
    TableRules,
)

NUMBERS: Final = ("points", "actual", "target", "percent", "count", "size")
ODD_PERCENT: Final = Decimal("1.5")  # from 0 to here a per cent may have been meant as a share


# Facts as plain data -----------------------------------------------------------------------------------------------


def facts_of(data: Mapping[str, Any], mark: str = "") -> Facts:
    """Facts from stored data: numbers as text. ``ValueError`` for what is no exact number or an unknown key."""
    values: dict[str, Any] = {}
    for key, value in data.items():
        if key in NUMBERS:
            values[key] = None if value is None else _number(value)
        elif key == "yes":
            values[key] = None if value is None else bool(value)
        elif key == "level":
            values[key] = str(value)
        else:
            raise ValueError(f"unknown fact {key!r}")
    return Facts(**values, mark=mark)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"no exact number: {value!r}")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"no number: {value!r}") from error
    if not number.is_finite():
        raise ValueError(f"no number: {value!r}")
    return number


def facts_data(facts: Facts) -> dict[str, Any]:
    """Plain data of facts: only what was given, numbers as text; the mark is kept beside it."""
    data: dict[str, Any] = {}
    for key in NUMBERS:
        value = getattr(facts, key)
        if value is not None:
            data[key] = format(
                to_places(Fraction(value), 4, "half_up") if value == round(value, 4) else value, "f"
            )
    if facts.yes is not None:
        data["yes"] = facts.yes
    if facts.level:
        data["level"] = facts.level
    return data


def is_empty(facts: Facts) -> bool:
    """Whether nothing was typed and nothing chosen; the size belongs to the agency and does not count."""
    numbers = (facts.points, facts.actual, facts.target, facts.percent, facts.count)
    return not facts.mark and facts.yes is None and not facts.level and all(one is None for one in numbers)


# One leaf ----------------------------------------------------------------------------------------------------------


def score(leaf: Leaf, facts: Facts, settings: TableRules) -> Result:
    """What the leaf's rule makes of the facts; R7 and R8 ``wait`` for the others (``score_relative``).

    ``Facts.points`` alone on a rule that computes is somebody's own number (a verifier's): 0 to the maximum.
    """
    if is_out(leaf, facts):
        return not_assigned(leaf, settings)
    if facts.mark == NOT_ARISEN:
        return not_arisen(leaf, settings)
    if facts.mark == NOTHING:
        return _of_nothing(leaf, facts, settings)
    if is_empty(facts):
        return Result()
    if own_number(leaf, facts):
        return by_own_number(leaf, facts)
    return _RULES[leaf.rule](leaf, facts, settings)


def own_number(leaf: Leaf, facts: Facts) -> bool:
    """Whether somebody set points beside the rule."""
    return leaf.rule != DIRECT and relative.own_number(facts)


def by_own_number(leaf: Leaf, facts: Facts) -> Result:
    """The number as it was set; a deduction of any points is one case for its sanctions (R13)."""
    found = relative.by_own_number(leaf, facts)
    cases = Decimal(1) if leaf.rule == DEDUCTION and facts.points else ZERO
    if found.points is None or not cases:
        return found
    return Result(found.points, found.derivation, sanctions=_sanctions(leaf, cases))


def _of_nothing(leaf: Leaf, facts: Facts, settings: TableRules) -> Result:
    """ "Không có": the figure is zero; no points where that alone gives none (a level, a missing target)."""
    why = said(_("Không có"))
    zeros: dict[str, Facts] = {
        FAULTS: Facts(count=ZERO, size=facts.size),
        DEDUCTION: Facts(count=ZERO, size=facts.size),
        COUNT: Facts(count=ZERO, size=facts.size),
        PROPORTIONAL: Facts(actual=ZERO, target=facts.target, size=facts.size),
        EXCEEDING: Facts(actual=ZERO, target=facts.target, size=facts.size),
        RELATIVE: Facts(actual=ZERO, target=facts.target, size=facts.size),
        BANDS: _zero_percent(leaf, facts),
        PERCENT: _zero_percent(leaf, facts),
    }
    if leaf.rule not in zeros:
        return nothing(why)
    found = _RULES[leaf.rule](leaf, zeros[leaf.rule], settings)
    return found if found.points is not None or found.waits or not found.assigned else nothing(why)


def _zero_percent(leaf: Leaf, facts: Facts) -> Facts:
    if leaf.measured == "ratio" and facts.target:
        return Facts(actual=ZERO, target=facts.target, size=facts.size)
    return Facts(percent=ZERO, size=facts.size)


# R1 to R3, R14 -----------------------------------------------------------------------------------------------------


def _direct(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R1: the points typed, a multiple of the step, not above the maximum."""
    points = facts.points
    if points is None:
        return Result()
    if wrong := typed(leaf, points):
        return wrong
    if leaf.step and Fraction(points) % Fraction(leaf.step):
        return refused(
            said(_("Điểm phải là bội số của %(step)s; %(points)s không phải."), step=leaf.step, points=points)
        )
    head = said(_("Chấm trực tiếp %(points)s điểm"), points=points)
    return finish(leaf, facts, Fraction(points), head, equals=False)


def _yes_no(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R2: the maximum when achieved, else 0."""
    if facts.yes is None:
        return Result()
    if not facts.yes:
        return Result(ZERO, said(_("Không đạt: 0 điểm")), reached=False)
    head = said(_("Đạt: %(points)s điểm"), points=leaf.maximum)
    return finish(leaf, facts, Fraction(leaf.maximum), head, equals=False, reached=True)


def _levels(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R3 and R14: the points of the level that was chosen."""
    if not facts.level:
        return Result()
    found = _choice(leaf, facts.level)
    return _of_choice(leaf, facts, found) if found else _no_level()


def _choice(leaf: Leaf, key: str) -> Choice | None:
    return next((one for one in leaf.choices if one.key == key), None)


def _no_level() -> Result:
    return refused(said(_("Mức đã chọn không có trong bảng tiêu chí.")))


def _of_choice(leaf: Leaf, facts: Facts, found: Choice, sanctions: tuple[Sanction, ...] = ()) -> Result:
    if found.zeroes in (ZERO_LEAF, ZERO_PARENT):
        words = (
            _("Mức “%(label)s”: không chấm điểm cả mục")
            if found.zeroes == ZERO_PARENT
            else _("Mức “%(label)s”: tiêu chí này 0 điểm")
        )
        return Result(ZERO, said(words, label=found.label), zeroes=found.zeroes)
    head = said(_("Mức “%(label)s”: %(points)s điểm"), label=found.label, points=found.points)
    return finish(leaf, facts, Fraction(found.points), head, equals=False, sanctions=sanctions)


# R4 to R6, R9 ------------------------------------------------------------------------------------------------------


def _bands(leaf: Leaf, facts: Facts, settings: TableRules) -> Result:
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
    """Higher is better: the highest edge first, "from" before... lower is better: the lowest first.

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
    return percent, _ratio(facts, percent), ()


def _odd(leaf: Leaf, percent: Decimal) -> tuple[Said, ...]:
    if leaf.better == LOWER or not 0 < percent <= ODD_PERCENT:
        return ()
    meant = _("Đang ghi %(percent)s %%. Có phải ý là %(meant)s %%?")
    return (said(meant, percent=percent, meant=Fraction(percent) * 100),)


def _half() -> Result:
    return Result(warnings=(said(_("Cần ghi cả kết quả thực hiện và chỉ tiêu.")),))


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
        return relative.zero_as_target(leaf, facts)
    return Result(
        warnings=(
            said(_("Chỉ tiêu bằng 0 nên không tính được tỷ lệ; ghi chỉ tiêu khác 0 hoặc chọn không giao.")),
        )
    )


def _proportional(leaf: Leaf, facts: Facts, settings: TableRules) -> Result:
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
    return finish(leaf, facts, degree * Fraction(leaf.maximum), head, reached=degree >= 1)


def _percent(leaf: Leaf, facts: Facts, settings: TableRules) -> Result:
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


# R10 to R13 --------------------------------------------------------------------------------------------------------


def _count(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R10: count × points for each, not above the maximum."""
    if facts.count is None:
        return Result()
    if wrong := _negative(facts.count):
        return wrong
    return finish(leaf, facts, Fraction(facts.count) * Fraction(leaf.each), _times(leaf, facts.count))


def _times(leaf: Leaf, count: Decimal, unit: str = "") -> Said:
    unit = leaf.unit or unit
    if unit:
        return said(_("%(count)s %(unit)s × %(each)s"), count=count, unit=unit, each=leaf.each)
    return said(_("%(count)s lượt × %(each)s"), count=count, each=leaf.each)


def _negative(count: Decimal) -> Result | None:
    return refused(said(_("Số lượt không được âm."))) if count < 0 else None


def _faults(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R11: the maximum less points for each fault, not below 0."""
    if facts.count is None:
        return Result()
    if wrong := _negative(facts.count):
        return wrong
    words = _("%(maximum)s − %(count)s lỗi × %(each)s")
    head = said(words, maximum=leaf.maximum, count=facts.count, each=leaf.each)
    return finish(
        leaf, facts, Fraction(leaf.maximum) - Fraction(facts.count) * Fraction(leaf.each), head,
    )  # fmt: skip


def _bonus(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R12: the points of the one level that counts, or count × points for each; ``once`` counts one case only."""
    if facts.level:
        found = _choice(leaf, facts.level)
        return _of_choice(leaf, facts, found) if found else _no_level()
    if facts.count is None:
        return Result()
    if wrong := _negative(facts.count):
        return wrong
    counted = min(facts.count, Decimal(1)) if leaf.once else facts.count
    head = _times(leaf, counted)
    if counted != facts.count:
        more = said(_(" (có %(count)s, chỉ tính một lần)"), count=facts.count)
        head = Said(head.template, head.values, (more,))
    return finish(leaf, facts, Fraction(counted) * Fraction(leaf.each), head)


def _deduction(leaf: Leaf, facts: Facts, _settings: TableRules) -> Result:
    """R13: points taken off for each case (a positive number), up to the line's cap, and the sanctions reached."""
    if facts.level:
        found = _choice(leaf, facts.level)
        if not found:
            return _no_level()
        return _of_choice(leaf, facts, found, _sanctions(leaf, Decimal(1) if found.points else ZERO))
    if facts.count is None:
        return Result()
    if wrong := _negative(facts.count):
        return wrong
    head = (
        said(_("%(count)s %(unit)s × %(each)s"), count=facts.count, unit=leaf.unit, each=leaf.each)
        if leaf.unit
        else said(_("%(count)s vụ việc × %(each)s"), count=facts.count, each=leaf.each)
    )
    return finish(
        leaf,
        facts,
        Fraction(facts.count) * Fraction(leaf.each),
        head,
        sanctions=_sanctions(leaf, facts.count),
    )


def _sanctions(leaf: Leaf, cases: Decimal) -> tuple[Sanction, ...]:
    return tuple(one for one in leaf.sanctions if 0 < one.from_count <= cases)


def _lateness(_leaf: Leaf, _facts: Facts, _settings: TableRules) -> Result:
    """R17 is given to the total (``tally``) by the charter's steps; only an own number stands here."""
    return Result()


_RULES: Final[dict[str, Callable[[Leaf, Facts, TableRules], Result]]] = {
    DIRECT: _direct,
    YES_NO: _yes_no,
    LEVELS: _levels,
    BANDS: _bands,
    PROPORTIONAL: _proportional,
    EXCEEDING: _proportional,
    RELATIVE: relative.waiting,
    PERCENT: _percent,
    COUNT: _count,
    FAULTS: _faults,
    BONUS: _bonus,
    DEDUCTION: _deduction,
    LATENESS: _lateness,
}


# Several scorers of one level --------------------------------------------------------------------------------------


def combined(leaf: Leaf, results: Sequence[Result], how: str) -> Result:
    """What several scorers of one level come to (``Level.combine``), oldest first; those without points are left out.

    ``last`` takes the newest, ``lowest`` the fewest points (of two equal ones the newer), ``mean`` the average, rounded
    like the leaf; sanctions and zeroing of a mean are those that any of them reached.
    """
    given = [one for one in results if one.points is not None]
    if not given or len(given) == 1 or how == "last":
        return given[-1] if given else (results[-1] if results else Result())
    if how == "lowest":
        return min(reversed(given), key=lambda one: one.points or ZERO)
    points = [one.points for one in given if one.points is not None]
    mean = Fraction(sum(points, ZERO)) / len(points)
    value = to_places(mean, leaf.places, leaf.rounding)
    words = said(
        _("Trung bình của %(all)s = %(value)s"), all=", ".join(text(one) for one in points), value=value
    )  # fmt: skip
    return Result(
        value, words, warnings=_all(one.warnings for one in given), zeroes=max(one.zeroes for one in given),
        sanctions=tuple(dict.fromkeys(sanction for one in given for sanction in one.sanctions)),
    )  # fmt: skip


def _all(parts: Iterable[tuple[Said, ...]]) -> tuple[Said, ...]:
    return tuple(dict.fromkeys(one for part in parts for one in part))
