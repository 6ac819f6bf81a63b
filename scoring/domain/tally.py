"""The total of one sheet at one level: the only addition of points there is. Pure: no Django.

Words. A leaf *earns* its rounded points. A *part* is base, bonus or penalty; a section holds back its own part only:
a bonus or penalty group has a cap, a base section shows what its leaves earned.

Promises. Leaves are rounded, sums never again; the one division of a whole (R16, conversion to the full maximum) is
rounded once, like a leaf. Every step is a line whose amount is written; the lines add up exactly to the total. The
order of leaves and sections changes nothing but the order of the lines. Nothing unanswered counts as a zero that
somebody gave: it adds nothing and makes the total provisional.

The order of steps: leaves; criteria set to zero (R14, decisions); groups with their caps; base, converted (R16), held
at its maximum unless it may be passed; bonus with approved bonus, held by the table's cap; penalty with lateness (R17)
and approved penalty, held by the table's cap; base + bonus − penalty, held by the ceiling, not below 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from core.marks import _
from scoring.domain.conditions import unmet
from scoring.domain.derive import ZERO, limit_of, part_of, said, text, to_places
from scoring.domain.shapes import (
    BASE,
    BONUS,
    LATENESS,
    NOT_ABOVE,
    PENALTY,
    ZERO_PARENT,
    Change,
    Leaf,
    Node,
    PartTotal,
    Result,
    Said,
    Sanction,
    Section,
    TableRules,
    Total,
    WrittenLine,
)
from scoring.domain.tree import Tree

DECISIONS = {"bonus": BONUS, "penalty": PENALTY}  # kind of a change → part it adds to
DECISION_ZERO = "zero"
GRADE_LIMIT, DISQUALIFIED = "grade_limit", "disqualified"
SIGNS = {BASE: 1, BONUS: 1, PENALTY: -1}


@dataclass(slots=True)
class _Sheet:
    """What the steps share."""

    tree: Tree
    results: Mapping[str, Result]
    settings: TableRules
    late_off: Decimal
    zeroed: dict[str, Said] = field(default_factory=dict)  # code → why
    added: dict[str, Decimal] = field(
        default_factory=dict
    )  # code of a bonus or penalty line or group → decided
    lines: list[WrittenLine] = field(default_factory=list)
    assigned: dict[str | None, Decimal] = field(default_factory=dict)  # code → base maximum, told once

    def write(
        self, amount: Decimal, template: str, code: str = "", /, **values: str | Decimal | Fraction
    ) -> None:
        self.lines.append(WrittenLine(said(template, **values), amount, code))


def tally(
    nodes: Iterable[Node],
    results: Mapping[str, Result],
    settings: TableRules,
    *,
    over_maximum: bool,
    late_off: Decimal = ZERO,
    changes: Iterable[Change] = (),
) -> Total:
    """The total of the results (by code of the leaf) in the tree of the table; what is missing is unanswered.

    ``over_maximum`` and ``late_off`` (a positive number) come from the charter. ``changes`` are approved decisions. A
    leaf of rule lateness takes ``late_off`` with its own cap; without one lateness is a line of its own.
    """
    sheet = _Sheet(Tree(nodes), results, settings, late_off)
    decided = tuple(changes)
    _set_to_zero(sheet, decided)
    free = _into_groups(sheet, decided)
    sections = {one.code: _part_total(sheet, one) for one in sheet.tree.sections}
    maximum, assigned = sheet.tree.stated(None, BASE), _assigned(sheet, None)
    base = _write_roots(sheet, BASE)
    full = assigned if settings.unassigned == "reduce" else maximum
    converted = _convert(sheet, base, assigned, full)
    held = converted if over_maximum else _hold(sheet, converted, full)
    bonus = _with_decisions(sheet, BONUS, free, settings.bonus_cap)
    penalty = _with_decisions(sheet, PENALTY, free, settings.penalty_cap)
    ceiling = None if over_maximum else _ceiling(full, settings)
    total = _close(sheet, held + bonus - penalty, ceiling)
    counted = [one for one in sheet.tree.leaves if _is_asked(one)]
    earned = {one.code: _earned(sheet, one) for one in sheet.tree.leaves}
    answered = sum(1 for one in counted if _is_answered(sheet, one))
    return Total(
        total=total, base=base, converted=converted, bonus=bonus, penalty=penalty, maximum=maximum,
        ceiling=ceiling, percent=Fraction(base) / Fraction(assigned) if assigned else None, sections=sections,
        written=(*(one.said for one in sheet.lines), _sum(sheet, total)), lines=tuple(sheet.lines),
        answered=answered, leaves=len(counted),
        provisional=answered < len(counted) or any(one.waits for one in results.values()),
        disqualified=tuple(one.ground for one in decided if one.kind == DISQUALIFIED),
        grade_limits=_limits(sheet, decided),
        unmet=unmet(settings.conditions, sheet.tree, results, earned, sections),
        assigned=assigned,
    )  # fmt: skip


# Leaves ----------------------------------------------------------------------------------------------------------


def _result(sheet: _Sheet, leaf: Leaf) -> Result:
    return sheet.results.get(leaf.code) or Result()


def _is_asked(leaf: Leaf) -> bool:
    """Whether somebody must give a figure: not where lateness stands, nor where the line is not for this agency."""
    return leaf.rule != LATENESS and leaf.applies


def _is_answered(sheet: _Sheet, leaf: Leaf) -> bool:
    found = _result(sheet, leaf)
    return found.points is not None or found.waits or not found.assigned


def _is_assigned(sheet: _Sheet, leaf: Leaf) -> bool:
    """Whether the leaf is in the maximum: one for other kinds of agency is not, even without a result."""
    found = sheet.results.get(leaf.code)
    return leaf.applies if found is None else found.assigned


def _earned(sheet: _Sheet, leaf: Leaf) -> Decimal:
    """What the leaf adds to its part: its points, what is sure of a waiting one, 0 where set to zero."""
    if leaf.code in sheet.zeroed:
        return ZERO
    return _plain_points(sheet, leaf)


def _plain_points(sheet: _Sheet, leaf: Leaf) -> Decimal:
    found = _result(sheet, leaf)
    if leaf.rule == LATENESS:
        late = sheet.late_off if leaf.code == sheet.tree.lateness else ZERO
        return min(late, leaf.maximum) if leaf.maximum else late
    if found.points is None:
        return found.least if found.least is not None and found.waits else ZERO
    return found.points


# Criteria set to zero --------------------------------------------------------------------------------------------


def _set_to_zero(sheet: _Sheet, changes: tuple[Change, ...]) -> None:
    """R14 of a parent, and decisions: everything beneath earns nothing, but penalties stay."""
    for leaf in sheet.tree.leaves:
        if _result(sheet, leaf).zeroes == ZERO_PARENT:
            words = said(_("%(code)s: mức đã chọn làm mất điểm cả mục"), code=leaf.code)
            _zero_under(sheet, sheet.tree.parent(leaf) or leaf, words)
    for change in changes:
        if change.kind == DECISION_ZERO and change.code not in sheet.tree.by_code:
            unknown = _("Quyết định không chấm điểm %(code)s: bảng tiêu chí không có mục này")
            sheet.write(ZERO, unknown, code=change.code)
        elif change.kind == DECISION_ZERO:
            words = said(_("%(code)s không chấm điểm: %(ground)s"), code=change.code, ground=change.ground)
            _zero_under(sheet, sheet.tree.by_code[change.code], words)


def _zero_under(sheet: _Sheet, node: Node, why: Said) -> None:
    leaves = [
        one for one in sheet.tree.under(node) if part_of(one) != PENALTY and one.code not in sheet.zeroed
    ]
    for leaf in leaves:
        sheet.zeroed[leaf.code] = why
    if leaves:
        sheet.lines.append(WrittenLine(why, ZERO, node.code))


# Groups ----------------------------------------------------------------------------------------------------------


def _into_groups(sheet: _Sheet, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Put decided bonus and penalty points where they name a line or group of their part; the others, in order."""
    free = []
    for change in changes:
        node = sheet.tree.by_code.get(change.code)
        if node is None or change.kind not in DECISIONS or _own_part(node) != DECISIONS[change.kind]:
            free.append(change)
            continue
        sheet.added[node.code] = sheet.added.get(node.code, ZERO) + change.points
        words = _("%(code)s: thêm %(points)s theo quyết định: %(ground)s")
        sheet.write(ZERO, words, node.code, code=node.code, points=change.points, ground=change.ground)
    return tuple(free)


