"""Movements: launching one, changing it, with the papers of the launch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit, staging
from core.access import check
from core.errors import DomainError, Problem, Stale
from core.models import StagedUpload
from members.domain.lock import lock_year
from members.enums import Level
from members.models import Directive
from members.scope import Scope
from movements.domain.search_text import activity_search, movement_search
from movements.enums import MovementKind
from movements.models import Activity, Movement, MovementFile

LONGEST = {
    "title": 300, "slogan": 300, "launched_by": 200, "decision_number": 60, "standards": 4000, "story": 4000,
}  # fmt: skip
_WRITTEN = (
    "title", "level", "kind", "slogan", "launched_by", "starts_on", "ends_on", "decision_number", "decision_date",
    "standards", "story", "responds_to_id",
)  # fmt: skip
LEVELS = tuple(Level.values)  # from the highest to the lowest


@dataclass(frozen=True, slots=True)
class MovementDraft:
    """A movement as it is to stand; both days belong to it, either may be open.

    ``agency_id``: the member that launches it for itself. ``files``: tokens of staged uploads; ``removed_files``: ids
    of papers taken away.
    """

    title: str
    level: str
    kind: str
    slogan: str = ""
    launched_by: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    decision_number: str = ""
    decision_date: date | None = None
    standards: str = ""
    story: str = ""
    directives: frozenset[int] = frozenset()
    responds_to_id: int | None = None
    agency_id: int | None = None
    files: tuple[str, ...] = ()
    removed_files: frozenset[int] = frozenset()


def save_movement(
    scope: Scope, draft: MovementDraft, pk: int | None = None, *, version: int | None = None
) -> Movement:
    """Launch a new movement, or change the one with ``pk``.

    A member's own one is written by its staff alone, every other one by the leadership. Raises
    ``Movement.DoesNotExist`` (not of this year), ``Refused``, ``Stale`` (somebody saved after ``version``),
    ``DomainError`` with every problem. Effects in order: lock on the year, lock on the movement, movement, directives,
    papers, search text of it and, when its title changed, of its activities, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        movement = _locked(scope, pk) if pk else _fresh(scope, draft)
        check(scope, "movement_edit" if movement.agency_id is None else "movement_own", movement)
        if pk and version is not None and movement.version != version:
            raise Stale(movement)
        staged = staging.staged_by(scope.user.pk, draft.files)
        if found := [*problems_of(scope, draft, pk), *_file_problems(draft, pk, staged)]:
            raise DomainError(found)
        before = picture(movement) if pk else {}
        _write(movement, draft, changed=bool(pk))
        _write_files(movement, draft, staged, scope.user)
        old, new = audit.changed(before, picture(movement))
        if new:
            audit.record(
                audit.cluster_chain(scope.year.cluster_id), "movement_edit" if pk else "movement_add", movement,
                actor_id=scope.user.pk, role=scope.audit_role, before=old if pk else None, after=new,
            )  # fmt: skip
        return movement


def _fresh(scope: Scope, draft: MovementDraft) -> Movement:
    return Movement(year=scope.year, order=_next_order(scope), agency_id=draft.agency_id)


def _locked(scope: Scope, pk: int) -> Movement:
    return Movement.objects.select_for_update(of=("self",)).get(year=scope.year, pk=pk)


def _next_order(scope: Scope) -> int:
    last = Movement.objects.filter(year=scope.year).aggregate(last=Max("order"))["last"]
    return int(last or 0) + 1


def _write(movement: Movement, draft: MovementDraft, *, changed: bool) -> None:
    renamed = changed and movement.title != draft.title
    for name in _WRITTEN:
        setattr(movement, name, getattr(draft, name))
    movement.search = movement_search(movement)
    if changed:
        movement.version += 1
    movement.save()
    movement.directives.set(sorted(draft.directives))
    if renamed:
        for activity in Activity.objects.filter(movement=movement).order_by("pk"):
            Activity.objects.filter(pk=activity.pk).update(search=activity_search(activity))


def _write_files(movement: Movement, draft: MovementDraft, staged: Sequence[StagedUpload], user: Any) -> None:
    """Take papers away without losing them, add the staged ones once each, free the staged places."""
    standing = MovementFile.objects.filter(movement=movement, removed_at__isnull=True)
    if draft.removed_files:
        standing.filter(pk__in=draft.removed_files).update(removed_at=timezone.now())
    if staged:
        known = set(standing.values_list("file_id", flat=True))
        fresh = {upload.file_id: upload for upload in reversed(staged) if upload.file_id not in known}
        MovementFile.objects.bulk_create(
            MovementFile(movement=movement, file_id=file_id, name=upload.name, added_by=user)
            for file_id, upload in reversed(fresh.items())
        )
        staging.release(staged)


def picture(movement: Movement) -> dict[str, Any]:
    """The movement as plain values for the audit."""
    drawn = audit.snapshot(movement, "version")
    drawn["directives"] = sorted(movement.directives.values_list("pk", flat=True))
    standing = movement.files.filter(removed_at__isnull=True).order_by("pk")
    drawn["files"] = list(standing.values_list("name", flat=True))
    return drawn


