"""Recording an activity: one verb for a new one and for a change, with its contributions and files."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.dates import Precision, format_date
from core.errors import DomainError, Problem, Stale
from members import phases
from members.domain.lock import lock_year
from members.models import ClusterYear
from members.scope import Scope
from movements.domain import contributions, evidence, tags
from movements.domain.entry import MOST_ATTENDED, About, ActivityDraft
from movements.domain.record import Record, activity_for, differences, load_record, picture
from movements.domain.search_text import activity_search
from movements.domain.states import apply
from movements.enums import ActivityScope, ActivityState
from movements.models import Activity, ActivityPartner
from movements.queries import Choices, choices_of

LONGEST = {"title": 300, "place": 300, "story": 4000, "result": 2000}
LONGEST_PEOPLE = 500


def save_activity(
    scope: Scope,
    draft: ActivityDraft,
    pk: int | None = None,
    *,
    version: int | None = None,
    send: bool = False,
) -> Activity:
    """Record a new activity, or change the one with ``pk``; ``send`` submits it in the same transaction.

    Raises ``Activity.DoesNotExist`` (not the person's to see), ``Refused``, ``Stale`` (somebody saved after
    ``version``), ``DomainError`` with every problem; a problem's field is a name of the form, or ``<row>:<name>``.
    Effects in order: lock on the year, lock on the activity, activity, partners, labels, contributions, files, search
    text, audit, and with ``send`` the change of state with its own audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        record = _record(scope, pk, version)
        choices = choices_of(scope.year)
        staged = evidence.staged_files(scope.user, draft)
        owner = record.activity.agency_id if pk else draft.agency_id
        chosen = evidence.chosen_files(scope, owner, draft)
        plan = contributions.make_plan(scope, record, draft)
        found = _problems(scope, record.activity, draft, choices, send=send)
        found += about_problems(record, draft.about)
        found += contributions.problems_of(plan, choices.agencies, scope.year.label)
        found += evidence.problems_of(record, draft, staged, chosen)
        if found:
            raise DomainError(found)
        before = picture(record) if pk else {}
        activity = _write(scope, record, draft)
        contributions.write_gifts(plan)
        evidence.write_files(record, draft, staged, scope.user, chosen)
        _close(scope, activity, before)
        if send and activity.state in (ActivityState.DRAFT, ActivityState.RETURNED):
            return apply(scope, activity, "submit")
        return activity


def _record(scope: Scope, pk: int | None, version: int | None) -> Record:
    if pk is None:
        check(scope, "activity_add")
        return Record(Activity(year=scope.year))
    activity = activity_for(scope, pk, lock=True)
    if activity is None:
        raise Activity.DoesNotExist
    check(scope, "activity_edit", activity)
    if version is not None and activity.version != version:
        raise Stale(activity)
    activity.year = scope.year
    return load_record(activity)


# -- checks --------------------------------------------------------------------------------------
def problems_with(
    scope: Scope, activity: Activity, draft: ActivityDraft, choices: Choices, *, send: bool
) -> list[Problem]:
    """Everything wrong with the activity itself, for whoever writes many at once; no query without labels."""
    found = _problems(scope, activity, draft, choices, send=send)
    return found + about_problems(Record(activity), draft.about)


def _problems(
    scope: Scope, activity: Activity, draft: ActivityDraft, choices: Choices, *, send: bool
) -> list[Problem]:
    found = []
    if not draft.title:
        found.append(Problem(_("Ghi tên hoạt động."), "title"))
    for name, most in LONGEST.items():
        if len(getattr(draft, name)) > most:
            found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": most}, name))
    if activity.pk is None:
        found += _owner_problems(scope, draft, choices, send=send)
    if draft.movement_id is not None and draft.movement_id not in choices.movements:
        found.append(Problem(_("Chọn một phong trào trong danh sách của năm."), "movement"))
    if not choices.agencies.keys() >= set(draft.partners):
        year = {"year": scope.year.label}
        found.append(
            Problem(_("Đơn vị đã chọn không phải thành viên của Cụm năm %(year)s.") % year, "partners")
        )
    owner = draft.agency_id if activity.pk is None else activity.agency_id
    text = time_problem(scope.year, draft, scope.today) or left_problem(choices, owner, draft)
    return [*found, Problem(text, "when")] if text else found


def left_problem(choices: Choices, agency_id: int | None, draft: ActivityDraft) -> str:
    """Why the agency cannot have done it: it had left the cluster before."""
    left = choices.left.get(agency_id or 0)
    if left is None or draft.when.start is None or draft.when.start < left:
        return ""
    sentence = _("%(agency)s rời cụm từ ngày %(day)s: hoạt động từ ngày đó không ghi cho đơn vị này.")
    return sentence % {"agency": choices.agency(agency_id), "day": format_date(left)}


