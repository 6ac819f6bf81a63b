"""The verbs of an evidence library: files added, described, replaced by a newer version, put beside activities, removed
and brought back. Nothing is lost: replaced bytes and removed files stay.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit, staging
from core.access import check
from core.errors import DomainError, Problem, Stale
from core.models import StagedUpload
from members.domain.lock import lock_year
from members.scope import Scope
from movements.domain import tags as labels
from movements.domain.evidence import in_library, library_for, may_serve, room_problems, use
from movements.domain.record import activity_for, differences, load_record, picture
from movements.domain.search_text import activity_search
from movements.enums import ActivityState
from movements.models import Activity, Evidence, EvidenceUse, EvidenceVersion

LONGEST_NOTE: Final = 300
LONGEST_REASON: Final = 300
MOST_ACTIVITIES: Final = 20
BOUND: Final = (ActivityState.SUBMITTED, ActivityState.CONFIRMED)


def add_files(
    scope: Scope, agency_id: int | None, tokens: Sequence[str], *, note: str = "", tags: Collection[int] = ()
) -> list[Evidence]:
    """Put staged uploads into the library of an agency (None: of the cluster), with one note and the same labels.

    Bytes that are there already are not put there twice: theirs is the file that stands there, as it is. Raises
    ``Refused`` and ``DomainError`` with every problem (fields ``files``, ``note``, ``tags``). Effects in order: lock on
    the year, files, labels, staged places freed, audit of each new file.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "evidence_add", Evidence(year=scope.year, agency_id=agency_id))
        staged = staging.staged_by(scope.user.pk, tokens)
        found = _text_problems(scope, note, tags, ())
        if not staged or len(set(tokens)) > len(staged):
            found.append(Problem(_("Chọn ít nhất một tệp; tệp đã chọn quá lâu phải chọn lại."), "files"))
        found += room_problems(scope.year.pk, agency_id, staged)
        if found:
            raise DomainError(found)
        there = Evidence.objects.filter(year=scope.year, agency=agency_id, removed_at__isnull=True)
        known = set(there.values_list("pk", flat=True).filter(file__in=[row.file_id for row in staged]))
        rows = in_library(scope.year.pk, agency_id, staged, scope.user, note)
        fresh = [row for row in rows if row.pk not in known]
        carried = Evidence.tags.through
        carried.objects.bulk_create(
            carried(evidence=row, tag_id=tag) for row in fresh for tag in sorted(set(tags))
        )
        staging.release(staged)
        words = [str(tag) for tag in labels.choices(scope.year, tags) if tag.pk in set(tags)]
        for row in fresh:
            _record(scope, "evidence_add", row, None, _picture(row, words))
        return rows


def edit_file(
    scope: Scope, pk: int, *, note: str, tags: Collection[int], seen: str | None = None
) -> Evidence:
    """Write another note and other labels. ``seen``: the moment of the last change the person saw (``seen_mark``).

    Raises ``Evidence.DoesNotExist``, ``Refused``, ``Stale``, ``DomainError``. Effects in order: lock on the year, lock
    on the file, note, labels, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        row = _locked(scope, pk)
        if seen is not None and seen != seen_mark(row):
            raise Stale(row)
        held = list(row.tags.values_list("pk", flat=True))
        if found := _text_problems(scope, note, tags, held):
            raise DomainError(found)
        before = _picture(row)
        row.note = note
        row.save()
        row.tags.set(tags)
        after = _picture(row)
        if after != before:
            _record(scope, "evidence_edit", row, before, after)
        return row


def seen_mark(row: Evidence) -> str:
    """Names the state of a file that a form was drawn from."""
    return f"{row.version}.{row.updated_at.timestamp():.6f}"


def _text_problems(scope: Scope, note: str, tags: Collection[int], held: Collection[int]) -> list[Problem]:
    found = []
    if len(note) > LONGEST_NOTE:
        found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST_NOTE}, "note"))
    if not labels.known(scope.year, tags, held):
        found.append(Problem(_("Chọn tiêu chí, nhãn trong danh sách của năm."), "tags"))
    return found


def replace_file(scope: Scope, pk: int, token: str, *, reason: str = "", seen: str | None = None) -> Evidence:
    """A newer version of a file: the bytes so far stay as ``EvidenceVersion``, everything that shows the file shows the
    new ones.

    Where the file stands beside a sent or confirmed activity a reason is asked for; beside one that everybody sees only
    the chair's staff replaces it, so that nothing becomes public that one pair of eyes alone has seen. Raises
    ``Evidence.DoesNotExist``, ``Refused``, ``Stale``, ``DomainError`` (fields ``file``, ``reason``). Effects in order:
    lock on the year, lock on the file, old version, new bytes and name, staged place freed; search text, version and
    audit of each activity it serves (so that nobody confirms what was not looked at), audit of the file with both
    hashes.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        row = _locked(scope, pk)
        if seen is not None and seen != seen_mark(row):
            raise Stale(row)
        staged = staging.staged_by(scope.user.pk, [token])
        if found := _replace_problems(scope, row, staged, reason):
            raise DomainError(found)
        before = _picture(row)
        EvidenceVersion.objects.create(
            evidence=row, number=row.version, file=row.file, name=row.name, replaced_at=timezone.now(),
            replaced_by=scope.user, reason=reason,
        )  # fmt: skip
        row.file, row.name, row.version = staged[0].file, staged[0].name, row.version + 1
        row.save()
        staging.release(staged)
        after = _picture(row)
        _tell_activities(scope, row, _piece(before), _piece(after), reason)
        _record(scope, "evidence_replace", row, before, after, reason)
        return row