def problems_of(scope: Scope, draft: MovementDraft, pk: int | None = None) -> list[Problem]:
    """Everything wrong with a draft; fields are the names of the draft."""
    found = []
    if not draft.title:
        found.append(Problem(_("Ghi tên phong trào."), "title"))
    for name, most in LONGEST.items():
        if len(getattr(draft, name)) > most:
            found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": most}, name))
    if draft.kind not in MovementKind.values:
        found.append(Problem(_("Chọn loại phong trào."), "kind"))
    others = Movement.objects.filter(year=scope.year, title=draft.title).exclude(pk=pk or 0)
    if draft.title and others.exists():
        found.append(Problem(_("Năm này đã có phong trào cùng tên."), "title"))
    if Directive.objects.filter(pk__in=draft.directives).count() != len(draft.directives):
        found.append(Problem(_("Chọn văn bản trong danh sách."), "directives"))
    found += [*_period_problems(scope, draft), *_level_problems(scope, draft, pk)]
    return [*found, *_response_problems(scope, draft, pk)]


def _period_problems(scope: Scope, draft: MovementDraft) -> list[Problem]:
    found, year = [], scope.year
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        found.append(Problem(_("Ngày kết thúc đứng trước ngày bắt đầu."), "ends_on"))
    outside = (draft.starts_on and draft.starts_on > year.ends_on) or (
        draft.ends_on and draft.ends_on < year.starts_on
    )
    if outside:
        sentence = _("Thời gian này không chạm tới năm thi đua %(label)s.") % {"label": year.label}
        found.append(Problem(sentence, "starts_on"))
    return found


def _level_problems(scope: Scope, draft: MovementDraft, pk: int | None) -> list[Problem]:
    """A member launches for itself alone, the leadership at every other level; who launched it never changes."""
    if draft.level not in Level.values:
        return [Problem(_("Chọn cấp phát động."), "level")]
    standing = Movement.objects.filter(year=scope.year, pk=pk).first() if pk else None
    if standing is not None and standing.agency_id != draft.agency_id:
        return [Problem(_("Đơn vị phát động của một phong trào đã ghi không đổi được."), "agency")]
    if draft.agency_id is not None and draft.level != Level.AGENCY:
        return [Problem(_("Đơn vị chỉ phát động phong trào cấp đơn vị."), "level")]
    was_agency = standing is not None and standing.level == Level.AGENCY
    if draft.agency_id is None and draft.level == Level.AGENCY and not was_agency:
        return [Problem(_("Phong trào cấp đơn vị do cán bộ của chính đơn vị ấy phát động."), "level")]
    below = [LEVELS.index(one) for one in _levels_of_responses(pk)]
    if below and LEVELS.index(draft.level) >= min(below):
        return [
            Problem(_("Có phong trào cấp cao hơn hoặc ngang cấp đang hưởng ứng phong trào này."), "level")
        ]
    return []


def _levels_of_responses(pk: int | None) -> list[str]:
    return list(Movement.objects.filter(responds_to=pk).values_list("level", flat=True)) if pk else []


def _response_problems(scope: Scope, draft: MovementDraft, pk: int | None) -> list[Problem]:
    """What it carries out is of this year and a higher level; one level deep, so there is neither circle nor chain."""
    if draft.responds_to_id is None:
        return []
    field = "responds_to"
    if draft.responds_to_id == pk:
        return [Problem(_("Một phong trào không thể hưởng ứng chính nó."), field)]
    target = Movement.objects.filter(year=scope.year, pk=draft.responds_to_id).first()
    if target is None:
        return [Problem(_("Chọn phong trào của năm này."), field)]
    if target.responds_to_id is not None:
        sentence = _("“%(title)s” cũng đang hưởng ứng phong trào khác. Hãy chọn thẳng phong trào gốc.")
        return [Problem(sentence % {"title": target.title}, field)]
    if _levels_of_responses(pk):
        return [
            Problem(_("Đã có phong trào hưởng ứng phong trào này, nên nó phải là phong trào gốc."), field)
        ]
    if draft.level in LEVELS and LEVELS.index(target.level) >= LEVELS.index(draft.level):
        return [Problem(_("Chỉ hưởng ứng phong trào do cấp cao hơn phát động."), field)]
    return []


def _file_problems(draft: MovementDraft, pk: int | None, staged: Sequence[StagedUpload]) -> list[Problem]:
    found = []
    if len(set(draft.files)) > len(staged):
        sentence = _("Có tệp đã chọn quá lâu nên không còn được giữ. Hãy chọn lại tệp đó.")
        found.append(Problem(sentence, "files"))
    kept = (
        MovementFile.objects.filter(movement=pk, removed_at__isnull=True)
        if pk
        else MovementFile.objects.none()
    )
    if kept.exclude(pk__in=draft.removed_files).count() + len(staged) > settings.UPLOAD_MAX_FILES:
        most = {"most": settings.UPLOAD_MAX_FILES}
        found.append(Problem(_("Mỗi phong trào có nhiều nhất %(most)s tệp.") % most, "files"))
    return found
