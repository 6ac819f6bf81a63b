"""Movements: launching one, changing it, joining it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from members.domain.lock import lock_year
from members.enums import Level
from members.models import Directive
from members.scope import Scope
from movements.domain.search_text import activity_search, movement_search
from movements.enums import MovementKind
from movements.models import Activity, Movement, Participation

LONGEST = {"title": 300, "slogan": 300, "launched_by": 200, "decision_number": 60, "story": 4000}


@dataclass(frozen=True, slots=True)
class MovementDraft:
    """A movement as it is to stand; both days belong to it, either may be open."""

    title: str
    level: str
    kind: str
    slogan: str = ""
    launched_by: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    decision_number: str = ""
    story: str = ""
    directives: frozenset[int] = frozenset()


def save_movement(
    scope: Scope, draft: MovementDraft, pk: int | None = None, *, version: int | None = None
) -> Movement:
    """Launch a new movement, or change the one with ``pk``.

    Raises ``Movement.DoesNotExist`` (not of this year), ``Refused``, ``Stale`` (somebody saved after ``version``),
    ``DomainError`` with every problem. Effects in order: lock on the year, lock on the movement, movement, directives,
    search text of it and, when its title changed, of its activities, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "movement_edit")
        movement = _locked(scope, pk) if pk else Movement(year=scope.year, order=_next_order(scope))
        if pk and version is not None and movement.version != version:
            raise Stale(movement)
        if found := problems_of(scope, draft, pk):
            raise DomainError(found)
        before = picture(movement) if pk else {}
        _write(movement, draft, changed=bool(pk))
        old, new = audit.changed(before, picture(movement))
        if new:
            audit.record(
                audit.cluster_chain(scope.year.cluster_id), "movement_edit" if pk else "movement_add", movement,
                actor_id=scope.user.pk, role=scope.audit_role, before=old if pk else None, after=new,
            )  # fmt: skip
        return movement


def _locked(scope: Scope, pk: int) -> Movement:
    return Movement.objects.select_for_update(of=("self",)).get(year=scope.year, pk=pk)


def _next_order(scope: Scope) -> int:
    last = Movement.objects.filter(year=scope.year).aggregate(last=Max("order"))["last"]
    return int(last or 0) + 1


def _write(movement: Movement, draft: MovementDraft, *, changed: bool) -> None:
    renamed = changed and movement.title != draft.title
    for name in (
        "title",
        "level",
        "kind",
        "slogan",
        "launched_by",
        "starts_on",
        "ends_on",
        "decision_number",
        "story",
    ):
        setattr(movement, name, getattr(draft, name))
    movement.search = movement_search(movement)
    if changed:
        movement.version += 1
    movement.save()
    movement.directives.set(sorted(draft.directives))
    if renamed:
        for activity in Activity.objects.filter(movement=movement).order_by("pk"):
            Activity.objects.filter(pk=activity.pk).update(search=activity_search(activity))


def picture(movement: Movement) -> dict[str, Any]:
    """The movement as plain values for the audit."""
    drawn = audit.snapshot(movement, "version")
    drawn["directives"] = sorted(movement.directives.values_list("pk", flat=True))
    return drawn


def problems_of(scope: Scope, draft: MovementDraft, pk: int | None = None) -> list[Problem]:
    """Everything wrong with a draft; fields are the names of the draft."""
    found = []
    if not draft.title:
        found.append(Problem(_("Ghi tên phong trào."), "title"))
    for name, most in LONGEST.items():
        if len(getattr(draft, name)) > most:
            found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": most}, name))
    if draft.level not in Level.values:
        found.append(Problem(_("Chọn cấp phát động."), "level"))
    if draft.kind not in MovementKind.values:
        found.append(Problem(_("Chọn loại phong trào."), "kind"))
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        found.append(Problem(_("Ngày kết thúc đứng trước ngày bắt đầu."), "ends_on"))
    year = scope.year
    outside = (draft.starts_on and draft.starts_on > year.ends_on) or (
        draft.ends_on and draft.ends_on < year.starts_on
    )
    if outside:
        found.append(
            Problem(
                _("Thời gian này không chạm tới năm thi đua %(label)s.") % {"label": year.label}, "starts_on"
            )
        )
    others = Movement.objects.filter(year=year, title=draft.title).exclude(pk=pk or 0)
    if draft.title and others.exists():
        found.append(Problem(_("Năm này đã có phong trào cùng tên."), "title"))
    if Directive.objects.filter(pk__in=draft.directives).count() != len(draft.directives):
        found.append(Problem(_("Chọn văn bản trong danh sách."), "directives"))
    return found


def set_participation(scope: Scope, pk: int, agency_id: int, *, joins: bool) -> bool:
    """An agency joins a movement or leaves it; True when that changed anything (asking twice changes nothing).

    Raises ``Movement.DoesNotExist``, ``Refused``, ``DomainError`` (not the person's own agency). Effects in order: lock
    on the year, lock on the movement, participation, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "movement_join")
        movement = _locked(scope, pk)
        if agency_id not in scope.agency_ids:
            raise DomainError(_("Bạn chỉ ghi được hưởng ứng của đơn vị mình."))
        check(scope, "movement_join", Participation(movement=movement, agency_id=agency_id))
        standing = Participation.objects.filter(movement=movement, agency=agency_id)
        if joins == standing.exists():
            return False
        if joins:
            inside = scope.year.starts_on <= scope.today <= scope.year.ends_on
            Participation.objects.create(
                movement=movement, agency_id=agency_id, joined_on=scope.today if inside else None
            )
        else:
            standing.delete()
        audit.record(
            audit.cluster_chain(scope.year.cluster_id), "movement_join" if joins else "movement_leave", movement,
            actor_id=scope.user.pk, role=scope.audit_role, after={"agency_id": agency_id},
        )  # fmt: skip
        return True
