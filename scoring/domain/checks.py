"""Figures that others give: typed, agreed with, finished. Blind levels stay blind until the own work is finished."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check as check_right
from core.errors import DomainError, Problem, Stale
from core.folding import clean_line
from core.quantity import format_number
from members.domain.lock import lock_year
from members.scope import Scope
from scoring.domain.appeals import living_line
from scoring.domain.calc import score
from scoring.domain.desk import Check, Desk, desk
from scoring.domain.entries import judged, picture
from scoring.domain.entries import problems as entry_problems
from scoring.domain.facts import facts_data, is_empty
from scoring.domain.release import refuse_final
from scoring.domain.shapes import Facts, Leaf, TableRules
from scoring.enums import AppealState, EntrySource, EvidenceRule
from scoring.models import Appeal, Assignment, Criterion, LineEvidence, ScoreEntry, ScoreLine, ScoreSheet
from scoring.table_rules import read as read_settings
from scoring.totals import Board, Figure, board

UNSCORED, EQUAL = "unscored", "equal"
MOST: Final = 400
NO_FACTS: Final = Facts()


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to give a line. ``seen``: id of the own figure on the page, 0 for none; None = not asked.

    ``agree``: the figure before is copied, ``facts`` are not looked at.
    """

    line_id: int
    facts: Facts = NO_FACTS
    reason: str = ""
    seen: int | None = None
    agree: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """What stands before a level: the figure of the last counting level that has one."""

    facts: Facts
    points: Decimal | None
    reason: str = ""


def before(of: Board, agency_id: int, level_key: str, code: str) -> Before | None:
    """The figure a scorer compares with: of the last level before ``level_key`` that counts and has one."""
    keys = [one.key for one in of.levels]
    place = keys.index(level_key) if level_key in keys else 0
    for level in reversed(of.levels[:place]):
        found = of.sheets[agency_id].at(code, level.key) if level.counts else []
        if not found:
            continue
        points = of.results(agency_id, level.key)[code].points
        alone = len(found) == 1 or level.combine == "last"
        facts = found[-1].facts if alone else Facts(points=points)
        return Before(facts, points, found[-1].reason)
    return None


def demands_reason(settings: TableRules, then: Before | None, facts: Facts, points: Decimal | None) -> bool:
    """Whether a figure differs so much from the one before that a reason must be given."""
    if then is None:
        return False
    if points is None or then.points is None:
        return facts != then.facts
    off = abs(points - then.points)
    return off != 0 and off >= settings.reason_from


def sheets_of(at: Desk, agency_ids: Collection[int]) -> Board:
    """The board of some sheets; seven queries."""
    found = board(at.scope.year, agency_ids, table=at.table)
    if found is None:
        raise ScoreSheet.DoesNotExist
    return found


def is_blind(check: Check, seat: int) -> bool:
    """Whether the scorer may not yet see what others gave: at this level, or at a blind one not finished yet."""
    if check.level.blind and seat not in check.finished:
        return True
    unfinished = (getattr(check.sheet, "my_open_levels", "") or "").split(",")
    if unfinished == [""]:
        return False
    levels = read_settings(check.sheet.table.settings).levels
    return any(one.blind and one.key in unfinished for one in levels)


def own_figure(of: Board, check: Check, seat: int, code: str) -> Figure | None:
    """The seat's current figure of a line."""
    found = [
        one for one in of.sheets[check.sheet.agency_id].at(code, check.level.key) if one.scorer_id == seat
    ]
    return found[-1] if found else None


def points_of(of: Board, agency_id: int, leaf: Leaf, facts: Facts) -> Decimal | None:
    """What one figure of an agency's sheet is worth by itself; None where it waits for the others."""
    size = of.sheets[agency_id].sheet.size
    return score(leaf, facts if size is None else replace(facts, size=size), of.settings).points


def lacks_paper(rows: Iterable[ScoreLine]) -> set[int]:
    """Of the lines (with their criteria) those that must be proved and show neither a file nor a paper; one query."""
    asked = [row.pk for row in rows if row.criterion.evidence == EvidenceRule.REQUIRED and not row.citation]
    if not asked:
        return set()
    files = LineEvidence.objects.filter(line=OuterRef("pk"), removed_at__isnull=True)
    return set(ScoreLine.objects.filter(pk__in=asked).exclude(Exists(files)).values_list("pk", flat=True))


