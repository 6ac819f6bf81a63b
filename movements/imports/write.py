"""Taking a file over: one transaction, everything looked at again, a constant number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import audit
from core.access import check
from core.db import wide_statements
from core.sheets import Table
from members.domain.lock import lock_year
from members.scope import Scope
from movements.domain.contributions import receivers_named
from movements.domain.record import differences, picture
from movements.imports.fill import Written, fill_activity, fill_gift, link_gift, searched, state_of
from movements.imports.plan import make_plan
from movements.imports.shape import Group, Order, Plan
from movements.models import (
    Activity,
    ActivityPartner,
    Contribution,
    Contributor,
    EvidenceUse,
    ImportRun,
)

BATCH = 5_000
_ACTIVITY = (
    "movement", "title", "precision", "starts_on", "ends_on", "sorted_on", "place", "people", "attended", "story",
    "result", "in_summary", "scope", "state", "submitted_at", "returned_at", "return_reason", "edited_by", "search",
    "title_key", "version", "updated_at",
)  # fmt: skip
_GIFT = (
    "kind", "description", "quantity", "unit", "quantity_qualifier", "quantity_words", "value", "value_qualifier",
    "value_words", "beneficiary", "given_on", "place", "purpose", "part_of", "part_state", "version", "updated_at",
)  # fmt: skip


class PlanChanged(Exception):
    """What would be written is not what was shown; ``plan`` is what stands now."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__()


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it; ``repeated``: it was taken over before, nothing was written."""

    run: ImportRun
    repeated: bool = False


def order_of(run: ImportRun) -> Order:
    """What the person chose beside the file."""
    return Order(run.choices.get("doubles", Order().doubles), bool(run.choices.get("send")))


def take_over(scope: Scope, run_id: int, table: Table, *, seen: str) -> Taken:
    """Write what the table of the run says, if it is still what was shown (``seen``, the mark of the plan).

    Effects in order: lock on the year, on the run, on the activities; the plan once more; receivers, activities,
    partners, contributions, contributors, the run, audit (one event for each activity, a second one for sending it, one
    for the run). Raises ``Refused``, and ``PlanChanged`` for faults and for a plan that is not the one shown. A file
    that is taken over already, or that has nothing to change any more, answers ``repeated``.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "activity_add")
        run = ImportRun.objects.select_for_update(of=("self",)).get(
            pk=run_id, year=scope.year, user=scope.user.pk
        )
        if run.applied_at:
            return Taken(run, repeated=True)
        order = order_of(run)
        if order.send:
            check(scope, "activity_submit")
        plan = make_plan(scope, table, order, lock=True)
        if not plan.faults and not plan.touched:
            return Taken(run, repeated=True)
        if plan.faults or plan.mark != seen:
            raise PlanChanged(plan)
        now = timezone.now()
        with wide_statements():
            written = _write(scope, plan, now)
        run.counts, run.applied_at = plan.counts(), now
        run.save(update_fields=["counts", "applied_at", "updated_at"])
        _record(scope, run, written)
        return Taken(run)


def _write(scope: Scope, plan: Plan, now: datetime) -> list[Written]:
    touched = plan.touched
    written = _load(scope, touched)
    names = {gift.values["beneficiary"] for group in touched for gift in group.writes(plan.order)}
    receivers = receivers_named(scope.year.cluster_id, names)
    for one in written:
        fill_activity(scope, one, send=plan.order.send, now=now)
        for gift in one.group.writes(plan.order):
            fill_gift(one, gift, receivers)
    files = _files([one.activity.pk for one in written if one.activity.pk])
    for one in written:
        one.activity.search = searched(one, plan.words.choices.movements, files.get(one.activity.pk or 0, ()))
    _save(Activity, [one.activity for one in written], _ACTIVITY)
    _save_partners(written)
    fresh = [gift for one in written for gift in one.touched if gift.pk is None]
    for made in fresh:
        made.activity_id = made.activity.pk
    Contribution.objects.bulk_create(fresh, batch_size=BATCH)
    for one in written:
        for planned in one.group.writes(plan.order):
            link_gift(one, planned)
    again = [gift for one in written for gift in one.touched if gift.part_of_id or gift.pk in one.before_ids]
    _save(Contribution, again, _GIFT)
    _save_givers(written)
    return written


