"""Who scores whom at a level: dealt out evenly or ticked by hand, never the own agency; agencies from outside."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import audit
from core.access import check as check_right
from core.errors import DomainError, Problem, Stale
from core.folding import clean_line
from members.domain.lock import lock_year
from members.models import Agency, Associate, Membership
from members.queries import agency_names, member_rows
from members.scope import Scope
from scoring.domain.rota import most, share_out
from scoring.domain.shapes import Level
from scoring.enums import TableState
from scoring.loading import table_in_force
from scoring.models import Assignment, Criterion, ScoreEntry
from scoring.table_rules import read as read_settings

Pair = tuple[int, int]  # scorer, subject
WITH_SCORERS = ("cross", "leadership", "outside")


def pairs_of(scope: Scope, level: str) -> dict[Pair, Assignment]:
    """The assignments of whole sheets at a level by (scorer, subject); one query."""
    rows = Assignment.objects.filter(year=scope.year, level=level, section="").order_by("pk")
    return {(row.scorer_id, row.subject_id): row for row in rows}


def mark_of(pairs: Iterable[Pair]) -> str:
    """What a form was made from: changes when any pair does."""
    words = ";".join(f"{scorer}>{subject}" for scorer, subject in sorted(pairs))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def scored_pairs(scope: Scope, level: str) -> dict[Pair, int]:
    """How many figures each scorer has given each subject at a level; one query."""
    rows = ScoreEntry.objects.filter(line__sheet__year=scope.year, level=level, is_current=True)
    found: dict[Pair, int] = {}
    for scorer, subject in rows.order_by().values_list("scorer", "line__sheet__agency"):
        found[scorer, subject] = found.get((scorer, subject), 0) + 1
    return found


def levels_to_assign(scope: Scope) -> list[Level]:
    """Levels of the table in force at which agencies score others; one query."""
    table = table_in_force(scope.year)
    if table is None:
        return []
    return [one for one in read_settings(table.settings).levels[1:] if one.who in WITH_SCORERS]


def scorer_ids(scope: Scope, level: Level) -> list[int]:
    """Who may be given work at a level: members, at a level from outside the agencies that work with the cluster."""
    if level.who == "outside":
        rows = Associate.objects.filter(year=scope.year).order_by("pk")
        return list(rows.values_list("agency", flat=True))
    return subject_ids(scope)


def subject_ids(scope: Scope) -> list[int]:
    """Members that are there today or at the end of the year, in charter order; two queries."""
    day = min(scope.today, scope.year.ends_on)
    return [row.agency_id for row in member_rows(scope.year, day) if row.left_on is None or row.covers(day)]


def propose(scope: Scope, level: Level, each: int) -> dict[int, frozenset[int]]:
    """Scorers of every subject, ``each`` of them, dealt out evenly; whoever has given figures already stays.

    Raises ``DomainError`` when there are not enough others.
    """
    scorers, subjects = scorer_ids(scope, level), subject_ids(scope)
    largest = most(scorers, subjects)
    if not 1 <= each <= largest:
        words = _("Mỗi đơn vị có từ 1 đến %(most)s đơn vị chấm.")
        raise DomainError(
            words % {"most": largest} if largest else _("Chưa có đơn vị nào để phân công."), "each"
        )
    given = scored_pairs(scope, level.key)
    kept = {
        subject: [scorer for scorer in scorers if (scorer, subject) in given and scorer != subject]
        for subject in subjects
    }
    turn = int(scope.year.label[-4:]) if scope.year.label[-4:].isdigit() else 0
    return share_out(scorers, subjects, each, kept=kept, turn=turn)


def generate(scope: Scope, level_key: str, each: int, *, seen: str) -> int:
    """Deal a level out anew; how many pairs there are. Raises as :func:`save_assignments`."""
    with transaction.atomic():
        scope = lock_year(scope)
        check_right(scope, "assignment_edit")
        level = _level(scope, level_key)
        dealt = propose(scope, level, each)
        wanted = {(scorer, subject) for subject, some in dealt.items() for scorer in some}
        _save(scope, level_key, wanted, seen)
        return len(wanted)


def save_assignments(scope: Scope, level_key: str, wanted: Collection[Pair], *, seen: str) -> tuple[int, int]:
    """Make the assignments of whole sheets at a level exactly ``wanted``; how many came and how many went.

    ``seen`` is :func:`mark_of` what the form showed. Raises ``Refused``, ``Stale`` (``current``: the pairs of now),
    ``DomainError`` (own agency, no member, figures already given by whom was taken out). Effects in order: lock on the
    year, rows, audit.
    """
    with transaction.atomic():
        return _save(lock_year(scope), level_key, wanted, seen)


def _save(scope: Scope, level_key: str, wanted: Collection[Pair], seen: str) -> tuple[int, int]:
    """:func:`save_assignments` under the lock of the year that the caller holds."""
    check_right(scope, "assignment_edit")
    level = _level(scope, level_key)
    standing = pairs_of(scope, level_key)
    if mark_of(standing) != seen:
        raise Stale(set(standing))
    wanted = set(wanted)
    gone = set(standing) - wanted
    if problems := _problems(scope, level, wanted - set(standing), gone):
        raise DomainError(problems)
    Assignment.objects.filter(pk__in=[standing[pair].pk for pair in gone]).delete()
    came = [
        Assignment(year=scope.year, level=level_key, scorer_id=scorer, subject_id=subject)
        for scorer, subject in sorted(wanted - set(standing))
    ]
    Assignment.objects.bulk_create(came)
    if came or gone:
        words = {"level": level_key, "pairs": [list(pair) for pair in sorted(wanted)]}
        before = {"level": level_key, "pairs": [list(pair) for pair in sorted(standing)]}
        _record(scope, "assignment_edit", scope.year, before=before, after=words)
    return len(came), len(gone)


def unfinish(scope: Scope, assignment_id: int) -> Assignment:
    """Let a scorer go on who said "Chấm xong".

    Raises ``Assignment.DoesNotExist``, ``Refused``, ``DomainError`` (not finished). Effects: lock, row, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check_right(scope, "assignment_edit")
        row = Assignment.objects.select_for_update(of=("self",)).get(year=scope.year, pk=assignment_id)
        if not Assignment.objects.filter(pk=row.pk, finished_at__isnull=False).update(finished_at=None):
            raise DomainError(_("Phân công này chưa chấm xong."))
        _record(scope, "assignment_unfinish", row, after={"level": row.level, "subject": row.subject_id})
    return row