def _own_part(node: Node) -> str:
    return part_of(node) if isinstance(node, Leaf) else node.part


def _amount(sheet: _Sheet, node: Node, part: str) -> Decimal:
    """What a node gives to a part: a leaf its points, a group the sum of its children, held by its cap."""
    if isinstance(node, Section):
        return _capped(node, part, _summed(sheet, node, part))
    if part_of(node) != part:
        return ZERO
    found = _earned(sheet, node) + sheet.added.get(node.code, ZERO)
    limit = limit_of(node) if node.code in sheet.added else None
    return found if limit is None else min(found, limit)


def _summed(sheet: _Sheet, section: Section, part: str) -> Decimal:
    added = sheet.added.get(section.code, ZERO) if section.part == part else ZERO
    return sum((_amount(sheet, one, part) for one in sheet.tree.children(section)), added)


def _capped(section: Section, part: str, amount: Decimal) -> Decimal:
    if part == BASE or section.part != part or not section.maximum:
        return amount
    return min(amount, section.maximum)


def _part_total(sheet: _Sheet, section: Section) -> PartTotal:
    leaves = [one for one in sheet.tree.under(section) if _is_asked(one)]
    stated = sheet.tree.stated(section, section.part)
    return PartTotal(
        points=_amount(sheet, section, section.part),
        maximum=stated,
        assigned=_assigned(sheet, section) if section.part == BASE else stated,
        answered=sum(1 for one in leaves if _is_answered(sheet, one)),
        leaves=len(leaves),
        summed=_summed(sheet, section, section.part),
    )