def _owner_problems(scope: Scope, draft: ActivityDraft, choices: Choices, *, send: bool) -> list[Problem]:
    """Who may record for whom: staff for their own agency, the chair's staff for the cluster, and in the steps of
    correction for anybody."""
    if draft.agency_id is None:
        if scope.is_chair:
            return []
        return [Problem(_("Chỉ cán bộ của đơn vị Cụm trưởng ghi được hoạt động chung của Cụm."), "owner")]
    if draft.agency_id not in choices.agencies:
        year = {"year": scope.year.label}
        return [Problem(_("Chọn một đơn vị thành viên của Cụm năm %(year)s.") % year, "owner")]
    own = draft.agency_id in scope.answers_for
    if own and scope.opens_for(phases.ENTRY, draft.agency_id):
        return []
    if not (scope.is_chair and scope.opens(phases.CORRECTION)):
        if own:
            return [Problem(_("Bước ghi hoạt động đã đóng, đơn vị này không được gia hạn."), "owner")]
        return [Problem(_("Bạn chỉ ghi được hoạt động của đơn vị mình."), "owner")]
    if own:
        return []
    if not send:
        return [Problem(_("Hoạt động ghi thay đơn vị khác phải gửi ngay: hãy bấm “Lưu và gửi”."), "owner")]
    return []


def time_problem(year: ClusterYear, draft: ActivityDraft, today: date) -> str:
    """Why the time does not fit: outside the year's period, or not yet begun (a day: not yet over)."""
    start, end, precision = draft.when.start, draft.when.end, draft.when.precision
    if start is None or end is None:
        return ""
    exact = precision is Precision.DAY
    inside = (
        (year.starts_on <= start and end <= year.ends_on)
        if exact
        else (start <= year.ends_on and end >= year.starts_on)
    )
    if not inside:
        return _("Thời gian này nằm ngoài năm thi đua %(year)s (từ %(first)s đến %(last)s).") % {
            "year": year.label,
            "first": format_date(year.starts_on),
            "last": format_date(year.ends_on),
        }
    if (end if exact else start) > today:
        return _("Thời gian này chưa tới: hôm nay là %(today)s. Chỉ ghi việc đã làm.") % {
            "today": format_date(today)
        }
    return ""


def about_problems(record: Record, about: About | None) -> list[Problem]:
    """What is wrong with those who took part and with the labels; one query where there are new labels."""
    if about is None:
        return []
    found = []
    if len(about.people) > LONGEST_PEOPLE:
        found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST_PEOPLE}, "people"))
    if about.attended is not None and not 0 < about.attended <= MOST_ATTENDED:
        found.append(Problem(_("Ghi số người từ 1 đến 10.000.000, hoặc để trống."), "attended"))
    if not tags.known(record.activity.year, about.tags, [tag.pk for tag in record.tags]):
        found.append(Problem(_("Chọn tiêu chí, nhãn trong danh sách của năm."), "tags"))
    return found


# -- writing -------------------------------------------------------------------------------------
def _write(scope: Scope, record: Record, draft: ActivityDraft) -> Activity:
    activity = record.activity
    if activity.pk is None:
        activity.agency_id = draft.agency_id
    else:
        activity.version += 1
    partners = [pk for pk in dict.fromkeys(draft.partners) if pk != activity.agency_id]
    if activity.agency_id is None:
        activity.scope, partners = ActivityScope.CLUSTER, []
    else:
        activity.scope = ActivityScope.JOINT if partners else ActivityScope.AGENCY
    activity.movement_id = draft.movement_id
    activity.title, activity.place = draft.title, draft.place
    activity.story, activity.result = draft.story, draft.result
    activity.in_summary = draft.in_summary
    if draft.about is not None:
        activity.people, activity.attended = draft.about.people, draft.about.attended
        activity.is_public = draft.about.is_public
    activity.precision = draft.when.precision
    activity.starts_on, activity.ends_on = draft.when.start, draft.when.end
    activity.sorted_on = max(draft.when.start or scope.year.starts_on, scope.year.starts_on)
    activity.edited_by = scope.user
    activity.save()
    if set(partners) != set(record.partners):
        ActivityPartner.objects.filter(activity=activity).exclude(agency__in=partners).delete()
        added = [pk for pk in partners if pk not in record.partners]
        ActivityPartner.objects.bulk_create(ActivityPartner(activity=activity, agency_id=pk) for pk in added)
    if draft.about is not None and set(draft.about.tags) != {tag.pk for tag in record.tags}:
        activity.tags.set(draft.about.tags)
    return activity


def _close(scope: Scope, activity: Activity, before: dict[str, Any]) -> None:
    """Search text and audit, from the rows as they stand now."""
    activity.search = activity_search(activity)
    Activity.objects.filter(pk=activity.pk).update(search=activity.search)
    after = picture(load_record(activity))
    old, new = differences(before, after)
    audit.record(
        audit.cluster_chain(scope.year.cluster_id),
        "activity_edit" if before else "activity_add",
        activity,
        actor_id=scope.user.pk,
        role=scope.audit_role,
        before=old if before else None,
        after=new,
    )
