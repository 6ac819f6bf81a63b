"""What a filled table would change. Nothing is written here.

A cluster of the table is formed as it stands there from the day of effect on: who is listed joins or stays; who is not
listed leaves on that day where the table is said to be complete, else stays. Offices change only where the table names
any. What is past keeps its days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from core.errors import Problem
from core.sheets import Fault, Table
from members.domain.formation_cluster import Maker
from members.domain.formation_known import Known, load
from members.domain.formation_shape import ClusterPlan, Formation, Order
from members.domain.formation_sheet import Row, rows_of


def plan_of(table: Table, order: Order) -> Formation:
    """What the table would change; a constant number of queries, and one for each other period of a new year."""
    rows, faults = rows_of(table.lines)
    known = load(rows, order.effective_on)
    done = Formation(faults=[*table.faults, *faults], remarks=list(table.remarks), lines=len(rows))
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.cluster:
            groups.setdefault(row.cluster, []).append(row)
    periods: dict[tuple[str, date, date], list[Problem]] = {}
    for slug, listed in groups.items():
        made = Maker(slug, listed, known, order, done, periods).make()
        if made:
            done.clusters.append(made)
    _check_parents(done.clusters, known, done.faults)
    used = {join.agency for plan in done.clusters for join in plan.joins}
    done.agencies = [one for one in known.agencies.new.values() if one.key in used]
    done.names = known.agencies.names()
    done.faults.sort(key=_place)
    if not rows and not done.faults:
        done.faults.append(Fault("", "", _("Tệp chưa có dòng nào.")))
    return done


def _place(fault: Fault) -> tuple[str, int, str]:
    """Faults in the order of the sheet: by row, then by column."""
    letters = fault.cell.rstrip("0123456789")
    return fault.sheet, int(fault.cell[len(letters) :] or 0), letters.rjust(3)


def _check_parents(plans: Sequence[ClusterPlan], known: Known, faults: list[Fault]) -> None:
    """Every parent is known, and no cluster stands inside itself."""
    by_pk = {cluster.pk: slug for slug, cluster in known.clusters.items()}
    above = {slug: by_pk.get(cluster.parent_id or 0, "") for slug, cluster in known.clusters.items()}
    above |= {plan.slug: plan.parent for plan in plans if plan.parent is not None}
    for plan in plans:
        parent = above.get(plan.slug, "")
        if parent and parent not in above and all(parent != other.slug for other in plans):
            faults.append(
                plan.row.line.fault("parent", _("Không có cụm nào mang mã “%(code)s”.") % {"code": parent})
            )
            continue
        seen = {plan.slug}
        while parent:
            if parent in seen:
                faults.append(plan.row.line.fault("parent", _("Một cụm không thể thuộc chính nó.")))
                break
            seen.add(parent)
            parent = above.get(parent, "")
