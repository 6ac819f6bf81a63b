"""What agencies are told about their sheets: written by the verbs, read and marked as seen by their staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import check
from core.folding import clean_line
from members.domain.lock import lock_year
from members.models import ClusterYear
from members.scope import Scope
from scoring.enums import NoticeKind
from scoring.models import ScoreLine, ScoreNotice

LONGEST: Final = 500


def title_of(kind: str) -> str:
    """What a notice is about: of an appeal not its result alone, but every word that was said."""
    return _("Kiến nghị về điểm") if kind == NoticeKind.APPEAL else str(NoticeKind(kind).label)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice with where it leads: the page of what it tells of."""

    pk: int
    kind: str
    words: str
    agency_id: int
    at: datetime
    seen: bool
    url: str


def tell(
    year: ClusterYear, agency_ids: Iterable[int], kind: str, words: str, line: ScoreLine | None = None
) -> None:
    """Tell agencies something about their sheets, once each; in the transaction of the caller, one statement.

    ``words``: one Vietnamese line, cut after 500 letters. Raises ``ValueError`` without words.
    """
    if kind not in NoticeKind.values or not clean_line(words):
        raise ValueError(kind)
    now = timezone.now()
    ScoreNotice.objects.bulk_create(
        ScoreNotice(
            year=year, agency_id=agency, kind=kind, words=_cut(clean_line(words)), line=line, created_at=now
        )
        for agency in dict.fromkeys(agency_ids)
    )


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def notices_of(scope: Scope) -> QuerySet[ScoreNotice]:
    """Notices to the agencies the person works for, newest first."""
    return ScoreNotice.objects.filter(year=scope.year, agency__in=scope.answers_for).order_by("-pk")


def told(scope: Scope, rows: Iterable[ScoreNotice]) -> list[Told]:
    """The notices with the addresses they lead to; no query."""
    return [
        Told(
            row.pk, row.kind, row.words, row.agency_id, row.created_at, row.seen_at is not None,
            _address(scope, row),
        )
        for row in rows
    ]  # fmt: skip


def _address(scope: Scope, row: ScoreNotice) -> str:
    if row.kind == NoticeKind.APPEAL:
        return scope.address("appeal_list")
    if row.kind == NoticeKind.ADJUSTMENT:
        return scope.address("adjustment_list")
    if row.kind == NoticeKind.TABLE:
        return scope.address("criteria")
    return scope.address("sheet", agency=row.agency_id)


def mark_seen(scope: Scope, newest: int) -> int:
    """The person has read the notices to the own agencies up to ``newest``; how many were new. Keeps the first moment.

    Raises ``Refused``. Effects in order: lock on the year, the notices. Reading changes nothing of the year, so it is
    no matter of the audit and stands open in a closed year too.
    """
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "score_notices_view")
        return notices_of(scope).filter(pk__lte=newest, seen_at__isnull=True).update(seen_at=timezone.now())