def agreeable(
    at: Desk, of: Board, check: Check, seat: int, which: str, unproved: Iterable[str] = ()
) -> list[Criterion]:
    """Lines that can be agreed with in one go: not given yet, something stands before them, proved where they must be.

    ``which`` EQUAL: only those where every level before gives the same points.
    """
    if is_blind(check, seat):
        return []
    agency, without = check.sheet.agency_id, set(unproved)
    found = []
    for row in at.lines_of(check, seat):
        then = before(of, agency, check.level.key, row.code)
        if then is None or row.code in without or own_figure(of, check, seat, row.code) is not None:
            continue
        if which == EQUAL and not _all_equal(of, agency, check, row.code, then):
            continue
        found.append(row)
    return found


def _all_equal(of: Board, agency: int, check: Check, code: str, then: Before) -> bool:
    keys = [one.key for one in of.levels]
    others = [key for key in keys[: keys.index(check.level.key)] if of.sheets[agency].at(code, key)]
    points = {of.results(agency, key)[code].points for key in others}
    return len(others) > 1 and points == {then.points}


# -- writing -------------------------------------------------------------------------------------
def give_line(scope: Scope, level_key: str, draft: Draft) -> ScoreEntry | None:
    """:func:`give_lines` for one line; None when nothing changed."""
    given = give_lines(scope, level_key, [draft])
    return given[0] if given else None


def give_lines(scope: Scope, level_key: str, drafts: Sequence[Draft]) -> list[ScoreEntry]:
    """Give figures at a level, of one sheet or of several; what did not change writes nothing.

    Raises ``ScoreLine.DoesNotExist``, ``Refused``, ``Stale`` (``current``: the lines that somebody of the same agency
    changed meanwhile), ``DomainError`` with every problem (fields ``points-<line>``, ``reason-<line>``); then nothing
    is written. Effects in order: lock on the year, locks on the lines, the figures, audit.
    """
    if len(drafts) > MOST:
        raise DomainError(_("Nhiều nhất %(most)s dòng một lần.") % {"most": MOST})
    with transaction.atomic():
        return _give(lock_year(scope), level_key, drafts)


def _give(scope: Scope, level_key: str, drafts: Sequence[Draft]) -> list[ScoreEntry]:
    """:func:`give_lines` under the lock of the year that the caller holds."""
    work = _Work(scope, level_key, drafts)
    problems = [one for draft in drafts for one in work.take(draft)]
    if work.stale:
        raise Stale(work.stale)
    if problems:
        raise DomainError(problems)
    return work.write()


@dataclass(frozen=True, slots=True)
class _Ready:
    """A figure that may stand."""

    line: ScoreLine
    entry: ScoreEntry


def _settled(scope: Scope, agencies: Collection[int]) -> frozenset[tuple[int, str]]:
    """Agencies with codes of lines whose figure the decision on an appeal fixed; one query where there is none."""
    rows = Appeal.objects.filter(
        year=scope.year, filer__in=agencies, state__in=[AppealState.ACCEPTED, AppealState.PARTLY]
    )
    lines = [living_line(row) for row in rows.select_related("line__sheet", "line__criterion").order_by("pk")]
    return frozenset((line.sheet.agency_id, line.criterion.code) for line in lines if line)


