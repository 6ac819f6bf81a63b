"""The compact of a year: written by those who lead, opened for signing (its words are fixed then), closed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from core.folding import clean
from members.domain.lock import lock_year
from members.models import ClusterYear
from members.scope import Scope
from movements.enums import PledgeState
from movements.models import Pledge, PledgeClause, Signature
from movements.queries_pledges import clauses_of, roll_of

USUAL: Final = range(4, 7)  # contents of a compact (docs/domain.md, documents): a hint, never a rule
MAX_CLAUSES: Final = 30
LONGEST: Final = {"title": 300, "preamble": 4000, "place": 200}
LONGEST_CLAUSE: Final = 2000
LONGEST_REASON: Final = 1000


@dataclass(frozen=True, slots=True)
class PledgeDraft:
    """A compact as it is to stand; its contents in order."""

    title: str
    preamble: str = ""
    place: str = ""
    signing_on: date | None = None
    clauses: tuple[str, ...] = ()


def words_of(pledge: Pledge, clauses: Sequence[str], slogan: str) -> dict[str, Any]:
    """Everything that those who sign agree to, as the paper prints it."""
    return {
        "schema": 1,
        "title": pledge.title,
        "preamble": pledge.preamble,
        "place": pledge.place,
        "signing_on": pledge.signing_on,
        "slogan": slogan,
        "clauses": list(clauses),
    }


def mark_of(pledge: Pledge, clauses: Sequence[str], slogan: str) -> str:
    """SHA-256 of the canonical words, without any id of a database, so that it holds wherever the year is carried."""
    return hashlib.sha256(audit.canonical(words_of(pledge, clauses, slogan)).encode()).hexdigest()


def is_whole(pledge: Pledge, clauses: Sequence[str], year: ClusterYear) -> bool:
    """Whether the words that stand are those that were opened for signing; a draft has no such words."""
    return pledge.state == PledgeState.DRAFT or mark_of(pledge, clauses, year.slogan) == pledge.mark


def locked_pledge(scope: Scope) -> Pledge | None:
    """The compact under a row lock; the caller holds the year's lock."""
    return Pledge.objects.select_for_update(of=("self",)).filter(year=scope.year).first()


