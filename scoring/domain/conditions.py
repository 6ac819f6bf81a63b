"""R18: what a grade asks beside the total. Pure: no Django.

Not assigned lines are not asked. A line nobody answered yet is not held against an agency: the total is provisional
until then anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from core.marks import _
from scoring.domain.derive import part_of, percent_text, said
from scoring.domain.shapes import BASE, Condition, Leaf, PartTotal, Result, Said
from scoring.domain.tree import Tree


def unmet(
    conditions: Iterable[Condition],
    tree: Tree,
    results: Mapping[str, Result],
    earned: Mapping[str, Decimal],
    sections: Mapping[str, PartTotal],
) -> tuple[tuple[str, Said], ...]:
    """(grade, why it may not be given) for each condition that is not met, in the order of the conditions.

    ``earned``: points by code of the leaf as they count (0 where set to zero).
    """
    found: list[tuple[str, Said]] = []
    for one in conditions:
        if one.kind == "each_line":
            why = _each_line(one, tree, results, earned)
        elif one.kind == "section":
            why = _section(one, tree, results, earned, sections)
        else:
            why = _targets(one, tree, results)
        if why is not None:
            found.append((one.grade, why))
    return tuple(found)


def _answered(results: Mapping[str, Result], leaf: Leaf) -> bool:
    found = results.get(leaf.code)
    return found is not None and found.points is not None and found.assigned


def _asked(condition: Condition, tree: Tree) -> list[Leaf]:
    node = tree.by_code.get(condition.code)
    return tree.under(node) if node is not None else list(tree.leaves)


def _each_line(
    condition: Condition, tree: Tree, results: Mapping[str, Result], earned: Mapping[str, Decimal]
) -> Said | None:
    below = [
        one.code for one in _asked(condition, tree)
        if part_of(one) == BASE and one.maximum and _answered(results, one)
        and Fraction(earned[one.code]) < condition.share * Fraction(one.maximum)
    ]  # fmt: skip
    if not below:
        return None
    words = _("Tiêu chí dưới %(share)s điểm tối đa: %(codes)s")
    return said(words, share=percent_text(condition.share), codes=", ".join(below))


def _section(
    condition: Condition,
    tree: Tree,
    results: Mapping[str, Result],
    earned: Mapping[str, Decimal],
    sections: Mapping[str, PartTotal],
) -> Said | None:
    node = tree.by_code.get(condition.code)
    if node is None:
        return None
    if isinstance(node, Leaf):
        points, most, known = earned[node.code], node.maximum, _answered(results, node)
    else:
        part = sections[node.code]
        points, most, known = part.points, part.assigned, part.answered > 0
    if not known or not most or Fraction(points) >= condition.share * Fraction(most):
        return None
    words = _("%(code)s được %(points)s / %(most)s điểm, cần từ %(share)s")
    return said(words, code=node.code, points=points, most=most, share=percent_text(condition.share))


def _targets(condition: Condition, tree: Tree, results: Mapping[str, Result]) -> Said | None:
    known = [
        (one.code, results[one.code].reached) for one in _asked(condition, tree)
        if one.code in results and results[one.code].reached is not None
    ]  # fmt: skip
    missed = [code for code, reached in known if not reached]
    reached = len(known) - len(missed)
    if condition.count and reached < condition.count and missed:
        words = _("Đạt %(reached)s chỉ tiêu, cần ít nhất %(count)s; chưa đạt: %(codes)s")
        return said(words, reached=reached, count=condition.count, codes=", ".join(missed))
    if not condition.count and missed:
        return said(_("Chưa đạt chỉ tiêu: %(codes)s"), codes=", ".join(missed))
    return None