class _Work:
    """One giving of figures, under the lock of the year; the number of statements does not grow with the lines."""

    def __init__(self, scope: Scope, level_key: str, drafts: Sequence[Draft]) -> None:
        at = desk(scope)
        level = at.level(level_key) if at else None
        wanted = {draft.line_id for draft in drafts}
        rows = (
            ScoreLine.objects.select_for_update(of=("self",))
            .select_related("criterion", "sheet__table", "sheet__agency")
            .filter(pk__in=wanted, sheet__year=scope.year, criterion__table=F("sheet__table"))
            .order_by("pk")
        )
        self.lines = {row.pk: row for row in rows}
        agencies = {row.sheet.agency_id for row in self.lines.values()}
        if at is None or level is None or set(self.lines) != wanted or agencies - set(at.sheets):
            raise ScoreLine.DoesNotExist
        self.scope, self.at, self.level = scope, at, level
        self.checks = {agency: at.check(agency, level) for agency in agencies}
        for one in self.checks.values():
            check_right(scope, "check_score", one)
        refuse_final(scope.year)
        self.board = sheets_of(at, agencies)
        self.settled = _settled(scope, agencies) if level.key == at.deciding.key else frozenset()
        self.ready: list[_Ready] = []
        self.stale: list[ScoreLine] = []

    def take(self, draft: Draft) -> list[Problem]:
        """Make one figure ready; the problems that keep it from standing."""
        line = self.lines[draft.line_id]
        check, code = self.checks[line.sheet.agency_id], line.criterion.code
        seat = self.at.seat(check)
        if seat is None or not check.covers(seat, line.criterion):
            words = _("Tiêu chí %(code)s không do đơn vị bạn chấm ở cấp này.")
            return [Problem(words % {"code": code}, f"points-{line.pk}")]
        mine = own_figure(self.board, check, seat, code)
        if (line.sheet.agency_id, code) in self.settled and self.board.sheets[line.sheet.agency_id].at(
            code, self.level.key
        ):
            words = _("Điểm tiêu chí %(code)s do kết quả giải quyết kiến nghị quyết định, không sửa ở đây.")
            return [Problem(words % {"code": code}, f"points-{line.pk}")]
        if draft.seen is not None and draft.seen != (mine.entry_id if mine else 0):
            self.stale.append(line)
            return []
        then = (
            None if is_blind(check, seat) else before(self.board, line.sheet.agency_id, self.level.key, code)
        )
        facts, reason, source = draft.facts, clean_line(draft.reason), EntrySource.TYPED
        if draft.agree:
            if then is None:
                words = _("Dòng %(code)s chưa có điểm trước để đồng ý.")
                return [Problem(words % {"code": code}, f"points-{line.pk}")]
            facts, reason = then.facts, then.reason if then.facts.mark else ""
            source = EntrySource.ACCEPTED
        if mine and is_empty(facts):
            words = _("Điểm đã ghi không xóa trắng được: nhập số khác hoặc bấm “Đồng ý”.")
            return [Problem(words, f"points-{line.pk}")]
        if is_empty(facts) or (mine and (mine.facts, mine.reason) == (facts, reason)):
            return []
        return self._judge(line, seat, facts, reason, source, then)

    def _judge(
        self, line: ScoreLine, seat: int, facts: Facts, reason: str, source: str, then: Before | None
    ) -> list[Problem]:
        result = judged(self.scope, line, facts)
        found = entry_problems(result, facts, reason)
        if not found and source == EntrySource.TYPED and not reason:
            found = self._asked(then, facts, result.points)
        if found:
            return [
                Problem(one.sentence, f"{'reason' if one.field == 'reason' else 'points'}-{line.pk}")
                for one in found
            ]
        entry = ScoreEntry(
            line=line, level=self.level.key, scorer_id=seat, actor_id=self.scope.user.pk, points=result.points,
            facts=facts_data(replace(facts, size=None)), mark=facts.mark, reason=reason, source=source,
            created_at=timezone.now(),
        )  # fmt: skip
        self.ready.append(_Ready(line, entry))
        return []

    def _asked(self, then: Before | None, facts: Facts, points: Decimal | None) -> list[Problem]:
        if not demands_reason(self.at.settings, then, facts, points):
            return []
        shown = "–" if then is None or then.points is None else format_number(then.points)
        return [Problem(_("Khác điểm trước (%(points)s): ghi lý do.") % {"points": shown}, "reason")]

    def write(self) -> list[ScoreEntry]:
        """The old figures are current no more, the new ones are appended, versions rise; the audit last."""
        if not self.ready:
            return []
        wanted = {(one.line.pk, one.entry.scorer_id) for one in self.ready}
        rows = ScoreEntry.objects.filter(
            line__in=[pk for pk, _scorer in wanted], level=self.level.key, is_current=True
        ).order_by("pk")
        old = {(row.line_id, row.scorer_id): row for row in rows if (row.line_id, row.scorer_id) in wanted}
        ScoreEntry.objects.filter(pk__in=[row.pk for row in old.values()]).update(is_current=False)
        entries = ScoreEntry.objects.bulk_create([one.entry for one in self.ready])
        ScoreLine.objects.filter(pk__in=[pk for pk, _scorer in wanted]).update(version=F("version") + 1)
        audit.record_many(
            audit.cluster_chain(self.scope.year.cluster_id),
            [
                audit.Entry(
                    "score_put", one.line, _picture(old.get((one.line.pk, one.entry.scorer_id))),
                    picture(one.entry) | {"code": one.line.criterion.code, "source": one.entry.source},
                    one.entry.reason,
                )
                for one in self.ready
            ],
            actor_id=self.scope.user.pk, role=self.scope.audit_role,
        )  # fmt: skip
        return entries