# -- writing -------------------------------------------------------------------------------------
def save_pledge(scope: Scope, draft: PledgeDraft, *, version: int | None = None) -> Pledge:
    """Write the compact of the year, or change its words while it is a draft.

    ``version`` is the one the person saw, 0 for a compact that was not there. Raises ``Refused``, ``Stale``,
    ``DomainError`` (every problem; words that are open for signing do not change). Effects in order: lock on the year,
    lock on the compact, compact, contents, audit; nothing is written when nothing differs.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "pledge_edit")
        pledge = locked_pledge(scope)
        if version is not None and version != (pledge.version if pledge else 0):
            raise Stale(pledge)
        if pledge is not None and pledge.state != PledgeState.DRAFT:
            raise DomainError(
                _("Giao ước đã mở ký nên lời không đổi được. Muốn sửa thì đưa về bản nháp, có lý do.")
            )
        if found := problems_of(draft):
            raise DomainError(found)
        before = picture(pledge) if pledge else {}
        pledge = _write(pledge or Pledge(year=scope.year), draft)
        old, new = audit.changed(before, picture(pledge))
        if new:
            if before:
                pledge.version += 1
                pledge.save(update_fields=["version", "updated_at"])
            _tell(
                scope,
                "pledge_edit" if before else "pledge_add",
                pledge,
                before=old if before else None,
                after=new,
            )
        return pledge


def _write(pledge: Pledge, draft: PledgeDraft) -> Pledge:
    for name in ("title", "preamble", "place", "signing_on"):
        setattr(pledge, name, getattr(draft, name))
    pledge.save()
    if clauses_of(pledge) != list(draft.clauses):
        pledge.clauses.all().delete()
        PledgeClause.objects.bulk_create(
            PledgeClause(pledge=pledge, order=order, text=text) for order, text in enumerate(draft.clauses, 1)
        )
    return pledge


def picture(pledge: Pledge) -> dict[str, Any]:
    """The compact as plain values for the audit."""
    drawn = audit.snapshot(pledge, "version")
    drawn["clauses"] = clauses_of(pledge)
    return drawn


def problems_of(draft: PledgeDraft) -> list[Problem]:
    """Everything wrong with a draft; fields are the names of the draft, ``clauses:2`` the third content."""
    found = []
    if not draft.title:
        found.append(Problem(_("Ghi tên giao ước."), "title"))
    for name, most in LONGEST.items():
        if len(getattr(draft, name)) > most:
            found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": most}, name))
    if len(draft.clauses) > MAX_CLAUSES:
        found.append(Problem(_("Nhiều nhất %(most)s nội dung.") % {"most": MAX_CLAUSES}))
    for place, text in enumerate(draft.clauses):
        if len(text) > LONGEST_CLAUSE:
            found.append(
                Problem(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST_CLAUSE}, f"clauses:{place}")
            )
    return found


def hints_of(clauses: Sequence[str]) -> list[str]:
    """What is unusual and may still be meant."""
    if clauses and len(clauses) not in USUAL:
        words = {"count": len(clauses), "least": USUAL[0], "most": USUAL[-1]}
        return [_("Giao ước đang có %(count)s nội dung; thường có từ %(least)s đến %(most)s.") % words]
    return []


# -- opening, closing, going back ----------------------------------------------------------------
def open_pledge(scope: Scope, *, version: int | None = None) -> Pledge:
    """Open a draft for signing: from now on its words stand under ``mark``.

    Raises ``Refused``, ``Stale``, ``DomainError`` (no compact, not a draft, no contents). Effects in order: lock on the
    year, lock on the compact, state with mark and moment, audit.
    """
    with transaction.atomic():
        scope, pledge = _in_state(scope, version, PledgeState.DRAFT)
        clauses = clauses_of(pledge)
        if not clauses:
            raise DomainError(_("Giao ước chưa có nội dung nào: ghi nội dung trước khi mở ký."))
        mark = mark_of(pledge, clauses, scope.year.slogan)
        _move(
            scope,
            pledge,
            "pledge_open",
            {"state": PledgeState.OPEN, "mark": mark, "opened_at": timezone.now()},
        )
        return pledge


def close_pledge(scope: Scope, reason: str = "", *, version: int | None = None) -> Pledge:
    """Close the signing: when every member of today has signed, else with a reason why some are missing.

    Raises as :func:`open_pledge`, and ``DomainError`` at ``reason`` without one. Effects in order: lock on the year,
    lock on the compact, state with its moment, audit with the reason and who is missing.
    """
    reason = clean(reason)
    with transaction.atomic():
        scope, pledge = _in_state(scope, version, PledgeState.OPEN)
        roll = roll_of(scope.year, pledge, scope.today)
        if not roll.signed:
            raise DomainError(_("Chưa đơn vị nào ký nên chưa chốt được."))
        if roll.missing and not reason:
            names = ", ".join(row.short_name for row in roll.missing)
            raise DomainError(
                _("Còn đơn vị chưa ký (%(names)s): ghi lý do chốt.") % {"names": names}, "reason"
            )
        _check_length(reason)
        after = {"state": PledgeState.CLOSED, "closed_at": timezone.now()}
        told = {"missing": [row.agency_id for row in roll.missing]} if roll.missing else {}
        _move(scope, pledge, "pledge_close", after, told=told, reason=reason if roll.missing else "")
        return pledge


def reopen_draft(scope: Scope, reason: str, *, version: int | None = None) -> Pledge:
    """Back to the draft: its words may change again, and every signature that stands lapses.

    Raises as :func:`open_pledge`, and ``DomainError`` at ``reason`` without one. Effects in order: lock on the year,
    lock on the compact, state, signatures, audit with the reason and who had signed.
    """
    reason = clean(reason)
    with transaction.atomic():
        scope, pledge = _in_state(scope, version, PledgeState.OPEN, PledgeState.CLOSED)
        if not reason:
            raise DomainError(_("Ghi lý do đưa về bản nháp: mọi chữ ký đã có sẽ hết hiệu lực."), "reason")
        _check_length(reason)
        standing = Signature.objects.filter(pledge=pledge, lapsed_at__isnull=True)
        lapsed = list(standing.order_by("agency").values_list("agency", flat=True))
        after = {"state": PledgeState.DRAFT, "mark": "", "opened_at": None, "closed_at": None}
        standing.update(lapsed_at=timezone.now(), updated_at=timezone.now())
        _move(scope, pledge, "pledge_reopen", after, told={"lapsed": lapsed}, reason=reason)
        return pledge


def _check_length(reason: str) -> None:
    if len(reason) > LONGEST_REASON:
        raise DomainError(_("Lý do dài nhất 1.000 ký tự."), "reason")


def _in_state(scope: Scope, version: int | None, *states: str) -> tuple[Scope, Pledge]:
    scope = lock_year(scope)
    check(scope, "pledge_open")
    pledge = locked_pledge(scope)
    if pledge is None:
        raise DomainError(_("Năm này chưa có giao ước thi đua."))
    if version is not None and pledge.version != version:
        raise Stale(pledge)
    if pledge.state not in states:
        state = {"state": PledgeState(pledge.state).label}
        raise DomainError(_("Giao ước “%(state)s” nên không làm được việc vừa chọn.") % state)
    return scope, pledge


def _move(
    scope: Scope, pledge: Pledge, action: str, after: dict[str, Any], *, told: Any = None, reason: str = ""
) -> None:
    before = {name: getattr(pledge, name) for name in after}
    for name, value in after.items():
        setattr(pledge, name, value)
    pledge.version += 1
    pledge.save(update_fields=[*after, "version", "updated_at"])
    _tell(scope, action, pledge, before=before, after={**after, **(told or {})}, reason=reason)


def _tell(
    scope: Scope, action: str, pledge: Pledge, *, before: Any = None, after: Any = None, reason: str = ""
) -> None:
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, pledge,
        actor_id=scope.user.pk, role=scope.audit_role, before=before, after=after, reason=reason,
    )  # fmt: skip
