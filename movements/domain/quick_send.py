"""Sending several recorded rows on together: each activity by the ordinary transition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from core.access import check, may
from core.errors import DomainError, Refused, Stale
from members.scope import Scope
from movements.domain.quick_rows import own_open
from movements.domain.states import move
from movements.models import Activity, RowDraft

MOST = 100


@dataclass(frozen=True, slots=True)
class ToSend:
    """An activity that was ticked; ``why_not`` says what keeps it back."""

    pk: int
    version: int
    title: str
    gifts: int
    why_not: str = ""


def to_send(scope: Scope, chosen: Iterable[int]) -> list[ToSend]:
    """The ticked activities of the person's agencies, newest first; one query. Others are not there."""
    unfinished = RowDraft.objects.filter(user=scope.user, year=scope.year).filter(
        Q(activity=OuterRef("pk")) | Q(contribution__activity=OuterRef("pk"))
    )
    rows = (
        own_open(scope)
        .filter(pk__in=list(chosen)[:MOST])
        .annotate(gifts=Count("contributions"), unfinished=Exists(unfinished))
    )
    found = []
    for row in rows:
        why = "" if may(scope, "activity_submit", row) else _("lúc này chưa gửi được")
        if row.unfinished:
            why = _("còn ô bạn gõ mà chưa ghi được")
        found.append(ToSend(row.pk, row.version, row.title, row.gifts, why))
    return found


def send_rows(scope: Scope, versions: Mapping[int, int]) -> tuple[list[str], list[tuple[str, str]]]:
    """Send each activity that still is as the person saw it; titles of the sent ones, and (title, why) of the others.

    Raises ``Refused`` without the right. Each activity is a transaction of its own (see ``states.move``).
    """
    check(scope, "activity_submit")
    sent: list[str] = []
    held: list[tuple[str, str]] = []
    for row in to_send(scope, versions):
        if row.why_not:
            held.append((row.title, row.why_not))
            continue
        try:
            move(scope, row.pk, "submit", version=versions[row.pk])
            sent.append(row.title)
        except Stale:
            held.append((row.title, _("người khác vừa sửa, hãy xem lại")))
        except DomainError as error:
            held.append((row.title, error.problems[0].sentence))
        except (Refused, Activity.DoesNotExist):
            held.append((row.title, _("lúc này chưa gửi được")))
    return sent, held
