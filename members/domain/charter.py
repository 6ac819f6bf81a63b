"""Changing the charter of a year: in place while nothing rests on it, else as the next version with a reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from members import charter
from members.charter_uses import resting_on
from members.domain.lock import lock_year
from members.models import Charter, CharterVersion, ClusterYear
from members.scope import Scope

REASON_LENGTH = 300


def mark_of(stored: Charter) -> str:
    """The mark of a charter as it stands, see ``charter.mark``."""
    return charter.mark(stored.version, charter.read(stored.data))


def in_force(year: ClusterYear) -> Charter:
    """The charter of the year; one that came without a charter (a bare year file) goes by the first proposal."""
    try:
        return year.charter
    except Charter.DoesNotExist:
        return Charter(year=year, data={})


def earlier_versions(year: ClusterYear) -> list[CharterVersion]:
    """The versions that were replaced, newest first; one query."""
    return list(CharterVersion.objects.filter(year=year).order_by("-version"))


def save_charter(scope: Scope, rules: charter.Rules, *, seen: str, reason: str = "") -> Charter:
    """Let ``rules`` be the charter of the year, and return it as stored.

    ``seen`` is the mark of the charter that the form was made from. Effects in order: lock of the year, right
    ``charter_edit``, the version before it kept (once something rests on it), charter, audit. Rules that stand already
    change nothing, so a form sent twice is saved once. Raises ``Stale`` (with the ``Charter`` that stands) when
    somebody saved another one first, ``DomainError`` for contradictions and a missing reason.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "charter_edit")
        stored = locked_charter(scope.year)
        if charter.read(stored.data) == rules:
            return stored
        if seen != mark_of(stored):
            raise Stale(stored)
        return put(stored, rules, reason, actor_id=scope.user_key(), role=scope.audit_role)


def locked_charter(year: ClusterYear) -> Charter:
    """The charter in force, read again and locked; the caller holds the year's lock and a transaction."""
    rows = Charter.objects.select_for_update(of=("self",))
    stored = rows.filter(year=year).first() or Charter.objects.create(year=year, data={})
    stored.year = year
    return stored


def put(stored: Charter, rules: charter.Rules, reason: str, *, actor_id: int | None, role: str) -> Charter:
    """Write changed ``rules`` over ``stored``, in place or as the next version; the caller holds the locks."""
    before = charter.read(stored.data)
    if problems := problems_of(stored.year, rules, reason):
        raise DomainError(problems)
    keys = charter.differing(before, rules)
    was, now = charter.write(before), charter.write(rules)
    versioned = write_over(stored, rules, reason)
    head: dict[str, Any] = {"version": stored.version}
    audit.record(
        audit.cluster_chain(stored.year.cluster_id), "charter_version" if versioned else "charter_edit", stored,
        actor_id=actor_id, role=role,
        before={key: was[key] for key in keys}, after=head | {key: now[key] for key in keys}, reason=reason,
    )  # fmt: skip
    return stored


def write_over(stored: Charter, rules: charter.Rules, reason: str) -> bool:
    """Save ``rules`` into ``stored``; True when something rested on it, so that the version before was kept.

    Neither checks nor audit: for callers that do both themselves.
    """
    versioned = bool(resting_on(stored.year))
    if versioned:
        CharterVersion.objects.create(
            year=stored.year, version=stored.version, data=stored.data, reason=stored.reason,
            replaced_at=timezone.now(),
        )  # fmt: skip
        stored.version += 1
        stored.reason = reason
    stored.data = charter.write(rules)
    stored.save(update_fields=["version", "data", "reason", "updated_at"])
    return versioned


def problems_of(year: ClusterYear, rules: charter.Rules, reason: str) -> list[Problem]:
    """What keeps the rules from being saved, each with its key; ``reason`` once something rests on the charter."""
    problems = charter.contradictions(rules)
    if len(reason) > REASON_LENGTH:
        problems.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": REASON_LENGTH}, "reason"))
    if not reason and resting_on(year):
        problems.append(Problem(_("Ghi lý do sửa: đã có kết quả dựa trên bản quy chế này."), "reason"))
    return problems
