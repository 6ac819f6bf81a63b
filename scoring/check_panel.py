"""What stands beside one line while it is checked: how it is scored, what was claimed, papers, activities, history."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from core.access import may
from core.people import names_by_id
from core.quantity import format_number
from members.queries import agency_names
from members.scope import Scope
from movements.queries import activities_for
from scoring.check_lines import CheckLine, points_text
from scoring.domain.checks import is_blind
from scoring.domain.shapes import Facts
from scoring.enums import EntrySource, LeafRule, LineMark
from scoring.models import LineEvidence, LineNote, ScoreEntry
from scoring.queries_sheets import shown
from scoring.words import said

MOST = 20


def panel(scope: Scope, loaded: Any, line: CheckLine) -> dict[str, Any]:
    """Everything about one line that its scorer may see; ``loaded`` is the sheet; at most seven queries."""
    files = (
        LineEvidence.objects.filter(line=line.row, removed_at__isnull=True)
        .select_related("evidence")
        .order_by("pk")
    )
    notes = list(LineNote.objects.filter(line=line.row).order_by("pk"))
    tagged = activities_for(scope).filter(agency=line.agency_id, tags__code=line.criterion.code).distinct()
    names = agency_names({note.agency_id for note in notes}, scope.today)
    level = loaded.check.level.key
    return {
        "line": line, "criterion": line.criterion,
        "rule": LeafRule(line.criterion.rule).label,
        "files": [
            {"name": row.evidence.name, "url": scope.address(
                "check_file", level=level, agency=line.agency_id, line=line.row.pk, pk=row.evidence_id
            )}
            for row in files
        ],
        "notes": [
            {"who": names.get(note.agency_id, ("", ""))[1], "at": note.created_at, "words": note.words}
            for note in notes
        ],
        "activities": [
            {"title": row.title, "url": scope.address("activity_detail", pk=row.pk)}
            for row in tagged.order_by("-starts_on", "-pk")[:MOST]
        ],
        "written": _written(loaded, line),
        "history": history(scope, loaded, line),
        "can_note": may(scope, "sheet_line_note", loaded.check.sheet),
        "note_url": scope.address("check_step", level=level, agency=line.agency_id),
    }  # fmt: skip


def _written(loaded: Any, line: CheckLine) -> list[dict[str, str]]:
    """The derivation of every level the person sees."""
    rows = []
    for level in [*loaded.levels, loaded.check.level]:
        figures = loaded.of.sheets[line.agency_id].at(line.criterion.code, level.key)
        if figures:
            result = loaded.of.results(line.agency_id, level.key)[line.criterion.code]
            rows.append({
                "level": level.label, "points": points_text(result.points, figures[-1].facts),
                "words": said(result.derivation),
            })  # fmt: skip
    return rows


def facts_words(facts: Facts, unit: str) -> str:
    """What was typed, in words: "thực hiện 95, chỉ tiêu 100"."""
    shown_as = [
        (_("thực hiện %(n)s"), facts.actual), (_("chỉ tiêu %(n)s"), facts.target), (_("%(n)s %%"), facts.percent),
        (_("%(n)s lượt"), facts.count), (_("%(n)s điểm"), facts.points),
    ]  # fmt: skip
    parts = [words % {"n": format_number(value)} for words, value in shown_as if value is not None]
    if facts.yes is not None:
        parts.append(_("đạt") if facts.yes else _("không đạt"))
    if facts.level:
        parts.append(_("mức “%(level)s”") % {"level": facts.level})
    if facts.mark:
        parts.append(str(LineMark(facts.mark).label).lower())
    return ", ".join(parts) + (f" ({unit})" if unit and (facts.actual or facts.count) else "")


def history(scope: Scope, loaded: Any, line: CheckLine) -> list[dict[str, Any]]:
    """Every figure of the line that the person may see, as sentences, newest first; three queries."""
    rows = ScoreEntry.objects.filter(line=line.row).order_by("-pk")[:MOST]
    blind, level = is_blind(loaded.check, loaded.seat), loaded.check.level.key
    seen = [
        row for row in rows
        if row.scorer_id == loaded.seat
        or (not blind and (row.level == level or shown(scope, loaded.check.sheet, row.level, row.scorer_id)))
    ]  # fmt: skip
    agencies = agency_names({row.scorer_id for row in seen}, scope.today)
    people = names_by_id({row.actor_id for row in seen if row.actor_id})
    labels = {one.key: one.label for one in loaded.at.settings.levels}
    return [_sentence(row, agencies, people, labels) for row in seen]


def _sentence(row: ScoreEntry, agencies: Any, people: Any, labels: dict[str, str]) -> dict[str, Any]:
    points = "…" if row.points is None else format_number(row.points)
    words = _("%(agency)s đồng ý %(points)s điểm") if row.source == EntrySource.ACCEPTED else _(
        "%(agency)s ghi %(points)s điểm"
    )  # fmt: skip
    who = agencies.get(row.scorer_id, ("", ""))[1]
    return {
        "when": row.created_at,
        "title": words % {"agency": who, "points": points} + f" ({labels.get(row.level, row.level)})",
        "text": row.reason,
        "end": row.is_current,
        "person": people.get(row.actor_id, ""),
    }