def _picture(entry: ScoreEntry | None) -> dict[str, object] | None:
    return None if entry is None else picture(entry)


def accept_line(scope: Scope, level_key: str, line_id: int, *, seen: int | None = None) -> ScoreEntry | None:
    """Agree with the figure before, whatever it rests on."""
    return give_line(scope, level_key, Draft(line_id, seen=seen, agree=True))


def accept_lines(scope: Scope, level_key: str, agency_id: int, which: str, expected: int) -> int:
    """Agree with every line that is :func:`agreeable`; ``expected`` is the number that the person confirmed.

    Raises ``Stale`` when there are more or fewer by now (``current``: how many), else as :func:`give_lines`.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        at, check, seat, of = opened(scope, level_key, agency_id)
        check_right(scope, "check_score", check)
        rows = {
            row.criterion_id: row
            for row in ScoreLine.objects.filter(sheet=check.sheet, criterion__table=at.table).select_related(
                "criterion"
            )
        }
        without = lacks_paper(rows.values())
        unproved = [row.criterion.code for row in rows.values() if row.pk in without]
        found = agreeable(at, of, check, seat, which, unproved)
        if len(found) != expected:
            raise Stale(len(found))
        return len(_give(scope, level_key, [Draft(rows[one.pk].pk, agree=True) for one in found]))


def opened(scope: Scope, level_key: str, agency_id: int) -> tuple[Desk, Check, int, Board]:
    """Desk, check, the person's seat and the board of one sheet; ``ScoreSheet.DoesNotExist`` where there is none."""
    at = desk(scope)
    level = at.level(level_key) if at else None
    if at is None or level is None or agency_id not in at.sheets:
        raise ScoreSheet.DoesNotExist
    check = at.check(agency_id, level)
    seat = at.seat(check)
    of = sheets_of(at, [agency_id])
    if seat is None:
        check_right(scope, "check_score", check)
        raise ScoreSheet.DoesNotExist
    return at, check, seat, of


def finish(scope: Scope, level_key: str, agency_id: int) -> int:
    """ "Chấm xong": the scorer's figures of a sheet stand, and what others gave may be seen; how many lines.

    Raises ``Refused``, ``DomainError`` with the lines that have no figure. Effects in order: lock on the year, the
    assignments of the scorer, audit.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        at, check, seat, of = opened(scope, level_key, agency_id)
        check_right(scope, "check_score", check)
        rows = at.lines_of(check, seat)
        missing = [row.code for row in rows if own_figure(of, check, seat, row.code) is None]
        if missing:
            words = _("Còn %(count)s dòng chưa chấm: %(codes)s.")
            raise DomainError(words % {"count": len(missing), "codes": ", ".join(missing[:8])})
        open_rows = Assignment.objects.filter(
            year=scope.year, level=level_key, subject=agency_id, scorer=seat, finished_at__isnull=True
        )
        told = list(open_rows.order_by("pk"))
        if not open_rows.update(finished_at=timezone.now()):
            raise DomainError(_("Cấp này không có phân công cho đơn vị bạn: không cần bấm “Chấm xong”."))
        audit.record_many(
            audit.cluster_chain(scope.year.cluster_id),
            [audit.Entry("check_finish", row, after={"level": level_key, "subject": agency_id}) for row in told],
            actor_id=scope.user.pk, role=scope.audit_role,
        )  # fmt: skip
    return len(rows)
