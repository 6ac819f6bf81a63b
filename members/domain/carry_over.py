"""Whose records of a year another agency answers for: written by a decision, taken back with a reason.

The records keep their owner and the name valid then; ``members.scope`` lets the successor's staff see and complete
them, and nobody of the successor judges them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.dates import local_today
from core.errors import DomainError, Problem
from core.folding import clean_line
from members.domain.actor import Actor
from members.domain.agencies import check_reach, lock_agencies
from members.domain.ledger import Ledger
from members.domain.memberships import lock_open_year
from members.enums import Assessed
from members.models import AgencyLink, CarryOver, ClusterYear, Membership
from members.queries import agency_names


@dataclass(frozen=True, slots=True)
class Decision:
    """On what paper, and who is assessed in the broken year (``Assessed``)."""

    number: str
    date: date | None = None
    assessed: str = Assessed.SUCCESSOR
    note: str = ""


def carry_over(
    actor: Actor, year_id: int, predecessor_id: int, successor_id: int, decision: Decision, *, seen: str = ""
) -> CarryOver:
    """What the predecessor recorded in the year is the successor's to answer for.

    What the predecessor had taken over itself goes on to the successor with it. Effects in order: lock of the cluster
    and the agencies, rows, audit. Raises ``Refused`` for anybody but the officer of every cluster of the two,
    ``DomainError`` with a sentence for each thing wrong.
    """
    with transaction.atomic():
        year = lock_open_year(actor, year_id, None, seen)
        lock_agencies([predecessor_id, successor_id])
        check_reach(actor, [predecessor_id, successor_id], year.ends_on)
        if problems := _problems(year, predecessor_id, successor_id, decision):
            raise DomainError(problems)
        ledger = Ledger(actor, clean_line(decision.number))
        row = write_carry_over(ledger, year, predecessor_id, successor_id, decision)
        ledger.write()
    return row


def _problems(year: ClusterYear, predecessor_id: int, successor_id: int, decision: Decision) -> list[Problem]:
    problems = paper_problems(decision.number, decision.date)
    if decision.assessed not in Assessed.values:
        problems.append(Problem(_("Chọn đơn vị được xét thi đua."), "assessed"))
    members = set(Membership.objects.filter(year=year).values_list("agency", flat=True))
    if predecessor_id not in members:
        problems.append(
            Problem(_("Đơn vị trước không phải thành viên của cụm trong năm này."), "predecessor")
        )
    if successor_id not in members:
        problems.append(Problem(_("Đơn vị sau không phải thành viên của cụm trong năm này."), "successor"))
    if not AgencyLink.objects.filter(predecessor=predecessor_id, successor=successor_id).exists():
        problems.append(
            Problem(
                _("Chưa ghi việc kế thừa giữa hai đơn vị: ghi sáp nhập hoặc chia tách trước."), "successor"
            )
        )
    if CarryOver.objects.filter(year=year, predecessor=predecessor_id).exists():
        problems.append(Problem(_("Kết quả của đơn vị này đã có đơn vị kế thừa trong năm."), "predecessor"))
    further = CarryOver.objects.filter(year=year, predecessor=successor_id).first()
    if further:
        name = agency_names([further.successor_id], year.ends_on).get(further.successor_id, ("", "?"))[1]
        sentence = _("Kết quả của đơn vị sau đã do %(agency)s kế thừa: chọn %(agency)s.")
        problems.append(Problem(sentence % {"agency": name}, "successor"))
    return problems


def paper_problems(number: str, on: date | None) -> list[Problem]:
    """A decision has a number, and no day in the future."""
    problems = []
    if not clean_line(number):
        problems.append(Problem(_("Ghi số quyết định hoặc biên bản."), "decision_number"))
    if on and on > local_today(timezone.now()):
        problems.append(Problem(_("Ngày quyết định không thể ở sau hôm nay."), "decision_date"))
    return problems


def write_carry_over(
    ledger: Ledger, year: ClusterYear, predecessor_id: int, successor_id: int, decision: Decision
) -> CarryOver:
    """The row, and those that the predecessor had taken over led on to the successor; the caller has checked."""
    chain = audit.cluster_chain(year.cluster_id)
    for row in CarryOver.objects.filter(year=year, successor=predecessor_id).order_by("pk"):
        ledger.tell(
            chain, "carry_over_edit", row, {"successor_id": row.successor_id}, {"successor_id": successor_id}
        )
        row.successor_id = successor_id
        row.save(update_fields=["successor", "updated_at"])
    row = CarryOver.objects.create(
        year=year, predecessor_id=predecessor_id, successor_id=successor_id, assessed=decision.assessed,
        decision_number=clean_line(decision.number), decision_date=decision.date, note=clean_line(decision.note),
    )  # fmt: skip
    ledger.tell(chain, "carry_over", row, after=audit.snapshot(row))
    return row


def remove_carry_over(actor: Actor, year_id: int, pk: int, reason: str) -> CarryOver:
    """Take a decision back while the year is open; the successor's staff answers for these records no more.

    Effects in order: lock of the cluster, the row gone, audit. Raises ``Refused``, ``DomainError`` without a reason or
    when it was taken back before.
    """
    reason = clean_line(reason)
    if not reason:
        raise DomainError(_("Ghi lý do bỏ kế thừa kết quả."), "reason")
    with transaction.atomic():
        year = lock_open_year(actor, year_id, None)
        row = CarryOver.objects.filter(year=year, pk=pk).first()
        if row is None:
            raise DomainError(_("Việc kế thừa kết quả này đã được bỏ trước đó."))
        check_reach(actor, [row.predecessor_id, row.successor_id], year.ends_on)
        before = audit.snapshot(row)
        ledger = Ledger(actor, reason)
        ledger.tell(audit.cluster_chain(year.cluster_id), "carry_over_remove", year, before=before)
        row.delete()
        ledger.write()
    return row
