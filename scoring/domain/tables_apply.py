"""A draft is put into force: what stands against it, the verb, and the version it replaces.

What was in force stays as it was, as a replaced version; sheets go on by the new one (tables_carry), labels of
activities follow its codes (tags_link).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from core.folding import clean
from members import charter
from members.charter_parts import SECTION, Unfit
from members.models import Charter, ClusterYear
from members.scope import Scope
from scoring.domain.tables import head_picture, open_draft
from scoring.domain.tables_carry import Carried, carry_sheets
from scoring.domain.tables_rows import leaves_of, tree_of
from scoring.domain.tables_sums import Difference, differences
from scoring.domain.tables_tree import Tree, doubled
from scoring.enums import AppealState, LeafRule, TableState
from scoring.models import Appeal, CriteriaTable, YearScoring
from scoring.table_rules import TableRules, checked, params_of
from scoring.tags_link import follow_codes

LONGEST_DECISION = 1000
DEEPEST: Final = 50  # levels of a table; totals walk down them, and no paper has more than a handful


@dataclass(frozen=True, slots=True)
class Findings:
    """What stands against a draft: ``problems`` stop it, ``sums`` ask for a decision, ``warnings`` are only said."""

    problems: list[Problem]
    sums: list[Difference]
    warnings: list[Problem]


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did."""

    table: CriteriaTable
    carried: Carried
    tags: int


def findings(table: CriteriaTable, tree: Tree) -> Findings:
    """Everything to be said about a draft before it is put into force; fields are ``row:<id>``. Four queries."""
    settings, unread = checked(table.settings)
    problems = [*_tree_problems(tree), *_year_problems(table.year)]
    for one in unread:
        problems.append(Problem(one.sentence, f"settings:{one.field}"))
    sums = differences(tree, settings)
    warnings = [*_part_warnings(tree), *(_code_warnings(table, tree, settings) if settings else [])]
    if table.version > 1 and _before(table) and not table.reason:
        problems.append(Problem(_("Ghi lý do sửa đổi ở phần đầu của bản soạn."), "reason"))
    return Findings(problems, sums, warnings)


def _tree_problems(tree: Tree) -> list[Problem]:
    leaves = leaves_of(tree.rows)
    if not leaves:
        return [Problem(_("Bảng chưa có tiêu chí chấm điểm nào."))]
    found = []
    for code in doubled([row.code for row in tree.rows]):
        found.append(Problem(_("Số mục “%(code)s” được ghi hai lần.") % {"code": code}))
    depths = tree.depths()
    if max(depths.values()) >= DEEPEST:
        row = next(row for row in tree.rows if depths[row.pk] >= DEEPEST)
        deep = _("Mục %(code)s nằm ở cấp quá sâu: bảng có nhiều nhất %(most)s cấp.")
        found.append(Problem(deep % {"code": row.code, "most": DEEPEST}, f"row:{row.pk}"))
    for row in tree.rows:
        at = f"row:{row.pk}"
        if row.rule == LeafRule.SECTION:
            if not tree.below(row.pk):
                found.append(Problem(_("Mục %(code)s chưa có tiêu chí nào.") % {"code": row.code}, at))
            continue
        if not row.maximum and row.rule != LeafRule.LATENESS:
            found.append(Problem(_("Tiêu chí %(code)s chưa có điểm tối đa.") % {"code": row.code}, at))
        missing = missing_of(row.rule, row.params)
        if missing:
            given = {"code": row.code, "missing": missing}
            found.append(Problem(_("Tiêu chí %(code)s: %(missing)s") % given, at))
    former = [row.former_code for row in tree.rows if row.former_code]
    for code in doubled(former):
        found.append(
            Problem(_("Hai tiêu chí cùng tiếp nối số mục “%(code)s” của bản trước.") % {"code": code})
        )
    return found


def missing_of(rule: str, params: dict[str, object]) -> str:
    """What a rule still lacks, as a sentence; empty when nothing does."""
    try:
        known = params_of(rule, params)
    except Unfit as unfit:
        return str(unfit)
    if rule == LeafRule.LEVELS and not known.get("choices"):
        return _("chưa có mức nào để chọn.")
    if rule == LeafRule.BANDS and not known.get("steps"):
        return _("chưa có bậc nào.")
    if rule in (LeafRule.COUNT, LeafRule.FAULTS, LeafRule.DEDUCTION) and not known.get("each", Decimal(0)):
        return _("chưa ghi điểm cho mỗi lượt.")
    if rule == LeafRule.BONUS and not known.get("each", Decimal(0)) and not known.get("choices"):
        return _("chưa ghi điểm cho mỗi lượt.")
    return ""


