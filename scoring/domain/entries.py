"""Figures of lines: appended, never changed; the only writer of ``ScoreEntry`` for people's figures.

The caller holds the lock on the year (``members.domain.lock``) and has checked the right; the right answers who may,
this module what may stand. Lock order: year, sheet, line, audit head.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError, Problem, Stale
from core.fields import TOO_LARGE, WHOLE_DIGITS, too_large
from members import charter
from members.scope import Scope
from scoring.domain.calc import facts_data, score
from scoring.domain.shapes import NOT_ARISEN, Facts, Leaf, Result
from scoring.enums import EntrySource
from scoring.loading import nodes_of
from scoring.models import ScoreEntry, ScoreLine
from scoring.table_rules import read as read_settings
from scoring.words import said

LONGEST_REASON: Final = 1000
_NEEDED: Final = ("criterion", "sheet__table", "sheet__agency")


def put_entry(
    scope: Scope,
    line: ScoreLine,
    level: str,
    scorer_id: int,
    facts: Facts,
    *,
    reason: str = "",
    source: str = EntrySource.TYPED,
    version: int | None = None,
) -> ScoreEntry:
    """Give a line a figure at a level; the scorer's figure of before stays, no longer current.

    The caller holds the year's lock. Raises ``Stale`` (the line has another version than ``version``; ``current`` is
    the line), ``DomainError`` with the rule's sentences (field ``facts``, or ``reason``). Effects in order: lock on the
    line, the old figure, the new one, the line's version, audit.
    """
    fresh = lock_line(line.pk, version)
    entry, event = append_entry(scope, fresh, level, scorer_id, facts, reason=reason, source=source)
    line.version = fresh.version
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), event.action, event.target,
        actor_id=scope.user.pk, role=scope.audit_role, before=event.before, after=event.after, reason=event.reason,
    )  # fmt: skip
    return entry


def lock_line(pk: int, version: int | None = None) -> ScoreLine:
    """The line with criterion, sheet, table and agency, locked; ``Stale`` when it has another version. One query."""
    line = ScoreLine.objects.select_for_update(of=("self",)).select_related(*_NEEDED).get(pk=pk)
    if version is not None and line.version != version:
        raise Stale(line)
    return line


def lock_line_of(scope: Scope, agency_id: int, criterion_id: int) -> ScoreLine | None:
    """The line of an agency's sheet of this year in the same way; None when there is none. One query."""
    rows = ScoreLine.objects.select_for_update(of=("self",)).select_related(*_NEEDED)
    return rows.filter(sheet__year=scope.year, sheet__agency=agency_id, criterion=criterion_id).first()


def append_entry(
    scope: Scope,
    line: ScoreLine,
    level: str,
    scorer_id: int,
    facts: Facts,
    *,
    reason: str = "",
    source: str = EntrySource.TYPED,
    standing: ScoreEntry | None = None,
    **texts: str,
) -> tuple[ScoreEntry, audit.Entry]:
    """The same for a line that the caller locked with :func:`lock_line`, with what to tell the audit of it.

    For verbs that give many figures and record all of it at their end (``audit.record_many``). ``texts``: columns of
    the line that change with it; ``standing``: the figure of before, where the caller has read it. Raises
    ``DomainError``.
    """
    result = judged(scope, line, facts)
    if found := problems(result, facts, reason):
        raise DomainError(found)
    before = _retire(line, level, scorer_id, standing)
    entry = ScoreEntry.objects.create(
        line=line, level=level, scorer_id=scorer_id, actor_id=scope.user.pk, points=result.points,
        facts=facts_data(replace(facts, size=None)), mark=facts.mark, reason=reason, source=source,
        created_at=timezone.now(),
    )  # fmt: skip
    raise_version(line, **texts)
    after = picture(entry) | {"code": line.criterion.code, "source": source} | texts
    return entry, audit.Entry("score_put", line, before, after, reason)


def clear_entry(line: ScoreLine, level: str, scorer_id: int, **texts: str) -> audit.Entry | None:
    """Take the scorer's figure away, so that the line is not answered any more; None when there was none.

    The caller locked the line; the figure stays in the history. Returns what to tell the audit.
    """
    before = _retire(line, level, scorer_id)
    if before is None:
        return None
    raise_version(line, **texts)
    after = {
        "code": line.criterion.code,
        "level": level,
        "scorer": scorer_id,
        "facts": {},
        "points": None,
    } | texts
    return audit.Entry("score_clear", line, before, after)


def raise_version(line: ScoreLine, **texts: str) -> None:
    """Count a change of the line, with columns that change; ``line`` carries the new values."""
    ScoreLine.objects.filter(pk=line.pk).update(version=F("version") + 1, **texts)
    line.version += 1
    for name, value in texts.items():
        setattr(line, name, value)


def _retire(
    line: ScoreLine, level: str, scorer_id: int, standing: ScoreEntry | None = None
) -> dict[str, Any] | None:
    """The scorer's current figure is current no more; a picture of it."""
    rows = ScoreEntry.objects.filter(line=line, level=level, scorer=scorer_id, is_current=True)
    old = standing or rows.order_by("pk").first()
    if old is None:
        return None
    rows.update(is_current=False)
    return picture(old)


def picture(entry: ScoreEntry) -> dict[str, Any]:
    """A figure as plain values for the audit."""
    return {
        "level": entry.level, "scorer": entry.scorer_id, "points": entry.points, "facts": entry.facts,
        "mark": entry.mark,
    }  # fmt: skip


def leaf_of(scope: Scope, line: ScoreLine) -> Leaf:
    """The line's criterion as the calculation needs it; the year's charter is at hand, so no query."""
    stored = getattr(scope.year, "charter", None)
    rules = charter.read(stored.data if stored else {})
    node = nodes_of([line.criterion], rules, line.sheet.agency.kind)[0]
    if not isinstance(node, Leaf):
        raise DomainError(_("Mục gồm các tiêu chí con không chấm điểm trực tiếp."), "facts")
    return node


def judged(scope: Scope, line: ScoreLine, facts: Facts) -> Result:
    """What the line's rule makes of the facts."""
    size = line.sheet.size
    sized = facts if size is None else replace(facts, size=size)
    return score(leaf_of(scope, line), sized, read_settings(line.sheet.table.settings))


def problems(result: Result, facts: Facts, reason: str) -> list[Problem]:
    """Everything that keeps a figure from standing."""
    found = [Problem(said(one), "facts") for one in result.faults]
    if result.points is not None and too_large(result.points) and not found:
        found.append(Problem(TOO_LARGE % {"digits": WHOLE_DIGITS}, "facts"))
    if result.assigned and result.points is None and not result.waits and not found:
        half = [said(one) for one in result.warnings] or [_("Chưa đủ số liệu để tính điểm của tiêu chí này.")]
        found += [Problem(one, "facts") for one in half]
    if facts.mark == NOT_ARISEN and not reason:
        found.append(Problem(_("Không phát sinh thì phải ghi lý do."), "reason"))
    if len(reason) > LONGEST_REASON:
        found.append(Problem(_("Lý do dài nhất 1.000 ký tự."), "reason"))
    return found