def _assigned(sheet: _Sheet, node: Node | None) -> Decimal:
    """The base maximum without what was not assigned; 0 where nothing beneath is; None asks for the whole table."""
    if isinstance(node, Leaf):
        return node.maximum if part_of(node) == BASE and _is_assigned(sheet, node) else ZERO
    code = None if node is None else node.code
    if code not in sheet.assigned:
        sheet.assigned[code] = _assigned_beneath(sheet, node)
    return sheet.assigned[code]


def _assigned_beneath(sheet: _Sheet, node: Section | None) -> Decimal:
    beneath = sheet.tree.leaves if node is None else sheet.tree.under(node)
    if not any(part_of(one) == BASE and _is_assigned(sheet, one) for one in beneath):
        return ZERO
    missing = sum(
        (sheet.tree.stated(one, BASE) - _assigned(sheet, one) for one in sheet.tree.children(node)), ZERO
    )
    return max(sheet.tree.stated(node, BASE) - missing, ZERO)


def _write_roots(sheet: _Sheet, part: str) -> Decimal:
    """A line for each top node that has leaves of the part; their sum."""
    found = ZERO
    for node in sheet.tree.children(None):
        amount = _amount(sheet, node, part)
        if not amount and not any(part_of(one) == part for one in sheet.tree.under(node)):
            continue
        found += amount
        sheet.lines.append(_root_line(sheet, node, part, amount))
    return found


def _root_line(sheet: _Sheet, node: Node, part: str, amount: Decimal) -> WrittenLine:
    values = {"code": node.code, "title": node.title, "points": text(amount)}
    summed = amount if isinstance(node, Leaf) else _summed(sheet, node, part)
    if summed != amount:
        words = (
            _("%(code)s %(title)s: trừ %(sum)s, tối đa %(points)s → −%(points)s")
            if part == PENALTY
            else _("%(code)s %(title)s: %(sum)s, tối đa %(points)s → %(points)s")
        )
        return WrittenLine(said(words, **values, sum=summed), SIGNS[part] * amount, node.code)
    if part == PENALTY:
        words = _("%(code)s %(title)s: −%(points)s") if amount else _("%(code)s %(title)s: không trừ")
        return WrittenLine(said(words, **values), -amount, node.code)
    if part == BASE and (most := _assigned(sheet, node)):
        words = _("%(code)s %(title)s: %(points)s / %(most)s")
        return WrittenLine(said(words, **values, most=most), amount, node.code)
    return WrittenLine(said(_("%(code)s %(title)s: %(points)s"), **values), amount, node.code)


