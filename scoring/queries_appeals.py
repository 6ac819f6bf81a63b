"""Questions about appeals: a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.dates import format_date
from members.models import ClusterYear
from members.queries import agency_name
from members.scope import Scope
from scoring.domain.deciders import Leadership, for_appeal, leadership, mark
from scoring.models import Appeal, ScoreEntry, YearScoring
from scoring.table_rules import read


@dataclass(frozen=True, slots=True)
class Window:
    """When appeals may be filed: from the release of the points to the end of ``until``, unless all is final before."""

    released_at: datetime | None = None
    until: date | None = None
    final_at: datetime | None = None

    def is_open(self, today: date) -> bool:
        """Whether one may be filed on this day; the last one counts to 24:00."""
        return not self.closed(today)

    def closed(self, today: date) -> str:
        """Why none may be filed on this day, as a sentence; empty while the window is open."""
        if self.released_at is None:
            return _("Điểm thẩm định chưa công bố cho các đơn vị, nên chưa nhận kiến nghị.")
        if self.final_at is not None:
            return _("Điểm của năm đã chốt, không nhận kiến nghị nữa.")
        if self.until is None:
            return _("Quy chế của năm không nhận kiến nghị về điểm.")
        if today > self.until:
            return _("Thời hạn kiến nghị đã hết lúc 24:00 ngày %(day)s.") % {"day": format_date(self.until)}
        return ""


def window_of(year: ClusterYear) -> Window:
    """The window of a year; one query."""
    row = (
        YearScoring.objects.filter(year=year).values_list("released_at", "appeals_until", "final_at").first()
    )
    return Window(*row) if row else Window()


def appeals_for(scope: Scope) -> QuerySet[Appeal]:
    """Appeals that the person may read, with the filer's name; unanswered ones first, then newest."""
    rows = Appeal.objects.filter(year=scope.year).select_related(
        "line__criterion", "line__sheet__table", "line__sheet__agency", "paper"
    )
    if not (scope.is_chair or scope.is_deputy or scope.is_officer or scope.is_observer):
        rows = rows.filter(filer__in=scope.answers_for)
    return rows.annotate(
        filer_name=agency_name("filer", scope.year.ends_on, "short_name"),
        decider_name=agency_name("decider", scope.year.ends_on, "short_name"),
    ).order_by("-pk")


def givers_of(rows: Iterable[Appeal]) -> dict[int, frozenset[int]]:
    """By line: the agencies whose figure is the disputed one (those of the last level that counts); one query."""
    levels = {
        row.line_id: [level.key for level in read(row.line.sheet.table.settings).levels if level.counts]
        for row in rows
    }
    found: dict[int, dict[str, set[int]]] = {}
    entries = ScoreEntry.objects.filter(line__in=levels, is_current=True)
    for line, level, scorer in entries.values_list("line", "level", "scorer"):
        found.setdefault(line, {}).setdefault(level, set()).add(scorer)
    return {
        line: frozenset(next((given[key] for key in reversed(levels[line]) if key in given), ()))
        for line, given in found.items()
    }


def with_deciders(scope: Scope, rows: Iterable[Appeal], leads: Leadership | None = None) -> list[Appeal]:
    """The rows as the rights need them; four queries, none without rows."""
    marked = list(rows)
    if marked:
        leads, givers = leads or leadership(scope), givers_of(marked)
        for row in marked:
            mark(row, for_appeal(leads, row.filer_id, givers.get(row.line_id, frozenset())))
    return marked


def appeal_for(scope: Scope, pk: int, *, lock: bool = False) -> Appeal | None:
    """One that the person may read, as the rights need it."""
    rows = appeals_for(scope).filter(pk=pk)
    return next(iter(with_deciders(scope, rows.select_for_update(of=("self",)) if lock else rows)), None)
