"""Where the points of a table do not add up: said, never mended; a draft is saved all the same (domain 3.1, T2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.quantity import format_number
from scoring.domain.tables_tree import Tree
from scoring.enums import LeafRule, TablePart
from scoring.models import Criterion
from scoring.table_rules import TableRules


@dataclass(frozen=True, slots=True)
class Difference:
    """Both sums of one section; ``pk`` None: a cap of the whole table."""

    pk: int | None
    code: str
    stated: Decimal
    summed: Decimal
    sentence: str


def differences(tree: Tree, settings: TableRules | None = None) -> list[Difference]:
    """Sections whose parts do not give what they state, and groups whose lines exceed their cap, in order."""
    found = [one for row in tree.rows if row.rule == LeafRule.SECTION for one in _of_section(tree, row)]
    if settings is not None:
        found += _of_caps(tree, settings)
    return found


def _of_section(tree: Tree, row: Criterion) -> list[Difference]:
    children = [one for one in tree.below(row.pk) if one.part == row.part]
    if not children or not row.maximum:
        return []
    summed = worth(tree, children)
    if summed == row.maximum or (row.part != TablePart.BASE and summed < row.maximum):
        return []
    words = {
        "code": row.code, "stated": format_number(row.maximum), "summed": format_number(summed),
        "by": format_number(abs(summed - row.maximum)),
    }  # fmt: skip
    if row.part == TablePart.BASE:
        sentence = (
            _("Mục %(code)s ghi %(stated)s điểm, các tiêu chí con cộng lại %(summed)s: thừa %(by)s.")
            if summed > row.maximum
            else _("Mục %(code)s ghi %(stated)s điểm, các tiêu chí con cộng lại %(summed)s: thiếu %(by)s.")
        )
    else:
        sentence = _("Nhóm %(code)s có trần %(stated)s điểm, các dòng cộng lại %(summed)s: quá trần %(by)s.")
    return [Difference(row.pk, row.code, row.maximum, summed, sentence % words)]


def _of_caps(tree: Tree, settings: TableRules) -> list[Difference]:
    bonus = _("Điểm thưởng có trần chung %(stated)s, các nhóm cộng lại %(summed)s.")
    penalty = _("Điểm trừ có trần chung %(stated)s, các nhóm cộng lại %(summed)s.")
    caps = (
        (TablePart.BONUS, settings.bonus_cap, bonus),
        (TablePart.PENALTY, settings.penalty_cap, penalty),
    )
    found = []
    for part, cap, sentence in caps:
        summed = part_total(tree, part)
        if cap is not None and summed > cap:
            words = {"stated": format_number(cap), "summed": format_number(summed)}
            found.append(Difference(None, "", cap, summed, sentence % words))
    return found


def worth(tree: Tree, rows: Sequence[Criterion]) -> Decimal:
    """What the rows can earn together: their stated maxima, of a section without one what it holds."""
    return sum((_worth(tree, row) for row in rows), Decimal(0))


def _worth(tree: Tree, row: Criterion) -> Decimal:
    if row.maximum or row.rule != LeafRule.SECTION:
        stated: Decimal = row.maximum
        return stated
    return worth(tree, [one for one in tree.below(row.pk) if one.part == row.part])


def part_total(tree: Tree, part: str) -> Decimal:
    """What a part of the table (base, bonus, penalty) comes to: its topmost rows, wherever they stand."""
    top = [row for row in tree.rows if row.part == part and _is_topmost(tree, row)]
    return worth(tree, top)


def _is_topmost(tree: Tree, row: Criterion) -> bool:
    return row.parent_id is None or tree.by_pk[row.parent_id].part != row.part