def _replace_problems(
    scope: Scope, row: Evidence, staged: Sequence[StagedUpload], reason: str
) -> list[Problem]:
    found = []
    if not reason and served(row, BOUND).exists():
        sentence = _("Tệp đang là minh chứng của hoạt động đã gửi hoặc đã xác nhận: ghi lý do thay.")
        found.append(Problem(sentence, "reason"))
    if not scope.is_chair and served(row, [ActivityState.CONFIRMED]).filter(is_public=True).exists():
        sentence = _(
            "Tệp đang là minh chứng của hoạt động công khai. Hãy thôi công khai hoạt động rồi thay; Cụm trưởng xem lại "
            "rồi công khai."
        )
        found.append(Problem(sentence, "file"))
    if len(reason) > LONGEST_REASON:
        found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST_REASON}, "reason"))
    if not staged:
        return [*found, Problem(_("Chọn tệp mới."), "file")]
    same = Evidence.objects.filter(
        year=row.year_id, agency=row.agency_id, removed_at__isnull=True, file=staged[0].file_id
    ).first()
    if same is not None:
        sentence = (
            _("Tệp mới giống hệt bản đang có.")
            if same.pk == row.pk
            else _("Tệp này đã có trong kho với tên “%(name)s”.") % {"name": same.name}
        )
        found.append(Problem(sentence, "file"))
    return found + room_problems(scope.year.pk, row.agency_id, staged, "file")


def served(row: Evidence, states: Collection[str] = ()) -> Any:
    """Activities that the file stands beside, of these states or of any."""
    uses = EvidenceUse.objects.filter(evidence=row, removed_at__isnull=True)
    found = Activity.objects.filter(pk__in=uses.values("activity")).order_by("sorted_on", "id")
    return found.filter(state__in=states) if states else found


# -- beside activities ---------------------------------------------------------------------------
def attach(scope: Scope, files: Collection[int], activities: Collection[int]) -> int:
    """Put files of the library beside activities; how many activities changed.

    Raises ``Activity.DoesNotExist``, ``Evidence.DoesNotExist``, ``Refused``, ``DomainError`` (field ``activities``).
    Effects in order: lock on the year, lock on the activities; for each: files, search text, version, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        if not files or not activities or len(activities) > MOST_ACTIVITIES:
            most = {"most": MOST_ACTIVITIES}
            raise DomainError(
                _("Chọn ít nhất một tệp và từ một đến %(most)s hoạt động.") % most, "activities"
            )
        rows = [_editable(scope, pk) for pk in sorted(set(activities))]
        plans = [(row, _serving(scope, row, files)) for row in rows]
        return sum(_attach(scope, row, chosen) for row, chosen in plans)


def _editable(scope: Scope, pk: int) -> Activity:
    activity = activity_for(scope, pk, lock=True)
    if activity is None:
        raise Activity.DoesNotExist
    check(scope, "activity_edit", activity)
    activity.year = scope.year
    return activity


def _serving(scope: Scope, activity: Activity, files: Collection[int]) -> list[Evidence]:
    chosen = list(may_serve(scope, activity.agency_id).filter(pk__in=set(files)).order_by("pk"))
    if len(chosen) < len(set(files)):
        raise Evidence.DoesNotExist
    return chosen


def _attach(scope: Scope, activity: Activity, chosen: list[Evidence]) -> bool:
    record = load_record(activity)
    fresh = {row.pk for row in chosen} - {row.pk for row in record.files}
    if not fresh:
        return False
    if len(record.files) + len(fresh) > settings.UPLOAD_MAX_FILES:
        told = {"title": activity.title, "most": settings.UPLOAD_MAX_FILES}
        raise DomainError(_("“%(title)s” có nhiều nhất %(most)s tệp minh chứng.") % told, "activities")
    before = picture(record)
    use(activity, [row for row in chosen if row.pk in fresh], scope.user)
    activity.version += 1
    activity.edited_by = scope.user
    activity.search = activity_search(activity)
    activity.save(update_fields=["version", "edited_by", "search", "updated_at"])
    old, new = differences(before, picture(load_record(activity)))
    _record(scope, "activity_edit", activity, old, new)
    return True


# -- leaving and coming back ---------------------------------------------------------------------
def remove_file(scope: Scope, pk: int) -> Evidence:
    """Take a file out of the library, and so away from every draft it stands beside; it stays and can be brought back.

    Raises ``Evidence.DoesNotExist``, ``Refused``, ``DomainError`` (it stands beside a sent or confirmed activity).
    Effects in order: lock on the year, lock on the file, file, activities it served, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        row = _locked(scope, pk)
        if bound := list(served(row, BOUND).values_list("title", flat=True)[:3]):
            named = "; ".join(f"“{title}”" for title in bound)
            raise DomainError(
                _("Không gỡ được: tệp là minh chứng của hoạt động đã gửi hoặc đã xác nhận (%(named)s).")
                % {"named": named}
            )
        before = _picture(row)
        row.removed_at = timezone.now()
        row.save()
        _tell_activities(scope, row, _piece(before), None, "")
        _record(scope, "evidence_remove", row, before, _picture(row))
        return row