def _year_problems(year: ClusterYear) -> list[Problem]:
    found = []
    if Appeal.objects.filter(year=year, state=AppealState.FILED).exists():
        found.append(
            Problem(_("Còn kiến nghị về điểm chờ giải quyết: giải quyết xong rồi mới đổi bảng tiêu chí."))
        )
    if YearScoring.objects.filter(year=year, final_at__isnull=False).exists():
        found.append(Problem(_("Điểm của năm đã chốt nên không đổi được bảng tiêu chí.")))
    return found


def _part_warnings(tree: Tree) -> list[Problem]:
    found = []
    for row in tree.rows:
        above = tree.by_pk.get(row.parent_id or 0)
        if above is not None and above.part != "base" and row.part != above.part:
            words = {"code": row.code, "above": above.code}
            found.append(
                Problem(
                    _("%(code)s nằm trong nhóm %(above)s nhưng thuộc phần điểm khác.") % words,
                    f"row:{row.pk}",
                )
            )
    return found


def _code_warnings(table: CriteriaTable, tree: Tree, settings: TableRules) -> list[Problem]:
    """Codes that conditions and the charter speak of, and that the table does not know."""
    known = {row.code for row in tree.rows}
    found = []
    for condition in settings.conditions:
        if condition.code and condition.code not in known:
            words = {"grade": condition.grade, "code": condition.code}
            found.append(
                Problem(
                    _("Điều kiện của loại “%(grade)s” nói tới mục %(code)s không có.") % words,
                    "settings:conditions",
                )
            )
    stored = Charter.objects.filter(year=table.year_id).values_list("data", flat=True).first()
    for rule in charter.read(stored or {}).tie_break:
        code = rule.removeprefix(SECTION)
        if code != rule and code not in known:
            found.append(
                Problem(_("Quy chế xét mục %(code)s khi bằng điểm, bảng không có mục này.") % {"code": code})
            )
    return found


def _before(table: CriteriaTable) -> CriteriaTable | None:
    return CriteriaTable.objects.filter(year=table.year_id, state=TableState.APPLIED).first()


def apply_table(scope: Scope, *, edition: int, sum_decision: str = "") -> Applied:
    """Put the draft into force. It is locked from then on; the version before it stays, replaced.

    ``edition`` is the draft's when the person read what stands against it. Raises ``Refused``, ``Stale``,
    ``CriteriaTable.DoesNotExist`` (no draft), ``DomainError`` with everything that stops it, or with the differences
    of sums while there is no decision on them. Effects in order: lock on the year, lock on the table, state of the
    version before, state of the new one, sheets with their lines, figures and notices, labels, audit.
    """
    with transaction.atomic():
        scope, table = open_draft(scope, "criteria_apply")
        if table.edition != edition:
            raise Stale(table)
        table.year = scope.year
        tree = tree_of(table)
        found, decision = findings(table, tree), clean(sum_decision).strip()
        if found.problems:
            raise DomainError(found.problems)
        _check_decision(found.sums, decision)
        now, before = timezone.now(), _before(table)
        if before is not None:
            before.state, before.replaced_at = TableState.REPLACED, now
            before.save(update_fields=["state", "replaced_at", "updated_at"])
        table.state, table.applied_at, table.sum_decision = (
            TableState.APPLIED,
            now,
            decision if found.sums else "",
        )
        table.edition += 1
        table.save(update_fields=["state", "applied_at", "sum_decision", "edition", "updated_at"])
        carried, entries = carry_sheets(scope, before, table, tree, now) if before else (Carried(), [])
        tags = follow_codes(scope.year, tree)
        told = {"version": table.version, "criteria": len(tree.rows), "labels": tags, **carried.told()}
        applied = audit.Entry(
            "criteria_apply", table, before={"version": before.version} if before else None,
            after={**head_picture(table), **told, "sum_decision": table.sum_decision}, reason=table.reason,
        )  # fmt: skip
        audit.record_many(
            audit.cluster_chain(scope.year.cluster_id), [*entries, applied],
            actor_id=scope.user.pk, role=scope.audit_role,
        )  # fmt: skip
        return Applied(table, carried, tags)


def _check_decision(sums: list[Difference], decision: str) -> None:
    if len(decision) > LONGEST_DECISION:
        raise DomainError(_("Dài nhất %(most)s ký tự.") % {"most": "1.000"}, "sum_decision")
    if sums and not decision:
        sentence = ngettext(
            "Còn %(count)s chỗ tổng điểm không khớp: ghi quyết định để nguyên như vậy, hoặc sửa bản soạn.",
            "Còn %(count)s chỗ tổng điểm không khớp: ghi quyết định để nguyên như vậy, hoặc sửa bản soạn.",
            len(sums),
        )
        raise DomainError(sentence % {"count": len(sums)}, "sum_decision")


def may_apply(scope: Scope) -> None:
    """Raise ``Refused`` for whoever may not put a table into force."""
    check(scope, "criteria_apply")