def _save(model: Any, rows: Sequence[Any], fields: Iterable[str]) -> None:
    """New rows get their ids, known ones are overwritten in ``fields``."""
    new = [row for row in rows if row.pk is None]
    old = [row for row in rows if row.pk is not None]
    if new:
        model.objects.bulk_create(new, batch_size=BATCH)
    if old:
        model.objects.bulk_create(
            old, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=list(fields)
        )


def _load(scope: Scope, groups: Sequence[Group]) -> list[Written]:
    """The activities to write: new ones, and recorded ones with all that belongs to them; four queries."""
    ids = [group.recorded.pk for group in groups if group.recorded]
    known = Activity.objects.in_bulk(ids) if ids else {}
    gifts: dict[int, list[Contribution]] = {}
    partners: dict[int, list[int]] = {}
    if ids:
        rows = Contribution.objects.filter(activity__in=ids).order_by("order", "id")
        for gift in rows.select_related("beneficiary").prefetch_related("contributors"):
            gifts.setdefault(gift.activity_id, []).append(gift)
        links = ActivityPartner.objects.filter(activity__in=ids).order_by("id")
        for pk, agency in links.values_list("activity_id", "agency_id"):
            partners.setdefault(pk, []).append(agency)
    found = []
    for group in groups:
        activity = known[group.recorded.pk] if group.recorded else Activity(year=scope.year, key=group.key)
        activity.year = scope.year
        one = Written(group, activity, gifts.get(activity.pk or 0, []), partners.get(activity.pk or 0, []))
        one.before = picture(one.record()) if group.recorded else {}
        found.append(one)
    return found


def _files(ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the files beside each activity, for its search text; one query."""
    found: dict[int, list[str]] = {}
    if not ids:
        return found
    uses = EvidenceUse.objects.filter(
        activity__in=ids, removed_at__isnull=True, evidence__removed_at__isnull=True
    )
    for pk, name in uses.order_by("id").values_list("activity_id", "evidence__name"):
        found.setdefault(pk, []).append(name)
    return found


def _save_partners(written: Sequence[Written]) -> None:
    changed = [one for one in written if one.group.recorded is None or "partners" in one.group.changes]
    gone = [one.activity.pk for one in changed if one.group.recorded]
    if gone:
        ActivityPartner.objects.filter(activity__in=gone).delete()
    rows = [
        ActivityPartner(activity=one.activity, agency_id=pk)
        for one in changed
        for pk in one.group.values["partners"]
    ]
    ActivityPartner.objects.bulk_create(rows, batch_size=BATCH)


def _save_givers(written: Sequence[Written]) -> None:
    gone = [gift.pk for one in written for gift, _givers in one.givers if gift.pk in one.before_ids]
    if gone:
        Contributor.objects.filter(contribution__in=gone).delete()
    rows = []
    for one in written:
        for gift, givers in one.givers:
            for giver in givers:
                giver.contribution_id = gift.pk
            rows += givers
    Contributor.objects.bulk_create(rows, batch_size=BATCH)


def _record(scope: Scope, run: ImportRun, written: Sequence[Written]) -> None:
    """One event for each activity, as the entry form writes it; sending is an event of its own."""
    entries = []
    for one in written:
        after = picture(one.record()) | one.state_before
        old, new = differences(one.before, after)
        action = "activity_edit" if one.before else "activity_add"
        entries.append(audit.Entry(action, one.activity, old if one.before else None, new))
        if one.activity.state != one.state_before["state"]:
            sent = state_of(one.activity)
            entries.append(audit.Entry("activity_submit", one.activity, one.state_before, sent))
    told = run.counts | {"source": run.file.sha256, "sent": bool(run.choices.get("send"))}
    entries.append(audit.Entry("activity_import", run, after=told))
    audit.record_many(
        audit.cluster_chain(scope.year.cluster_id), entries, actor_id=scope.user.pk, role=scope.audit_role
    )