def restore_file(scope: Scope, pk: int) -> Evidence:
    """Bring a removed file back, also to the drafts it stood beside; those that were sent meanwhile stay without it.

    Raises ``Evidence.DoesNotExist``, ``Refused``, ``DomainError`` (the same bytes came into the library meanwhile).
    Effects in order: lock on the year, lock on the file, file, activities it serves again, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        row = _locked(scope, pk, removed=True)
        there = Evidence.objects.filter(year=row.year_id, agency=row.agency_id, removed_at__isnull=True)
        if same := there.filter(file=row.file_id).first():
            raise DomainError(_("Kho đã có tệp giống hệt: “%(name)s”.") % {"name": same.name})
        bound = served(row, BOUND).values("pk")
        EvidenceUse.objects.filter(evidence=row, activity__in=bound).update(removed_at=timezone.now())
        before = _picture(row)
        row.removed_at = None
        row.save()
        _tell_activities(scope, row, None, _piece(_picture(row)), "")
        _record(scope, "evidence_restore", row, before, _picture(row))
        return row


# -- small pieces --------------------------------------------------------------------------------
def _locked(scope: Scope, pk: int, *, removed: bool = False) -> Evidence:
    """One file, locked; raises ``Evidence.DoesNotExist`` where it is not the person's to see, then ``Refused``."""
    row = library_for(scope, removed=removed).select_for_update(of=("self",)).get(pk=pk)
    check(scope, "evidence_edit", row)
    return row


def _picture(row: Evidence, words: list[str] | None = None) -> dict[str, Any]:
    """The file as plain values for the audit: its hash instead of the id of its bytes; ``words``: known labels."""
    if words is None:
        words = [str(tag) for tag in row.tags.order_by("kind", "order", "id")]
    drawn = audit.snapshot(row, "id", "file_id", "added_by_id")
    return {**drawn, "sha256": row.file.sha256, "tags": words}


def _piece(drawn: dict[str, Any]) -> dict[str, Any]:
    """The file as it stands in the picture of an activity (``record.picture``)."""
    return {"name": drawn["name"], "sha256": drawn["sha256"]}


def _tell_activities(
    scope: Scope, row: Evidence, old: dict[str, Any] | None, new: dict[str, Any] | None, reason: str
) -> None:
    """Each activity the file stands beside: search text, version, an event that shows the change in its history."""
    for pk in served(row).values_list("pk", flat=True):
        activity = Activity.objects.select_for_update(of=("self",)).filter(pk=pk).first()
        if activity is None:
            continue
        activity.version += 1
        activity.search = activity_search(activity)
        activity.save(update_fields=["version", "search", "updated_at"])
        key = f"file:{row.key}"
        _record(scope, "activity_edit", activity, {key: old}, {key: new}, reason)


def _record(
    scope: Scope,
    action: str,
    target: Any,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    reason: str = "",
) -> None:
    old, new = (before, after) if before is None else audit.changed(before, after)
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, target, actor_id=scope.user.pk, role=scope.audit_role,
        before=old, after=new, reason=reason,
    )  # fmt: skip