def _level(scope: Scope, key: str) -> Level:
    level = next((one for one in levels_to_assign(scope) if one.key == key), None)
    if level is None:
        raise Assignment.DoesNotExist
    return level


def _problems(scope: Scope, level: Level, came: set[Pair], gone: set[Pair]) -> list[Problem]:
    scorers, subjects = set(scorer_ids(scope, level)), set(subject_ids(scope))
    found = [
        Problem(_("Không đơn vị nào chấm cho chính mình."), f"pair-{scorer}-{subject}")
        for scorer, subject in came if scorer == subject
    ]  # fmt: skip
    found += [
        Problem(_("Chọn đơn vị trong danh sách."), f"pair-{scorer}-{subject}")
        for scorer, subject in came if scorer not in scorers or subject not in subjects
    ]  # fmt: skip
    given = scored_pairs(scope, level.key) if gone else {}
    named = agency_names({pk for pair in gone for pk in pair}, scope.year.ends_on)
    words = _("%(scorer)s đã chấm %(count)s dòng của %(subject)s: giữ phân công này.")
    for scorer, subject in sorted(gone & set(given)):
        values = {
            "scorer": named[scorer][1], "subject": named[subject][1], "count": given[scorer, subject]
        }  # fmt: skip
        found.append(Problem(words % values, f"pair-{scorer}-{subject}"))
    return found


# -- agencies from outside -------------------------------------------------------------------------
def possible_associates(scope: Scope) -> list[tuple[int, str]]:
    """Agencies that are neither members nor associates of the year, with their names; two queries."""
    members = Membership.objects.filter(year=scope.year).values("agency")
    known = Associate.objects.filter(year=scope.year).values("agency")
    rows = Agency.objects.exclude(Q(pk__in=members) | Q(pk__in=known)).values_list("pk", flat=True)
    named = agency_names(rows, scope.today)
    return sorted(((pk, name) for pk, (name, _short) in named.items()), key=lambda pair: pair[1])


def add_associate(scope: Scope, agency_id: int, note: str) -> Associate:
    """An agency works with the cluster this year: its staff scores what is named for it, and sees nothing else.

    Raises ``Refused``, ``DomainError`` (a member, twice, too long). Effects: lock on the year, row, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check_right(scope, "associate_edit")
        note = clean_line(note)
        if len(note) > 300:
            raise DomainError(_("Dài nhất 300 ký tự."), "note")
        if agency_id not in {pk for pk, _name in possible_associates(scope)}:
            raise DomainError(_("Chọn một cơ quan chưa là thành viên và chưa có trong danh sách."), "agency")
        row = Associate.objects.create(year=scope.year, agency_id=agency_id, note=note)
        _record(scope, "associate_add", row, after=audit.snapshot(row))
    return row


def remove_associate(scope: Scope, associate_id: int) -> None:
    """Take an agency off the list as long as nothing waits for it and it has given no figure.

    Raises ``Associate.DoesNotExist``, ``Refused``, ``DomainError``. Effects: lock on the year, row, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check_right(scope, "associate_edit")
        row = Associate.objects.select_for_update(of=("self",)).get(year=scope.year, pk=associate_id)
        tables = Criterion.objects.filter(table__year=scope.year).exclude(table__state=TableState.REPLACED)
        if tables.filter(scorer=row.agency_id).exists():
            raise DomainError(
                _("Bảng tiêu chí đang giao tiêu chí cho cơ quan này chấm: sửa bảng tiêu chí trước.")
            )
        if ScoreEntry.objects.filter(line__sheet__year=scope.year, scorer=row.agency_id).exists():
            raise DomainError(_("Cơ quan này đã chấm điểm trong năm, không xóa được."))
        if Assignment.objects.filter(year=scope.year, scorer=row.agency_id).exists():
            raise DomainError(_("Cơ quan này đang được phân công chấm: bỏ phân công trước."))
        before = audit.snapshot(row)
        _record(scope, "associate_remove", row, before=before)
        row.delete()


def _record(
    scope: Scope, action: str, target: object, *, before: object = None, after: object = None
) -> None:
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, target,  # type: ignore[arg-type]
        actor_id=scope.user.pk, role=scope.audit_role, before=before, after=after,
    )  # fmt: skip
