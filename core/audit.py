"""Append-only, hash-chained record of every change: one chain for each cluster and one for the installation.

Why our own: nothing kept does this on both databases (ADR 0007). Promises: an event is written in the transaction
of the change it tells of; the head of its chain is locked last; ``verify`` finds an altered, added or removed row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from core.db import wide_statements
from core.models import AuditEvent, AuditHead

SITE = "site"
BATCH = 5000
START = "0" * 64
_FIELDS = (
    "chain", "seq", "actor_id", "role", "action", "target_type", "target_id", "before", "after", "reason", "prev_hash",
)  # fmt: skip


def canonical(value: object) -> str:
    """JSON with sorted keys, no spaces, no floats (Decimal as text, dates in ISO form)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return value.pk
    return str(value)


def snapshot(row: models.Model, *leave_out: str) -> dict[str, Any]:
    """The stored columns of ``row`` as plain values, for ``before`` and ``after``."""
    skip = {"created_at", "updated_at", "search", *leave_out}
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname not in skip}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only the keys whose values differ, in both versions."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def cluster_chain(cluster_id: int) -> str:
    """The chain of one cluster."""
    return f"cluster:{cluster_id}"


def record(
    chain: str,
    action: str,
    target: models.Model,
    *,
    actor_id: int | None,
    role: str = "",
    before: object = None,
    after: object = None,
    reason: str = "",
) -> AuditEvent:
    """Append one event to ``chain`` in the caller's transaction and return it; locks the head of the chain.

    Call it last in a verb: every writer of the chain waits here until the transaction ends.
    """
    with transaction.atomic():
        head = _locked_head(chain)
        event = AuditEvent(
            chain=chain,
            seq=head.seq + 1,
            at=timezone.now(),
            actor_id=actor_id,
            role=role,
            action=action,
            target_type=target._meta.label_lower,
            target_id=str(target.pk),
            before="" if before is None else canonical(before),
            after="" if after is None else canonical(after),
            reason=reason,
            prev_hash=head.hash,
        )
        event.hash = digest(event)
        event.save(force_insert=True)
        head.seq, head.hash = event.seq, event.hash
        head.save(update_fields=["seq", "hash"])
    return event


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of many: see :func:`record`."""

    action: str
    target: models.Model
    before: object = None
    after: object = None
    reason: str = ""


def record_many(chain: str, entries: Iterable[Entry], *, actor_id: int | None, role: str = "") -> int:
    """Append the events to ``chain`` in their order, as :func:`record` does one by one; how many there were.

    The number of statements does not grow with them (one for each ``BATCH``); the head is locked once and last.
    """
    waiting = list(entries)
    if not waiting:
        return 0
    with transaction.atomic(), wide_statements():
        head = _locked_head(chain)
        events, now = [], timezone.now()
        for entry in waiting:
            event = AuditEvent(
                chain=chain, seq=head.seq + 1, at=now, actor_id=actor_id, role=role, action=entry.action,
                target_type=entry.target._meta.label_lower, target_id=str(entry.target.pk),
                before="" if entry.before is None else canonical(entry.before),
                after="" if entry.after is None else canonical(entry.after),
                reason=entry.reason, prev_hash=head.hash,
            )  # fmt: skip
            event.hash = digest(event)
            head.seq, head.hash = event.seq, event.hash
            events.append(event)
        AuditEvent.objects.bulk_create(events, batch_size=BATCH)
        head.save(update_fields=["seq", "hash"])
    return len(waiting)


def _locked_head(chain: str) -> AuditHead:
    """The head of the chain, locked; made the first time. A request may record several events."""
    locked = AuditHead.objects.select_for_update().filter(chain=chain)
    for _try in range(2):
        for head in locked.all():
            return head
        AuditHead.objects.bulk_create([AuditHead(chain=chain)], ignore_conflicts=True)
    return locked.get()


def digest(event: AuditEvent) -> str:
    """SHA-256 of the canonical JSON of the event with its moment in UTC to the microsecond."""
    body = {name: getattr(event, name) for name in _FIELDS}
    body["at"] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def verify(chain: str) -> Iterator[str]:
    """Sentences on every break of ``chain``; none when it is whole. Streams, so any length will do."""
    seq, previous = 0, START
    for event in AuditEvent.objects.filter(chain=chain).order_by("seq").iterator(chunk_size=2000):
        seq += 1
        if event.seq != seq:
            yield f"{chain}: thiếu hoặc thừa dòng, cần #{seq}, gặp #{event.seq}"
            seq = event.seq
        if event.prev_hash != previous:
            yield f"{chain} #{event.seq}: không nối với dòng trước"
        if event.hash != digest(event):
            yield f"{chain} #{event.seq}: nội dung đã bị sửa"
        previous = event.hash
    head = AuditHead.objects.filter(chain=chain).first()
    if head is None or (head.seq, head.hash) != (seq, previous):
        yield f"{chain}: đầu chuỗi không khớp với dòng cuối"


def chains() -> list[str]:
    """Every chain that has a head or an event."""
    heads = set(AuditHead.objects.values_list("chain", flat=True))
    return sorted(heads | set(AuditEvent.objects.order_by().values_list("chain", flat=True).distinct()))