# The whole -------------------------------------------------------------------------------------------------------


def _convert(sheet: _Sheet, base: Decimal, assigned: Decimal, full: Decimal) -> Decimal:
    """R16: base × maximum / assigned maximum, rounded once; as it is where nothing was left out."""
    if assigned == full or not assigned:
        return base
    leaves = [one for one in sheet.tree.leaves if part_of(one) == BASE]
    places = max(one.places for one in leaves)
    found = to_places(Fraction(base) * Fraction(full) / Fraction(assigned), places, leaves[0].rounding)
    sheet.write(
        found - base,
        _("Quy đổi: %(base)s / %(assigned)s = %(percent)s %%, × %(full)s = %(points)s"),
        base=base, assigned=assigned, percent=text(Fraction(base) / Fraction(assigned) * 100, 2), full=full,
        points=found,
    )  # fmt: skip
    return found


def _hold(sheet: _Sheet, converted: Decimal, full: Decimal) -> Decimal:
    """The base where the total may not pass the maximum."""
    if converted <= full:
        return converted
    sheet.write(
        full - converted, _("Điểm chuẩn %(points)s, tối đa %(most)s → %(most)s"), points=converted, most=full
    )
    return full


def _with_decisions(sheet: _Sheet, part: str, changes: tuple[Change, ...], cap: Decimal | None) -> Decimal:
    """Bonus or penalty: groups, lateness, decisions, then the cap of the table."""
    found, sign = _write_roots(sheet, part), SIGNS[part]
    if part == PENALTY and sheet.late_off and not sheet.tree.lateness:
        found += sheet.late_off
        sheet.write(-sheet.late_off, _("Nộp trễ: −%(points)s"), points=sheet.late_off)
    words = (
        _("Cộng điểm theo quyết định: %(ground)s: +%(points)s")
        if part == BONUS
        else _("Trừ điểm theo quyết định: %(ground)s: −%(points)s")
    )
    for change in changes:
        if DECISIONS.get(change.kind) == part and change.points:
            found += change.points
            sheet.write(sign * change.points, words, change.code, ground=change.ground, points=change.points)
    if cap is not None and found > cap:
        words = (
            _("Tổng điểm thưởng %(sum)s, tối đa %(cap)s → %(cap)s")
            if part == BONUS
            else _("Tổng điểm trừ %(sum)s, tối đa %(cap)s → %(cap)s")
        )
        sheet.write(sign * (cap - found), words, sum=found, cap=cap)
        return cap
    return found


def _ceiling(full: Decimal, settings: TableRules) -> Decimal | None:
    """Bonus inside: the base maximum. Outside: on top of it the table's cap; without a cap the base alone is held."""
    if settings.bonus == "inside":
        return full
    return None if settings.bonus_cap is None else full + settings.bonus_cap


def _close(sheet: _Sheet, found: Decimal, ceiling: Decimal | None) -> Decimal:
    if ceiling is not None and found > ceiling:
        sheet.write(
            ceiling - found, _("Cộng lại %(sum)s, tối đa %(most)s → %(most)s"), sum=found, most=ceiling
        )
        return ceiling
    if found < 0:
        sheet.write(-found, _("Cộng lại %(sum)s, không dưới 0 → 0"), sum=found)
        return ZERO
    return found


def _sum(sheet: _Sheet, total: Decimal) -> Said:
    amounts = [one.points for one in sheet.lines if one.points]
    if len(amounts) < 2:
        return said(_("Tổng điểm: %(total)s"), total=total)
    sums = text(amounts[0]) + "".join(f" {'−' if one < 0 else '+'} {text(abs(one))}" for one in amounts[1:])
    return said(_("Tổng điểm: %(sum)s = %(total)s"), sum=sums, total=total)


def _limits(sheet: _Sheet, changes: tuple[Change, ...]) -> tuple[Sanction, ...]:
    """Sanctions that facts reached (R13), in the order of the table, then decided limits of the grade."""
    found = [sanction for leaf in sheet.tree.leaves for sanction in _result(sheet, leaf).sanctions]
    found += [Sanction(1, NOT_ABOVE, one.grade) for one in changes if one.kind == GRADE_LIMIT]
    return tuple(dict.fromkeys(found))
