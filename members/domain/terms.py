"""The one verb that writes role terms, and the rules a cluster's terms keep.

The rules no constraint can state on both databases: never two chairs at one moment, chair ≠ deputy, no agency twice,
members only. They hold because every writer comes through ``write_terms`` and waits for the lock on the cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.dates import format_date, local_today
from core.errors import DomainError, Problem
from members.domain.actor import Actor
from members.domain.rotation import Clash, Term, clashes
from members.enums import Basis, Role
from members.models import Cluster, ClusterYear, Membership, RoleTerm
from members.queries import agency_names


def lock_cluster(cluster_id: int) -> None:
    """Hold the cluster until the transaction ends; first in the order cluster → year → activity → audit head.

    A verb that calls another may lock twice: the second time costs one query and never waits.
    """
    list(Cluster.objects.select_for_update(of=("self",)).filter(pk=cluster_id).values_list("pk"))


def term_of(row: RoleTerm) -> Term:
    """The pure part of a row."""
    return Term(row.agency_id, row.role, row.order, row.starts_on, row.ends_on, row.pk)


def terms_of(cluster_id: int) -> list[Term]:
    """Every term of the cluster, oldest first; one query."""
    rows = RoleTerm.objects.filter(cluster=cluster_id).order_by("starts_on", "role", "order")
    return [term_of(row) for row in rows]


def check_terms(terms: Iterable[Term], strangers: Iterable[Term], names: Mapping[int, str]) -> list[Problem]:
    """A sentence for each clash among ``terms``, and for each of ``strangers`` (whose agency is no member)."""
    problems = [Problem(_stranger(term, names), term.role) for term in strangers]
    return problems + [Problem(_sentence(clash, names), clash.second.role) for clash in clashes(terms)]


def _stranger(term: Term, names: Mapping[int, str]) -> str:
    return _(
        "%(agency)s không phải đơn vị thành viên của năm có ngày %(day)s nên không thể làm %(role)s."
    ) % {
        "agency": names.get(term.agency_id, ""),
        "day": format_date(term.starts_on),
        "role": Role(term.role).label,
    }


def _sentence(clash: Clash, names: Mapping[int, str]) -> str:
    words = {
        "first": names.get(clash.first.agency_id, ""),
        "second": names.get(clash.second.agency_id, ""),
        "role": Role(clash.second.role).label,
        "from": format_date(clash.first.starts_on),
        "day": format_date(max(clash.first.starts_on, clash.second.starts_on)),
    }
    sentences = {
        "no_days": _("Nhiệm kỳ %(role)s của %(first)s phải kết thúc sau ngày bắt đầu %(from)s."),
        "two_chairs": _("Ngày %(day)s có hai Cụm trưởng: %(first)s và %(second)s."),
        "same_office": _("Ngày %(day)s có hai đơn vị cùng ở một ghế Cụm phó: %(first)s và %(second)s."),
        "both_roles": _("Ngày %(day)s, %(first)s vừa là Cụm trưởng vừa là Cụm phó."),
        "twice": _("Ngày %(day)s, %(first)s được ghi hai lần làm %(role)s."),
    }
    return sentences[clash.code] % words


def paper_problems(basis: str, number: str, day: date | None) -> list[Problem]:
    """What is wrong with the paper a term rests on: whoever is appointed is so by a numbered and dated decision."""
    problems = []
    if basis == Basis.APPOINTED and not number:
        problems.append(Problem(_("Được chỉ định thì phải ghi số quyết định."), "decision_number"))
    if basis == Basis.APPOINTED and not day:
        problems.append(Problem(_("Được chỉ định thì phải ghi ngày quyết định."), "decision_date"))
    if day and day > local_today(timezone.now()):
        problems.append(Problem(_("Ngày quyết định không thể ở sau hôm nay."), "decision_date"))
    return problems


def write_terms(
    actor: Actor,
    cluster_id: int,
    add: Sequence[RoleTerm] = (),
    end: Mapping[int, date] | None = None,
    *,
    action: str = "term_write",
    reason: str = "",
) -> list[RoleTerm]:
    """End the terms of ``end`` (id → first day without it), write the unsaved rows of ``add``; all or nothing.

    Effects in order: lock of the cluster, ends, new rows, one audit event each. Raises ``Refused`` for an actor who
    is not officer of the cluster, ``DomainError`` with a sentence for every rule that the result would break; nothing
    is written then. An agency must be a member of the year in which its term begins, see ``strangers_among``.
    """
    actor.check(cluster_id)
    end = end or {}
    with transaction.atomic():
        lock_cluster(cluster_id)
        rows = {row.pk: row for row in RoleTerm.objects.filter(cluster=cluster_id, pk__in=end)}
        if len(rows) != len(end):
            raise DomainError(_("Nhiệm kỳ cần kết thúc không còn hoặc thuộc cụm khác."))
        new = [_term_for(cluster_id, row) for row in add]
        problems = _problems(cluster_id, new, end)
        if problems:
            raise DomainError(problems)
        chain = audit.cluster_chain(cluster_id)
        for pk, day in sorted(end.items()):
            _end(rows[pk], day, chain, actor, reason)
        for row in add:
            row.save(force_insert=True)
            audit.record(
                chain,
                action,
                row,
                actor_id=actor.user_id,
                role=actor.role,
                after=audit.snapshot(row),
                reason=reason,
            )
    return list(add)


def _term_for(cluster_id: int, row: RoleTerm) -> Term:
    row.cluster_id = cluster_id
    try:
        row.clean_fields()
    except ValidationError as error:
        raise DomainError(
            [Problem(text, name) for name, texts in error.message_dict.items() for text in texts]
        ) from error
    return term_of(row)


def _problems(cluster_id: int, new: Sequence[Term], end: Mapping[int, date]) -> list[Problem]:
    stored = terms_of(cluster_id)
    after = [replace(term, ends_on=end[term.pk]) if term.pk and term.pk in end else term for term in stored]
    names = short_names([*stored, *new])
    problems = check_terms([*after, *new], strangers_among(cluster_id, new), names)
    return problems + [
        Problem(_leaves(term, day, names), term.role) for term, day in leavers(cluster_id, new)
    ]


def leavers(cluster_id: int, terms: Sequence[Term]) -> list[tuple[Term, date]]:
    """Those of ``terms`` that would go on after their agency leaves the cluster, with the day it leaves; one query."""
    left = Membership.objects.filter(
        year__cluster=cluster_id, agency__in={term.agency_id for term in terms}, left_on__isnull=False
    )
    days = left.order_by("left_on").values_list("agency", "left_on", "year__ends_on")
    return [
        (term, day)
        for term in terms
        for agency, day, last in days
        if agency == term.agency_id
        and day is not None
        and term.starts_on < day <= last
        and (term.ends_on is None or day < term.ends_on)
    ]


def _leaves(term: Term, day: date, names: Mapping[int, str]) -> str:
    return _("%(agency)s rời cụm từ ngày %(day)s nên không thể làm %(role)s sau ngày đó.") % {
        "agency": names.get(term.agency_id, ""),
        "day": format_date(day),
        "role": Role(term.role).label,
    }


def short_names(terms: Iterable[Term]) -> dict[int, str]:
    """Short names of the agencies of ``terms``, valid when the newest of them begins; one query."""
    listed = list(terms)
    day = max((term.starts_on for term in listed), default=date.min)
    return {
        pk: short for pk, (_name, short) in agency_names((term.agency_id for term in listed), day).items()
    }


def strangers_among(cluster_id: int, terms: Iterable[Term]) -> list[Term]:
    """Those of ``terms`` whose agency is no member on the first day; two queries.

    The year asked is the first one that has not ended on that day; before its period begins, its first day counts.
    """
    years = list(ClusterYear.objects.filter(cluster=cluster_id).order_by("ends_on"))
    members: dict[tuple[int, int], Membership] = {
        (row.year_id, row.agency_id): row for row in Membership.objects.filter(year__cluster=cluster_id)
    }
    found = []
    for term in terms:
        year = next((year for year in years if year.ends_on >= term.starts_on), None)
        row = members.get((year.pk, term.agency_id)) if year else None
        if year is None or row is None or not is_member_on(row, max(term.starts_on, year.starts_on)):
            found.append(term)
    return found


def is_member_on(row: Membership, day: date) -> bool:
    """Whether the membership covers ``day``; empty ends mean the whole year."""
    return (row.joined_on is None or row.joined_on <= day) and (row.left_on is None or day < row.left_on)


def _end(row: RoleTerm, day: date, chain: str, actor: Actor, reason: str) -> None:
    before = audit.snapshot(row)
    row.ends_on = day
    row.save(update_fields=["ends_on", "updated_at"])
    old, new = audit.changed(before, audit.snapshot(row))
    if new:
        audit.record(
            chain,
            "term_end",
            row,
            actor_id=actor.user_id,
            role=actor.role,
            before=old,
            after=new,
            reason=reason,
        )
